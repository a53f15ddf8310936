/** The explanations as Markdown. @module */

import type { AttentionRow, GateRow } from "../../lib/figures/mod.ts";
import { printP, signed } from "../../lib/numbers.ts";
import { modalities } from "../../lib/modality.ts";
import type { Contributions } from "./explained_triples.ts";
import { type Checks, classes, type FaithfulnessRow, meanOf } from "./rows.ts";

/** All tables of the explanations. */
export function explanationsToMarkdown(
  { rows, checks, attention, gate, contributions }: {
    readonly rows: readonly FaithfulnessRow[];
    readonly checks: Checks;
    readonly attention: readonly AttentionRow[];
    readonly gate: readonly GateRow[];
    readonly contributions: readonly Contributions[];
  },
  { title, caption }: { title: string; caption: string },
): string {
  const { largest, median, within, tolerance } = checks.completeness;
  const maps = Map.groupBy(attention, ({ panel }) => panel);
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  return [
    `## ${title}`,
    "",
    caption,
    "",
    "### Faithfulness",
    "",
    "Areas under the probability of the predicted class, from all parts to none. Segments are hidden " +
    "by mask 0, as in training; tiles of the spectrogram are set to their mean over training. Low " +
    "deletion and high insertion are good. Student's paired test over triples of the deletion area " +
    "against the mean of 20 random orders; p after Holm's correction. It speaks of this model and " +
    "these triples.",
    "",
    "| parts | explained by | deletion | insertion | between | random | difference | p (Holm) | verdict |",
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
    ...rows.map(({ parts, method, deletion, insertion, between, random, test, pHolm, verdict }) => {
      const areas = [deletion, insertion].map((x) => x.toFixed(3)).join(" | ");
      return `| ${parts} | ${method} | ${areas} | ${signed(between)} | ${random.toFixed(3)} | ` +
        `${signed(test.difference)} | ${printP(pHolm)} | ${verdict} |`;
    }),
    "",
    "### What has to add up",
    "",
    `Shapley values of ${contributions.length} triples: their sum differs from the log-odds less those ` +
    `of no modality by ${
      checks.shapleySum.toExponential(1)
    } at most; the log-odds that are divided ` +
    `differ from the verdict's by ${checks.shapleyVerdict.toExponential(1)} at most. Integrated ` +
    `gradients: relative error of the sum ${median.toFixed(4)} in the median, ` +
    `${largest.toFixed(4)} at most; ${percent(within)} within the tolerance of ${tolerance}.`,
    "",
    "### Mean Shapley values by true class, in log-odds",
    "",
    `| true class | ${modalities.join(" | ")} |`,
    "| --- | ---: | ---: | ---: |",
    ...classes.map((name, c) => {
      const own = contributions.filter(({ label }) => label === c);
      const means = modalities.map((m) => signed(meanOf(own.map(({ values }) => values[m]))));
      return `| ${name} | ${means.join(" | ")} |`;
    }),
    "",
    "### Attention among modalities",
    "",
    `| level, true class | from | ${modalities.map((m) => `to ${m}`).join(" | ")} |`,
    "| --- | --- | ---: | ---: | ---: |",
    ...[...maps].flatMap(([panel, own]) =>
      modalities.map((from) => {
        const weights = own.filter((row) => row.from.modality === from);
        return `| ${panel} | ${from} | ${
          weights.map(({ weight }) => weight.toFixed(3)).join(" | ")
        } |`;
      })
    ),
    "",
    "### The gate: share of the spectral path",
    "",
    "| clips of | count | mean | median | 5 to 95 % |",
    "| --- | ---: | ---: | ---: | ---: |",
    ...gate.map(({ emotion, count, mean, quantiles: [q5, , median, , q95] }) =>
      `| ${emotion} | ${count} | ${mean.toFixed(3)} | ${median.toFixed(3)} | ` +
      `${q5.toFixed(3)} to ${q95.toFixed(3)} |`
    ),
    "",
  ].join("\n");
}
