/** Systems that know one modality and no other. @module */

import type { Modality } from "../modality.ts";
import type { Fitted, Problem, System } from "../systems/system.ts";
import { shownIn, unfitted } from "./shown_modalities.ts";

/** What is left of a fit. */
export interface Judge {
  /** Probabilities of the positive class for the modality's samples at `rows`. */
  readonly score: (rows: ArrayLike<number>) => Float64Array;
  /** As {@linkcode Fitted.record}. */
  readonly record: Fitted["record"];
}

/**
 * A system that looks at one modality. Under `label` it is shown triples, and
 * its verdict on its own sample is its verdict on the triple.
 *
 * The system throws a RangeError when it is fitted on other modalities under
 * `single`, under `random`, where other heads are asked for, and when it is
 * shown samples without its modality.
 */
export function singleModality(
  { name, modality }: { readonly name: string; readonly modality: Modality },
  fit: (problem: Problem) => Judge,
): System {
  // Asynchronous, so that what `fit` throws is a rejection like that of any other system.
  // deno-lint-ignore require-await
  return async (problem) => {
    const { present, protocol } = problem;
    if (protocol === "random") {
      throw new RangeError(`Cannot fit ${name}: expected protocol single or label, got random`);
    }
    if (protocol === "single" ? present.join() !== modality : !present.includes(modality)) {
      throw new RangeError(`Cannot fit ${name}: expected ${modality}, got ${present.join(", ")}`);
    }
    const { score, record } = fit(problem);
    return {
      // deno-lint-ignore require-await
      predict: async (rows) => {
        const shown = shownIn(rows), own = rows[modality];
        if (own === undefined) throw unfitted(shown, [modality]);
        const scores = score(own);
        return { [modality]: scores, ...shown.length > 1 ? { unified: scores } : {} };
      },
      record,
      dispose: () => Promise.resolve(),
    } satisfies Fitted;
  };
}
