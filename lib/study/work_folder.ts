/** What an unfinished command has got so far: ended jobs, and fits, ended or under way. @module */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { ifThere, removeIfThere, writeWhole } from "../files.ts";
import { type CheckpointOptions, fingerprintOf, seal, unseal } from "../training/checkpoint.ts";
import type { Executor } from "../compile/mod.ts";
import { type CorpusFeatures, eachRow } from "../systems/features.ts";
import { copiesOfRows } from "../systems/noisy_copies.ts";
import { digestOf, fitOf, inBrief } from "./fit_key.ts";
import type { Job, Outcome } from "./job.ts";
import { assertNoParts, markPart, type Pulse } from "./part_marks.ts";
import { recent } from "./recent.ts";
import { isScratchSystem } from "./scratch_systems.ts";

/** A folder beside the result, there from the first job until the result is written. */
export interface WorkFolder {
  /** Its path. */
  readonly folder: string;
  /** The executor that work of the same `decides` began on, if there is some. */
  begun(): Promise<Executor | undefined>;
  /** Keeps on which one it begins. */
  begin(executor: Executor): Promise<void>;
  /** What an earlier run has kept of a job that ended. */
  outcome(job: Job): Promise<Outcome | undefined>;
  /** Keeps what came out of a job, and returns it to go on with: its verdicts may be read again. */
  keep(outcome: Outcome): Promise<Outcome>;
  /**
   * Where the fit of a job to `features` has its checkpoints, and how they are opened. Jobs that
   * differ in their exams and names alone, and learn from the same rows, have one fit: whichever is
   * run first trains, the others ask.
   */
  checkpoints(job: Job, features: CorpusFeatures): JobCheckpoints;
  /** Removes everything, what runs of other settings have left included. */
  remove(): Promise<void>;
  /** Lets go of the folder. */
  close(): Promise<void>;
}

/** What `openCheckpoints` is called with for a job. */
export type JobCheckpoints = Omit<CheckpointOptions, "arithmetic" | "onDamage"> & {
  readonly folder: string;
};

/** What a work folder is opened with. */
export interface WorkOptions {
  /** All that decides every job's outcome: data, encoders, settings, code. */
  readonly decides: Readonly<Record<string, unknown>>;
  /** Least time between two checkpoints of a job, as `openCheckpoints` has it. */
  readonly everySeconds?: number;
  /** Who opens it; by default the one that makes what is missing, and removes it in the end. */
  readonly as?: WorkerKind | undefined;
  /** Most characters of verdicts that are in memory, beside those that are used. @default 32 million */
  readonly mostHeld?: number;
  /** The signs of life of parts. */
  readonly pulse?: Pulse;
  /** Told of files that can't be used, and of another run to wait for. */
  readonly onMessage?: (message: string) => void;
}

/**
 * - `collector`: holds the folder's lock, and begins when no part is at work;
 * - a part, such as `3/9`: one of several processes, of which each keeps what it makes, and removes
 *   nothing of another. It holds no lock: a lock of files is none between hosts;
 * - `reader`: only looks for what is there.
 */
export type WorkerKind = "collector" | "reader" | { readonly part: string };

/**
 * Opens `folder`, or makes it. A job is found again by a fingerprint of
 * `decides` and of the job itself, so that one of other settings, data, code or
 * split is never taken for it; seeds may be added between runs.
 *
 * One process works in a folder at a time, or the parts of a command: another of its machine waits for
 * its end, or its death, which lets go of the lock.
 *
 * @throws {Error} A part is at work where a collector opens the folder.
 */
export async function openWorkFolder(
  folder: string,
  { decides, as = "collector", mostHeld = 32e6, pulse, onMessage = () => {}, ...interval }:
    WorkOptions,
): Promise<WorkFolder> {
  const letGo = await take(folder, as, { ...pulse, onMessage });
  const fingerprints = new WeakMap<Job, string>();
  const fingerprint = (job: Job) => {
    const known = fingerprints.get(job) ?? fingerprintOf({ ...decides, job: inBrief(job) });
    fingerprints.set(job, known);
    return known;
  };
  const begunPath = join(folder, `executor-${fingerprintOf(decides).slice(0, 16)}.json`);
  const path = (job: Job) => join(folder, `${job.name}-${fingerprint(job).slice(0, 16)}.json`);
  const placeOf = (job: Job) => ({ path: path(job), job, fingerprint: fingerprint(job) });
  // The verdicts of ten thousand jobs would fill the memory.
  const lately = recent<Outcome["verdicts"]>(mostHeld);
  // A function of its own: what reads again must not keep what was read.
  const withoutVerdicts = (told: Omit<Outcome, "verdicts">, length: number): Outcome => {
    const place = placeOf(told.job);
    const later: Outcome = {
      ...told,
      get verdicts() {
        const read = () => readOutcome(Deno.readTextFileSync(place.path), place).verdicts;
        return lately.get(later, read, length);
      },
    };
    return later;
  };
  const readLater = ({ verdicts, ...told }: Outcome, length: number): Outcome => {
    const later = withoutVerdicts(told, length);
    lately.get(later, () => verdicts, length);
    return later;
  };
  return {
    folder,
    async begun() {
      const text = await ifThere(Deno.readTextFile(begunPath));
      if (text === undefined) return undefined;
      return (unseal(text, { path: begunPath }) as { executor: Executor }).executor;
    },
    async begin(executor) {
      if (as === "reader") return;
      await writeWhole(begunPath, new TextEncoder().encode(seal({ executor })));
    },
    async outcome(job) {
      try {
        const text = await Deno.readTextFile(path(job));
        return readLater(readOutcome(text, placeOf(job)), text.length);
      } catch (error) {
        if (error instanceof RangeError) onMessage(`${error.message}; the job is run again`);
        else if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    },
    async keep(outcome) {
      const { job, verdicts } = outcome;
      // JSON has no NaN: such a job is run again rather than read back as something else.
      if (!verdicts.every(({ scores }) => Array.from(scores).every(Number.isFinite))) {
        return outcome;
      }
      const text = outcomeToJson(outcome, fingerprint(job));
      await writeWhole(path(job), new TextEncoder().encode(text));
      return readLater(outcome, text.length);
    },
    checkpoints(job, features) {
      const rows = rowsDigest(features, job);
      const fingerprint = fingerprintOf({ ...decides, fit: inBrief(fitOf(job)), rows });
      return { folder: join(folder, "fits", fingerprint.slice(0, 32)), fingerprint, ...interval };
    },
    remove: () => removeIfThere(folder),
    close: letGo,
  };
}

// Rows are large, and the same for many jobs.
const digests = new WeakMap<CorpusFeatures, WeakMap<Job["split"], Map<string, string>>>();

/** SHA-256 of the labels and features that a job's fit may read: its training and validation rows. */
function rowsDigest(
  features: CorpusFeatures,
  { system, split, present, neutral, noisy }: Job,
): string {
  const ofFeatures = digests.get(features) ?? new WeakMap<Job["split"], Map<string, string>>();
  digests.set(features, ofFeatures);
  const known = ofFeatures.get(split) ?? new Map<string, string>();
  ofFeatures.set(split, known);
  // CLIP's table is for systems of its name, and not always there.
  const isRead = (table: string) => table !== "clip" || system.startsWith("CLIP");
  const readsEmotions = isScratchSystem(system);
  const readsGroups = system === "Residual fusion (ours)";
  const reads = { isRead, readsEmotions, readsGroups };
  const name = [
    ...[...present, isRead("clip"), readsEmotions, readsGroups],
    ...[neutral, noisy].map((rows) => rows ? digestOf(rows) : ""),
  ].join();
  const digest = known.get(name) ??
    hashRows(features, { split, present, neutral, noisy, ...reads });
  known.set(name, digest);
  return digest;
}

type RowsRead = Pick<Job, "split" | "present" | "neutral" | "noisy">;

function hashRows(
  features: CorpusFeatures,
  { split, present, neutral = {}, noisy, isRead, readsEmotions, readsGroups }: RowsRead & {
    readonly isRead: (table: string) => boolean;
    readonly readsEmotions: boolean;
    readonly readsGroups: boolean;
  },
): string {
  const hash = createHash("sha256");
  for (const m of present) {
    const { labels, emotions, groups, tables } = features[m];
    const own = [...split[m].train, ...split[m].validation];
    const rows = [...own, ...neutral[m] ?? [], ...copiesOfRows(noisy, m, own)];
    hash.update(`${m} ${rows.map((row) => labels[row]).join("")}\n`);
    if (readsEmotions) hash.update(`${rows.map((row) => emotions?.[row] ?? "").join("\n")}\n`);
    if (readsGroups) hash.update(`${rows.map((row) => groups?.[row] ?? "").join("\n")}\n`);
    for (const [name, table] of Object.entries(tables)) {
      if (!isRead(name)) continue;
      hash.update(`${name} ${table.shape.slice(1)}\n`);
      for (const row of eachRow(table, rows)) hash.update(row);
    }
  }
  return hash.digest("hex");
}

// The job is not written: whoever asks for it has it, and the fingerprint says that it is the same.
function outcomeToJson(
  { verdicts, record, seconds, megabytes }: Outcome,
  fingerprint: string,
): string {
  return seal({
    fingerprint,
    seconds,
    megabytes,
    record,
    verdicts: verdicts.map(({ rows, labels, scores, inspected, ...verdict }) => ({
      ...verdict,
      rows: Object.fromEntries(Object.entries(rows).map(([m, own]) => [m, Array.from(own)])),
      labels: Array.from(labels),
      scores: Array.from(scores),
      ...inspected && {
        inspected: Object.fromEntries(
          Object.entries(inspected).map(([name, { width, values }]) => [
            name,
            { width, values: Array.from(values) },
          ]),
        ),
      },
    })),
  });
}

function readOutcome(
  text: string,
  { path, job, fingerprint }: { path: string; job: Job; fingerprint: string },
): Outcome {
  const found = unseal(text, { path }) as Omit<Outcome, "job"> & { fingerprint: string };
  if (found.fingerprint !== fingerprint) {
    throw new RangeError(
      `Cannot read "${path}": expected the fingerprint ${fingerprint}, got ${found.fingerprint}`,
    );
  }
  const { fingerprint: _, ...outcome } = found;
  return { job, ...outcome };
}

/** Takes a folder in the way of its opener; the answer lets go of it. */
async function take(
  folder: string,
  as: WorkerKind,
  { onMessage, ...pulse }: Pulse & { readonly onMessage: (message: string) => void },
): Promise<() => Promise<void>> {
  if (as === "reader") return () => Promise.resolve();
  if (as !== "collector") {
    const mark = await markPart(folder, as.part, pulse);
    return () => mark.end();
  }
  const lock = await lockFolder(folder, onMessage);
  const letGo = () => Promise.resolve(lock.close());
  try {
    await assertNoParts(folder, { ...pulse, onMessage });
  } catch (error) {
    await letGo();
    throw error;
  }
  return letGo;
}

async function lockFolder(
  folder: string,
  onMessage: (message: string) => void,
): Promise<Deno.FsFile> {
  const path = join(folder, "lock");
  for (;;) {
    await Deno.mkdir(folder, { recursive: true });
    const file = await Deno.open(path, { create: true, write: true });
    if (!await file.tryLock(true)) {
      onMessage(`waiting for another run, which works in ${folder}`);
      await file.lock(true);
    }
    // Whoever had the lock may have removed the folder: a lock on a file that is gone keeps nobody out.
    if (await isAt(file, path)) return file;
    file.close();
  }
}

async function isAt(file: Deno.FsFile, path: string): Promise<boolean> {
  const there = await ifThere(Deno.stat(path));
  return there !== undefined && there.ino === (await file.stat()).ino;
}
