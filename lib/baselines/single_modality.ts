/** Systems that know one modality and no other. @module */

import type { CorpusFeatures } from "../systems/features.ts";
import type { Modality } from "../modality.ts";
import type { Fitted, Problem, System } from "../systems/system.ts";
import { shownIn, unfitted } from "./shown_modalities.ts";

/** What is left of a fit. */
export interface Judge {
  /** Probabilities of the positive class for the samples at `rows` of these features. */
  readonly score: (rows: ArrayLike<number>, features: CorpusFeatures) => Float64Array;
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
  judge: (problem: Problem) => Judge,
): System {
  return {
    name,
    // Asynchronous, so that what `judge` throws is a rejection like that of any other system.
    // deno-lint-ignore require-await
    fit: async (problem) => {
      const { present, protocol } = problem;
      if (protocol === "random") {
        throw new RangeError(`Cannot fit ${name}: expected protocol single or label, got random`);
      }
      if (protocol === "single" ? present.join() !== modality : !present.includes(modality)) {
        throw new RangeError(`Cannot fit ${name}: expected ${modality}, got ${present.join(", ")}`);
      }
      const { score, record } = judge(problem);
      return {
        // deno-lint-ignore require-await
        predict: async (rows, features = problem.features) => {
          const shown = shownIn(rows), samples = rows[modality];
          if (samples === undefined) throw unfitted(shown, [modality]);
          const scores = score(samples, features);
          return { [modality]: scores, ...shown.length > 1 ? { unified: scores } : {} };
        },
        record,
        dispose: () => Promise.resolve(),
      } satisfies Fitted;
    },
  };
}
