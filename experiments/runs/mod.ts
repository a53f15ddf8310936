/**
 * Results of several commands side by side: what they were made with, how they differ, how they learnt.
 *
 *     deno task runs OUT1 OUT2 …
 *
 * Nothing is run or read but the folders: scores are of saved predictions. Every folder is compared with
 * the first, by differences that are paired sample by sample where both were asked about the same ones.
 *
 * @module
 */

import { type Draw, forestFigure, runCurvesFigure, type RunEpoch } from "../../lib/figures/mod.ts";
import { insignificance } from "../../lib/study/comparisons.ts";
import { rowsToCsv } from "../../lib/study/rows_csv.ts";
import { saveFigure } from "../../lib/study/save_figure.ts";
import { json } from "../../lib/study/study.ts";
import type { ComparedRuns } from "./compared.ts";
import { runsMarkdown } from "./markdown.ts";
import { runsPage } from "./page.ts";
import { type ReadResult, readRunsFolder, type RunsFolder } from "./read_folder.ts";
import { compareResult } from "./rows.ts";
import { differentSettings } from "./settings.ts";

/** What is written of them. */
export interface RunsResult {
  readonly compared: ComparedRuns;
  readonly markdown: string;
  /** `runs.html`, `runs.md`, `runs.json`, tables as CSV, and figures. */
  readonly files: ReadonlyMap<string, string>;
}

/** Things whose curves are drawn; all are in `curves.csv`. */
const mostCurves = 4;
// A figure of more rows is no longer looked at.
const mostDifferences = 24;

/**
 * Reads the folders and compares them.
 *
 * @throws {RangeError} Fewer than two folders, one that has no result, none of what the first one has in
 * any other.
 */
export async function compareRuns(
  folders: readonly { readonly path: string; readonly label: string }[],
  { onProgress = () => {} }: { readonly onProgress?: (step: string) => void } = {},
): Promise<RunsResult> {
  if (folders.length < 2) {
    throw new RangeError(
      `Cannot compare runs: expected two folders or more, got ${
        folders.length === 1 ? "one" : "none"
      }`,
    );
  }
  onProgress("reading the results");
  const read = await Promise.all(folders.map(({ path, label }) => readRunsFolder(path, label)));
  const names = commonResults(read);
  const inAll = names.map((name) => read.map((folder) => resultOf(folder, name)!));
  const tables = inAll.map((results) => {
    onProgress(`comparing ${results[0]!.name}`);
    return compareResult(results);
  });
  const compared: ComparedRuns = {
    folders: read.map(({ label }) => label),
    letters: read.map((_, i) => letterOf(i)),
    settings: inAll.map((results) => ({
      name: results[0]!.name,
      settings: differentSettings(results.map(({ settings }) => settings)),
    })),
    tables,
    notes: notesOf(read, names),
  };
  const epochs = uniqueEpochs(
    inAll.flatMap((results) => epochsOf(results, compared.letters)),
  );
  return await written(compared, epochs);
}

function letterOf(i: number): string {
  return i < 26
    ? String.fromCharCode(65 + i)
    : `${letterOf(Math.floor(i / 26) - 1)}${letterOf(i % 26)}`;
}

function resultOf({ results }: RunsFolder, name: string): ReadResult | undefined {
  return results.find((result) => result.name === name);
}

// Table 1 has the runs that other results show again.
function commonResults(read: readonly RunsFolder[]): string[] {
  const [first, ...others] = read.map(({ results }) => results.map(({ name }) => name));
  const common = first!.filter((name) => others.every((names) => names.includes(name)));
  if (common.length > 0) {
    return common.toSorted((a, b) => Number(b === "table_1") - Number(a === "table_1"));
  }
  const got = read.map(({ label, results }) =>
    `${results.map(({ name }) => name).join(", ")} in "${label}"`
  );
  throw new RangeError(
    `Cannot compare runs: expected results of the same experiments, got ${got.join(" and ")}`,
  );
}

function notesOf(read: readonly RunsFolder[], common: readonly string[]): string[] {
  return read.flatMap(({ label, results }) => {
    const others = results.map(({ name }) => name).filter((name) => !common.includes(name));
    const silent = results.filter(({ name, runs }) =>
      common.includes(name) && runs.every(({ exams }) => exams.length === 0)
    );
    const unsaid = silent.map(({ name }) =>
      `${name} of ${label} keeps no predictions, so it has no scores here: it is of an earlier version.`
    );
    const extra = others.length === 0
      ? []
      : [`Only in some folders, of which ${label}: ${others.join(", ")}.`];
    return [...unsaid, ...extra];
  });
}

function epochsOf(results: readonly ReadResult[], letters: readonly string[]): RunEpoch[] {
  const cells = results.map(({ runs }) =>
    new Set(runs.filter(({ history }) => history.length > 0).map(({ cell }) => cell))
  );
  const common = [...cells[0]!].filter((cell) => cells.every((own) => own.has(cell)));
  return results.flatMap(({ runs }, i) =>
    runs.filter(({ cell }) => common.includes(cell)).flatMap(({ cell, seed, history }) =>
      history.map(({ epoch, validationLoss, validationAccuracy, kept }) => ({
        ...{ what: cell, series: letters[i]!, seed, epoch, kept },
        ...{ loss: validationLoss, accuracy: validationAccuracy },
      }))
    )
  );
}

// Results show the same fits again.
function uniqueEpochs(epochs: readonly RunEpoch[]): RunEpoch[] {
  const byName = epochs.map((row) =>
    [`${row.what} ${row.series} ${row.seed} ${row.epoch}`, row] as const
  );
  return [...new Map(byName).values()];
}

/** What has not the same curves in every folder. */
function differentCurves(epochs: readonly RunEpoch[]): string[] {
  const byWhat = Map.groupBy(epochs, ({ what }) => what);
  return [...byWhat].filter(([, own]) => {
    const bySeries = Map.groupBy(own, ({ series }) => series);
    const told = [...bySeries.values()].map((rows) =>
      JSON.stringify(rows.map(({ seed, epoch, loss, accuracy }) => [seed, epoch, loss, accuracy]))
    );
    return new Set(told).size > 1;
  }).map(([what]) => what);
}

async function written(compared: ComparedRuns, epochs: readonly RunEpoch[]): Promise<RunsResult> {
  const files = new Map<string, string>();
  const pictures: string[] = [];
  const draw = async (name: string, figure: Draw) => {
    await saveFigure(files, name, figure);
    pictures.push(name);
  };
  const differences = differencesOf(compared);
  if (differences) await draw("differences", differences);
  const all = differentCurves(epochs);
  const shown = all.slice(0, mostCurves);
  if (all.length > 0) {
    await draw(
      "curves",
      (form) =>
        runCurvesFigure(epochs.filter(({ what }) => shown.includes(what)), {
          title: "How they learn",
          subtitle: namesOf(compared),
          ...form,
        }),
    );
  }
  if (epochs.length > 0) files.set("epochs.csv", rowsToCsv(epochs));
  const notes = [
    ...compared.notes,
    ...all.length > shown.length
      ? [
        `Of ${all.length} that learn otherwise the curves of ${shown.length} are drawn; epochs.csv has all.`,
      ]
      : epochs.length > 0 && all.length === 0
      ? ["What learns by epochs has the same curves in all folders."]
      : [],
  ];
  const told = { ...compared, notes };
  const markdown = runsMarkdown(told, pictures);
  files.set("runs.json", json(told));
  files.set("runs.csv", rowsToCsv(flatRows(told)));
  files.set("settings.csv", rowsToCsv(settingRows(told)));
  files.set("runs.md", markdown);
  files.set(
    "runs.html",
    runsPage(
      told,
      pictures.map((name) => ({
        name,
        wide: files.get(`${name}.svg`)!,
        narrow: files.get(`${name}.narrow.svg`)!,
      })),
    ),
  );
  return { compared: told, markdown, files };
}

/** `A: out/one; B: out/two`. */
function namesOf({ letters, folders }: ComparedRuns): string {
  return letters.map((letter, i) => `${letter}: ${folders[i]}`).join("; ");
}

function differencesOf(
  { tables, letters, ...compared }: ComparedRuns,
): Draw | undefined {
  const [table] = tables;
  const { lead } = table!.rows[0] ?? {};
  // One axis has one score.
  const own = table!.rows.filter((row) => row.lead.name === lead?.name);
  const rows = own.flatMap(({ cell, exam, comparisons }) =>
    comparisons.flatMap((comparison, i) => {
      if (comparison === undefined) return [];
      const { difference, interval, pHolm } = comparison;
      return [{
        family: `${letters[i]} less ${letters[0]}`,
        variant: `${cell}, ${exam}`,
        difference,
        ...interval && { low: interval[0], high: interval[1] },
        ...pHolm !== null && { p: pHolm },
        significant: insignificance(comparison) === undefined,
      }];
    })
  );
  if (rows.length === 0 || rows.some(({ difference }) => Math.abs(difference) > 1)) {
    return undefined;
  }
  const { title, sign } = lead!;
  return (form) =>
    forestFigure(rows.slice(0, mostDifferences), {
      title: `${table!.name}: right of 0 is better than ${letters[0]}`,
      subtitle: namesOf({ tables, letters, ...compared }),
      measure: sign > 0 ? title : `less ${title}`,
      dot: `difference to ${letters[0]}`,
      ...form,
    });
}

function flatRows({ tables, letters }: ComparedRuns): object[] {
  return tables.flatMap(({ name, rows }) =>
    rows.map(({ cell, exam, lead, scores, comparisons, unpaired }) => ({
      ...{ result: name, run: cell, exam, score: lead.name },
      ...Object.fromEntries(letters.map((letter, i) => [letter, scores[i]])),
      ...Object.fromEntries(
        letters.slice(1).map((letter, i) => [
          `${letter}-${letters[0]}`,
          comparisons[i + 1] ?? { reason: unpaired[i + 1] },
        ]),
      ),
    }))
  );
}

function settingRows({ settings, letters }: ComparedRuns): object[] {
  return settings.flatMap(({ name, settings }) =>
    settings.map(({ name: setting, values }) => ({
      ...{ result: name, setting },
      ...Object.fromEntries(letters.map((letter, i) => [letter, values[i] ?? ""])),
    }))
  );
}
