/**
 * What a saved model scores on a table of one's own.
 *
 *     deno task evaluate --model DIR --data TABLE [--out DIR]
 *
 * Scores with intervals by group, of all that rows show and of every subset of their modalities; each
 * class; the confusion; whether probabilities mean what they say; the groups that fare worst. The
 * paper judges its model on one test part only.
 *
 * @module
 */

import { stringify } from "../../lib/deps/csv_stringify.ts";
import {
  confusionFigure,
  type Draw,
  reliabilityFigure,
  scoreScatter,
} from "../../lib/figures/mod.ts";
import { verdictScores } from "../../lib/inference/verdict_scores.ts";
import type { SavedEvaluation } from "../../lib/study/evaluate_saved.ts";
import { saveFigure } from "../../lib/study/save_figure.ts";
import { json, type Result } from "../../lib/study/study.ts";
import { evaluationMarkdown } from "./markdown.ts";

/** The files of an evaluation, and what is printed of it. */
export async function evaluationResult(
  evaluation: SavedEvaluation,
  origin: { readonly model: string; readonly data: string; readonly commit: string | null },
): Promise<Result> {
  const { description, judged: _, rows, ...numbers } = evaluation;
  const { data: { label }, encoders: { notes } } = description;
  const data = {
    name: "evaluation",
    ...origin,
    trainedOn: label,
    ...notes && { encoderNotes: notes },
    ...description.encoders.bySpeaker && { bySpeaker: description.encoders.bySpeaker },
    scores: verdictScores(evaluation.target).map(({ name, title }) => ({ name, title })),
    ...numbers,
  };
  const files = new Map<string, string>();
  const markdown = evaluationMarkdown(evaluation, origin);
  for (const [name, draw] of figuresOf(evaluation)) await saveFigure(files, name, draw);
  files.set("evaluation.json", json(data));
  files.set("evaluation.md", markdown);
  files.set("predictions.csv", predictions(rows));
  return { data, markdown, files };
}

function figuresOf(
  { target, confusion, calibration, judged: { labels, scores } }: SavedEvaluation,
): (readonly [name: string, draw: Draw])[] {
  if (target.kind === "score") {
    const panel = { name: "unified", actual: labels, predicted: scores };
    const { low, high } = target;
    const words = { title: "What is said of each score", subtitle: "All that rows show" };
    return [["scatter", (form) => scoreScatter([panel], { low, high, ...words, ...form })]];
  }
  if (calibration?.kind !== "classes") return [];
  const { panel, calibrated } = calibration;
  const panels = calibrated ? [panel, calibrated] : [panel];
  return [
    [
      "confusion",
      (form) =>
        confusionFigure([{ name: "unified", counts: confusion! }], {
          title: "What is said of each class",
          subtitle: "Rows: what is true",
          classes: target.classes,
          ...form,
        }),
    ],
    [
      "reliability",
      (form) =>
        reliabilityFigure(panels, {
          title: "Calibration",
          subtitle: "Whether a verdict is as often right as its probability says",
          ...form,
        }),
    ],
  ];
}

function predictions(rows: SavedEvaluation["rows"]): string {
  const names = [...new Set(rows.flatMap(({ probabilities = {} }) => Object.keys(probabilities)))];
  const header = ["id", "group", "actual", "predicted", "probability", "score", ...names];
  const body = rows.map((row) => [
    ...[row.id, row.group, row.actual, row.label, row.probability ?? "", row.score ?? ""],
    ...names.map((name) => row.probabilities?.[name] ?? ""),
  ]);
  return stringify([header, ...body].map((cells) => cells.map(String)));
}
