/** What fusion gains by arithmetic alone, where the views of a label are independent. @module */

import { normalCdf, normalQuantile } from "./distributions.ts";
import { isShare, shown } from "./numbers_only.ts";

/** What the best fusion of independent views reaches. */
export interface IndependencePrediction {
  /** How far apart the classes are in each view, in deviations. */
  readonly dPrimes: number[];
  /** How far apart they are in all views together. */
  readonly dPrime: number;
  /** Area under the ROC curve of the fusion, in [0.5, 1]. */
  readonly auc: number;
  /** Its accuracy where both labels are equally frequent, in [0.5, 1]. */
  readonly accuracy: number;
}

/**
 * The AUC and the accuracy of the best fusion of views with these AUCs, if the
 * views are independent given the label and each view's score is normal with one
 * variance for both labels (Green and Swets, *Signal Detection Theory and
 * Psychophysics*, 1966):
 *
 *     d′_m = √2 Φ⁻¹(AUC_m)     d′ = √(Σ_m d′_m²)     AUC = Φ(d′ / √2)     accuracy = Φ(d′ / 2)
 *
 * Label-paired triples are such views by construction, so a fused score near this
 * one shows no understanding across modalities. A view with an AUC below 0.5
 * counts as much as its mirror image: the best fusion turns it round. The
 * prediction carries over the errors of the AUCs and those of the normal shape.
 *
 * @throws {RangeError} No AUC, or one outside [0, 1].
 *
 * @example The paper's three AUCs, fused without a fusion model
 * ```ts
 * import { independencePrediction } from "./independence.ts";
 * import { equal } from "node:assert/strict";
 *
 * const { auc, accuracy } = independencePrediction({ aucs: [0.962, 0.923, 0.922] });
 * equal(auc.toFixed(3), "0.996");
 * equal(accuracy.toFixed(3), "0.971");
 * ```
 */
export function independencePrediction(
  { aucs }: { readonly aucs: readonly number[] },
): IndependencePrediction {
  if (aucs.length === 0) {
    throw new RangeError("Cannot predict a fusion: expected at least one AUC, got none");
  }
  aucs.forEach((auc, i) => {
    if (isShare(auc)) return;
    throw new RangeError(
      `Cannot predict a fusion: expected aucs[${i}] from 0 to 1, got ${shown(auc)}`,
    );
  });
  const dPrimes = aucs.map(separation);
  const dPrime = Math.hypot(...dPrimes);
  return { dPrimes, dPrime, auc: normalCdf(dPrime / Math.SQRT2), accuracy: normalCdf(dPrime / 2) };
}

function separation(auc: number): number {
  // The quantile is defined between 0 and 1; at its ends the classes are endlessly far apart.
  if (auc === 0 || auc === 1) return auc === 1 ? Infinity : -Infinity;
  return Math.SQRT2 * normalQuantile(auc);
}
