/** csv-parse: comma-separated values, parsed as a whole. @module */

export { parse as parseWhole } from "npm:csv-parse@7.0.3/sync";
