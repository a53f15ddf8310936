/** What a sweep's page and list say of its runs. @module */

import { printNumber } from "../../lib/numbers.ts";
import { meanAndDeviation } from "../../lib/metrics/mod.ts";
import { blocks, counted, markdownTable, printScore } from "../../experiments/tables.ts";
import type { SweepRun } from "../../lib/study/sweep.ts";
import { testLines } from "../training.ts";
import type { SweepRecord } from "./record.ts";

/** A run whose state may be said in another word. */
type Shown = Omit<SweepRun, "state"> & { readonly state: string };

/** The settings that some run has. */
function namesOf(runs: readonly Pick<Shown, "settings">[]): string[] {
  return [...new Set(runs.flatMap(({ settings }) => Object.keys(settings)))];
}

/** The header of a list of runs. */
export function runHeader(runs: readonly Shown[]): string[] {
  const scores = ["validation loss", "accuracy", "epoch", "seconds"];
  return ["run", "state", ...namesOf(runs), "seed", ...scores, ""];
}

/** What it says of a run. */
export function runCells(run: Shown, all: readonly Shown[]): string[] {
  const { settings, validationLoss, validationAccuracy, bestEpoch, epochs, seconds } = run;
  const values = namesOf(all).map((name) => valueText(settings[name]));
  const isDone = run.state === "done";
  const scores = isDone
    ? [
      printNumber(validationLoss, 4),
      printNumber(validationAccuracy),
      `${bestEpoch} of ${epochs}`,
      printNumber(seconds, 1),
    ]
    : ["", "", "", ""];
  const note = run.chosen ? "chosen" : run.reason ?? "";
  return [String(run.run), run.state, ...values, String(run.seed), ...scores, note];
}

function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What was chosen and what was tested of it; none where no combination came to an end. */
export function verdictLines(
  { runs, data, seeds, test, protocol, mixture }: Pick<
    SweepRecord,
    "runs" | "data" | "seeds" | "test" | "protocol" | "mixture"
  >,
): string[] {
  const chosen = runs.find((run) => run.chosen);
  if (chosen === undefined) return [];
  const settings = Object.entries(chosen.settings).map(([name, value]) =>
    `${name}=${valueText(value)}`
  );
  const mean = seeds > 1 ? `, the mean over ${seeds} seeds,` : "";
  return [
    `Chosen, since the validation loss${mean} is the lowest: ${settings.join(" ")}`,
    ...test
      ? [
        `Run ${test.run} alone was asked about the test part, once.`,
        ...testLines({ data, protocol, scores: test.scores, target: test.target }),
      ]
      : [],
    ...mixture ? [mixture] : [],
  ];
}

/** The page of a sweep. */
export function sweepMarkdown(record: SweepRecord): string {
  const { runs, system, data, seed, seeds, protocol } = record;
  const names = namesOf(runs);
  const warning = data.label === "embedded"
    ? " The embedded corpus is synthetic: its scores say nothing of other data."
    : "";
  const verdict = verdictLines(record);
  return blocks(
    `# Sweep of ${system}`,
    `${counted(runs.length, "run")} on ${data.label}, protocol ${protocol}, all on the split of ` +
      `seed ${seed}; losses and accuracies are of its validation part.${warning}`,
    verdict.length > 0 ? ["```text", ...verdict, "```"] : [],
    markdownTable(runHeader(runs), runs.map((run) => runCells(run, runs).map(escapeCell)), {
      text: 2 + names.length,
      lastIsText: true,
    }),
    seeds > 1 ? combinationTable(record) : [],
  ).join("\n");
}

function escapeCell(cell: string): string {
  return cell.replaceAll("|", "\\|").replaceAll("\n", " ");
}

/** Means over the seeds of each combination. */
function combinationTable({ runs, seeds }: SweepRecord): string[] {
  const names = namesOf(runs);
  const rows = runs.filter((_, i) => i % seeds === 0).map((first) => {
    const ofCombination = runs.slice(first.run - 1, first.run - 1 + seeds);
    const done = ofCombination.filter(({ state }) => state === "done");
    const score = (of: "validationLoss" | "validationAccuracy", digits: number) =>
      done.length < seeds ? "" : printScore(meanAndDeviation(done.map((run) => run[of]!)), digits);
    return [
      ...names.map((name) => escapeCell(valueText(first.settings[name]))),
      `${done.length} of ${seeds}`,
      score("validationLoss", 4),
      score("validationAccuracy", 3),
      first.chosen ? "chosen" : "",
    ];
  });
  return markdownTable([...names, "done", "validation loss", "accuracy", ""], rows, {
    text: Math.max(1, names.length),
    lastIsText: true,
  });
}
