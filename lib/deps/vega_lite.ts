/** Vega-Lite: a short language for figures, compiled to Vega's. @module */

import type * as VegaLite from "npm:vega-lite@6.5.0";

// A `string`, not a literal: Deno downloads it on the first call only.
const specifier: string = "npm:vega-lite@6.5.0";

/** Loads Vega-Lite on first use. */
export function vegaLite(): Promise<typeof VegaLite> {
  return import(specifier);
}

export type { TopLevelSpec } from "npm:vega-lite@6.5.0";
