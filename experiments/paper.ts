/**
 * What the paper's text reports of Table 1 and its ROC figures. The table's
 * own cells are not in the text: what it does not give is not here.
 *
 * @module
 */

import type { Modality } from "../lib/modality.ts";
import { printNumber } from "../lib/numbers.ts";
import type { SystemName } from "../lib/study/systems.ts";

/** The scores that the table prints. */
export const measures = ["accuracy", "precision", "recall", "f1", "auc"] as const;

/** One of {@linkcode measures}. */
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

/** Reported scores by modality and system. */
export const paperScores: {
  readonly [M in Modality | "unified"]?: { readonly [S in SystemName]?: ReportedScores };
} = {
  text: {
    "Proposed": { f1: 0.84, auc: 0.922 },
    "MISA": { precision: 0.25 },
    "MSFNet (adaptation)": { precision: 0.51 },
    "CLIP": { accuracy: 0.79 },
    "CLIP+BERT": { accuracy: 0.8 },
  },
  image: {
    "Proposed": { accuracy: 0.94, precision: 0.94, recall: 0.94, f1: 0.94, auc: 0.962 },
    "MISA": { accuracy: 0.86 },
    "MSFNet (adaptation)": { accuracy: 0.84 },
    "CLIP": { accuracy: [0.92, 0.94] },
    "CLIP+BERT": { accuracy: [0.92, 0.94] },
  },
  audio: {
    "Proposed": { accuracy: 0.85, precision: 0.85, recall: 0.85, f1: 0.85, auc: 0.923 },
    "MISA": { accuracy: [0.51, 0.57] },
    "MSFNet (adaptation)": { accuracy: [0.51, 0.57] },
    "CLIP": { accuracy: [0.79, 0.8] },
    // Of which score this is, the text does not say.
    "CLIP+BERT": { accuracy: 0.55 },
  },
  unified: { "Proposed": { auc: 0.922 } },
};

/** Samples of each modality that the paper says it used, 2,000 of them to test. */
export const paperSamples = 10_000;

/** A reported score as a table prints it. */
export function printReported(score: Reported): string {
  return typeof score === "number"
    ? printNumber(score)
    : score.map((end) => printNumber(end, 2)).join(" to ");
}
