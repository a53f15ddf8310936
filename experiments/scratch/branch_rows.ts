/** The rows of single modalities: scores with intervals by group, emotions, paired differences. @module */

import { modalities, type Modality } from "../../lib/modality.ts";
import {
  type Answers,
  answersTo,
  compare,
  type Corrected,
  corrected,
  correctness,
  type Ends,
} from "../../lib/study/comparisons.ts";
import { foldOf, withoutFold } from "../../lib/study/folds.ts";
import type { Outcome } from "../../lib/study/job.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import type { Samples } from "../../lib/study/splits.ts";
import type { Inspected } from "../../lib/systems/system.ts";
import {
  type ByGroup,
  differenceByGroup,
  type Judgements,
  polarityJudgements,
  scoreByGroup,
} from "../by_group.ts";
import * as tables from "../tables.ts";
import { chosenBranches, contenders, neutralExam, scoresOf, validationExam } from "./rows.ts";

/** The recall of emotions, all alike. */
export interface EmotionRecall {
  /** Which are told apart, in alphabetical order: with neutral, neutral test samples are judged too. */
  readonly emotions: readonly string[];
  /** Of each seed's test part, all folds together: the unweighted average recall, UAR. */
  readonly uar: tables.Score;
  readonly interval: Ends | null;
}

/** One system on one modality alone. */
export interface BranchRow extends tables.BalancedScores {
  readonly modality: Modality;
  /** Whether clips were normalised by what is known of their speakers, without labels: transductive. */
  readonly bySpeaker: boolean;
  /** `Branch on emotions`, or `Branch on emotions, by speaker`. */
  readonly system: string;
  /** 95 % intervals by group over all seeds and folds; null with too few groups. */
  readonly intervals: { readonly accuracy: Ends | null; readonly balancedAccuracy: Ends | null };
  /** Of systems that tell emotions apart. */
  readonly emotions?: EmotionRecall;
  /** Balanced accuracy less that of named systems of the same protocol, with its interval by group. */
  readonly less: Readonly<Record<string, ByGroup>>;
  /** Balanced accuracy on the validation part, which chose the epoch or the strength. */
  readonly validation: tables.Score;
  /** The share of each emotion's test samples whose polarity is right, mean over seeds. */
  readonly recall: Readonly<Record<string, number>>;
  /** Trained numbers; null where a fit does not tell. */
  readonly parameters: number | null;
  /** Of fitting and judging once, mean over seeds and folds. */
  readonly seconds: number;
  /** Test samples by seed. */
  readonly tested: readonly number[];
  /** Distinct groups among all of them. */
  readonly groups: number;
  /** The chosen branch less this system, corrected over the systems of this modality; not in its own row. */
  readonly comparison?: Corrected;
}

/** What every row of a modality is compared with, beside the chosen branch: those of them that ran. */
export const rivals: Readonly<Record<Modality, readonly string[]>> = {
  text: ["TF-IDF regression"],
  image: ["Plain CNN"],
  audio: ["Log-mel CNN", "Regression on speech measurements, emotions"],
};

/** What the kind of jobs ends in whose clips are normalised by the statistics of their speakers. */
const speakerKind = "-by-speaker";

/** What of a block is beside the names of its systems. */
const speakerName = ", by speaker";

type Spent = Pick<Outcome, "job" | "record" | "seconds"> & Partial<Pick<Outcome, "verdicts">>;

/** What rows are computed from, beside what was judged. */
interface Sources {
  readonly samples: Samples;
  /** Of the same jobs, fold by fold: what they cost, and what they show. */
  readonly outcomes: readonly Spent[];
}

/**
 * Rows of each modality that was judged, in the order of {@linkcode contenders}; those by speaker
 * behind the others, and compared among themselves. `judged` has the folds of a seed as one:
 * `poolJudged`.
 */
export function collateBranches(judged: readonly JudgedJob[], sources: Sources): BranchRow[] {
  return modalities.flatMap((modality) =>
    [false, true].flatMap((bySpeaker) => {
      const kind = `scratch-${modality}${bySpeaker ? speakerKind : ""}`;
      const runs = judged.filter(({ job }) => job.kind === kind);
      return runs.length === 0 ? [] : rowsOf(runs, { ...sources, modality, bySpeaker });
    })
  );
}

function rowsOf(
  judged: readonly JudgedJob[],
  { samples, outcomes, modality, bySpeaker }: Sources & Pick<BranchRow, "modality" | "bySpeaker">,
): BranchRow[] {
  const suffix = bySpeaker ? speakerName : "";
  const bySystem = Map.groupBy(judged, ({ job }) => job.system);
  const systems = contenders[modality].filter((system) => bySystem.has(system));
  const spent = Map.groupBy(outcomes, ({ job }) => withoutFold(job).name);
  const answers = new Map<string, Answers>(
    systems.map((system) => [system, answersTo(bySystem.get(system)!, modality)]),
  );
  const polarities = new Map(
    [...answers].map(([system, own]) => [system, polarityJudgements(own, samples)]),
  );
  const others = systems.filter((system) => system !== chosenBranches[modality]);
  const chosen = answers.get(chosenBranches[modality]);
  const comparisons = chosen
    ? corrected(
      others.map((other) => compare({ first: chosen, second: answers.get(other)! }, samples)),
    )
    : [];
  return systems.map((system): BranchRow => {
    const runs = bySystem.get(system)!, own = answers.get(system)!;
    const fits = runs.flatMap(({ job }) => spent.get(job.name)!);
    const judgements = polarities.get(system)!;
    const at = others.findIndex((other) => other === system);
    const less = rivals[modality].filter((rival) => rival !== system && polarities.has(rival))
      .map((rival) => {
        const pair = { first: judgements, second: polarities.get(rival)! };
        return [`${rival}${suffix}`, differenceByGroup(pair, "recall")];
      });
    const emotions = emotionRecall(fits, { samples, modality });
    return {
      modality,
      bySpeaker,
      system: `${system}${suffix}`,
      ...scoresOf(own),
      intervals: {
        accuracy: scoreByGroup(judgements, "accuracy").interval,
        balancedAccuracy: scoreByGroup(judgements, "recall").interval,
      },
      ...emotions && { emotions },
      less: Object.fromEntries(less),
      validation: scoresOf(answersTo(runs, validationExam)).balancedAccuracy,
      recall: recallByEmotion(own, samples[modality]),
      parameters: numberOr(fits[0]!.record.parameters ?? fits[0]!.record.terms),
      seconds: tables.average(fits.map(({ seconds = NaN }) => seconds)),
      tested: own.map(({ predictions: { labels } }) => labels.length),
      groups: new Set(judgements.groups).size,
      ...at >= 0 && comparisons[at] && { comparison: comparisons[at] },
    };
  });
}

function numberOr(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/** The emotions that fits told apart on test samples; undefined of fits that tell none. */
function emotionRecall(
  fits: readonly Spent[],
  { samples, modality }: { readonly samples: Samples; readonly modality: Modality },
): EmotionRecall | undefined {
  // A part without an emotion does not learn it: names are those of all fits.
  const named = fits.map(({ record }) => namesOf(record));
  const emotions = [...new Set(named.flatMap((names) => names ?? []))].sort();
  if (named.includes(undefined) || emotions.length === 0) return undefined;
  const seeds = [...Map.groupBy(fits, ({ job }) => job.seed).values()].map((folds) => {
    const ordered = folds.toSorted((a, b) => (foldOf(a.job) ?? 0) - (foldOf(b.job) ?? 0));
    return ordered.flatMap((fit) => emotionsOf(fit, { samples, modality, emotions }));
  });
  if (seeds.some((seed) => seed.length === 0)) return undefined;
  const judgements = (said: ReturnType<typeof emotionsOf>): Judgements => ({
    actual: said.map(({ actual }) => actual),
    predicted: said.map(({ predicted }) => predicted),
    groups: said.map(({ group }) => group),
    classes: emotions.length,
  });
  const uar = seeds.map((seed) => scoreByGroup(judgements(seed), "recall").estimate);
  return {
    emotions,
    uar: tables.overSeeds(uar),
    interval: scoreByGroup(judgements(seeds.flat()), "recall").interval,
  };
}

/** The emotion of each test sample, and what the fit took it for, as places among `emotions`. */
function emotionsOf(
  { verdicts = [], record }: Spent,
  { samples, modality, emotions }: {
    readonly samples: Samples;
    readonly modality: Modality;
    readonly emotions: readonly string[];
  },
): { actual: number; predicted: number; group: string }[] {
  const names = namesOf(record)!;
  return [modality, neutralExam].flatMap((exam) => {
    const { rows, inspected } = verdicts.find(({ name }) => name === exam) ?? {};
    if (!rows || !inspected?.classes) return [];
    return likeliest(inspected.classes).flatMap((place, i) => {
      const { emotion, group } = samples[modality][rows[modality]![i]!]!;
      const actual = emotions.indexOf(emotion);
      // What is not told apart, as neutral is to most, can't be recalled.
      return actual < 0 ? [] : [{ actual, predicted: emotions.indexOf(names[place]!), group }];
    });
  });
}

/** The place of each sample's highest number, of equal ones the first. */
export function likeliest({ width, values }: Inspected): number[] {
  return Array.from({ length: values.length / width }, (_, row) => {
    const own = Array.from({ length: width }, (_, k) => values[width * row + k]!);
    return own.indexOf(Math.max(...own));
  });
}

function namesOf({ classes }: Spent["record"]): readonly string[] | undefined {
  return Array.isArray(classes) ? classes as string[] : undefined;
}

// An emotion that a seed's test part lacks counts in the others alone.
function recallByEmotion(answers: Answers, samples: Samples[Modality]): Record<string, number> {
  const emotions = new Map(samples.map(({ id, emotion }) => [id, emotion]));
  const shares = answers.flatMap(({ predictions }) => {
    const right = correctness(predictions);
    const ids = Object.values(predictions.ids)[0]!;
    return [...Map.groupBy(right.keys(), (i) => emotions.get(ids[i]!)!)]
      .map(([emotion, rows]) => ({ emotion, share: tables.average(rows.map((i) => right[i]!)) }));
  });
  const grouped = [...Map.groupBy(shares, ({ emotion }) => emotion)]
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    grouped.map(([emotion, some]) => [emotion, tables.average(some.map(({ share }) => share))]),
  );
}
