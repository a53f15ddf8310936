/** The explanations as Markdown. @module */

import type { AttentionRow, GateRow } from "../../lib/figures/mod.ts";
import { printNumber, printP, printPercent, signed } from "../../lib/numbers.ts";
import { average, blocks, markdownTable } from "../tables.ts";
import { modalities } from "../../lib/modality.ts";
import type { Contributions } from "./explained_triples.ts";
import { type Checks, classes, type FaithfulnessRow } from "./rows.ts";

/** All tables of the explanations, as lines of Markdown. */
export function explanationLines(
  { rows, checks, attention, gate, contributions }: {
    readonly rows: readonly FaithfulnessRow[];
    readonly checks: Checks;
    readonly attention: readonly AttentionRow[];
    readonly gate: readonly GateRow[];
    readonly contributions: readonly Contributions[];
  },
): string[] {
  const { largest, median, within, tolerance } = checks.completeness;
  return blocks(
    "### Faithfulness",
    "Areas under the probability of the predicted class, from all parts to none. Segments are hidden " +
      "by mask 0, as in training; tiles of the spectrogram are set to their mean over training. Low " +
      "deletion and high insertion are good. Student's paired test over triples of the deletion area " +
      "against the mean of 20 random orders; p after Holm's correction. It speaks of this model and " +
      "these triples. Without a p there are fewer than six triples.",
    markdownTable(
      ["parts", "explained by", "deletion", "insertion", "between", "random", "difference"]
        .concat("p (Holm)", "verdict"),
      rows.map((row) => [
        row.parts,
        row.method,
        printNumber(row.deletion),
        printNumber(row.insertion),
        signed(row.between),
        printNumber(row.random),
        signed(row.test?.difference),
        printP(row.pHolm),
        row.verdict,
      ]),
      { text: 2, lastIsText: true },
    ),
    "### What has to add up",
    `Shapley values of ${contributions.length} triples: their sum differs from the log-odds less ` +
      `those of no modality by ${
        checks.shapleySum.toExponential(1)
      } at most; the log-odds that are ` +
      `divided differ from the verdict's by ${checks.shapleyVerdict.toExponential(1)} at most. ` +
      `Integrated gradients: relative error of the sum ${printNumber(median, 4)} in the median, ` +
      `${printNumber(largest, 4)} at most; ${printPercent(within)} within the tolerance of ` +
      `${tolerance}.`,
    "### Mean Shapley values by true class, in log-odds",
    markdownTable(
      ["true class", ...modalities],
      [...Map.groupBy(contributions, ({ label }) => label)].toSorted(([a], [b]) => a - b)
        .map(([label, ofClass]) => [
          classes[label]!,
          ...modalities.map((m) => signed(average(ofClass.map(({ values }) => values[m])))),
        ]),
    ),
    "### Attention among modalities",
    markdownTable(
      ["level, true class", "from", ...modalities.map((m) => `to ${m}`)],
      [...Map.groupBy(attention, ({ panel }) => panel)].flatMap(([panel, map]) =>
        modalities.map((from) => [
          panel,
          from,
          ...map.filter((row) => row.from.modality === from)
            .map(({ weight }) => printNumber(weight)),
        ])
      ),
      { text: 2 },
    ),
    "### The gate: share of the spectral path",
    markdownTable(
      ["clips of", "count", "mean", "median", "5 to 95 %"],
      gate.map(({ emotion, count, mean, quantiles: [q5, , median, , q95] }) => [
        emotion,
        count,
        printNumber(mean),
        printNumber(median),
        `${printNumber(q5)} to ${printNumber(q95)}`,
      ]),
    ),
  );
}
