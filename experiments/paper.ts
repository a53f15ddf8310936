/**
 * What the paper's text reports of Table 1 and its ROC figures. The table's
 * own cells are not in the text: what it does not give is not here.
 *
 * @module
 */

import type { Modality } from "../lib/modality.ts";
import { printNumber } from "../lib/numbers.ts";
import type { SystemName } from "../lib/study/systems.ts";
import reported from "./paper_scores.json" with { type: "json" };

/** The scores that the table prints. */
export const measures = ["accuracy", "precision", "recall", "f1", "auc"] as const;

export type Measure = (typeof measures)[number];

/** What readers call each score. */
export const measureNames: Readonly<Record<Measure, string>> = {
  accuracy: "accuracy",
  precision: "precision",
  recall: "recall",
  f1: "F1",
  auc: "AUC",
};

/** A score, or the ends of a range where the text gives no more. */
export type Reported = number | readonly [low: number, high: number];

/** Reported scores of one cell. */
export type ReportedScores = { readonly [M in Measure]?: Reported };

/**
 * Reported scores by modality and system. Of which score the 0.55 of CLIP+BERT on audio is, the text
 * does not say.
 */
export const paperScores = reported as unknown as {
  readonly [M in Modality | "unified"]?: { readonly [S in SystemName]?: ReportedScores };
};

/** Samples of each modality that the paper says it used, 2,000 of them to test. */
export const paperSamples = 10_000;

/** A reported score as a table prints it. */
export function printReported(score: Reported): string {
  return typeof score === "number"
    ? printNumber(score)
    : score.map((end) => printNumber(end, 2)).join(" to ");
}
