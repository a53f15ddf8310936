/** How evenly modalities contribute to what a system gets right. @module */

import { shown as got } from "./numbers_only.ts";
import { shapleyOf, subsetsOf } from "./shapley.ts";

/** What a system scores where it is shown these modalities and no others. */
export interface SubsetScore {
  /** At least one modality; their order does not matter. */
  readonly shown: readonly string[];
  /** The more, the better. */
  readonly score: number;
}

/** The outcome of {@linkcode modalityEquity}. */
export interface ModalityEquity {
  /** From 0, one modality alone contributes, to 1, all contribute alike; NaN where none does. */
  readonly equity: number;
  /**
   * Shapley values by modality: they add up to the score of all modalities less chance. Below 0 for a
   * modality that does harm.
   */
  readonly contributions: Readonly<Record<string, number>>;
}

/**
 * The Modality Equity Index, MEI: how evenly M modalities contribute across all configurations in which
 * some are missing (Pham et al., *MissBench*, arXiv 2603.09874, 2026; the higher, the more balanced).
 *
 *     φ_m = Shapley value of m in the game v(S) = score(S), v(∅) = chance
 *     s_m = max(0, φ_m) / Σ_k max(0, φ_k)
 *     MEI = 1 − M / (2 (M − 1)) · Σ_m |s_m − 1/M|
 *
 * So 1 − MEI is the share of what is contributed that would have to change hands until all contribute
 * alike, as a part of the most that it can be. We had the published description alone, without its
 * formula: dividing by Shapley values, which is the one division that treats modalities alike over all
 * configurations, and this distance are our completion, so that numbers can't be held against the
 * paper's. A modality that does harm contributes nothing: its share is 0, and `contributions` has the
 * harm. Equity is not accuracy: who guesses alike in everything is fair to everything.
 *
 * `scores` has every subset of the modalities but the empty one, each once: seven of three, three of two.
 *
 * @throws {RangeError} Fewer than two modalities, a subset that is missing or there twice, or a number
 * that is not finite.
 *
 * @example Two modalities, of which one brings three times as much
 * ```ts
 * import { modalityEquity } from "./mod.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const scores = [
 *   { shown: ["text"], score: 0.75 },
 *   { shown: ["audio"], score: 0.625 },
 *   { shown: ["text", "audio"], score: 0.75 },
 * ];
 * // φ_text = (0.25 + 0.125) / 2, φ_audio = (0.125 + 0) / 2; shares 3/4 and 1/4.
 * deepEqual(modalityEquity(scores, { chance: 0.5 }), {
 *   equity: 0.5,
 *   contributions: { text: 0.1875, audio: 0.0625 },
 * });
 * ```
 */
export function modalityEquity(
  scores: readonly SubsetScore[],
  { chance }: {
    /** What scores who is shown nothing. */
    readonly chance: number;
  },
): ModalityEquity {
  const names = [...new Set(scores.flatMap(({ shown }) => shown))];
  if (names.length < 2) {
    throw new RangeError(
      `Cannot measure equity: expected at least two modalities, got ${names.length}`,
    );
  }
  const worth = subsetsOf(names).map((subset) =>
    subset.length === 0 ? chance : scoreOf(scores, subset)
  );
  const infinite = worth.find((score) => !Number.isFinite(score));
  if (infinite !== undefined) {
    throw new RangeError(`Cannot measure equity: expected finite scores, got ${got(infinite)}`);
  }
  const contributions = shapleyOf(names, worth);
  // Contributions are sums of differences: what is 0 but for rounding is 0.
  const credits = names.map((name) => contributions[name]! > 1e-12 ? contributions[name]! : 0);
  return { equity: evenness(credits), contributions };
}

function scoreOf(scores: readonly SubsetScore[], subset: readonly string[]): number {
  const found = scores.filter(({ shown }) =>
    shown.length === subset.length && subset.every((name) => shown.includes(name))
  );
  if (found.length === 1) return found[0]!.score;
  throw new RangeError(
    `Cannot measure equity: expected one score of ${subset.join("+")}, got ${found.length}`,
  );
}

// Of amounts from 0: 1 where all are equal, 0 where all but one are 0.
function evenness(amounts: readonly number[]): number {
  const total = amounts.reduce((a, b) => a + b, 0);
  const count = amounts.length;
  const apart = amounts.reduce((sum, amount) => sum + Math.abs(amount / total - 1 / count), 0);
  // Rounding may lead below 0.
  return total === 0 ? NaN : Math.max(0, 1 - apart * count / (2 * (count - 1)));
}
