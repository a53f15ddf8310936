/** What was found, in a few tables and lines, each computed from the results' data. @module */

import { printP, signed } from "../../lib/numbers.ts";
import { insignificance, significanceRule } from "../../lib/study/comparisons.ts";
import { type AblationRow, fullModel } from "../ablations/variants.ts";
import { measureNames, paperScores, printReported } from "../paper.ts";
import type { Row } from "../table_1/rows.ts";
import { printDifference, printScore, printSignificance } from "../tables.ts";
import { element, type Html, tableElement } from "./html.ts";
import type { SavedResult } from "./read_results.ts";

/** What the results have to say; a finding whose experiment was not made is left out. */
export function findings(results: readonly SavedResult[]): Html[] {
  const rowsOf = (name: string) => results.find((result) => result.name === name)?.data.rows;
  const table = (rowsOf("table_1") ?? []) as readonly Row[];
  const ablations = results.filter(({ name }) => name.startsWith("ablation_"))
    .flatMap(({ data }) => (data.rows ?? []) as readonly AblationRow[]);
  return [
    ...table.length > 0 ? [besidePaper(table), besideOthers(table), collapsed(table)] : [],
    ...ablations.length > 0 ? [partsThatAdd(ablations)] : [],
  ].flat();
}

function besidePaper(rows: readonly Row[]): Html[] {
  const own = rows.filter(({ system }) => system === "Proposed");
  const lines = own.map(({ modality, gap, paper, ...scores }) => {
    const measure = gap?.measure ?? "accuracy";
    const reported = paper?.[measure];
    return [
      modality,
      measureNames[measure],
      printScore(scores[measure]),
      reported === undefined ? "none" : printReported(reported),
      gap && signed(gap.difference),
      gap ? `${gap.claimed ? "yes" : "no"}: ${gap.reason}` : "no: the paper has no such test",
    ];
  });
  return [
    heading("The proposed model beside the paper"),
    tableElement({
      head: ["tested on", "measure", "ours", "the paper’s", "gap", "may the gap be claimed?"],
      rows: lines,
      numbers: [2, 3, 4],
    }),
  ];
}

function besideOthers(rows: readonly Row[]): Html[] {
  const compared = rows.flatMap(({ system, modality, comparison }) =>
    comparison ? [{ system, modality, ...comparison }] : []
  );
  const better = compared.filter(({ difference }) => difference < 0);
  const level = compared.filter((row) => row.difference >= 0 && insignificance(row));
  const lines = better.map((row) => {
    const { modality, system, difference, interval } = row;
    return [
      modality,
      system,
      isOfPaper(system) ? "compared in the paper" : "baseline of ours",
      printDifference(-difference, interval && [-interval[1], -interval[0]]),
      printP(row.pHolm),
      printSignificance(insignificance(row)),
    ];
  });
  if (compared[0]?.seeds.length === 1) {
    return [heading("Where the proposed model is not ahead"), paragraph(oneSeed)];
  }
  return [
    heading("Where the proposed model is not ahead"),
    paragraph(significanceRule),
    lines.length === 0 ? paragraph("No system is more accurate.") : tableElement({
      head: ["tested on", "more accurate", "which is", "by, with 95 % interval", "p (Holm)"]
        .concat("significant?"),
      rows: lines,
      numbers: [3, 4],
    }),
    ...level.length > 0
      ? [paragraph("Not significantly less accurate:"), listByModality(level)]
      : [],
  ];
}

const oneSeed = "One seed: nothing is ranked, and no difference is called significant.";

function collapsed(rows: readonly Row[]): Html[] {
  const fallen = rows.filter(({ collapsed }) => collapsed.length > 0);
  return [
    heading("Predictors that collapsed"),
    paragraph(
      fallen.length === 0
        ? "No system says nearly always the same."
        : `These say nearly always the same: ${bySystem(fallen)}.`,
    ),
  ];
}

function partsThatAdd(rows: readonly AblationRow[]): Html[] {
  const compared = rows.flatMap(({ comparison, ...row }) =>
    comparison ? [{ ...row, ...comparison }] : []
  );
  const several = compared.filter(({ seeds }) => seeds.length > 1);
  const title = heading("What each part adds");
  if (several.length === 0) return [title, paragraph(oneSeed)];
  const told = several.filter((row) => insignificance(row) === undefined);
  const lines = told.map((row) => [
    row.setting === "audio" ? "speech alone" : "triples",
    `${row.family}: ${row.name}`,
    printDifference(row.difference, row.interval),
    printP(row.pHolm),
  ]);
  return [
    title,
    paragraph(
      `Significantly different from the ${fullModel}: ${told.length} of ${several.length} ablations.`,
    ),
    ...told.length > 0
      ? [tableElement({
        head: ["tested on", "variant", "accuracy, less the full model’s", "p (Holm)"],
        rows: lines,
        numbers: [2, 3],
      })]
      : [],
  ];
}

function heading(text: string): Html {
  return element("h3", {}, text);
}

function paragraph(text: string): Html {
  return element("p", {}, text);
}

function listByModality(rows: readonly Pick<Row, "system" | "modality">[]): Html {
  const groups = Map.groupBy(rows, ({ modality }) => modality);
  const lines = [...groups].map(([modality, own]) =>
    element("li", {}, `${modality}: ${own.map(({ system }) => system).join(", ")}`)
  );
  return element("ul", {}, lines);
}

function bySystem(rows: readonly Row[]): string {
  return [...Map.groupBy(rows, ({ system }) => system)]
    .map(([system, own]) => {
      const where = own.map(({ modality, collapsed, accuracy }) => {
        const seeds = collapsed.map(({ seed }) => seed);
        return `${modality} (${
          seeds.length === accuracy.seeds.length ? "every seed" : `seed ${seeds.join(", ")}`
        })`;
      });
      return `${system} on ${where.join(", ")}`;
    })
    .join("; ");
}

function isOfPaper(system: Row["system"]): boolean {
  return Object.values(paperScores).some((scores) => Object.hasOwn(scores, system));
}
