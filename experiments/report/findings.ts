/** What was found, in a few tables and lines, each computed from the results' data. @module */

import { printP, signed } from "../../lib/numbers.ts";
import { insignificance, significanceRule } from "../../lib/study/comparisons.ts";
import { type AblationRow, fullModel } from "../ablations/variants.ts";
import { measureNames, paperScores, printReported } from "../paper.ts";
import type { Row } from "../table_1/rows.ts";
import { printDifference, printScore, printSignificance } from "../tables.ts";
import { listIn } from "./answers/answer.ts";
import { element, type Html, tableElement } from "./html.ts";
import type { SavedResult } from "./read_results.ts";

/** The proposed model's scores beside the paper's; nothing without Table 1. */
export function besidePaper(results: readonly SavedResult[]): Html[] {
  const own = tableOf(results).filter(({ system }) => system === "Proposed");
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
  if (lines.length === 0) return [];
  return [
    tableElement({
      caption: "The proposed model beside the paper",
      head: ["tested on", "measure", "ours", "the paper’s", "gap", "may the gap be claimed?"],
      rows: lines,
      numbers: [2, 3, 4],
    }),
  ];
}

function tableOf(results: readonly SavedResult[]): readonly Row[] {
  return listIn(results, "table_1");
}

/** Who is more accurate, who not significantly less, and who collapsed; nothing without Table 1. */
export function besideOthers(results: readonly SavedResult[]): Html[] {
  const rows = tableOf(results);
  return rows.length === 0 ? [] : [...notBehind(rows), ...collapsed(rows)];
}

function notBehind(rows: readonly Row[]): Html[] {
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
    return [heading(notAhead), paragraph(oneSeed)];
  }
  return [
    heading(notAhead),
    paragraph(significanceRule),
    lines.length === 0 ? paragraph("No system is more accurate.") : tableElement({
      caption: notAhead,
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

const notAhead = "Where the proposed model is not ahead";

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

/** The ablations that differ significantly from the full model; nothing without any. */
export function partsThatAdd(results: readonly SavedResult[]): Html[] {
  const rows = results.filter(({ name }) => name.startsWith("ablation_"))
    .flatMap(({ name }) => listIn<AblationRow>(results, name));
  if (rows.length === 0) return [];
  const compared = rows.flatMap(({ comparison, ...row }) =>
    comparison ? [{ ...row, ...comparison }] : []
  );
  const several = compared.filter(({ seeds }) => seeds.length > 1);
  if (several.length === 0) return [paragraph(oneSeed)];
  const told = several.filter((row) => insignificance(row) === undefined);
  const lines = told.map((row) => [
    row.setting === "audio" ? "speech alone" : "triples",
    `${row.family}: ${row.name}`,
    printDifference(row.difference, row.interval),
    printP(row.pHolm),
  ]);
  return [
    paragraph(
      `Significantly different from the ${fullModel}: ${told.length} of ${several.length} ablations.`,
    ),
    ...told.length > 0
      ? [tableElement({
        caption: "Ablations that differ significantly",
        head: ["tested on", "variant", "accuracy, less the full model’s", "p (Holm)"],
        rows: lines,
        numbers: [2, 3],
      })]
      : [],
  ];
}

function heading(text: string): Html {
  return element("h4", {}, text);
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
