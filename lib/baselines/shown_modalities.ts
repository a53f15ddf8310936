/** Which modalities a system is shown, and the error for those that it does not know. @module */

import { modalities, type Modality } from "../modality.ts";
import type { Rows } from "../systems/system.ts";

/** The modalities of `rows`, in the paper's order. */
export function shownIn(rows: Rows): Modality[] {
  return modalities.filter((m) => rows[m] !== undefined);
}

/** For a system that was fitted on `known` and is shown something else. */
export function unfitted(shown: readonly Modality[], known: readonly string[]): RangeError {
  return new RangeError(
    `Cannot predict from ${shown.join(" and ")}: expected ${known.join(" or ")}`,
  );
}
