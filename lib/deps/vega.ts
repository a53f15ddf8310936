/** Vega: draws a specification. @module */

import type * as Vega from "npm:vega@6.4.0";

// A `string`, not a literal: Deno downloads Vega and its forty parts on the first call only.
const specifier: string = "npm:vega@6.4.0";

/** Loads Vega on first use. */
export function vega(): Promise<typeof Vega> {
  return import(specifier);
}
