/** What systems that have learnt rows are asked of every subset of their modalities. @module */

import { learntOf, pairsAmong } from "../datasets/paired.ts";
import { subsetsOf } from "../metrics/shapley.ts";
import { byModality, type Modality } from "../modality.ts";
import type { Exam, Job } from "./job.ts";

const ofWholeRows = " of whole rows";

/**
 * The rows of the test part that show all modalities that the training part has, judged once by each
 * subset of them, the whole last: `text+audio of whole rows`. All exams are of the same rows in one
 * order, so that systems and subsets can be compared row by row. None where no row shows all.
 */
export function wholeRowExams(
  { pairs = [], split }: Pick<Job, "pairs" | "split">,
  features: Readonly<Record<Modality, { readonly labels: ArrayLike<number> }>>,
): Exam[] {
  const all = learntOf(split);
  const whole = pairsAmong(pairs, byModality((m) => split[m].test))
    .filter((pair) => all.every((m) => pair[m] !== undefined));
  if (whole.length === 0) return [];
  const rows = byModality((m) => whole.map((pair) => pair[m]!));
  const labels = rows[all[0]!].map((row) => features[all[0]!].labels[row]!);
  return subsetsOf(all).slice(1).map((shown) => ({
    name: `${shown.join("+")}${ofWholeRows}`,
    head: "unified",
    rows: Object.fromEntries(shown.map((m) => [m, rows[m]])),
    labels,
  }));
}

/** What such an exam shows; undefined of another. */
export function shownOfWholeRows(exam: string): Modality[] | undefined {
  if (!exam.endsWith(ofWholeRows)) return undefined;
  return exam.slice(0, -ofWholeRows.length).split("+") as Modality[];
}
