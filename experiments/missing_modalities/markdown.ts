/** Missing modalities as Markdown: the tables. @module */

import { modalities, type Modality } from "../../lib/modality.ts";
import { printNumber } from "../../lib/numbers.ts";
import { shownSubsets } from "../robustness/exams.ts";
import * as tables from "../tables.ts";
import type { Attention, ConflictRow } from "./conflicts.ts";
import { shownName } from "./figures.ts";
import { missingFindings, missingShortcomings } from "./findings.ts";
import type { LearningRow } from "./learning.ts";
import { comparedSystems, missingSystems } from "./plan.ts";
import { imbalancedRates, meanRate, type Rates, sharedRates } from "./rates.ts";
import type { EquityRow, MissingRow, MissingRows, SubsetRow } from "./rows.ts";

/** The subsets, what is missing, contributions, learning and conflicts, for a reader. */
export function missingLines(
  { attention, learning, ...rows }: MissingRows & {
    readonly attention: readonly Attention[];
    readonly learning: readonly LearningRow[];
  },
): string[] {
  return tables.blocks(
    "### What was found",
    missingFindings(rows, learning).map((sentence) => `- ${sentence}`),
    "### Where it does not hold",
    tables.shortcomingLines(missingShortcomings(rows)),
    "### The seven subsets",
    "Accuracy on the test triples when only these modalities are shown, with its 95 % interval where " +
      "there are groups enough: by speaker, or without speech by set of images or text.",
    subsetTable(rows.subsets),
    "Less late fusion, on the same triples; Holm's correction is over all of this table.",
    comparisonTable(rows.subsets),
    tables.untestedLines(rows.subsets),
    "### Missing at a rate",
    "Expected accuracy when each modality is missing by itself, never all three. It follows from the " +
      "seven subsets: models and training are the same as above. One rate for all:",
    sharedTable(rows.missing),
    `Each its own rate, the mean as ${meanRate} for all:`,
    imbalancedTable(rows.missing),
    "### How evenly modalities contribute",
    "Contribution: the Shapley value of accuracy over the seven subsets, above that of the majority. " +
      "Equity, after the Modality Equity Index of MissBench: 1 if all contribute alike, 0 if one alone " +
      "does. The formula is our completion.",
    equityTable(rows.equity),
    "### How evenly modalities learn",
    "Root mean square gradient of the modules that read one modality alone, on one batch an epoch, over " +
      "the mean of the three modalities. Imbalance, after the Modality Learning Index of MissBench: 0 " +
      "if all learn alike, 1 if one alone does. The formula is our completion.",
    learningTable(learning),
    moduleTable(learning),
    "### Conflict",
    "Test triples in which one modality has the opposite label of the two others. Pull: the share " +
      "of verdicts that follow it.",
    conflictTable(rows.conflicts, attention),
    gateSentence(attention),
  );
}

function subsetTable(rows: readonly SubsetRow[]): string[] {
  const cell = ({ accuracy, interval }: SubsetRow) =>
    interval
      ? `${printNumber(accuracy.mean)} ${tables.printInterval(interval, printNumber)}`
      : tables.printScore(accuracy);
  return tables.columnsTable(shownSubsets, [
    ["shown", shownName],
    ...missingSystems.map((system): tables.Column<readonly Modality[]> => [
      system,
      (shown) => cell(rows.find((row) => row.system === system && row.shown === shown)!),
    ]),
  ]);
}

function comparisonTable(rows: readonly SubsetRow[]): string[] {
  const compared = comparedSystems.flatMap((system) => rows.filter((row) => row.system === system));
  return tables.columnsTable(compared, [
    ["system", "system"],
    ["shown", ({ shown }) => shownName(shown)],
    ...tables.comparisonColumns("less late fusion"),
  ], { text: 2 });
}

function sharedTable(rows: readonly MissingRow[]): string[] {
  const own = rows.filter(({ protocol }) => protocol === "shared");
  return tables.markdownTable(
    ["system", ...sharedRates.map(String)],
    missingSystems.map((system) => [
      system,
      ...own.filter((row) => row.system === system)
        .map(({ accuracy }) => printNumber(accuracy.mean)),
    ]),
  );
}

function imbalancedTable(rows: readonly MissingRow[]): string[] {
  const accuracy = (system: string, protocol: MissingRow["protocol"], rates: Rates) =>
    rows.find((row) =>
      row.system === system && row.protocol === protocol &&
      modalities.every((m) => row.rates[m] === rates[m])
    )!.accuracy;
  const line = (protocol: MissingRow["protocol"], rates: Rates) => [
    ...modalities.map((m) => rates[m]),
    ...missingSystems.map((system) => accuracy(system, protocol, rates)),
  ];
  return tables.markdownTable(
    [...modalities, ...missingSystems],
    [
      line("shared", { text: meanRate, image: meanRate, audio: meanRate }),
      ...imbalancedRates.map((rates) => line("imbalanced", rates)),
    ],
    { text: 0 },
  );
}

function equityTable(rows: readonly EquityRow[]): string[] {
  return tables.columnsTable(rows, [
    ["system", "system"],
    ["equity", "equity"],
    ...modalities.map((m): tables.Column<EquityRow> => [m, (row) => row.contributions[m]]),
  ]);
}

function learningTable(rows: readonly LearningRow[]): string[] {
  return tables.columnsTable(rows, [
    ["network", "system"],
    ["imbalance", "imbalance"],
    ...modalities.map((m): tables.Column<LearningRow> => [m, (row) => row.gradients[m]]),
  ]);
}

function moduleTable(rows: readonly LearningRow[]): string[] {
  const modules = rows.flatMap(({ system, modules }) =>
    Object.entries(modules).map(([name, gradient]) => [system, name, gradient])
  );
  return tables.markdownTable(["network", "module", "gradient"], modules, { text: 2 });
}

function conflictTable(rows: readonly ConflictRow[], attention: readonly Attention[]): string[] {
  const of = (system: string, odd: Modality) =>
    rows.find((row) => row.odd === odd && row.system === system)!;
  const paid = (odd: Modality) => attention.find((row) => row.odd === odd)?.paid;
  return tables.columnsTable(modalities, [
    ["at odds", (odd) => odd],
    ["follows the two others", (odd) => of("Proposed", odd).majority],
    ...missingSystems.map((system): tables.Column<Modality> => [
      `pull, ${system}`,
      (odd) => of(system, odd).pull,
    ]),
    ["attention paid to it", (odd) => printNumber(paid(odd)?.conflict)],
    ["in triples of one label", (odd) => printNumber(paid(odd)?.agreement)],
  ]);
}

function gateSentence(attention: readonly Attention[]): string {
  const gate = attention.find(({ odd }) => odd === "audio")?.gate;
  if (!gate) return "";
  return `The audio gate is ${printNumber(gate.conflict)} in conflicts of audio and ` +
    `${printNumber(gate.agreement)} in triples of one label. It hears the clip alone, so a ` +
    "conflict can't move it.";
}
