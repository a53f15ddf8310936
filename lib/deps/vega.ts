/** Vega: draws a specification. @module */

import type * as Vega from "npm:vega@6.4.0";

// A `string`, not a literal: Deno downloads Vega and its forty parts on the first call only.
const specifier: string = "npm:vega@6.4.0";

/** What its types leave out. */
interface Measures {
  /** How it measures texts. */
  readonly textMetrics: { width: (mark: object, text: unknown) => number };
}

/** Loads Vega on first use. */
export function vega(): Promise<typeof Vega & Measures> {
  return import(specifier);
}
