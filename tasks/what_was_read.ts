/** What a model has learnt from, as a person reads it: what was used, cut, unknown or left out. @module */

import { describeInputCounts } from "../lib/encoders/input_counts.ts";
import type { ModelDescription } from "../lib/inference/model_folder.ts";
import { modalities } from "../lib/modality.ts";
import { printPercent } from "../lib/numbers.ts";

/** Lines of what the encoders took in, and of how often the outlier check is wrong. */
export function whatWasRead(
  { data: { corpora }, outliers = {} }: ModelDescription,
): string[] {
  const counts = Object.fromEntries(modalities.map((m) => [m, corpora[m].inputs]));
  return [
    ...describeInputCounts(counts),
    ...modalities.flatMap((m) => {
      const check = outliers[m];
      if (check === undefined) return [];
      const share = printPercent(check.falseAlarms, 1);
      return [
        `${m}: the check for outliers takes ${share} of ${check.tested} test samples for such`,
      ];
    }),
  ];
}
