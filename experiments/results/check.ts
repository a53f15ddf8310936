/** Recomputes results from their saved predictions, and says what differs. @module */

import { join } from "node:path";
import { ifThere } from "../../lib/files.ts";
import { trainedBySplit } from "../../lib/study/encoder_source.ts";
import { predictionsFromCsv } from "../../lib/study/predictions.ts";
import { examsOf } from "../../lib/study/run.ts";
import { readsClip } from "../../lib/study/study_clip.ts";
import type { Job, Outcome, Verdicts } from "../../lib/study/job.ts";
import type { Result, RunOptions, Study } from "../../lib/study/study.ts";

/** What a check of one result found. */
export interface Checked {
  readonly name: string;
  /** How many files were made again from the predictions. */
  readonly files: number;
  /** A line per file that differs, or the reason why its predictions can't be what it was made from. */
  readonly differences: readonly string[];
  /** Why it can't be checked: it needs more than predictions. */
  readonly unchecked?: string;
}

/** A study whose results can be checked; of rows its experiments name features and samples themselves. */
type Checkable = Pick<Study, "options"> & Partial<Study>;

// Thrown where an experiment wants what predictions do not hold.
class NeedsModel extends Error {}

/**
 * Makes the result in `folder` again, with its saved predictions in place of every
 * run, and compares each file: a number that the predictions do not give is found,
 * and so is a prediction of a sample that was not asked for. `study` is opened with the
 * options of the command that made it. PNGs follow from SVGs and are left out.
 */
export async function checkResult<Of extends Checkable>(
  study: Of,
  { name, folder, experiment }: {
    readonly name: string;
    readonly folder: string;
    readonly experiment: (study: Of) => Promise<Result>;
  },
): Promise<Checked> {
  try {
    const told = JSON.parse(await Deno.readTextFile(join(folder, `${name}.json`)));
    const { command, commit, arithmetic } = told as {
      readonly command: string;
      readonly commit: string | null;
      readonly arithmetic: Study["on"]["arithmetic"];
    };
    const { files } = await experiment({
      ...study,
      options: { ...study.options, command, commit },
      // Nothing is executed here.
      on: { ...study.on!, arithmetic },
      run: async (jobs: readonly Job[], own: RunOptions = {}) => {
        const { features = study.features!, samples = study.samples! } = own;
        // The result names it.
        if (jobs.some(readsClip)) await study.clip?.encoders();
        return await Promise.all(
          jobs.map((job) => savedOutcome({ features, samples }, job, folder)),
        );
      },
      saved: async (path: string) => {
        const text = await ifThere(Deno.readTextFile(join(folder, path)));
        if (text !== undefined) return text;
        throw new RangeError(`expected ${path}, got no such file`);
      },
      featuresOf: (job: Job) => {
        if (trainedBySplit(study.options.encoders).length === 0) return study.featuresOf!(job);
        throw new NeedsModel("it asks encoders that were trained for it, which are not kept");
      },
      fit: () => {
        throw new NeedsModel("it looks into a model, which is not kept");
      },
    });
    const differences: string[] = [];
    for (const [path, text] of files) {
      const saved = await ifThere(Deno.readTextFile(join(folder, path)));
      differences.push(...differenceOf(text, saved, path));
    }
    return { name, files: files.size, differences };
  } catch (error) {
    if (error instanceof NeedsModel) {
      return { name, files: 0, differences: [], unchecked: error.message };
    }
    if (!(error instanceof RangeError)) throw error;
    return { name, files: 0, differences: [`cannot be made again: ${error.message}`] };
  }
}

function differenceOf(wanted: string, got: string | undefined, path: string): string[] {
  if (got === wanted) return [];
  if (got === undefined) return [`${path}: not there`];
  const [own, theirs] = [wanted.split("\n"), got.split("\n")];
  const at = own.findIndex((line, i) => line !== theirs[i]);
  const short = (line = "nothing") => line.length > 80 ? `${line.slice(0, 80)}…` : line;
  return [
    `${path}, line ${at + 1}: the predictions give ${short(own[at])}, it has ${short(theirs[at])}`,
  ];
}

/** The outcome of a job as a result's folder has it. */
async function savedOutcome(
  { samples, features }: Pick<Study, "samples" | "features">,
  job: Job,
  folder: string,
): Promise<Outcome> {
  const read = async (path: string) => {
    const text = await ifThere(Deno.readTextFile(join(folder, path)));
    if (text !== undefined) return text;
    throw new RangeError(`expected ${path}, got no such file`);
  };
  const { seconds, megabytes, ...record } = JSON.parse(await read(`runs/${job.name}.json`));
  const csv = predictionsFromCsv(await read(`predictions/${job.name}.csv`));
  const inspected = await ifThere(Deno.readTextFile(join(folder, `inspected/${job.name}.json`)));
  const shown = inspected === undefined ? {} : JSON.parse(inspected) as Record<string, Shown>;
  const verdicts = examsOf(job, features).map((exam): Verdicts => {
    const { inspect, ...asked } = exam;
    const saved = csv.find((own) => own.exam === exam.name);
    const ids = Object.entries(exam.rows).map(([m, rows]) => [
      m,
      Array.from(rows, (row) => samples[m as keyof typeof samples][row]!.id),
    ]);
    if (JSON.stringify(saved?.ids) !== JSON.stringify(Object.fromEntries(ids))) {
      throw new RangeError(
        `predictions/${job.name}.csv: expected the samples of ${exam.name}, got others`,
      );
    }
    return {
      ...asked,
      scores: saved!.scores,
      ...inspect && shown[exam.name] ? { inspected: readShown(shown[exam.name]!) } : {},
    };
  });
  // Labels are the corpora's, not the file's: a label that was changed there shows as a difference.
  return { job, verdicts, record: withoutJob(record, job), seconds, megabytes };
}

type Shown = Readonly<Record<string, { readonly width: number; readonly values: string }>>;

function readShown(shown: Shown): NonNullable<Verdicts["inspected"]> {
  return Object.fromEntries(
    Object.entries(shown).map(([name, { width, values }]) => [
      name,
      { width, values: values.split(" ").map(Number) },
    ]),
  );
}

// `runs/….json` tells of the job before it tells of the fit.
function withoutJob(told: Record<string, unknown>, job: Job): Record<string, unknown> {
  return Object.fromEntries(Object.entries(told).filter(([name]) => !Object.hasOwn(job, name)));
}
