/** Scores of the same runs in several folders, paired by their test samples. @module */

import {
  type LeadingScore,
  leadingScore,
  predictedLabels,
} from "../../lib/inference/verdict_scores.ts";
import * as metrics from "../../lib/metrics/mod.ts";
import { type Corrected, corrected, pOverSeeds } from "../../lib/study/comparisons.ts";
import { type Target, verdictWidth } from "../../lib/target.ts";
import { key } from "../../lib/tensor/random.ts";
import { overSeeds, type Score } from "../tables.ts";
import type { ReadExam, ReadResult, ReadRun } from "./read_folder.ts";

/** How a folder differs from the first by the leading score; above 0 it is better. */
export type RunComparison = Pick<
  Corrected,
  "difference" | "interval" | "p" | "pHolm" | "seeds" | "pOverSeeds" | "clusters" | "reason"
>;

/** One exam of one run, in every folder. */
export interface RunsRow {
  readonly cell: string;
  readonly exam: string;
  /** What is compared. */
  readonly lead: LeadingScore;
  /** The leading score, in the order of the folders; undefined where a folder has no such run. */
  readonly scores: readonly (Score | undefined)[];
  /** Each folder less the first; undefined of the first, and where there is nothing to pair. */
  readonly comparisons: readonly (RunComparison | undefined)[];
  /** Why a folder that has the run is not paired with the first. */
  readonly unpaired: readonly (string | undefined)[];
}

/** A result as several folders have it. */
export interface RunsTable {
  readonly name: string;
  readonly rows: readonly RunsRow[];
  /** Runs whose verdicts are the same in every folder that has them. */
  readonly same: readonly string[];
  /** Runs whose verdicts are no verdicts on what they learnt, such as those of many shuffles at once. */
  readonly leftOut: readonly string[];
}

const resamples = 2000;

/** A seed's exam. */
interface Told {
  readonly seed: number;
  readonly target: Target;
  readonly exam: ReadExam;
}

/**
 * The rows of a result that all folders have. A pair is what both said of one seed's test part, where its
 * samples are the same, in the same order, with the same labels: the paired bootstrap of the difference
 * resamples groups whole, with their rows under every seed. Holm's correction is over all of the table.
 */
export function compareResult(results: readonly ReadResult[]): RunsTable {
  const told = results.map(examsOf);
  const names = [...new Set(told.flatMap((own) => [...own.keys()]))]
    .filter((name) => told.filter((own) => own.has(name)).length > 1);
  const rows = names.map((name): RunsRow => {
    const own = told.map((all) => all.get(name));
    const { target } = own.find((one) => one !== undefined)![0]!;
    const lead = leadingScore(target);
    const pairs = own.map((second, i) => i === 0 ? {} : pairOf(own[0], second));
    const [cell, exam] = name.split("\n") as [string, string];
    return {
      ...{ cell, exam, lead },
      scores: own.map((all) => all && scoreOf(all, target)),
      comparisons: pairs.map(({ comparison }) => comparison),
      unpaired: pairs.map(({ reason }) => reason),
    };
  });
  const unread = results.flatMap(({ runs }) => runs.filter((run) => !isRead(run)));
  const leftOut = [...new Set(unread.map(({ cell }) => cell))];
  const isSame = ({ scores, unpaired }: RunsRow) =>
    scores.every((score, i) =>
      i === 0 ? score : score === undefined || unpaired[i] === sameVerdicts
    );
  const same = rows.filter(isSame).map(({ cell, exam }) => `${cell}, ${exam}`);
  const others = rows.filter((row) => !isSame(row));
  return { name: results[0]!.name, rows: withHolm(others), same, leftOut };
}

function isRead({ exams, target }: ReadRun): boolean {
  const width = verdictWidth(target);
  return exams.every(({ labels, scores }) => scores.length === width * labels.length);
}

function examsOf({ runs }: ReadResult): Map<string, Told[]> {
  const all = runs.filter(isRead).flatMap(({ cell, seed, target, exams }) =>
    exams.map((exam) => ({ name: `${cell}\n${exam.name}`, seed, target, exam }))
  );
  return Map.groupBy(all.toSorted((a, b) => a.seed - b.seed), ({ name }) => name);
}

function scoreOf(all: readonly Told[], target: Target): Score | undefined {
  const lead = leadingScore(target);
  return all.every((told) => isSameTarget(told.target, target))
    ? overSeeds(all.map(({ exam }) => lead.of(exam)))
    : undefined;
}

function isSameTarget(a: Target, b: Target): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function pairOf(
  first: readonly Told[] | undefined,
  second: readonly Told[] | undefined,
): { readonly comparison?: RunComparison; readonly reason?: string } {
  if (first === undefined || second === undefined) return {};
  const { target } = first[0]!;
  if (!isSameTarget(target, second[0]!.target)) return { reason: "another target" };
  const both = second.flatMap(({ seed, exam }) => {
    const other = first.find((told) => told.seed === seed);
    return other ? [{ seed, first: other.exam, second: exam }] : [];
  });
  if (both.length === 0) return { reason: "no seed in common" };
  const pairs = both.filter(({ first, second }) => isSameTest(first, second));
  if (pairs.length === 0) return { reason: "other test samples" };
  if (pairs.every(isSaidAlike)) return { reason: sameVerdicts };
  return { comparison: differenceOf(pairs, target) };
}

// Where nothing differs there is nothing to test, and no test to correct others for.
const sameVerdicts = "the same verdicts";

function isSaidAlike({ first, second }: Pair): boolean {
  return first.scores.every((score, i) => score === second.scores[i]);
}

function isSameTest(a: ReadExam, b: ReadExam): boolean {
  return a.samples.length === b.samples.length &&
    a.samples.every((sample, i) => sample === b.samples[i] && a.labels[i] === b.labels[i]);
}

type Pair = { readonly first: ReadExam; readonly second: ReadExam };

function differenceOf(pairs: readonly Pair[], target: Target): RunComparison {
  const [first, second] = [
    leadOf(pairs.map((p) => p.first), target),
    leadOf(pairs.map((p) => p.second), target),
  ];
  const ofSeeds = (of: keyof Pair) =>
    pairs.map((pair) => {
      const own = leadOf([pair[of]], target);
      return own(Uint32Array.from(pair[of].labels, (_, i) => i));
    });
  const values = { first: ofSeeds("second"), second: ofSeeds("first") };
  const seeds = values.first.map((value, i) => value - values.second[i]!);
  // Whichever of the two folders says what belongs together.
  const clusters = pairs.flatMap(({ first, second }) => first.groups ?? second.groups ?? []);
  const count = pairs.reduce((sum, { first }) => sum + first.labels.length, 0);
  const distinct = new Set(clusters).size;
  const reason = clusters.length < count
    ? "results made before groups were kept"
    : metrics.tooFew(distinct, "groups");
  const drawn = reason === undefined && metrics.pairedBootstrap({
    ...{ count, clusters, key: key(0), resamples },
    first: second,
    second: first,
  });
  return {
    difference: metrics.meanAndDeviation(seeds).mean,
    interval: drawn ? [drawn.low, drawn.high] : null,
    p: drawn ? drawn.p : null,
    pHolm: null,
    ...reason !== undefined && { reason },
    clusters: distinct,
    seeds,
    pOverSeeds: pOverSeeds(values),
  };
}

/**
 * The leading score with its sign, of rows of these exams one after the other: of classes the mean of
 * their recalls, of scores less the mean absolute error. As `leadingScore` has it, without lists between.
 */
function leadOf(
  exams: readonly ReadExam[],
  target: Target,
): (rows: Uint32Array) => number {
  if (target.kind === "score") {
    const errors = exams.flatMap(({ labels, scores }) =>
      labels.map((label, i) => Math.abs(scores[i]! - label))
    );
    return (rows) => -rows.reduce((sum, row) => sum + errors[row]!, 0) / rows.length;
  }
  const classes = target.classes.length;
  const labels = exams.flatMap(({ labels }) => labels);
  const predicted = exams.flatMap(predictedLabels);
  return (rows) => {
    const right = new Float64Array(classes), all = new Float64Array(classes);
    for (const row of rows) {
      const label = labels[row]!;
      all[label]!++;
      if (predicted[row] === label) right[label]!++;
    }
    let total = 0, occurring = 0;
    for (let k = 0; k < classes; k++) {
      if (all[k] === 0) continue;
      total += right[k]! / all[k]!;
      occurring++;
    }
    return total / occurring;
  };
}

function withHolm(rows: readonly RunsRow[]): RunsRow[] {
  const all = rows.flatMap(({ comparisons }) => comparisons.filter((one) => one !== undefined));
  const adjusted = corrected(all as Corrected[]);
  let next = 0;
  return rows.map((row) => ({
    ...row,
    comparisons: row.comparisons.map((one) => one && adjusted[next++]),
  }));
}
