/** How sure one share of one sample is. @module */

// The standard normal's quantile at 97.5 %.
const z = 1.959963984540054;

/**
 * Wilson's interval of a share p of n independent tests, at 95 % (Wilson 1927):
 *
 *     (p + z²/2n ± z √(p (1 - p) / n + z²/4n²)) / (1 + z²/n)
 *
 * Both ends are in [0, 1], and p between them.
 *
 * @throws {RangeError} No tests, or a share that is none.
 */
export function wilsonInterval(share: number, tests: number): [low: number, high: number] {
  if (!(tests > 0 && share >= 0 && share <= 1)) {
    throw new RangeError(
      `Cannot bound a share: expected one from 0 to 1 of at least one test, got ${share} of ${tests}`,
    );
  }
  const scale = 1 + z ** 2 / tests;
  const centre = share + z ** 2 / (2 * tests);
  const reach = z * Math.sqrt(share * (1 - share) / tests + (z / (2 * tests)) ** 2);
  // At the ends rounding may leave the share outside.
  return [
    Math.max(0, Math.min(share, (centre - reach) / scale)),
    Math.min(1, Math.max(share, (centre + reach) / scale)),
  ];
}
