/** csv-parse: comma-separated values, parsed as they stream in. @module */

export { CsvError, parse } from "npm:csv-parse@7.0.3";
export { parse as parseWhole } from "npm:csv-parse@7.0.3/sync";
