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
import { recent } from "./recent.ts";
import type { ResultFiles } from "./result_files.ts";
import type { Samples } from "./splits.ts";
import { json } from "./study.ts";

// Characters of predictions that are there as numbers: those of some hundred runs of the embedded corpus.
const parsed = recent<readonly Predictions[]>(64e6);

/**
 * Adds the files of a run, its predictions, the groups of the samples that these are of, and its
 * record, and returns what the predictions file says: every number of a table is computed from the
 * text of such files, as anybody can who has them. It is read when it is asked for, since of many runs
 * all would fill the memory.
 */
export function saveRun(files: ResultFiles, outcome: Outcome, samples: Samples): JudgedJob {
  const { job, record, seconds, megabytes } = outcome;
  const { split: _, exams: __, ...told } = job;
  files.set(`runs/${job.name}.json`, json({ ...told, seconds, megabytes, ...record }));
  const inspected = outcome.verdicts.filter((verdict) => verdict.inspected)
    .map(({ name, inspected }) => [name, plainInspected(inspected!)]);
  if (inspected.length > 0) {
    files.set(`inspected/${job.name}.json`, json(Object.fromEntries(inspected)));
  }
  const csv = predictionsToCsv(outcome.verdicts, samples);
  const path = `predictions/${job.name}.csv`;
  files.set(path, csv);
  const judged = judgedLater(job, { length: csv.length, read: () => files.get(path)! });
  files.set(`groups/${job.name}.csv`, groupsToCsv(judged.exams, samples));
  return judged;
}

/** `id,group`: what is resampled whole, of the samples that {@linkcode clustersOf} goes by. */
function groupsToCsv(exams: readonly Predictions[], samples: Samples): string {
  const groups = new Map(exams.flatMap((exam) => {
    const ids = exam.ids[clusteredBy(exam)]!;
    return clustersOf(exam, samples).map((group, i) => [ids[i]!, group] as const);
  }));
  return rowsToCsv([...groups].map(([id, group]) => ({ id, group })));
}

function judgedLater(
  job: JudgedJob["job"],
  { length, read }: { readonly length: number; readonly read: () => string },
): JudgedJob {
  const judged: JudgedJob = {
    job,
    get exams() {
      return parsed.get(judged, () => predictionsFromCsv(read()), length);
    },
  };
  return judged;
}

function plainInspected(inspected: NonNullable<Outcome["verdicts"][number]["inspected"]>) {
  return Object.fromEntries(
    Object.entries(inspected).map(([name, { width, values }]) => [
      name,
      { width, values: Array.from(values).join(" ") },
    ]),
  );
}
