/** The files of a run. @module */

import type { Outcome } from "./job.ts";
import { type JudgedJob, predictionsFromCsv, predictionsToCsv } from "./predictions.ts";
import type { Samples } from "./splits.ts";
import { json } from "./study.ts";

/**
 * Adds the files of a run, its predictions and its record, and returns what
 * the predictions file says: every number of a table is computed from the
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
  return { job, exams: predictionsFromCsv(csv) };
}

function plainInspected(inspected: NonNullable<Outcome["verdicts"][number]["inspected"]>) {
  return Object.fromEntries(
    Object.entries(inspected).map(([name, { width, values }]) => [
      name,
      { width, values: Array.from(values).join(" ") },
    ]),
  );
}
