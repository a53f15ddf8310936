/** Reads what commands have left in a folder, to be compared with other folders. @module */

import { basename, join } from "node:path";
import { parseWhole } from "../../lib/deps/csv_parse_sync.ts";
import { ifThere, namesIn } from "../../lib/files.ts";
import { clusteredBy } from "../../lib/study/comparisons.ts";
import { controlOf } from "../../lib/study/controls.ts";
import { predictionsFromCsv } from "../../lib/study/predictions.ts";
import { shownOfWholeRows } from "../../lib/study/whole_rows.ts";
import { polarities, type Target } from "../../lib/target.ts";
import { modalities } from "../../lib/modality.ts";
import { type PlainSettings, settingsOf } from "./settings.ts";

/** A folder of results. */
export interface RunsFolder {
  /** As it was given. */
  readonly label: string;
  /** In the order of their names. */
  readonly results: readonly ReadResult[];
}

/** A result: a table of `reproduce`, a comparison, or a saved model. */
export interface ReadResult {
  /** Of what it is one: `table_1`, `compare`, `model`. */
  readonly name: string;
  readonly settings: PlainSettings;
  readonly runs: readonly ReadRun[];
}

/** A run of a result. */
export interface ReadRun {
  /** What tells it from other runs but for the seed, such as `proposed-single-text`. */
  readonly cell: string;
  readonly seed: number;
  /** What was learnt. */
  readonly target: Target;
  readonly exams: readonly ReadExam[];
  /** Of a system that learns by epochs. */
  readonly history: readonly ReadEpoch[];
}

/** What was said of a test part. */
export interface ReadExam {
  readonly name: string;
  /** What was shown, line by line. */
  readonly samples: readonly string[];
  readonly labels: readonly number[];
  readonly scores: readonly number[];
  /** What is resampled whole; undefined where the folder does not say. */
  readonly groups: readonly string[] | undefined;
}

/** An epoch of a run. */
export interface ReadEpoch {
  readonly epoch: number;
  readonly trainLoss: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
  /** Whether its parameters were kept. */
  readonly kept: boolean;
}

/**
 * What is in a folder: that of a result, results in folders of their names, a model, or a sweep, of
 * which the chosen model is read.
 *
 * @throws {RangeError} There is no result, or a file that is no such file.
 */
export async function readRunsFolder(folder: string, label = folder): Promise<RunsFolder> {
  const names = await namesIn(folder);
  const isModel = names.includes("config.json") && names.includes("model.safetensors");
  if (isModel) return { label, results: [await readModel(folder)] };
  if (names.includes("sweep.json")) return { label, results: [await readSweep(folder)] };
  const own = await readResult(folder, basename(folder));
  if (own) return { label, results: [own] };
  const results = await Promise.all(names.map((name) => readResult(join(folder, name), name)));
  const found = results.filter((result) => result !== undefined);
  if (found.length > 0) return { label, results: found };
  const got = names.length === 0 ? "nothing" : names.slice(0, 3).join(", ");
  throw new RangeError(
    `Cannot compare "${label}": expected results of reproduce or compare, a model of train, or a ` +
      `sweep, got ${got}`,
  );
}

async function readResult(folder: string, name: string): Promise<ReadResult | undefined> {
  const path = join(folder, `${name}.json`);
  const text = await ifThere(Deno.readTextFile(path));
  if (text === undefined) return undefined;
  const told = readJson(text, path);
  // Figures of the architecture or the data have none.
  const runs = (await namesIn(join(folder, "runs"))).filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length));
  if (runs.length === 0) return undefined;
  return {
    name,
    settings: settingsOf(told),
    runs: await Promise.all(
      runs.map((run) => readRun(folder, run, (told.target ?? polarities) as Target)),
    ),
  };
}

async function readRun(folder: string, name: string, usual: Target): Promise<ReadRun> {
  const read = (path: string) => Deno.readTextFile(join(folder, path));
  const path = `runs/${name}.json`;
  const told = readJson(await read(path), join(folder, path)) as unknown as {
    readonly seed: number;
    readonly target?: Target;
    readonly bestEpoch?: number;
    readonly history?: readonly Omit<ReadEpoch, "kept">[];
  };
  const csv = await ifThere(read(`predictions/${name}.csv`));
  const groups = await ifThere(read(`groups/${name}.csv`));
  return {
    cell: name.replace(new RegExp(`-seed${told.seed}$`), ""),
    seed: told.seed,
    target: told.target ?? usual,
    exams: csv === undefined ? [] : readExams(csv, groups),
    history: (told.history ?? []).map((epoch) => ({
      ...epoch,
      kept: epoch.epoch === told.bestEpoch,
    })),
  };
}

function readExams(csv: string, groupsCsv: string | undefined): ReadExam[] {
  const groups = groupsCsv === undefined ? undefined : new Map(
    (parseWhole(groupsCsv, { columns: true }) as { id: string; group: string }[])
      .map(({ id, group }) => [id, group]),
  );
  return predictionsFromCsv(csv)
    // Controls and parts of rows are of tables of their own.
    .filter(({ exam }) => controlOf(exam) === undefined && shownOfWholeRows(exam) === undefined)
    .map(({ exam, ids, labels, scores }) => {
      const own = groups && ids[clusteredBy({ ids })]!.map((id) => groups.get(id));
      const known = own?.every((group) => group !== undefined) ? own : undefined;
      return {
        name: exam,
        samples: labels.map((_, i) => modalities.map((m) => ids[m]?.[i] ?? "").join("\n")),
        ...{ labels, scores },
        groups: known as string[] | undefined,
      };
    });
}

async function readModel(folder: string): Promise<ReadResult> {
  const read = async (name: string) => await ifThere(Deno.readTextFile(join(folder, name)));
  const told = readJson((await read("config.json"))!, join(folder, "config.json"));
  const [history, tested] = [await read("history.csv"), await read("test.csv")];
  const { model, seed, protocol } = told as unknown as {
    readonly model: { readonly target?: Target };
    readonly seed: number;
    readonly protocol: string;
  };
  return {
    name: "model",
    settings: settingsOf(told),
    runs: [{
      cell: `proposed-${protocol}`,
      seed,
      target: model.target ?? polarities,
      exams: tested === undefined ? [] : readTested(tested),
      history: history === undefined ? [] : readHistory(history),
    }],
  };
}

async function readSweep(folder: string): Promise<ReadResult> {
  const names = await namesIn(join(folder, "model"));
  if (names.includes("config.json")) return await readModel(join(folder, "model"));
  throw new RangeError(
    `Cannot compare "${folder}": expected a sweep of the proposed model that has ended, whose chosen ` +
      "model is in model/, got none",
  );
}

function readTested(csv: string): ReadExam[] {
  const lines = parseWhole(csv, { columns: true }) as Record<string, string>[];
  return [...Map.groupBy(lines, ({ exam }) => exam!)].map(([name, own]) => ({
    name,
    samples: own.map(({ sample }) => sample!),
    labels: own.map(({ label }) => Number(label)),
    scores: own.flatMap(({ score }) => score!.split(" ").map(Number)),
    groups: own.map(({ group }) => group!),
  }));
}

function readHistory(csv: string): ReadEpoch[] {
  const lines = parseWhole(csv, { columns: true }) as Record<string, string>[];
  return lines.map((line) => ({
    epoch: Number(line.epoch),
    trainLoss: Number(line.trainLoss),
    validationLoss: Number(line.validationLoss),
    validationAccuracy: Number(line.validationAccuracy),
    kept: line.kept === "true",
  }));
}

function readJson(text: string, path: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    throw new RangeError(`Cannot read "${path}": expected JSON, got something else`);
  }
}
