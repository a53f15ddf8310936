/** The area under the ROC curve of K classes, each against the rest. @module */

import { checkClassProbabilities, type ClassProbabilities } from "./class_probabilities.ts";
import { aucRoc } from "./roc.ts";

/**
 * The mean over classes of {@linkcode aucRoc} of the class against all others, in [0, 1].
 *
 *     AUC = Σ_k AUC(actual = k, probability of k) / |{k that occur}|
 *
 * Every class counts alike, and 0.5 is chance. A class that no sample has is
 * left out, since its area is undefined; scikit-learn's `roc_auc_score` with
 * `multi_class="ovr"` gives NaN or an error there. With samples of one class
 * only the result is NaN.
 *
 * @throws {RangeError} As {@linkcode scoreClasses}.
 */
export function aucOneVsRestMacro({ actual, scores, classes }: ClassProbabilities): number {
  checkClassProbabilities({ actual, scores, classes });
  const labels = Array.from(actual);
  const areas = [...new Set(labels)].map((k) =>
    aucRoc({
      actual: labels.map((label) => Number(label === k)),
      scores: labels.map((_, n) => scores[n * classes + k]!),
    })
  );
  return areas.reduce((sum, area) => sum + area, 0) / areas.length;
}
