/** Systems that know one modality and no other. @module */

import type { CorpusFeatures } from "../systems/features.ts";
import type { Modality } from "../modality.ts";
import type { Fitted, Inspected, Problem, Rows, System } from "../systems/system.ts";
import { shownIn, unfitted } from "./shown_modalities.ts";

/** What is left of a fit. */
export interface Judge {
  /** Verdicts on the samples at `rows` of these features, as those of {@linkcode Fitted.predict}. */
  readonly score: (rows: ArrayLike<number>, features: CorpusFeatures) => Float64Array;
  /** As {@linkcode Fitted.inspect}, of such samples. */
  readonly inspect?: (
    rows: ArrayLike<number>,
    features: CorpusFeatures,
  ) => Readonly<Record<string, Inspected>>;
  /** As {@linkcode Fitted.record}. */
  readonly record: Fitted["record"];
}

/**
 * A system that looks at one modality. Under `label` it is shown triples, and
 * its verdict on its own sample is its verdict on the triple. Under `natural` it learns from
 * the rows that show its modality, and judges such rows, whatever else they show, by it alone.
 *
 * The system throws a RangeError when it is fitted on other modalities under
 * `single`, under `random`, where other heads are asked for, without a training sample, and when it
 * is shown samples without its modality.
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
        throw new RangeError(
          `Cannot fit ${name}: expected protocol single, label or natural, got random`,
        );
      }
      if (protocol === "single" ? present.join() !== modality : !present.includes(modality)) {
        throw new RangeError(`Cannot fit ${name}: expected ${modality}, got ${present.join(", ")}`);
      }
      if (problem.train[modality].length === 0) {
        throw new RangeError(
          `Cannot fit ${name}: expected ${modality} samples in the training part, got none`,
        );
      }
      const { score, inspect, record } = judge(problem);
      const samplesOf = (rows: Rows) => {
        const samples = rows[modality];
        if (samples === undefined) throw unfitted(shownIn(rows), [modality]);
        return samples;
      };
      return {
        // deno-lint-ignore require-await
        predict: async (rows, features = problem.features) => {
          const scores = score(samplesOf(rows), features);
          const isWhole = protocol === "natural" || shownIn(rows).length > 1;
          return { [modality]: scores, ...isWhole ? { unified: scores } : {} };
        },
        // deno-lint-ignore require-await
        ...inspect && { inspect: async (rows) => inspect(samplesOf(rows), problem.features) },
        record,
        dispose: () => Promise.resolve(),
      } satisfies Fitted;
    },
  };
}
