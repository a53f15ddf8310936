/** Verdicts of a system that learnt classes as frequent as they are, as if they were equally frequent. @module */

import { labelOfPair, pairsAmong } from "../datasets/mod.ts";
import { byModality, type Modality } from "../modality.ts";
import type { Fitted, Head, Problem, System } from "../systems/system.ts";

/**
 * The system with its threshold moved: by Bayes' rule, a verdict p on class c becomes
 *
 *     p'_c = (p_c / π_c) / Σ_k (p_k / π_k)
 *
 * with π the share of each class in training, so that a sample is called what speaks for it beyond
 * frequency (Saerens et al., *Neural Computation* 14(1), 2002). For systems whose loss has no weights.
 *
 * @throws {RangeError} Scores are learnt, which have no classes.
 */
export function priorMoved({ name, fit }: System): System {
  return {
    name,
    async fit(problem) {
      if (problem.target?.kind === "score") {
        throw new RangeError("Cannot weigh by class: expected classes to be learnt, got scores");
      }
      // What is paired by label is drawn with classes alike.
      if (problem.protocol !== "single" && problem.protocol !== "natural") return fit(problem);
      const { classesAlike: _, ...usual } = problem;
      const fitted = await fit(usual);
      const count = problem.target?.classes.length ?? 2;
      const priors = (m: Modality) => sharesOf(labelsOfTraining(problem, m), count);
      const moved: Fitted = {
        ...fitted,
        async predict(rows, features) {
          const heads = await fitted.predict(rows, features);
          return Object.fromEntries(
            Object.entries(heads).map(([head, verdicts]) => {
              const m = head === "unified" ? undefined : head as Modality;
              return [head, move(verdicts, priors(m ?? firstOf(rows)))];
            }),
          ) as { readonly [H in Head]?: ArrayLike<number> };
        },
        record: { ...fitted.record, thresholdMoved: true },
      };
      return moved;
    },
  };
}

function firstOf(rows: Readonly<Record<string, unknown>>): Modality {
  return Object.keys(rows).find((m) => rows[m] !== undefined) as Modality;
}

/** Of rows all that training has; of corpora those of the modality. */
function labelsOfTraining(
  { features, train, protocol, pairs = [] }: Problem,
  m: Modality,
): number[] {
  const labels = byModality((m) => features[m].labels);
  return protocol === "natural"
    ? pairsAmong(pairs, train).map((pair) => labelOfPair(pair, labels))
    : train[m].map((i) => labels[m][i]!);
}

function sharesOf(labels: readonly number[], count: number): number[] {
  return Array.from(
    { length: count },
    (_, c) => labels.filter((label) => label === c).length / labels.length,
  );
}

/** `[N, w]`; a class that training has not is never said. */
function move(verdicts: ArrayLike<number>, shares: readonly number[]): Float64Array {
  const width = shares.length > 2 ? shares.length : 1;
  const result = new Float64Array(verdicts.length);
  for (let at = 0; at < verdicts.length; at += width) {
    const each = width === 1
      ? [1 - verdicts[at]!, verdicts[at]!]
      : Array.from({ length: width }, (_, c) => verdicts[at + c]!);
    const lifted = each.map((p, c) => shares[c]! > 0 ? p / shares[c]! : 0);
    const sum = lifted.reduce((a, b) => a + b, 0);
    const moved = sum > 0 ? lifted.map((p) => p / sum) : each;
    if (width === 1) result[at] = moved[1]!;
    else result.set(moved, at);
  }
  return result;
}
