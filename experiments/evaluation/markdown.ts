/** An evaluation as people read it. @module */

import { verdictScores } from "../../lib/inference/verdict_scores.ts";
import type { SavedEvaluation } from "../../lib/study/evaluate_saved.ts";
import { dash, printNumber } from "../../lib/numbers.ts";
import { blocks, columnsTable, counted, markdownTable, printInterval } from "../tables.ts";

/** Markdown with a table for each question. */
export function evaluationMarkdown(
  evaluation: SavedEvaluation,
  { model, data }: { readonly model: string; readonly data: string },
): string {
  const { whole, subsets, classes, worst, target } = evaluation;
  return blocks(
    `## ${model} on ${data}`,
    introduction(evaluation),
    scoresTable(evaluation),
    reasonLine(whole),
    subsets.length > 1 ? "### By what the model is shown" : "",
    subsets.length > 1 ? subsetsTable(evaluation) : "",
    classes.length > 0 ? "### By class" : "",
    classes.length > 0 ? classTables(evaluation) : "",
    calibrationLine(evaluation),
    worst.length > 0 ? "### The groups that fare worst" : "",
    worst.length > 0
      ? columnsTable(worst, [
        ["group", "group"],
        [target.kind === "classes" ? "accuracy" : "MAE", ({ value }) => printNumber(value)],
        ["rows", "tested"],
      ])
      : "",
  ).join("\n");
}

function introduction(
  { description, whole, groups, met, metGroups, groupedBy }: SavedEvaluation,
): string {
  const { data: { label }, encoders: { notes = [], bySpeaker }, seed } = description;
  const synthetic = label === "embedded"
    ? " **The model was trained on the embedded corpus, which is synthetic: it knows nothing of real people.**"
    : "";
  const lines = [
    bySpeaker ? `**Under ${bySpeaker.protocol}.**` : "",
    `Trained on ${label}, seed ${seed}; judged on ${whole.tested} rows in ${
      counted(groups, "group")
    }, intervals by group.${synthetic}`,
    ...notes.map((note) => `${note}.`),
    met > 0 ? `Left out: ${counted(met, "row")} that the model has met.` : "",
    metGroups > 0
      ? `Groups by ${groupedBy} have names that groups of training have, in ` +
        `${counted(metGroups, "row")}: if these are the same, their scores flatter.`
      : "",
  ];
  return lines.filter((line) => line !== "").join(" ");
}

function scoresTable({ whole: { scores }, target }: SavedEvaluation): string[] {
  return columnsTable(verdictScores(target), [
    ["score", "title"],
    ["value", ({ name }) => printNumber(scores[name]?.value)],
    ["95 % interval", ({ name }) => printInterval(scores[name]?.interval ?? null, printNumber)],
  ]);
}

function reasonLine({ scores }: SavedEvaluation["whole"]): string {
  const reasons = new Set(Object.values(scores).flatMap(({ reason }) => reason ?? []));
  return [...reasons].map((reason) => `No interval: ${reason}.`).join(" ");
}

function subsetsTable({ subsets, target }: SavedEvaluation): string[] {
  const some = verdictScores(target).slice(0, 6);
  return markdownTable(
    ["shown", "rows", ...some.map(({ title }) => title)],
    subsets.map(({ shown, tested, scores }) => [
      shown.join(" + "),
      tested,
      ...some.map(({ name }) => {
        const { value = NaN, interval = null } = scores[name] ?? {};
        const ends = interval ? ` ${printInterval(interval, printNumber)}` : "";
        return printNumber(value) + ends;
      }),
    ]),
  );
}

function classTables({ classes, confusion }: SavedEvaluation): string[] {
  return [
    ...columnsTable(classes, [
      ["class", "name"],
      ["rows", "tested"],
      ["precision", ({ precision }) => printNumber(precision)],
      ["recall", ({ recall }) => printNumber(recall)],
      ["F1", ({ f1 }) => printNumber(f1)],
    ]),
    "",
    ...markdownTable(
      ["is \\ said to be", ...classes.map(({ name }) => name)],
      classes.map(({ name }, k) => [name, ...confusion![k]!]),
    ),
  ];
}

function calibrationLine({ calibration }: SavedEvaluation): string {
  if (calibration === undefined) return "";
  if (calibration.kind === "classes") {
    const { panel, calibrated } = calibration;
    const after = calibrated
      ? ` as saved, ${
        printNumber(calibrated.ece)
      } under the temperatures that the model was saved with`
      : "";
    return `Calibration: the expected calibration error is ${
      printNumber(panel.ece)
    }${after} (0 is ` +
      "calibrated).";
  }
  const { slope, intercept } = calibration;
  return `Calibration: truth is ${printNumber(intercept)} + ${
    printNumber(slope)
  } × what is said, by least squares (0 + 1 × is calibrated${
    Number.isFinite(slope) ? "" : `; ${dash} where all verdicts are equal`
  }).`;
}
