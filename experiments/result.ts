/** The result of an experiment while it is made: its runs and figures become its files. @module */

import type { Draw } from "../lib/figures/mod.ts";
import type { Job, Outcome } from "../lib/study/job.ts";
import type { JudgedJob } from "../lib/study/predictions.ts";
import { resultFiles } from "../lib/study/result_files.ts";
import type { Samples } from "../lib/study/splits.ts";
import { saveRun } from "../lib/study/save_run.ts";
import { finish, type Result, type RunOptions, type Study } from "../lib/study/study.ts";
import { readsClip } from "../lib/study/study_clip.ts";
import { saveFigure } from "../lib/study/save_figure.ts";

/** What a result says when all is computed. */
export interface Ending {
  readonly caption: string;
  /** What Markdown says behind the caption, and nothing else does. */
  readonly note?: string;
  /** Markdown below the caption. */
  readonly body?: readonly string[];
  /** What `NAME.json` has beside title, caption and origin. */
  readonly numbers: Readonly<Record<string, unknown>>;
  /** The rows of `NAME.csv`; without them, a figure of the result's name has one. */
  readonly rows?: readonly object[];
}

/** A result that has begun. */
export type OpenResult = ReturnType<typeof beginResult>;

/** Begins the result of the experiment `name`. */
export function beginResult(
  study: Study,
  { name, title }: { readonly name: string; readonly title: string },
) {
  const files = resultFiles({ folder: study.workFolder });
  let comparesWithClip = false;
  /** Keeps the predictions of a run, of the study's samples by default. */
  const keep = (outcome: Outcome, samples: Samples = study.samples): JudgedJob => {
    comparesWithClip ||= readsClip(outcome.job);
    return saveRun(files, outcome, samples);
  };
  return {
    /** Its files so far. */
    files,
    keep,
    /** Runs jobs, or finds them done, and keeps their predictions. */
    async run(jobs: readonly Job[], options: RunOptions = {}): Promise<JudgedJob[]> {
      const outcomes = await study.run(jobs, options);
      return outcomes.map((outcome) => keep(outcome, options.samples));
    },
    /** Keeps a figure, by default under the result's name. */
    figure: (draw: Draw, figureName = name): Promise<void> => saveFigure(files, figureName, draw),
    /** Adds what is written. */
    finish({ caption, note, body = [], numbers, rows }: Ending): Result {
      const introduction = note === undefined ? caption : `${caption} ${note}`;
      const markdown = [`## ${title}`, "", introduction, "", ...body].join("\n");
      const told = { name, title, caption, markdown, numbers, ...rows && { rows }, files };
      return finish(study, { ...told, ...comparesWithClip && { comparesWithClip } });
    },
  };
}
