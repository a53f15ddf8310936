/** csv-stringify: records to comma-separated values, quoted where they have to be. @module */

export { stringify } from "npm:csv-stringify@6.9.0/sync";
