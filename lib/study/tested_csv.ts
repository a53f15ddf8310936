/** What a saved model said of its test part, so that two models can be compared sample by sample. @module */

import { sha256 } from "../files.ts";
import { modalities } from "../modality.ts";
import { clusteredBy } from "./comparisons.ts";
import type { Verdicts } from "./job.ts";
import { rowsToCsv } from "./rows_csv.ts";
import type { Samples } from "./splits.ts";

/**
 * `exam,sample,group,label,score`, a line a verdict: what was asked; a digest of what was shown, of its
 * content; a digest of the name of its group (`clusteredBy`); the true label; and the verdict, as the
 * predictions of results have it. A folder that is passed on names neither files nor speakers.
 */
export function testedToCsv(verdicts: readonly Verdicts[], samples: Samples): string {
  return rowsToCsv(verdicts.flatMap(({ name, rows, labels, scores }) => {
    const shown = modalities.filter((m) => rows[m] !== undefined);
    const m = clusteredBy({ ids: Object.fromEntries(shown.map((m) => [m, []])) });
    const width = scores.length / labels.length;
    return Array.from(labels, (label, i) => ({
      exam: name,
      sample: short(shown.map((m) => samples[m][rows[m]![i]!]!.hash).join()),
      group: short(samples[m][rows[m]![i]!]!.group),
      label,
      score: Array.from({ length: width }, (_, k) => scores[i * width + k]),
    }));
  }));
}

// Of thousands of samples no two have the same.
function short(text: string): string {
  return sha256(text).slice(0, 16);
}
