/** The folder of a sweep: written whole at each change, and listed. @module */

import { join } from "node:path";
import { ifThere, kindOf, namesIn, removeIfThere, writeWhole } from "../../lib/files.ts";
import { rowsToCsv } from "../../lib/study/rows_csv.ts";
import type { Sweep, SweepRun } from "../../lib/study/sweep.ts";
import { counted } from "../../experiments/tables.ts";
import { columns } from "../columns.ts";
import type { SweepHeader, SweepRecord } from "./record.ts";
import { runCells, runHeader, sweepMarkdown, verdictLines } from "./text.ts";

/** Names the layout; raised with every change to what the file holds or means. */
const format = "trivalence sweep 1";

/**
 * Refuses a folder that holds something else than a sweep, or another or an ended one without
 * `force`.
 *
 * @throws {RangeError} With what to type.
 */
export async function assertPlaceForSweep(
  out: string,
  { command, force }: { readonly command: string; readonly force: boolean },
): Promise<void> {
  const kind = await kindOf(out);
  const names = await namesIn(out);
  const isOther = kind === "file" ||
    names.length > 0 && !names.includes("sweep.json") && names.join() !== "work";
  if (isOther) {
    const got = kind === "file" ? "a file" : `a folder with ${names.slice(0, 3).join(", ")}`;
    throw new RangeError(`Cannot write to "${out}": expected a sweep or nothing, got ${got}`);
  }
  if (force || !names.includes("sweep.json")) return;
  const found = await readRecord(out);
  if (found.command === command && (!found.ended || names.includes("work"))) return;
  const what = found.command !== command
    ? "a sweep by another command"
    : "this sweep, which has ended";
  throw new RangeError(
    `Cannot write to "${out}": expected nothing there, got ${what}; --list shows it, ` +
      "--force replaces it, --out DIR goes elsewhere",
  );
}

async function readRecord(out: string): Promise<SweepRecord> {
  const path = `${out}/sweep.json`;
  const text = await ifThere(Deno.readTextFile(path));
  if (text === undefined) {
    throw new RangeError(`Cannot read "${path}": expected the record of a sweep, got nothing`);
  }
  let found: unknown;
  try {
    const { format: said, ...record } = JSON.parse(text) as SweepRecord & { format: string };
    if (said === format) return record;
    found = said;
  } catch {
    throw new RangeError(`Cannot read "${path}": expected JSON, got something else`);
  }
  throw new RangeError(`Cannot read "${path}": expected format "${format}", got "${found}"`);
}

/** Writes the files of a sweep, each whole, one after the other. */
export function sweepWriter(out: string, header: SweepHeader) {
  let data: SweepRecord["data"] | undefined;
  let latest: Pick<SweepRecord, "runs" | "test" | "ended"> | undefined;
  let writing: Promise<unknown> | undefined;
  const write = async () => {
    // What changes while files are written is written next, once.
    while (latest) {
      const record = { ...header, data: data!, ...latest };
      latest = undefined;
      await writeRecord(out, record);
    }
    writing = undefined;
  };
  let failed: unknown;
  return {
    /** Begins afresh or goes on, of these data. */
    async begin(of: SweepRecord["data"]): Promise<void> {
      data = of;
      const kind = await kindOf(`${out}/sweep.json`);
      const isSame = kind === "file" && (await readRecord(out)).command === header.command;
      if (!isSame) await removeIfThere(`${out}/model`);
    },
    write(runs: readonly SweepRun[]): void {
      latest = { runs, test: null, ended: false };
      writing ??= write().catch((error) => failed = error);
    },
    /** Writes the end, and says what came of it. */
    async end(
      runs: readonly SweepRun[],
      { arithmetic, mixed, test = null }: Partial<Pick<Sweep, "arithmetic" | "mixed">> & {
        readonly test?: SweepRecord["test"];
      } = {},
    ): Promise<string> {
      await writing;
      if (failed) throw failed;
      const told = { ...arithmetic && { arithmetic }, ...mixed, runs, test, ended: true };
      const record = { ...header, data: data!, ...told };
      await writeRecord(out, record);
      return [table(runs), ...verdictLines(record)].join("\n");
    },
  };
}

async function writeRecord(out: string, record: SweepRecord): Promise<void> {
  const { runs } = record;
  await writeWhole(`${out}/sweep.csv`, rowsToCsv(runs.map(csvRow)));
  await writeWhole(`${out}/sweep.md`, sweepMarkdown(record));
  await writeWhole(`${out}/sweep.json`, `${JSON.stringify({ format, ...record }, null, 2)}\n`);
}

/** All columns in every row, so that they are the same at any time. */
function csvRow({ settings, run, state, seed, ...rest }: SweepRun): object {
  const { validationLoss, validationAccuracy, bestEpoch, epochs, seconds, reason } = rest;
  const scores = { validationLoss, validationAccuracy, bestEpoch, epochs, seconds };
  return { run, state, ...settings, seed, ...scores, chosen: rest.chosen ?? false, reason };
}

/** Where a sweep keeps what is unfinished. */
export function workFolderOf(out: string): string {
  return join(out, "work");
}

/**
 * The runs of a sweep with their state, as text.
 *
 * @throws {RangeError} There is none.
 */
export async function listSweep(out: string): Promise<string> {
  const { runs, ended } = await readRecord(out);
  const isAtWork = !ended && await isLocked(join(workFolderOf(out), "lock"));
  return table(
    runs.map((run) => run.state === "running" && !isAtWork ? { ...run, state: "unfinished" } : run),
  );
}

function table(runs: readonly (Omit<SweepRun, "state"> & { readonly state: string })[]): string {
  const states = [...Map.groupBy(runs, ({ state }) => state)]
    .map(([state, those]) => `${those.length} ${state}`);
  const rows = columns([runHeader(runs), ...runs.map((run) => runCells(run, runs))]);
  return `${rows}\n${counted(runs.length, "run")}: ${states.join(", ")}`;
}

/** Whether a process holds the lock; one that is dead has let go of it. */
async function isLocked(path: string): Promise<boolean> {
  const file = await ifThere(Deno.open(path, { read: true }));
  if (file === undefined) return false;
  try {
    return !await file.tryLock(true);
  } finally {
    file.close();
  }
}
