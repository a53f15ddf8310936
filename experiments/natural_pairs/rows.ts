/** What was judged of natural pairs, and how well. @module */

import { modalities, type Modality } from "../../lib/modality.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import { partOfRows } from "../../lib/study/natural_rows.ts";
import { type BalancedScores, balancedScoresOver } from "../tables.ts";

/** What was judged, and how well. */
export interface NaturalRow extends BalancedScores {
  /** Such as `text alone`, `rows`, or `text of rows`. */
  readonly judged: string;
  /** Test rows by seed. */
  readonly tested: readonly number[];
}

/** Rows of a table: each modality alone, whole rows whatever they show, and parts of them. */
export function collateNatural(judged: readonly JudgedJob[]): NaturalRow[] {
  const alone = modalities.filter((m) => judged.some(({ job }) => job.present.join() === m));
  const ofRows = judged.filter(({ job }) => job.protocol === "natural");
  const isWhole = (exam: string) => !modalities.some((m) => exam === partOfRows(m));
  const isAsked = (m: Modality) =>
    ofRows.some(({ exams }) => exams.some(({ exam }) => exam === partOfRows(m)));
  return [
    ...alone.map((m) => {
      const runs = judged.filter(({ job }) => job.present.join() === m);
      return naturalRow(`${m} alone`, runs, () => true);
    }),
    naturalRow("rows", ofRows, isWhole),
    ...alone.filter(isAsked).map((m) =>
      naturalRow(partOfRows(m), ofRows, (exam) => exam === partOfRows(m))
    ),
  ];
}

// A seed's exams of whole rows, one per subset of the modalities, count as one.
function naturalRow(
  judged: string,
  runs: readonly JudgedJob[],
  isAsked: (exam: string) => boolean,
): NaturalRow {
  const files = runs.map(({ exams }) => {
    const asked = exams.filter(({ exam }) => isAsked(exam));
    return {
      labels: asked.flatMap(({ labels }) => labels),
      scores: asked.flatMap(({ scores }) => scores),
    };
  });
  return { judged, ...balancedScoresOver(files), tested: files.map((file) => file.labels.length) };
}
