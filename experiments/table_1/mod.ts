/**
 * Table 1: every system that the paper compares, and the rows that a fair
 * table needs.
 *
 *     deno task reproduce table_1
 *
 * Every system on each modality alone, on triples of one label and on images of
 * unseen groups, as far as they can answer, with two seeds: 3.4 minutes on 2
 * cores, after encoding. The paper's text gives 0.94 on image, 0.85 on audio
 * and F1 0.84 on text; README.md has the table of the embedded corpus, which is
 * synthetic and says nothing of the paper's data.
 *
 * @module
 */

import { tableBars } from "../../lib/figures/mod.ts";
import { insignificance, significanceRule } from "../../lib/study/comparisons.ts";
import { dataCaption, type Experiment, type Study } from "../../lib/study/study.ts";
import { beginResult } from "../result.ts";
import {
  blocks,
  capital,
  type Column,
  columnsTable,
  comparisonColumns,
  spreadCaption,
} from "../tables.ts";
import { collateTable1, planTable1, type Row, unlikePaper } from "./rows.ts";
import { stringify } from "../../lib/deps/csv_stringify.ts";
import { measureNames, measures, printReported } from "../paper.ts";

/** Runs, or finds, every system with every seed, and makes Table 1 of their predictions. */
export const table1: Experiment = async (study) => {
  const { samples, options: { seeds, config, dataLabel } } = study;
  const title =
    "Table 1. The proposed model, the paper's comparisons, and the rows that a fair table needs";
  const result = beginResult(study, { name: "table_1", title });
  const plan = planTable1(samples, { seeds, data: config.data });
  const judged = await result.run(plan.jobs);
  const rows = collateTable1(judged, { samples, unlikePaper: unlikePaper(samples, dataLabel) });
  const caption = captionOf(study);
  await result.figure(tableBars(rows, { title: "Table 1", subtitle: caption }));
  result.files.set("table_1.csv", table1ToCsv(rows));
  return result.finish({
    caption,
    body: table1Lines(rows),
    numbers: { splits: plan.audits, rows },
  });
};

function captionOf(study: Study): string {
  const { seeds, encoders } = study.options;
  const spread = spreadCaption(seeds.length) +
    (seeds.length === 1 ? "" : ", each with its own split");
  const clip = encoders === "embedded"
    ? " CLIP is a small one, trained by this project on glyphs and their names."
    : "";
  return `${dataCaption(study)} ${spread}. Precision, recall and F1 are macro averages. ` +
    `MSFNet is our adaptation to three modalities; CLIP sees speech as a picture of its spectrogram.${clip} ${significanceRule}`;
}

/** The table as lines of Markdown: one block a modality. */
export function table1Lines(rows: readonly Row[]): string[] {
  return [...Map.groupBy(rows, ({ modality }) => modality)].flatMap(([modality, ofModality]) =>
    blocks(
      `### ${capital(modality)}`,
      `Protocol \`${ofModality[0]!.protocol}\`; no two parts share: ${ofModality[0]!.split}.`,
      columnsTable(ofModality, columns, { lastIsText: true }),
      collapsedLines(ofModality),
      betterLines(ofModality),
    )
  );
}

const columns: readonly Column<Row>[] = [
  ["system", ({ system, collapsed }) => `${system}${collapsed.length > 0 ? " (constant)" : ""}`],
  ...measures.map((m): Column<Row> => [measureNames[m], m]),
  ...comparisonColumns("Proposed less this"),
  ["paper", ({ paper }) =>
    measures.filter((m) => paper?.[m] !== undefined)
      .map((m) => `${m} ${printReported(paper![m]!)}`).join(", ")],
];

// A predictor that says one thing shows it best in its confusion matrix.
function collapsedLines(rows: readonly Row[]): string[] {
  return rows.filter(({ collapsed }) => collapsed.length > 0).map(({ system, collapsed }) => {
    const matrices = collapsed.map(({ seed, confusion }) => {
      const [[tn, fp], [fn, tp]] = confusion as [[number, number], [number, number]];
      return `seed ${seed}: TN ${tn}, FP ${fp}, FN ${fn}, TP ${tp}`;
    });
    return `- ${system} says nearly always the same with ${matrices.join("; ")}.`;
  });
}

function betterLines(rows: readonly Row[]): string[] {
  const better = rows.filter(({ comparison }) => comparison && comparison.difference < 0);
  if (better.length === 0) return [];
  if (better[0]!.comparison!.seeds.length === 1) {
    return ["One seed: no system is said to be better than another."];
  }
  const names = better.map(({ system, comparison }) => {
    const why = insignificance(comparison!);
    return why === undefined ? system : `${system} (${why})`;
  });
  return [`Better than Proposed here: ${names.join(", ")}.`];
}

/** The table as CSV: a line per row, mean and deviation of each score, and the comparison. */
export function table1ToCsv(rows: readonly Row[]): string {
  const header = ["modality", "system", "protocol", "seeds"]
    .concat(measures.flatMap((m) => [`${m}_mean`, `${m}_sd`]))
    .concat("proposed_less_this", "low", "high", "p_holm", "collapsed");
  const lines = rows.map(({ modality, system, protocol, collapsed, comparison, ...scores }) => [
    modality,
    system,
    protocol,
    scores.accuracy.seeds.length,
    ...measures.flatMap((m) => [scores[m].mean, scores[m].sd]),
    comparison?.difference,
    comparison?.interval?.[0],
    comparison?.interval?.[1],
    comparison?.pHolm,
    String(collapsed.length > 0),
  ]);
  return stringify([header, ...lines]);
}
