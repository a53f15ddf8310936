/** The correlation of actual and predicted classes. @module */

import { confusionMatrix } from "./confusion_matrix.ts";
import type { Labels } from "./labels.ts";

/**
 * Matthews' correlation coefficient, in its form for any number of classes.
 *
 *     (n Σ_k M_kk − Σ_k a_k p_k) / √((n² − Σ_k a_k²) (n² − Σ_k p_k²))
 *
 * where a_k samples have class k, p_k are said to, and M_kk are both. 1 is
 * perfect, 0 no better than chance; −1 is reached with two classes only. It is
 * 0, too, where either side shows a single class and the formula is 0 / 0.
 * (Gorodkin, *Comparing two K-category assignments by a K-category correlation
 * coefficient*, 2004.)
 *
 * @throws {RangeError} Labels that {@linkcode confusionMatrix} refuses.
 */
export function matthewsCorrelation(labels: Labels): number {
  const counts = confusionMatrix(labels);
  const n = labels.actual.length;
  let agreement = 0;
  let actualSpread = n * n;
  let predictedSpread = n * n;
  for (const [k, row] of counts.entries()) {
    const actual = row.reduce((a, b) => a + b, 0);
    const predicted = counts.reduce((total, other) => total + other[k]!, 0);
    agreement += n * row[k]! - actual * predicted;
    actualSpread -= actual ** 2;
    predictedSpread -= predicted ** 2;
  }
  const scale = Math.sqrt(actualSpread * predictedSpread);
  return scale === 0 ? 0 : agreement / scale;
}
