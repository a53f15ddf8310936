/** csv-parse: comma-separated values, parsed as they stream in. @module */

import type * as CsvParse from "npm:csv-parse@7.0.3";

// A `string`, not a literal: a bundle for a browser would import Node's streams with the package.
const specifier: string = "npm:csv-parse@7.0.3";

/** Loads csv-parse on first use. */
export function csvParse(): Promise<typeof CsvParse> {
  return import(specifier);
}
