/** The files of a run. @module */

import type { Outcome } from "./job.ts";
import { clusteredBy, clustersOf } from "./comparisons.ts";
import {
  type JudgedJob,
  type Predictions,
  predictionsFromCsv,
  predictionsToCsv,
} from "./predictions.ts";
import { rowsToCsv } from "./rows_csv.ts";
import type { Samples } from "./splits.ts";
import { json } from "./study.ts";

/**
 * Adds the files of a run, its predictions, the groups of the samples that these are of, and its
 * record, and returns what the predictions file says: every number of a table is computed from the
 * text of such files, as anybody can who has them.
 */
export function saveRun(files: Map<string, string>, outcome: Outcome, samples: Samples): JudgedJob {
  const { job, record, seconds, megabytes } = outcome;
  const { split: _, exams: __, ...told } = job;
  files.set(`runs/${job.name}.json`, json({ ...told, seconds, megabytes, ...record }));
  const inspected = outcome.verdicts.filter((verdict) => verdict.inspected)
    .map(({ name, inspected }) => [name, plainInspected(inspected!)]);
  if (inspected.length > 0) {
    files.set(`inspected/${job.name}.json`, json(Object.fromEntries(inspected)));
  }
  const csv = predictionsToCsv(outcome.verdicts, samples);
  files.set(`predictions/${job.name}.csv`, csv);
  const exams = predictionsFromCsv(csv);
  files.set(`groups/${job.name}.csv`, groupsToCsv(exams, samples));
  return { job, exams };
}

/** `id,group`: what is resampled whole, of the samples that {@linkcode clustersOf} goes by. */
function groupsToCsv(exams: readonly Predictions[], samples: Samples): string {
  const groups = new Map(exams.flatMap((exam) => {
    const ids = exam.ids[clusteredBy(exam)]!;
    return clustersOf(exam, samples).map((group, i) => [ids[i]!, group] as const);
  }));
  return rowsToCsv([...groups].map(([id, group]) => ({ id, group })));
}

function plainInspected(inspected: NonNullable<Outcome["verdicts"][number]["inspected"]>) {
  return Object.fromEntries(
    Object.entries(inspected).map(([name, { width, values }]) => [
      name,
      { width, values: Array.from(values).join(" ") },
    ]),
  );
}
