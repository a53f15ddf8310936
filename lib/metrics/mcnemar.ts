/** McNemar's test: do two systems err equally often on the same samples? @module */

import { binomialCdf, normalTails } from "./distributions.ts";
import { largestClass, mostClasses } from "./labels.ts";
import { checkNumbers, type TwoSystems } from "./two_systems.ts";

/** How the right answers of two systems fall together. */
export interface Agreement {
  /** Samples that both systems got right. */
  readonly bothRight: number;
  /** Samples that the first alone got right. */
  readonly onlyFirstRight: number;
  /** Samples that the second alone got right. */
  readonly onlySecondRight: number;
  /** Samples that both got wrong. */
  readonly bothWrong: number;
}

/** The samples on which exactly one of two systems is right. */
export type Discordant = Pick<Agreement, "onlyFirstRight" | "onlySecondRight">;

/** The result of {@linkcode mcnemar}. */
export interface McNemarTest {
  /** Which distribution the p-value comes from. */
  readonly method: "exact binomial" | "chi-square with continuity correction";
  /** The smaller of the two counts for the exact test, χ² for the other. */
  readonly statistic: number;
  /** Two-sided: how likely counts as unequal as these are if both systems err equally often. */
  readonly p: number;
}

/** From this many discordant samples the χ² approximation replaces the exact test. */
const manyDiscordant = 25;

/**
 * Counts the samples that both systems, one of them, or neither got right.
 *
 * `actual`, `first` and `second` are class indices.
 *
 * @throws {RangeError} Lengths that differ, no samples, or a label that is not a class.
 */
export function agreement({ actual, first, second }: TwoSystems): Agreement {
  if (actual.length === 0) {
    throw new RangeError("Cannot compare systems: expected at least one sample, got none");
  }
  largestClass(actual, "actual", mostClasses);
  checkNumbers(first, "first", actual.length);
  checkNumbers(second, "second", actual.length);
  let [bothRight, onlyFirstRight, onlySecondRight, bothWrong] = [0, 0, 0, 0];
  for (let n = 0; n < actual.length; n++) {
    const firstRight = first[n] === actual[n];
    const secondRight = second[n] === actual[n];
    if (firstRight && secondRight) bothRight++;
    else if (firstRight) onlyFirstRight++;
    else if (secondRight) onlySecondRight++;
    else bothWrong++;
  }
  return { bothRight, onlyFirstRight, onlySecondRight, bothWrong };
}

/**
 * McNemar's test of the samples on which exactly one of two systems is right.
 *
 * With b and c such samples, n = b + c:
 *
 *     n < 25     p = min(1, 2 Σ_{k ≤ min(b, c)} C(n, k) / 2ⁿ)
 *     n ≥ 25     χ² = (|b − c| − 1)² / n, not below 0, one degree of freedom
 *
 * Samples that both got right, or both wrong, say nothing of the difference.
 * The samples must be independent; where speakers or sets repeat, use
 * {@linkcode pairedBootstrap} with clusters. (McNemar, *Psychometrika* 12,
 * 1947; Edwards, *Psychometrika* 13, 1948, for the correction.)
 *
 * @throws {RangeError} A count that is not a whole number from 0.
 *
 * @example Nine samples against one
 * ```ts
 * import { mcnemar } from "./mod.ts";
 * import { equal } from "node:assert/strict";
 *
 * const { p, method } = mcnemar({ onlyFirstRight: 9, onlySecondRight: 1 });
 * equal(p.toFixed(6), (22 / 1024).toFixed(6));
 * equal(method, "exact binomial");
 * ```
 */
export function mcnemar({ onlyFirstRight, onlySecondRight }: Discordant): McNemarTest {
  checkDiscordant({ onlyFirstRight, onlySecondRight });
  const smaller = Math.min(onlyFirstRight, onlySecondRight);
  const discordant = onlyFirstRight + onlySecondRight;
  if (discordant < manyDiscordant) {
    const tail = binomialCdf({ successes: smaller, trials: discordant, probability: 0.5 });
    return { method: "exact binomial", statistic: smaller, p: Math.min(1, 2 * tail) };
  }
  const excess = Math.max(0, Math.abs(onlyFirstRight - onlySecondRight) - 1);
  const statistic = excess ** 2 / discordant;
  // χ² of one degree of freedom is the square of a standard normal number.
  const p = normalTails(Math.sqrt(statistic));
  return { method: "chi-square with continuity correction", statistic, p };
}

/**
 * Refuses counts that are not whole numbers from 0.
 *
 * @throws {RangeError}
 */
export function checkDiscordant(counts: Discordant): void {
  for (const name of ["onlyFirstRight", "onlySecondRight"] as const) {
    if (!Number.isSafeInteger(counts[name]) || counts[name] < 0) {
      throw new RangeError(
        `Cannot compare systems: expected a count in ${name}, got ${counts[name]}`,
      );
    }
  }
}
