/** Encodes a corpus: each sample once, by each encoder that has not seen it. @module */

import type { Sample } from "../datasets/sample.ts";
import type { Encoder, EncoderInput, Features, InputTransform } from "./encoder.ts";
import {
  type EncoderIdentity,
  type FeatureStore,
  type FeatureTable,
  setRow,
} from "./feature_store.ts";
import { loadInput } from "./load_input.ts";
import { digestRecipe } from "./model_folder.ts";

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
   * What becomes of the samples before they are encoded; nothing unless told. The features
   * are kept apart from those of the samples as they are, and of any other transform.
   */
  readonly transform?: InputTransform<EncoderInput>;
  /** Called after each batch. */
  readonly onProgress?: (progress: Progress) => void;
}

/** The features of a corpus. */
export interface EncodedCorpus {
  /** By encoder id; the rows are in the order of the samples. */
  readonly tables: Readonly<Record<string, FeatureTable>>;
  /** How many times an encoder met a sample in this call; 0 if the store had them all. */
  readonly encoded: number;
}

// A call of an encoder, and with it a step of the progress.
const batchSize = 64;
// What a killed run loses at most, and a file holds.
const samplesPerShard = 256;

/**
 * The features of all samples, from the store or else encoded and stored. Files
 * are read and decoded for the next batch while the encoders work on this one.
 *
 * @throws {RangeError} The modalities differ, two encoders have one id, or a sample can't be
 * encoded; the message says which. What was encoded before is in the store.
 */
export async function encodeCorpus(options: EncodeCorpusOptions): Promise<EncodedCorpus> {
  const { samples, encoders, store, transform, onProgress = () => {} } = options;
  assertFit(samples, encoders);
  const hashes = samples.map(({ hash }) => hash);
  const jobs = await Promise.all(encoders.map(async (encoder): Promise<Job> => {
    const identity = identify(encoder, transform);
    const { table, missing } = await store.read(identity, hashes);
    return { encoder, identity, table, missing: new Set(missing), pending: [] };
  }));
  const todo = [...new Set(jobs.flatMap(({ missing }) => [...missing]))].sort(byLength(samples));
  const rowsOfHash = Map.groupBy(samples.keys(), (i) => hashes[i]!);

  let encoded = 0;
  const run = async (job: Job, batch: readonly Loaded[]) => {
    const { encoder, table, missing, pending } = job;
    const part = batch.filter(({ index }) => missing.has(index));
    const features = await encode(encoder, part, samples);
    part.forEach(({ index }, i) => {
      const hash = hashes[index]!;
      for (const row of rowsOfHash.get(hash)!) setRow(table, row, features[i]!);
      pending.push({ hash, features: features[i]! });
    });
    encoded += part.length;
    if (pending.length >= samplesPerShard) await flush(job);
  };
  const flush = async ({ identity, pending }: Job) => {
    if (pending.length > 0) await store.write(identity, pending.splice(0));
  };
  const running = jobs.filter(({ missing }) => missing.size > 0).map(({ encoder }) => encoder.id);
  try {
    const load = (first: number) =>
      loadBatch(samples, todo.slice(first, first + batchSize), transform);
    let next = load(0);
    for (let first = 0; first < todo.length; first += batchSize) {
      const batch = await next;
      next = load(first + batchSize);
      next.catch(() => {}); // Awaited in the next round, which reports it.
      for (const job of jobs) await run(job, batch);
      const done = Math.min(first + batchSize, todo.length);
      onProgress({ encoders: running, done, total: todo.length });
    }
  } finally {
    for (const job of jobs) await flush(job);
  }
  return {
    tables: Object.fromEntries(jobs.map(({ encoder, table }) => [encoder.id, table])),
    encoded,
  };
}

interface Job {
  readonly encoder: Encoder<EncoderInput>;
  /** What its features are kept under. */
  readonly identity: EncoderIdentity;
  readonly table: FeatureTable;
  /** Indices of samples: the first of each hash that the store lacks. */
  readonly missing: ReadonlySet<number>;
  /** Encoded and not yet written. */
  readonly pending: { readonly hash: string; readonly features: Features }[];
}

interface Loaded {
  readonly index: number;
  readonly input: EncoderInput;
}

// To the store a transform is a part of its encoder. Without one the digest stays the encoder's,
// and what was stored before is found.
function identify(
  { digest, shapes }: Encoder<EncoderInput>,
  transform: InputTransform<EncoderInput> | undefined,
): EncoderIdentity {
  if (transform === undefined) return { digest, shapes };
  return { digest: digestRecipe(digest, { transform: transform.id }), shapes };
}

function loadBatch(
  samples: readonly Sample[],
  indices: readonly number[],
  transform: InputTransform<EncoderInput> | undefined,
): Promise<Loaded[]> {
  return Promise.all(indices.map(async (index) => {
    const sample = samples[index]!;
    const input = await loadInput(sample, { transform }).catch((error) => fail(sample, error));
    return { index, input };
  }));
}

/** One call for the batch; if it fails, one for each sample, to find which. */
async function encode(
  encoder: Encoder<EncoderInput>,
  batch: readonly Loaded[],
  samples: readonly Sample[],
): Promise<Features[]> {
  try {
    return await encoder.encode(batch.map(({ input }) => input));
  } catch (error) {
    for (const { index, input } of batch) {
      await encoder.encode([input]).catch((error) => fail(samples[index]!, error));
    }
    throw error;
  }
}

function fail({ id, modality }: Sample, cause: unknown): never {
  const message = cause instanceof Error ? cause.message : String(cause);
  throw new RangeError(`Cannot encode ${modality} "${id}": ${message}`, { cause });
}

// Messages of like length share a batch, so that little of it is padding.
function byLength(samples: readonly Sample[]): (a: number, b: number) => number {
  const length = ({ source }: Sample) => "text" in source ? source.text.length : 0;
  return (a, b) => length(samples[a]!) - length(samples[b]!) || a - b;
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
