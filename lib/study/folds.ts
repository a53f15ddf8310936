/** Jobs of folds: how they are named, and how what was said of them becomes one answer. @module */

import { modalities } from "../modality.ts";
import { type Job, named } from "./job.ts";
import type { JudgedJob, Predictions } from "./predictions.ts";

/** The kind of a job in a fold. */
export function inFold(kind: string, fold: number | undefined): string {
  return fold === undefined ? kind : `fold${fold}-${kind}`;
}

/** The fold of a job; undefined of one in none. */
export function foldOf({ kind }: Pick<Job, "kind">): number | undefined {
  const fold = kind.match(/^fold(\d+)-/)?.[1];
  return fold === undefined ? undefined : Number(fold);
}

/** The job as if there were no folds; it has the split of its own. */
export function withoutFold<Of extends Pick<Job, "system" | "kind" | "seed">>(
  job: Of,
): Of & Pick<Job, "name"> {
  return named({ ...job, kind: job.kind.replace(/^fold\d+-/, "") });
}

/**
 * The judged folds of each system and seed as one, in the order in which they come first, exam by exam
 * and fold after fold: every test sample is then judged once a seed, each by a fit that did not know
 * its group. Scores that compare samples, such as an AUC, compare verdicts of several fits.
 */
export function poolJudged(judged: readonly JudgedJob[]): JudgedJob[] {
  return [...Map.groupBy(judged, ({ job }) => withoutFold(job).name).values()].map((folds) => {
    const ordered = folds.toSorted((a, b) => (foldOf(a.job) ?? 0) - (foldOf(b.job) ?? 0));
    const exams = Map.groupBy(ordered.flatMap(({ exams }) => exams), ({ exam }) => exam);
    return {
      job: withoutFold(ordered[0]!.job),
      exams: [...exams.values()].map(joined),
    };
  });
}

/** The answers to one exam of several folds. */
export function joined(parts: readonly Predictions[]): Predictions {
  const [{ exam, head, ids }] = parts as [Predictions, ...Predictions[]];
  const shown = modalities.filter((m) => ids[m]);
  return {
    exam,
    head,
    ids: Object.fromEntries(shown.map((m) => [m, parts.flatMap((part) => part.ids[m]!)])),
    labels: parts.flatMap(({ labels }) => labels),
    scores: parts.flatMap(({ scores }) => scores),
  };
}
