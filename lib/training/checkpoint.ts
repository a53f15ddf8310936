/**
 * Keeps on disk where a training run stands, so that a run that is killed goes
 * on from there.
 *
 * @module
 */

import { join } from "node:path";
import type { Arithmetic } from "../compile/mod.ts";
import { ifThere, isPartial, namesIn, partialLifeMs, sha256, writeWhole } from "../files.ts";
import { type NamedArray, readSafetensors, writeSafetensors } from "../tensor/safetensors.ts";
import type { Checkpoints, Ended, Epoch, Standing } from "./train.ts";

/** Raised with every change to what the files hold or mean: old ones are then passed over. */
const format = 2;

/** What a folder of checkpoints is opened with. */
export interface CheckpointOptions {
  /** Of all that decides the run; see {@linkcode fingerprintOf}. */
  readonly fingerprint: string;
  /** By what this process computes. */
  readonly arithmetic?: Arithmetic | undefined;
  /** Least time between two checkpoints; 1 by default. */
  readonly everySeconds?: number;
  /** Told of each checkpoint that can't be used, and why. */
  readonly onDamage?: (message: string) => void;
}

/**
 * SHA-256 of what decides a run (settings, data, encoders, key, code) and of
 * the format of checkpoints. Equal values with their names in another order
 * have another fingerprint: a run that could go on then starts afresh, never
 * the other way round.
 */
export function fingerprintOf(decides: Readonly<Record<string, unknown>>): string {
  return sha256(JSON.stringify({ checkpointFormat: format, ...decides }));
}

/**
 * Opens the checkpoints of one run in `folder`, which need not exist.
 *
 * A checkpoint is two safetensors files, `epoch-….safetensors` (θ, m, v, θ̄) and
 * `best-….safetensors` (θ̄ of the best epoch, written when there is a better
 * one), and `epoch-….json`, which has the fingerprint, the executor, the kinds of arithmetic by which
 * the run came about so far, the step, the history and the SHA-256 of both, and comes last. Every file is written under another name
 * and renamed, so that at any moment of a kill there is a whole checkpoint or
 * none. The last two are kept. One that is damaged all the same, or of another
 * run, is told to `onDamage` and the one before it is taken, or none.
 *
 * Epochs may be a fraction of a second: a checkpoint is written at the end of an
 * epoch, but not within `everySeconds` of the one before. So writing costs a
 * small share of the time however short the epochs are, and a kill loses
 * `everySeconds` and an epoch at most. When one is written changes no result.
 *
 * Several processes may make one run at a time, each from what it has found: equal runs write equal
 * files, each removes what is older than its own and leaves what is still being written, and all end
 * with the same bytes.
 *
 * Of a run that has ended `ended.safetensors` (θ̄ of the best epoch) and
 * `ended.json` are left. A part has a folder of its name in this one; a folder has either
 * checkpoints or parts.
 */
export function openCheckpoints(
  folder: string,
  options: CheckpointOptions,
): Checkpoints {
  const { arithmetic } = options;
  return checkpointsIn(folder, { ...options, by: madeBy(arithmetic ? [arithmetic] : []) });
}

function checkpointsIn(
  folder: string,
  options: CheckpointOptions & { readonly by: MadeBy },
): Checkpoints {
  const { by, fingerprint, everySeconds = 1, onDamage = () => {} } = options;
  let written = performance.now();
  let last: CheckpointRecord | undefined;
  return {
    async ended(size) {
      try {
        const { arithmetics, ...ended } = await readEnded(folder, { fingerprint, size });
        by.follow(arithmetics);
        return ended;
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        if (!(error instanceof RangeError)) throw error;
        onDamage(`${error.message}; training starts afresh`);
      }
    },
    async end({ best: { parameters, ...best }, history, executor }) {
      await Deno.mkdir(folder, { recursive: true });
      const file = await writeVectors(folder, "ended.safetensors", { parameters });
      const record: EndedRecord = { fingerprint, executor, ...by.told(), best, history, file };
      await writeWhole(join(folder, endedName), seal(record));
      await removeOthers(folder, [endedName, file.name]);
    },
    async load(size) {
      for (const name of await recordNames(folder)) {
        try {
          // Another maker of the run may have removed it since the folder was listed.
          const record = await ifThere(readRecord(join(folder, name), fingerprint));
          if (record === undefined) continue;
          const standing = await readStanding(folder, record, size);
          last = record;
          by.follow(record.arithmetics);
          return standing;
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          onDamage(`${error.message}; training goes on from an earlier epoch, or starts afresh`);
        }
      }
    },
    async save(standing) {
      if (performance.now() - written < everySeconds * 1000) return;
      await Deno.mkdir(folder, { recursive: true });
      const record = await writeStanding(folder, standing, {
        ...{ fingerprint, ...by.told(), last },
      });
      const recordName = `epoch-${padded(standing.history.length)}.json`;
      await writeWhole(join(folder, recordName), seal(record));
      await removeOthers(folder, [recordName, ...namesOf(record), ...last ? namesOf(last) : []]);
      last = record;
      written = performance.now();
    },
    part: (name) =>
      checkpointsIn(join(folder, name), {
        ...options,
        fingerprint: fingerprintOf({ fingerprint, part: name }),
      }),
    arithmetics: by.all,
  };
}

/** The kinds of arithmetic by which a run, and its parts, came about. */
interface MadeBy {
  /** Goes on with what came about by these. */
  follow(earlier: readonly Arithmetic[] | undefined): void;
  /** In the order of time. */
  all(): readonly Arithmetic[];
  /** The same for a record, if there are some. */
  told(): { readonly arithmetics?: readonly Arithmetic[] };
}

function madeBy(own: readonly Arithmetic[]): MadeBy {
  let all = own;
  const isOther = (one: Arithmetic) => (other: Arithmetic) =>
    one.kind !== other.kind || one.digest !== other.digest;
  return {
    follow(earlier = []) {
      all = [...earlier, ...all.filter((one) => earlier.every(isOther(one)))];
    },
    all: () => all,
    told: () => all.length > 0 ? { arithmetics: all } : {},
  };
}

/** A file by name and content. */
interface FileReference {
  readonly name: string;
  readonly sha256: string;
}

/** What `epoch-….json` says. */
interface CheckpointRecord {
  readonly fingerprint: string;
  /** As {@linkcode Standing.executor}. */
  readonly executor: Standing["executor"];
  /** By which the run came about so far, if it is known. */
  readonly arithmetics?: readonly Arithmetic[];
  readonly step: number;
  readonly best: { readonly epoch: number; readonly loss: number };
  readonly history: readonly Epoch[];
  readonly files: { readonly current: FileReference; readonly best: FileReference };
}

const endedName = "ended.json";

/** What `ended.json` says. */
interface EndedRecord
  extends Pick<CheckpointRecord, "fingerprint" | "executor" | "arithmetics" | "best" | "history"> {
  readonly file: FileReference;
}

async function readEnded(
  folder: string,
  { fingerprint, size }: { fingerprint: string; size: number },
): Promise<Ended & Pick<EndedRecord, "arithmetics">> {
  const { best, history, executor, arithmetics, file } = await readRecord<EndedRecord>(
    join(folder, endedName),
    fingerprint,
  );
  const { parameters } = await readVectors(folder, file, size, ["parameters"]);
  return { executor, ...arithmetics && { arithmetics }, best: { ...best, parameters }, history };
}

function namesOf({ history, files }: CheckpointRecord): string[] {
  return [`epoch-${padded(history.length)}.json`, files.current.name, files.best.name];
}

async function writeStanding(
  folder: string,
  { executor, state, average, step, best, history }: Standing,
  { fingerprint, arithmetics, last }: Pick<CheckpointRecord, "fingerprint" | "arithmetics"> & {
    readonly last: CheckpointRecord | undefined;
  },
): Promise<CheckpointRecord> {
  const current = await writeVectors(folder, `epoch-${padded(history.length)}.safetensors`, {
    ...state,
    average,
  });
  const { parameters, ...told } = best;
  const known = last?.best.epoch === best.epoch ? last.files.best : undefined;
  const bestFile = known ??
    await writeVectors(folder, `best-${padded(best.epoch)}.safetensors`, { parameters });
  const files = { current, best: bestFile };
  // The run's own history grows on; the record's must not.
  return {
    ...{ fingerprint, executor, ...arithmetics && { arithmetics } },
    ...{ step, best: told, history: [...history], files },
  };
}

async function readStanding(
  folder: string,
  { executor, step, best, history, files }: CheckpointRecord,
  size: number,
): Promise<Standing> {
  const current = await readVectors(folder, files.current, size, [
    "parameters",
    "first",
    "second",
    "average",
  ]);
  const { parameters } = await readVectors(folder, files.best, size, ["parameters"]);
  const { average, ...state } = current;
  return { executor, state, average, step, best: { ...best, parameters }, history };
}

async function writeVectors(
  folder: string,
  name: string,
  vectors: Readonly<Record<string, Float32Array>>,
): Promise<FileReference> {
  const arrays = Object.entries(vectors)
    .map(([name, data]): [string, NamedArray] => [name, { shape: [data.length], data }]);
  const bytes = writeSafetensors(Object.fromEntries(arrays));
  await writeWhole(join(folder, name), bytes);
  return { name, sha256: sha256(bytes) };
}

async function readVectors<Name extends string>(
  folder: string,
  { name, sha256: digest }: FileReference,
  size: number,
  wanted: readonly Name[],
): Promise<Record<Name, Float32Array>> {
  const path = join(folder, name);
  const bytes = await ifThere(Deno.readFile(path));
  const got = bytes ? sha256(bytes) : "no file";
  if (bytes === undefined || got !== digest) {
    throw new RangeError(`Cannot read "${path}": expected SHA-256 ${digest}, got ${got}`);
  }
  const { arrays } = readSafetensors(bytes, { path });
  for (const vector of wanted) {
    const found = arrays[vector];
    if (found?.data instanceof Float32Array && found.data.length === size) continue;
    throw new RangeError(
      `Cannot read "${path}": expected ${size} numbers "${vector}", got ${found?.data.length}`,
    );
  }
  return Object.fromEntries(wanted.map((vector) => [vector, arrays[vector]!.data])) as Record<
    Name,
    Float32Array
  >;
}

async function readRecord<Record extends { readonly fingerprint: string } = CheckpointRecord>(
  path: string,
  fingerprint: string,
): Promise<Record> {
  const record = unseal(await Deno.readTextFile(path), { path }) as Record;
  if (record.fingerprint !== fingerprint) {
    throw new RangeError(
      `Cannot go on from "${path}": expected the fingerprint ${fingerprint}, ` +
        `got ${record.fingerprint}: it is of another run`,
    );
  }
  return record;
}

/** The newest first. */
async function recordNames(folder: string): Promise<string[]> {
  const names = await namesIn(folder);
  return names.filter((name) => /^epoch-\d+\.json$/.test(name)).reverse();
}

// Records come first, so that a kill in between leaves files without a record, not the reverse. What
// is being written may be another maker's, who may remove what is listed here as well.
async function removeOthers(folder: string, kept: readonly string[]): Promise<void> {
  const others = (await namesIn(folder)).filter((name) => !kept.includes(name));
  const isRecord = (name: string) => Number(name.endsWith(".json"));
  for (const name of others.sort((a, b) => isRecord(b) - isRecord(a))) {
    const path = join(folder, name);
    if (isPartial(name) && !await isLeft(path)) continue;
    await ifThere(Deno.remove(path));
  }
}

/** Says whether nobody writes an unfinished file any more. */
async function isLeft(path: string): Promise<boolean> {
  const written = (await ifThere(Deno.stat(path)))?.mtime?.getTime() ?? Date.now();
  return Date.now() - written > partialLifeMs;
}

/** A record as JSON with one entry more, `sha256`, by which {@linkcode unseal} tells damage. */
export function seal(record: object): string {
  return JSON.stringify({ sha256: sha256(JSON.stringify(record)), ...record }) + "\n";
}

/**
 * Reads what {@linkcode seal} wrote. `path` names the file in errors.
 *
 * @throws {RangeError} It is no JSON, or not as it was written.
 */
export function unseal(text: string, { path }: { readonly path: string }): unknown {
  const { sha256: digest, ...record } = parseObject(text);
  const got = sha256(JSON.stringify(record));
  if (got === digest) return record;
  throw new RangeError(
    `Cannot read "${path}": expected content of SHA-256 ${digest}, got ${got}: the file is damaged`,
  );
}

// What is no JSON has no digest, and is told like what has a wrong one.
function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

// Names in the order of epochs.
function padded(epoch: number): string {
  return String(epoch).padStart(6, "0");
}
