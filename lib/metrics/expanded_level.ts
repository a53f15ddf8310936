/** Intervals that few clusters make too short, made as long as they should be. @module */

import { normalTails, studentQuantile } from "./distributions.ts";
import { checkBetween0And1 } from "./interval.ts";

/**
 * The level at which the percentile bootstrap of `count` clusters covers about as often as `level`
 * says. Resampled, a mean of few clusters varies too little: by (n − 1) / n of the variance that its
 * estimate should have, and with the tails of a normal number where they are Student's. The expanded
 * percentile interval (Hesterberg, *The American Statistician* 69(4), 2015) asks for
 *
 *     1 − 2 Φ(−√(n / (n − 1)) t),    t the (1 + level) / 2 quantile of Student's, n − 1 degrees
 *
 * which is 0.95 for many clusters, and 0.989 for eight.
 *
 * @throws {RangeError} Fewer than two clusters, or a level that is not between 0 and 1.
 */
export function expandedLevel(count: number, level = 0.95): number {
  checkBetween0And1(level, "make an interval", "a level");
  if (!Number.isSafeInteger(count) || count < 2) {
    throw new RangeError(`Cannot make an interval: expected two clusters or more, got ${count}`);
  }
  const t = studentQuantile({ p: (1 + level) / 2, degreesOfFreedom: count - 1 });
  return 1 - normalTails(Math.sqrt(count / (count - 1)) * t);
}
