/** Encodes a corpus: each sample once, by each encoder that has not seen it. @module */

import { mapBounded } from "../files.ts";
import type { Sample } from "../datasets/sample.ts";
import {
  type Attempt,
  type BatchAnswer,
  type BatchRequest,
  type BatchRunner,
  type BatchWork,
  failedOf,
  runHere,
  wholeOf,
} from "./encode_batch.ts";
import type { Encoder, EncoderInput, Extent, Features, InputTransform } from "./encoder.ts";
import type { FeatureStore } from "./feature_store.ts";
import { copyRow, type EncoderIdentity, type FeatureTable } from "./shard.ts";
import {
  packExtent,
  type StoredIdentities,
  storedIdentities,
  unpackExtent,
} from "./stored_extents.ts";

/** How far the work is. */
export interface Progress {
  /** The encoders that run, by id. */
  readonly encoders: readonly string[];
  /** Samples encoded in this call. */
  readonly done: number;
  /** Samples that the store lacked at its beginning. */
  readonly total: number;
}

/** What to encode, by what, and where to keep it. */
export interface EncodeCorpusOptions {
  /** Of one modality. */
  readonly samples: readonly Sample[];
  /** Of the samples' modality, each with its own id. A sample is read once for all of them. */
  readonly encoders: readonly Encoder<EncoderInput>[];
  /** Where features are kept. */
  readonly store: FeatureStore;
  /**
   * What becomes of the samples before they are encoded; nothing by default. The features
   * are kept apart from those of the samples as they are, and of any other transform.
   */
  readonly transform?: InputTransform<EncoderInput>;
  /**
   * Who runs batches of these encoders, of `count` samples in all; by default, and where it gives none,
   * this thread.
   */
  readonly runner?: ((work: BatchWork, count: number) => BatchRunner | undefined) | undefined;
  /**
   * Whether the features come back; if not, they stay in the store, and no more of them than a batch is
   * in memory. @default true
   */
  readonly holds?: boolean;
  /** Called after each batch. */
  readonly onProgress?: (progress: Progress) => void;
  /**
   * Told of each sample that can't be read or encoded, which is then left out; without it, the
   * first is thrown.
   */
  readonly onFailure?: (failure: EncodingFailure) => void;
}

/** A sample that has no features. */
export interface EncodingFailure {
  /** As given. */
  readonly sample: Sample;
  /** Names the sample, and its file if it is one. */
  readonly error: Error;
}

/** The features of a corpus. */
export interface EncodedCorpus {
  /** By encoder id; the rows are in the order of the samples. None if they stay in the store. */
  readonly tables: Readonly<Record<string, FeatureTable>>;
  /** By encoder id, what the store keeps the features under. */
  readonly identities: Readonly<Record<string, StoredIdentities>>;
  /**
   * By encoder id, how much of each sample was taken in; of an encoder that does not tell, and of
   * samples that were left out, undefined.
   */
  readonly extents: Readonly<Record<string, readonly (Extent | undefined)[]>>;
  /** How many times an encoder met a sample in this call; 0 if the store had them all. */
  readonly encoded: number;
  /** Indices of the samples that were left out, ascending; their rows mean nothing. */
  readonly failed: readonly number[];
}

// A call of an encoder, a step of the progress, a file of the store until it is packed, and what a killed
// run loses at most.
const batchSize = 64;

/**
 * The features of all samples, from the store or else encoded and stored, batch by batch in an order
 * that is that of one runner or another. Then the store is packed, if there are many small files.
 *
 * @throws {RangeError} The modalities differ, two encoders have one id, or a sample can't be
 * encoded and there is no `onFailure`; the message says which. What was encoded before is in the
 * store.
 */
export async function encodeCorpus(options: EncodeCorpusOptions): Promise<EncodedCorpus> {
  const { samples, encoders, store, transform, holds = true, onFailure } = options;
  const { onProgress = () => {} } = options;
  assertFit(samples, encoders);
  const hashes = samples.map(({ hash }) => hash);
  const rowsOfHash = Map.groupBy(samples.keys(), (i) => hashes[i]!);
  const rowsOf = (index: number) => rowsOfHash.get(hashes[index]!)!;
  const corpus = { hashes, rowsOf, store, holds };
  const jobs = await Promise.all(
    encoders.map((encoder) => openJob(encoder, storedIdentities(encoder, transform), corpus)),
  );
  const todo = await byLength(
    [...new Set(jobs.flatMap(({ missing, unseen }) => [...missing, ...unseen]))]
      .sort((a, b) => a - b),
    samples,
  );

  let encoded = 0;
  const failed = new Set<number>();
  const leaveOut = (index: number, cause: unknown) => {
    if (failed.has(index)) return;
    const failures = rowsOf(index).map((row) => failureOf(samples[row]!, cause));
    if (onFailure === undefined) throw failures[0]!.error;
    for (const row of rowsOf(index)) failed.add(row);
    failures.forEach(onFailure);
  };
  const keep = async (job: Job, done: readonly { index: number; value: Features }[]) => {
    const { identities, table, extents } = job;
    for (const [long, some] of Map.groupBy(done, ({ index }) => isLong(extents[index]))) {
      const identity = long ? identities.long! : identities.short;
      const stored = await store.write(
        identity,
        some.map(({ index, value }) => ({ hash: hashes[index]!, features: value })),
      );
      some.forEach(({ index }, row) => {
        if (!table) return;
        for (const to of rowsOf(index)) copyRow({ table: stored, row }, { table, row: to });
      });
    }
    for (const { index } of done) job.missing.delete(index);
    encoded += done.length;
  };
  const take = async (batch: readonly number[], { unread, answers }: BatchAnswer) => {
    const indexed = <Value>(attempts: readonly Attempt<Value>[]) =>
      wholeOf(attempts).map(({ place, value }) => ({ index: batch[place]!, value }));
    const refuse = (attempts: readonly Attempt<unknown>[]) => {
      for (const { place, error } of failedOf(attempts)) leaveOut(batch[place]!, error);
    };
    refuse(unread);
    for (const [i, { inspected, encoded }] of answers.entries()) {
      const job = jobs[i]!;
      await keepExtents(job, indexed(inspected), corpus);
      refuse(inspected);
      refuse(encoded);
      await keep(job, indexed(encoded).filter(({ index }) => job.missing.has(index)));
    }
  };
  const running = jobs.filter(({ missing, unseen }) => missing.size + unseen.size > 0).map((
    { encoder },
  ) => encoder.id);
  const runner = options.runner?.({ encoders, transform }, todo.length) ??
    runHere({ encoders, transform });
  const begin = (batch: readonly number[]) => runner.begin(requestOf(batch, { samples, jobs }));
  const batches = Array.from(
    { length: Math.ceil(todo.length / batchSize) },
    (_, i) => todo.slice(i * batchSize, (i + 1) * batchSize),
  );
  const begun = batches.slice(0, runner.lanes).map(begin);
  let done = 0;
  for (const [i, batch] of batches.entries()) {
    const answer = await begun.shift()!();
    const next = batches[i + runner.lanes];
    if (next) begun.push(begin(next));
    await take(batch, answer);
    // Long ones of which the store has no more than the first window.
    const late = batch.filter((index) =>
      !failed.has(index) && jobs.some(({ missing }) => missing.has(index))
    );
    if (late.length > 0) await take(late, await begin(late)());
    done += batch.length;
    onProgress({ encoders: running, done, total: todo.length });
  }
  for (const { identities: { short, long, extents } } of jobs) {
    for (const identity of [short, long, extents]) if (identity) await store.pack(identity);
  }
  return {
    tables: Object.fromEntries(
      jobs.flatMap(({ encoder, table }) => table ? [[encoder.id, table]] : []),
    ),
    identities: Object.fromEntries(jobs.map(({ encoder, identities }) => [encoder.id, identities])),
    extents: Object.fromEntries(jobs.map(({ encoder, extents }) => [encoder.id, extents])),
    encoded,
    failed: [...failed].sort((a, b) => a - b),
  };
}

/** Of a batch, what the store lacks. */
function requestOf(
  batch: readonly number[],
  { samples, jobs }: { readonly samples: readonly Sample[]; readonly jobs: readonly Job[] },
): BatchRequest {
  const places = (of: ReadonlySet<number>) =>
    batch.flatMap((index, place) => of.has(index) ? [place] : []);
  return {
    samples: batch.map((index) => samples[index]!),
    wanted: jobs.map(({ missing, unseen, extents }) => ({
      inspect: places(unseen).filter((place) => extents[batch[place]!] === undefined),
      encode: places(missing),
    })),
  };
}

interface Job {
  readonly encoder: Encoder<EncoderInput>;
  readonly identities: StoredIdentities;
  /** Absent where the features stay in the store. */
  readonly table: FeatureTable | undefined;
  /** Indices of samples: the first of each hash that the store lacks. */
  readonly missing: Set<number>;
  /** Of each sample, as far as it is known. */
  readonly extents: (Extent | undefined)[];
  /** Indices of samples whose extent has to be asked for: the first of each hash. */
  readonly unseen: ReadonlySet<number>;
}

/** The samples of a call, and where their features are kept. */
interface Stored {
  readonly hashes: readonly string[];
  /** All samples of the same hash. */
  readonly rowsOf: (index: number) => readonly number[];
  readonly store: FeatureStore;
  readonly holds: boolean;
}

/** What the store has of samples, and what it lacks; the rows only where they are to be held. */
function lookUp(
  { store, holds }: Pick<Stored, "store" | "holds">,
  encoder: EncoderIdentity,
  hashes: readonly string[],
): Promise<{ readonly table?: FeatureTable; readonly missing: readonly number[] }> {
  return holds ? store.read(encoder, hashes) : store.find(encoder, hashes);
}

async function openJob(
  encoder: Encoder<EncoderInput>,
  identities: StoredIdentities,
  corpus: Stored,
): Promise<Job> {
  const { hashes, rowsOf, store } = corpus;
  const { table, missing } = await lookUp(corpus, identities.short, hashes);
  const extents = new Array<Extent | undefined>(hashes.length).fill(undefined);
  const job = { encoder, identities, table, missing: new Set(missing), extents };
  if (identities.extents === undefined) return { ...job, unseen: new Set() };
  const known = await store.read(identities.extents, hashes);
  const unseen = new Set(known.missing);
  hashes.forEach((_, i) => {
    if (!unseen.has(rowsOf(i)[0]!)) extents[i] = unpackExtent(known.table, i);
  });
  const first = [...hashes.keys()].filter((i) => rowsOf(i)[0] === i);
  await takeLong(job, first.filter((i) => isLong(extents[i])), corpus);
  return { ...job, unseen };
}

function isLong(extent: Extent | undefined): boolean {
  return extent !== undefined && extent.windows > 1;
}

/** Rows of long samples: what was stored of their first window alone is not taken for them. */
async function takeLong(
  { identities: { long }, table, missing }: Omit<Job, "unseen">,
  indices: readonly number[],
  { hashes, rowsOf, ...stored }: Stored,
): Promise<void> {
  if (long === undefined || indices.length === 0) return;
  const found = await lookUp(stored, long, indices.map((i) => hashes[i]!));
  indices.forEach((index, row) => {
    if (found.missing.includes(row)) return missing.add(index);
    missing.delete(index);
    if (!(table && found.table)) return;
    for (const to of rowsOf(index)) copyRow({ table: found.table, row }, { table, row: to });
  });
}

/** Keeps the extents of a batch. */
async function keepExtents(
  job: Job,
  found: readonly { readonly index: number; readonly value: Extent }[],
  corpus: Stored,
): Promise<void> {
  if (found.length === 0) return;
  const { identities, extents } = job;
  for (const { index, value } of found) {
    for (const row of corpus.rowsOf(index)) extents[row] = value;
  }
  await corpus.store.write(
    identities.extents!,
    found.map(({ index, value }) => ({ hash: corpus.hashes[index]!, features: packExtent(value) })),
  );
  await takeLong(job, found.filter(({ value }) => isLong(value)).map(({ index }) => index), corpus);
}

function failureOf(sample: Sample, cause: unknown): EncodingFailure {
  const { id, modality, source } = sample;
  const message = cause instanceof Error ? cause.message : String(cause);
  // What an encoder throws knows the sample's numbers and not always its file.
  const place = "path" in source && !message.includes(source.path) ? ` (${source.path})` : "";
  const error = new RangeError(`Cannot encode ${modality} "${id}"${place}: ${message}`, { cause });
  return { sample, error };
}

/**
 * The indices, so that messages of like length share a batch, and clips of like duration, of which
 * the size of the file is a measure: calls of a network are for one length, and there are few then.
 */
async function byLength(indices: readonly number[], samples: readonly Sample[]): Promise<number[]> {
  const lengths = await mapBounded(indices, async (index) => {
    const { modality, source } = samples[index]!;
    if ("text" in source) return source.text.length;
    if (modality === "image") return 0;
    // What can't be found now can't be read either, and that is where it is told.
    return (await Deno.stat(source.path).catch(() => undefined))?.size ?? 0;
  });
  const order = [...indices.keys()].sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  return order.map((i) => indices[i]!);
}

function assertFit(
  samples: readonly Sample[],
  encoders: readonly Encoder<EncoderInput>[],
): void {
  const ids = encoders.map(({ id }) => id);
  if (new Set(ids).size < ids.length) {
    throw new RangeError(
      `Cannot encode: expected encoders of different ids, got ${ids.join(", ")}`,
    );
  }
  const modalities = new Set([...samples, ...encoders].map(({ modality }) => modality));
  if (modalities.size > 1) {
    throw new RangeError(
      `Cannot encode: expected samples and encoders of one modality, ` +
        `got ${[...modalities].join(", ")}`,
    );
  }
}
