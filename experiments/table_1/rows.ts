/** The runs of Table 1, and the rows that come of their predictions, as Markdown and as CSV. @module */

import type { SplitReport } from "../../lib/datasets/mod.ts";
import { confusionMatrix, predictedClasses } from "../../lib/metrics/mod.ts";
import { modalities } from "../../lib/modality.ts";
import * as compared from "../../lib/study/comparisons.ts";
import * as published from "../paper.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import { type Job, longestFirst, named } from "../../lib/study/job.ts";
import * as splits from "../../lib/study/splits.ts";
import { answers, type SystemName, systems } from "../../lib/study/systems.ts";
import * as tables from "../tables.ts";
import { printNumber } from "../../lib/numbers.ts";
import { stringify } from "../../lib/deps/csv_stringify.ts";

const tableModalities = [...modalities, "unified", "image (held-out groups)"] as const;

/** The rows' modalities: the last is the images of groups that training never saw. */
export type TableModality = (typeof tableModalities)[number];

/** The rows of the table: `Late fusion of Proposed` is for the study of fusion. */
export const tableSystems: readonly SystemName[] = systems.filter(
  (system) => system !== "Late fusion of Proposed",
);

/** These have learnt nothing: to be better than they are is no comparison. */
export const floors: readonly SystemName[] = ["Majority", "Shuffled labels"];

/** How far our score is from the paper's, and whether that says anything. */
export interface Gap {
  readonly measure: published.Measure;
  /** Ours less the paper's; of a range, less its nearer end, 0 within. */
  readonly difference: number;
  readonly claimed: boolean;
  /** Why it is claimed or not. */
  readonly reason: string;
}

/** A seed with which a system said nearly always the same. */
export interface Collapse {
  readonly seed: number;
  /** Row = actual, column = predicted, negative first. */
  readonly confusion: readonly (readonly number[])[];
}

/** One row. Precision, recall and F1 are macro averages; scores are in [0, 1]. */
export type Row = Readonly<Record<published.Measure, tables.Score>> & {
  readonly system: SystemName;
  readonly modality: TableModality;
  /** `single`: one modality present; `label`: triples of one label. */
  readonly protocol: "single" | "label";
  /** What no two parts of the split share. */
  readonly split: string;
  /** Test samples, or triples, by seed. */
  readonly tested: readonly number[];
  /** The seeds with which nearly every prediction was the same class. */
  readonly collapsed: readonly Collapse[];
  /** Row = actual, column = predicted, negative first; summed over seeds. */
  readonly confusion: readonly (readonly number[])[];
  /** What the paper reports, on other data. */
  readonly paper?: published.ReportedScores;
  readonly gap?: Gap;
  /** Proposed less this system, corrected over the systems of this modality; not in Proposed's own rows. */
  readonly comparison?: compared.Corrected;
};

// The kind of the runs on images of groups that training never saw.
const heldOut = "held-out";

/** The jobs of the table, and what the audit of their splits found. */
export interface Plan {
  readonly jobs: readonly Job[];
  /** By seed. */
  readonly audits: readonly Readonly<Record<string, SplitReport>>[];
}

/**
 * Every system with every seed: under `single` once per modality, each time a
 * model that learns from that modality alone; under `label`; and under
 * `single` on images divided by group where images have groups. A seed draws
 * the split, the initial parameters and the order of the batches.
 *
 * @throws {Error} a split that leaks.
 */
export function planTable1(samples: splits.Samples, { seeds, data }: splits.Draws): Plan {
  const jobs: Job[] = [];
  const audits: Record<string, SplitReport>[] = [];
  for (const seed of seeds) {
    const { split, reports } = splits.divideAll(samples, { seed, data });
    const report: Record<string, SplitReport> = { ...reports };
    const add = (kind: string, job: Pick<Job, "protocol" | "present" | "split">) => {
      for (const system of tableSystems) {
        if (!answers(system, job.protocol, job.present)) continue;
        jobs.push(named({ ...job, system, kind, seed }));
      }
    };
    for (const m of modalities) add(`single-${m}`, { protocol: "single", present: [m], split });
    add("label", { protocol: "label", present: modalities, split });
    if (splits.hasImageGroups(samples)) {
      const held = splits.divide(samples, "image", {
        seed,
        data,
        division: splits.byGroup("group"),
      });
      report["image (held-out groups)"] = held.report;
      const others = { ...split, image: held.split };
      add(heldOut, { protocol: "single", present: ["image"], split: others });
    }
    audits.push(report);
  }
  return { jobs: longestFirst(jobs), audits };
}

/** What {@linkcode collateTable1} is told beside the predictions. */
export interface CollateOptions {
  readonly samples: splits.Samples;
  /** Why no gap to the paper's numbers may be claimed on these data, if none may. */
  readonly unlikePaper: string | undefined;
}

/** The rows of the table, in the paper's order of modalities, from saved predictions. */
export function collateTable1(
  judged: readonly JudgedJob[],
  { samples, unlikePaper }: CollateOptions,
): Row[] {
  const cells = Map.groupBy(judged, ({ job }) => `${modalityOf(job)}|${job.system}`);
  return tableModalities.flatMap((modality) => {
    const proposed = cells.get(`${modality}|Proposed`);
    const first = proposed && compared.answersTo(proposed);
    // One system after the other: the predictions of all with a hundred seeds fill the memory.
    const own = tableSystems.flatMap((system) => {
      const cell = cells.get(`${modality}|${system}`);
      if (cell === undefined) return [];
      const answers = system === "Proposed" ? first! : compared.answersTo(cell);
      const row = toRow({ modality, system, answers, unlikePaper });
      const isCompared = first !== undefined && answers !== first;
      const comparison = isCompared
        ? compared.compare({ first, second: answers }, samples)
        : undefined;
      return [{ row, comparison }];
    });
    const comparisons = compared.corrected(own.flatMap(({ comparison }) => comparison ?? []));
    return own.map(({ row, comparison }): Row =>
      comparison ? { ...row, comparison: comparisons.shift()! } : row
    );
  });
}

function modalityOf({ kind, protocol, present }: Job): TableModality {
  if (kind === heldOut) return "image (held-out groups)";
  return protocol === "label" ? "unified" : present[0]!;
}

function toRow({ modality, system, answers, unlikePaper }: {
  readonly modality: TableModality;
  readonly system: SystemName;
  readonly answers: compared.Answers;
  readonly unlikePaper: string | undefined;
}): Row {
  const files = answers.map(({ predictions }) => predictions);
  const row = {
    system,
    modality,
    protocol: modality === "unified" ? "label" : "single",
    split: splitName(modality),
    ...tables.scoresOver(files),
    tested: files.map(({ labels }) => labels.length),
    collapsed: answers.filter(({ predictions }) => isCollapsed(predictions))
      .map(({ seed, predictions }) => ({ seed, confusion: confusionOf([predictions]) })),
    confusion: confusionOf(files),
  } as const;
  if (modality === "image (held-out groups)") return row;
  const paper = published.paperScores[modality]?.[system];
  return paper ? { ...row, paper, gap: gapTo(paper, row, unlikePaper) } : row;
}

function confusionOf(files: readonly compared.Answers[number]["predictions"][]): number[][] {
  return confusionMatrix({
    actual: files.flatMap(({ labels }) => labels),
    predicted: files.flatMap(({ scores }) => predictedClasses(scores)),
    classes: 2,
  });
}

function gapTo(
  paper: published.ReportedScores,
  row: Readonly<Record<published.Measure, tables.Score>>,
  unlikePaper: string | undefined,
): Gap {
  const measure = published.measures.find((m) => paper[m] !== undefined)!;
  const reported = paper[measure]!;
  const [low, high] = typeof reported === "number" ? [reported, reported] : reported;
  const { mean, sd, seeds } = row[measure];
  const difference = mean > high ? mean - high : mean < low ? mean - low : 0;
  if (unlikePaper) return { measure, difference, claimed: false, reason: unlikePaper };
  if (sd === null || seeds.length < 3) {
    return { measure, difference, claimed: false, reason: "fewer than three seeds say no spread" };
  }
  const reach = 2 * sd / Math.sqrt(seeds.length);
  const claimed = Math.abs(difference) > reach;
  const than = `two standard errors over seeds, ${printNumber(reach)}`;
  return { measure, difference, claimed, reason: `${claimed ? "more" : "not more"} than ${than}` };
}

/** Why a gap to the paper's numbers says nothing on these data, or undefined where it may. */
export function unlikePaper(samples: splits.Samples, dataLabel: string): string | undefined {
  if (dataLabel === "embedded") return "the embedded corpus is not the paper's data";
  const counts = modalities.map((m) => `${m} ${samples[m].length}`).join(", ");
  const enough = samples.text.length === published.paperSamples &&
    samples.image.length === published.paperSamples;
  // Of speech there are 2,452 clips, however many the paper counts.
  return enough
    ? undefined
    : `the paper has ${published.paperSamples} samples a modality, these are ${counts}`;
}

function splitName(modality: TableModality): string {
  if (modality === "unified") return splits.divisionNames();
  return modality === "image (held-out groups)" ? "group" : splits.divisions[modality].name;
}

// On a balanced set a system that calls 98 in 100 the same has given up.
function isCollapsed(predictions: compared.Answers[number]["predictions"]): boolean {
  const positive = tables.shareCalledPositive(predictions);
  return positive < 0.02 || positive > 0.98;
}

/** The table as lines of Markdown: one block a modality. */
export function table1Lines(rows: readonly Row[]): string[] {
  return [...Map.groupBy(rows, ({ modality }) => modality)].flatMap(([modality, ofModality]) =>
    tables.blocks(
      `### ${tables.capital(modality)}`,
      `Protocol \`${ofModality[0]!.protocol}\`; no two parts share: ${ofModality[0]!.split}.`,
      tables.columnsTable(ofModality, columns, { lastIsText: true }),
      [...tables.untestedLines(ofModality), ...collapsedLines(ofModality)],
      betterLines(ofModality),
    )
  );
}

const columns: readonly tables.Column<Row>[] = [
  ["system", ({ system, collapsed }) => `${system}${collapsed.length > 0 ? " (constant)" : ""}`],
  ...published.measures.map((m): tables.Column<Row> => [published.measureNames[m], m]),
  ...tables.comparisonColumns("Proposed less this"),
  ["paper", ({ paper }) =>
    published.measures.filter((m) => paper?.[m] !== undefined)
      .map((m) => `${m} ${published.printReported(paper![m]!)}`).join(", ")],
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
    const why = compared.insignificance(comparison!);
    return why === undefined ? system : `${system} (${why})`;
  });
  return [`Better than Proposed here: ${names.join(", ")}.`];
}

/** The table as CSV: a line per row, mean and deviation of each score, and the comparison. */
export function table1ToCsv(rows: readonly Row[]): string {
  const header = ["modality", "system", "protocol", "seeds"]
    .concat(published.measures.flatMap((m) => [`${m}_mean`, `${m}_sd`]))
    .concat("proposed_less_this", "low", "high", "p_holm", "collapsed");
  const lines = rows.map(({ modality, system, protocol, collapsed, comparison, ...scores }) => [
    modality,
    system,
    protocol,
    scores.accuracy.seeds.length,
    ...published.measures.flatMap((m) => [scores[m].mean, scores[m].sd]),
    comparison?.difference,
    comparison?.interval?.[0],
    comparison?.interval?.[1],
    comparison?.pHolm,
    String(collapsed.length > 0),
  ]);
  return stringify([header, ...lines]);
}
