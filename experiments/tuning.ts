/**
 * Tuning: the same trials for every trained system, judged on validation.
 *
 *     deno task reproduce tuning
 *
 * Its choices are in `config.ts`, so nothing else has to run it. It has seeds
 * of its own, which no table uses, and asks nothing of the test part.
 *
 * @module
 */

import { modalities } from "../lib/modality.ts";
import { printNumber } from "../lib/numbers.ts";
import {
  type DataConfig,
  type TrainedSystem,
  trainedSystems,
  type Tuned,
} from "../lib/study/settings.ts";
import { trainingRecord } from "../lib/study/proposed_runs.ts";
import { type Job, longestFirst, named, type Outcome } from "../lib/study/job.ts";
import { divideAll, type Samples } from "../lib/study/splits.ts";
import { dataCaption, finish, type Result, saveRun, type Study } from "../lib/study/study.ts";
import { markdownTable } from "./tables.ts";

/** What each system is tried with. */
export const trials: readonly Tuned[] = [5e-4, 1e-3, 3e-3].map((learningRate) => ({
  learningRate,
}));

/** With what each trial is made, since one seed says little of what is stable. */
export const tuningSeeds: readonly number[] = [1001, 1002];

/** Every trial of every system: alone on each modality, and on triples. */
export function planTuning(
  samples: Samples,
  { data, seeds = tuningSeeds, chosen = trials }: {
    readonly data: DataConfig;
    readonly seeds?: readonly number[];
    readonly chosen?: readonly Tuned[];
  },
): Job[] {
  const splits = seeds.map((seed) => ({ seed, ...divideAll(samples, { seed, data }) }));
  const of = (system: TrainedSystem, { tuned, trial }: { tuned: Tuned; trial: number }) =>
    splits.flatMap(({ seed, split }) => {
      const job = (kind: string, shown: Pick<Job, "protocol" | "present">): Job =>
        named({
          ...shown,
          ...{ system, kind: `trial${trial}-${kind}`, seed, split },
          variant: { tuned },
          exams: [],
        });
      return [
        ...modalities.map((m) => job(`single-${m}`, { protocol: "single", present: [m] })),
        job("label", { protocol: "label", present: modalities }),
      ];
    });
  const jobs = trainedSystems.flatMap((system) =>
    chosen.flatMap((tuned, trial) => of(system, { tuned, trial }))
  );
  return longestFirst(jobs);
}

/** What came of one trial. */
export interface TrialRow {
  readonly system: TrainedSystem;
  readonly tuned: Tuned;
  /** Validation loss of the best epoch, by run: with each seed three alone, one on triples. */
  readonly losses: readonly number[];
  /** Their mean, by which the trial is chosen. */
  readonly loss: number;
  readonly accuracy: number;
  /** The lowest accuracy of a run: near one half, where a training came to nothing. */
  readonly worst: number;
  readonly chosen: boolean;
}

/** A row a trial; of each system the one with the lowest mean loss is chosen. */
export function collateTuning(
  outcomes: readonly Outcome[],
  tried: readonly Tuned[] = trials,
): TrialRow[] {
  return trainedSystems.flatMap((system) => {
    const rows = tried.map((tuned, trial) => {
      const runs = outcomes.filter(({ job }) =>
        job.system === system && job.kind.startsWith(`trial${trial}-`)
      );
      const best = runs.map((run) => {
        const { history, bestEpoch } = trainingRecord(run);
        return history[bestEpoch - 1]!;
      });
      const mean = (of: (epoch: (typeof best)[number]) => number) =>
        best.reduce((sum, epoch) => sum + of(epoch), 0) / best.length;
      return {
        ...{ system, tuned },
        losses: best.map(({ validationLoss }) => validationLoss),
        loss: mean(({ validationLoss }) => validationLoss),
        accuracy: mean(({ validationAccuracy }) => validationAccuracy),
        worst: Math.min(...best.map(({ validationAccuracy }) => validationAccuracy)),
      };
    });
    const lowest = Math.min(...rows.map(({ loss }) => loss));
    return rows.map((row) => ({ ...row, chosen: row.loss === lowest }));
  });
}

/** Runs every trial and says which were best. */
export async function reproduceTuning(study: Study): Promise<Result> {
  const { samples, options: { config } } = study;
  const chosen = config.thorough ? trials : trials.slice(0, 1);
  const seeds = config.thorough ? tuningSeeds : tuningSeeds.slice(0, 1);
  const outcomes = await study.run(planTuning(samples, { data: config.data, seeds, chosen }));
  const rows = collateTuning(outcomes, chosen);
  const title = "Tuning. The same trials for every trained system";
  const caption = `${dataCaption(study)} Validation parts of seeds that no table uses, ` +
    `${seeds.join(", ")}; mean over runs, four per seed: alone on each modality and on triples.`;
  const markdown = [
    `## ${title}`,
    "",
    caption,
    "",
    ...markdownTable(
      ["system", "learning rate", "validation loss", "validation accuracy", "of its worst run", ""],
      rows.map(({ system, tuned: { learningRate }, chosen, ...row }) => [
        ...[system, learningRate ?? ""],
        ...[row.loss, row.accuracy, row.worst].map((value) => printNumber(value, 4)),
        chosen ? "chosen" : "",
      ]),
      { lastIsText: true },
    ),
    "",
  ].join("\n");
  const files = new Map<string, string>();
  for (const outcome of outcomes) saveRun(files, outcome, samples);
  return finish(study, {
    ...{ name: "tuning", title, caption, markdown, rows, files },
    numbers: { seeds, rows },
  });
}
