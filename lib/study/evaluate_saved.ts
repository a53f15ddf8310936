/** A saved model, asked of the rows of a table that it has not met. @module */

import { join } from "node:path";
import * as datasets from "../datasets/mod.ts";
import { onlyOf } from "../datasets/paired.ts";
import { type ReliabilityPanel, reliabilityPanel } from "../figures/mod.ts";
import * as inference from "../inference/mod.ts";
import { nameOfShown } from "../inference/reliability.ts";
import { calibratedVerdict } from "../inference/verdict_temperature.ts";
import * as metrics from "../metrics/mod.ts";
import type { Modality } from "../modality.ts";
import { isBinary, polarities, type Target, verdictWidth } from "../target.ts";
import {
  readSavedRows,
  samplesOf as samplesOfRow,
  type SavedRows,
  type SavedRowsOptions,
} from "./saved_rows.ts";
import {
  type Estimate,
  estimate,
  type JudgedLabels,
  leadingScore,
  predictedLabels,
  type ScoreName,
  verdictsAt,
  verdictScores,
} from "../inference/verdict_scores.ts";

/** What {@linkcode evaluateSaved} is told. */
export interface EvaluateSavedOptions extends SavedRowsOptions {
  /** Leaves out the rows that the model has met; without it they are refused. */
  readonly unseen?: boolean;
}

/** Scores of rows that show the model the same. */
export interface SubsetScores {
  /** What is looked at: of rows that have more, the rest is hidden. */
  readonly shown: readonly Modality[];
  readonly tested: number;
  readonly scores: { readonly [S in ScoreName]?: Estimate };
}

/** One class, each against the others. */
export interface ClassRow {
  readonly name: string;
  /** How many rows are of it. */
  readonly tested: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** One group, by what a person would count. */
export interface GroupRow {
  readonly group: string;
  readonly tested: number;
  /** Of classes the share of right answers, of scores the mean absolute error. */
  readonly value: number;
}

/** Whether probabilities, or scores, mean what they say. */
export type Calibration =
  | {
    readonly kind: "classes";
    /** Of the answers' probabilities. */
    readonly panel: ReliabilityPanel;
    /** Of those that the model's temperatures make of them, where it has one for each row. */
    readonly calibrated?: ReliabilityPanel;
  }
  | { readonly kind: "score"; readonly slope: number; readonly intercept: number };

/** What a saved model scores on rows. */
export interface SavedEvaluation {
  readonly description: inference.ModelDescription;
  readonly target: Target;
  /** What names the groups of its rows; null where nothing does. */
  readonly groupedBy: string | null;
  /** Rows that the model has met, which are left out. */
  readonly met: number;
  /** Rows of groups that the model has met, where the table names groups: their scores may flatter. */
  readonly metGroups: number;
  readonly groups: number;
  /** All that each row shows; then every subset of modalities of the rows that have it. */
  readonly whole: SubsetScores;
  readonly subsets: readonly SubsetScores[];
  /** Of classes. */
  readonly classes: readonly ClassRow[];
  /** `[K, K]` of classes, row = actual. */
  readonly confusion?: readonly (readonly number[])[];
  readonly calibration?: Calibration;
  /** Groups of five rows or more that fare worse than the whole, the worst first. */
  readonly worst: readonly GroupRow[];
  /** A verdict on each row. */
  readonly rows: readonly (inference.JudgedSample & {
    readonly id: string;
    readonly group: string;
    readonly actual: string;
  })[];
  /** What `rows` and the scores are computed from. */
  readonly judged: JudgedLabels;
}

/**
 * Judges the labelled rows of a table by a saved model, which has to be new to them: a row is met if
 * the model was trained on, or chosen by, its picture, its clip, or a text that is all it has.
 *
 * @throws {RangeError} What {@linkcode readSavedRows} refuses; labels that the model has not
 * learnt; rows that the model has met; no row shows a modality that it has learnt.
 */
export async function evaluateSaved(options: EvaluateSavedOptions): Promise<SavedEvaluation> {
  const { model: folder, onProgress = () => {} } = options;
  const { description, onnx, ...opened } = await inference.openModelFolder(folder);
  const target = description.model.target ?? polarities;
  const { encode, ...rows } = await readSavedRows(description, options);
  const learnt = inference.learntModalities(description);
  const { fresh, met, metGroups } = await freshRows(rows, { learnt, options });
  const samplesOf = (pair: datasets.Pair) => samplesOfRow(rows.corpora, pair);
  const groups = fresh.map((pair) => samplesOf(pair)[0]!.group);
  const actual = fresh.map((pair) => samplesOf(pair)[0]!.label);
  const features = await encode(fresh);
  const exported = await inference.loadExportedModel(onnx);
  try {
    const ask = async (rows: readonly number[], shownOf: (row: number) => readonly Modality[]) => {
      const width = verdictWidth(target);
      const scores = new Float64Array(rows.length * width);
      for (const [at, row] of rows.entries()) {
        scores.set(
          await verdictOn(exported, features[row]!, { shown: shownOf(row), target }),
          at * width,
        );
      }
      return { labels: rows.map((row) => actual[row]!), scores };
    };
    const every = [...fresh.keys()];
    const judged = await ask(every, (row) => shownBy(fresh[row]!));
    const subsets: SubsetScores[] = [];
    const all = subsetsOf(learnt);
    for (const [i, shown] of all.entries()) {
      const rows = every.filter((row) => shown.every((m) => fresh[row]![m] !== undefined));
      onProgress("judging by modality", i + 1, all.length);
      if (rows.length > 0) {
        const part = await ask(rows, () => shown);
        subsets.push(scored(part, { shown, target, groups: rows.map((row) => groups[row]!) }));
      }
    }
    const shown = learnt.filter((m) => fresh.some((pair) => pair[m] !== undefined));
    return {
      ...{ description, target, groupedBy: rows.groupedBy, met, metGroups },
      groups: new Set(groups).size,
      whole: scored(judged, { shown, target, groups }),
      subsets,
      ...ofClasses(judged, target),
      calibration: calibrationOf(judged, target, temperaturesOf(fresh, { ...opened, folder })),
      worst: worstGroups(judged, { groups, target }),
      rows: every.map((row) => {
        const [sample] = samplesOf(fresh[row]!);
        const verdict = verdictsAt(judged, [row]).scores;
        return {
          id: sample!.id,
          group: groups[row]!,
          actual: sample!.emotion,
          ...inference.judgedSample(verdict, target),
        };
      }),
      judged,
    };
  } finally {
    await exported.dispose();
  }
}

/** What the model can judge of rows that are new to it, and what it has met of the others. */
async function freshRows(
  { corpora, pairs: all, groupedBy }: Omit<SavedRows, "encode">,
  { learnt, options: { model: folder, data, unseen = false } }: {
    readonly learnt: readonly Modality[];
    readonly options: EvaluateSavedOptions;
  },
): Promise<{ fresh: datasets.Pair[]; met: number; metGroups: number }> {
  const pairs = all.map((pair) => onlyOf(pair, learnt)).filter((pair) => shownBy(pair).length > 0);
  if (pairs.length === 0) {
    throw new RangeError(
      `Cannot evaluate on "${data}": expected rows with ${
        learnt.join(", ")
      }, which the model has ` +
        "learnt, got none",
    );
  }
  const knows = await acquaintanceOf(folder);
  const isMet = (pair: datasets.Pair) => {
    const samples = samplesOfRow(corpora, pair);
    const telling = samples.filter(({ modality }) => modality !== "text");
    return (telling.length > 0 ? telling : samples).some(knows.sample);
  };
  const fresh = pairs.filter((pair) => !isMet(pair));
  assertUnmet(fresh.length, { of: pairs.length, data, unseen });
  const ofMetGroup = (pair: datasets.Pair) => samplesOfRow(corpora, pair).some(knows.group);
  return {
    ...{ fresh, met: pairs.length - fresh.length },
    metGroups: groupedBy === null ? 0 : fresh.filter(ofMetGroup).length,
  };
}

const fewestOfGroup = 5, worstShown = 10;

const { shownBy } = datasets;

function subsetsOf(learnt: readonly Modality[]): Modality[][] {
  return Array.from(
    { length: 2 ** learnt.length - 1 },
    (_, s) => learnt.filter((_, i) => (s + 1) >> i & 1),
  ).sort((a, b) => a.length - b.length);
}

async function acquaintanceOf(folder: string): Promise<inference.Acquaintance> {
  const path = join(folder, inference.metFile);
  try {
    const bytes = await Deno.readFile(path);
    return inference.acquaintance(inference.metFromBytes(bytes, { path }));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new RangeError(
      `Cannot evaluate "${folder}": expected ${inference.metFile}, which says what the model has ` +
        "met, got none; a model that is trained again has it",
    );
  }
}

function assertUnmet(
  fresh: number,
  { of, data, unseen }: { readonly of: number; readonly data: string; readonly unseen: boolean },
): void {
  if (fresh === of || unseen && fresh > 0) return;
  const hint = fresh === 0 ? "" : `; --unseen leaves these out, and evaluates on ${fresh}`;
  throw new RangeError(
    `Cannot evaluate on "${data}": expected rows that are new to the model, got ${of - fresh} of ` +
      `${of} that it was trained on or chosen by${hint}`,
  );
}

async function verdictOn(
  model: inference.ExportedModel,
  features: inference.SampleFeatures,
  { shown, target }: { readonly shown: readonly Modality[]; readonly target: Target },
): Promise<Float32Array> {
  const output = `${target.kind === "score" ? "score" : "probability"}/unified`;
  return (await model.run(features, { shown, outputs: [output] }))[output]!;
}

function scored(
  judged: JudgedLabels,
  { shown, target, groups }: {
    readonly shown: readonly Modality[];
    readonly target: Target;
    readonly groups: readonly string[];
  },
): SubsetScores {
  const scores = verdictScores(target).map(({ name, of }) => [name, estimate(of, judged, groups)]);
  return { shown, tested: judged.labels.length, scores: Object.fromEntries(scores) };
}

function ofClasses(
  judged: JudgedLabels,
  target: Target,
): Pick<SavedEvaluation, "classes" | "confusion"> {
  if (target.kind === "score") return { classes: [] };
  const labels = {
    actual: judged.labels,
    predicted: predictedLabels(judged),
    classes: target.classes.length,
  };
  const confusion = metrics.confusionMatrix(labels);
  const each = metrics.classScores(labels);
  return {
    confusion,
    classes: target.classes.map((name, k) => ({
      name,
      tested: confusion[k]!.reduce((a, b) => a + b, 0),
      precision: each[k]!.precision,
      recall: each[k]!.recall,
      f1: each[k]!.f1,
    })),
  };
}

/** By row, where the model's folder has one for what each shows. */
function temperaturesOf(
  rows: readonly datasets.Pair[],
  { reliability, folder }: Pick<inference.ModelFolder, "reliability"> & { readonly folder: string },
): number[] | undefined {
  if (reliability === undefined) return undefined;
  const path = join(folder, inference.reliabilityFile);
  const { temperatures = {} } = inference.reliabilityFromBytes(reliability, { path });
  const each = rows.flatMap((row) => temperatures[nameOfShown(shownBy(row))]?.temperature ?? []);
  return each.length === rows.length ? each : undefined;
}

function calibrationOf(
  judged: JudgedLabels,
  target: Target,
  temperatures: readonly number[] | undefined,
): Calibration {
  const { labels, scores } = judged;
  if (target.kind === "score") {
    const { slope, intercept } = metrics.calibrationLine({ actual: labels, predicted: scores });
    return { kind: "score", slope, intercept };
  }
  const panelOf = (name: string, scores: ArrayLike<number>) => {
    const each = isBinary(target) ? Array.from(scores).flatMap((p) => [1 - p, p]) : scores;
    const classes = target.classes.length;
    const answers = metrics.topLabel({ actual: labels, scores: each, classes });
    return reliabilityPanel({ name, ...answers });
  };
  const calibrated = temperatures?.flatMap((temperature, row) =>
    calibratedVerdict(verdictsAt(judged, [row]).scores, temperature)
  );
  return {
    kind: "classes",
    panel: panelOf("As saved", scores),
    ...calibrated && { calibrated: panelOf("Calibrated", calibrated) },
  };
}

function worstGroups(
  judged: JudgedLabels,
  { groups, target }: { readonly groups: readonly string[]; readonly target: Target },
): GroupRow[] {
  const { sign } = leadingScore(target);
  const name = target.kind === "classes" ? "accuracy" : "mae";
  const { of } = verdictScores(target).find((score) => score.name === name)!;
  const whole = of(judged);
  return [...Map.groupBy(groups.keys(), (row) => groups[row]!)]
    .filter(([, rows]) => rows.length >= fewestOfGroup)
    .map(([group, rows]) => ({
      group,
      tested: rows.length,
      value: of(verdictsAt(judged, rows)),
    }))
    .filter(({ value }) => sign * value < sign * whole)
    .sort((a, b) => sign * (a.value - b.value) || (a.group < b.group ? -1 : 1))
    .slice(0, worstShown);
}
