/** What a model has learnt from, as a person reads it: what was used, cut, unknown or left out. @module */

import { describeInputCounts } from "../lib/encoders/input_counts.ts";
import type { ModelDescription } from "../lib/inference/model_folder.ts";
import { modalities } from "../lib/modality.ts";

/**
 * Lines of what the encoders took in, and of how often the outlier check is wrong; of corpora also the
 * emotions used and what was left out, which of the rows of a table was said before.
 */
export function whatWasRead(
  { data: { corpora }, outliers = {} }: ModelDescription,
  { isRows }: { readonly isRows: boolean },
): string[] {
  const counts = Object.fromEntries(modalities.map((m) => [m, corpora[m].inputs]));
  const list = (counts: Readonly<Record<string, number>> = {}) =>
    Object.entries(counts).map(([name, count]) => `${count} ${name}`).join(", ");
  // Of a table that was said before training.
  const used = isRows ? [] : modalities.flatMap((m) => {
    const { name, excluded, emotions } = corpora[m];
    const out = list(excluded);
    return [
      ...emotions ? [`${name}: ${list(emotions)}`] : [],
      ...out === "" ? [] : [`${name}: left out ${out}`],
    ];
  });
  return [
    ...used,
    ...describeInputCounts(counts),
    ...modalities.flatMap((m) => {
      const own = outliers[m];
      if (own === undefined) return [];
      const share = (100 * own.falseAlarms).toFixed(1);
      return [
        `${m}: the check for outliers takes ${share} % of ${own.tested} test samples for such`,
      ];
    }),
  ];
}
