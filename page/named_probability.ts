/** How probable what is named is. @module */

import type { JudgedSample } from "../lib/inference/explain.ts";

/** The probability of the class that is named: of two, the other's or its complement. */
export function namedProbability(
  { probability, probabilities }: Pick<JudgedSample, "probability" | "probabilities">,
  of: number = probability!,
): number {
  return probabilities === undefined && probability! < 0.5 ? 1 - of : of;
}
