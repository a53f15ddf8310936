/** Samples of all modalities, encoded side by side. @module */

import type { Sample } from "../datasets/mod.ts";
import {
  type Clip,
  type ClipEncoders,
  countInputs,
  describeInputCounts,
  encodeCorpus,
  type Encoder,
  type EncoderInput,
  type Encoders,
  type Extent,
  type FeatureStore,
  type ImageFile,
  type InputTransform,
} from "../encoders/mod.ts";
import { leastExtent, wholeExtent } from "../encoders/input_counts.ts";
import type { QualityEncoders } from "../encoders/quality.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { type CorpusFeatures, eachRow, gather, type Table } from "../systems/features.ts";
import { type EncodingPool, encodingPool } from "./encoding_pool.ts";
import { type FeatureMemory, openEncoded, shareInMemory } from "./feature_memory.ts";

/** A sample that a run has left out, since it can't be read or encoded. */
export interface Failure {
  /** Whose sample. */
  readonly modality: Modality;
  /** The sample's in its corpus. */
  readonly id: string;
  /** Its file, if it is one. */
  readonly path?: string;
  /** What was wanted and what was there. */
  readonly reason: string;
}

/** What becomes of the samples of a modality before they are encoded. */
export interface Transforms {
  /** Of messages. */
  readonly text?: InputTransform<string>;
  /** Of image files. */
  readonly image?: InputTransform<ImageFile>;
  /** Of clips at 16 kHz. */
  readonly audio?: InputTransform<Clip>;
}

/** By what to encode, and where features are kept. */
export interface EncodeSamplesOptions {
  readonly encoders: Encoders;
  /** CLIP, for a table `clip` `[N, 1, width]` of each modality; no such tables by default. */
  readonly clip?: ClipEncoders;
  /** Measures of the signal, for a table `quality` `[N, q]` of each modality; no such tables by default. */
  readonly quality?: QualityEncoders;
  readonly store: FeatureStore;
  /** A transform is reported by another round over its modality. */
  readonly onProgress: (m: Modality, done: number, total: number) => void;
  /** Modalities without one stay clean. */
  readonly transforms?: Transforms;
  /** The samples to transform, by their place in `samples`; all of a modality by default. */
  readonly indices?: Partial<Readonly<Record<Modality, readonly number[]>>>;
  /** When features stay in the store, if some may; all are in memory by default. */
  readonly storing?: FeatureMemory | undefined;
  /** How many workers encode side by side; by default this thread does it. */
  readonly workers?: number | undefined;
  /**
   * Told of each sample that can't be read or encoded, which is then left out. Without it the first
   * is thrown, and so is one that only fails after its transform.
   */
  readonly onFailure?: ((failure: Failure) => void) | undefined;
}

/** What became of samples. */
export interface EncodedSamples {
  /** All but those that failed, in their order: splits have to be of these. */
  readonly samples: Readonly<Record<Modality, readonly Sample[]>>;
  /** A row for each of `samples`. */
  readonly features: CorpusFeatures;
  /**
   * How much of each sample the encoders take in, before any transform: of a clip, the one that takes
   * in least.
   */
  readonly extents: Extents;
  /** How many times an encoder has met a sample; 0 if the store had them all. */
  readonly encoded: number;
}

/** How much encoders take in of the samples, by modality, in their order. */
export type Extents = Readonly<Record<Modality, readonly Extent[]>>;

/** Says what of the samples was long, cut, unknown or empty, a line a matter. */
export function tellExtents(extents: Extents, tell: (line: string) => void): void {
  describeInputCounts(byModality((m) => countInputs(extents[m]))).forEach((line) => tell(line));
}

/**
 * Encodes the samples, or finds their features in the store. Rows stay in the order of the
 * samples; those not transformed are the clean ones.
 *
 * @throws {RangeError} A sample can't be encoded or has features already, an index is none of its modality's, or samples
 * that failed are to be transformed.
 */
export async function encodeSamples(
  samples: Readonly<Record<Modality, readonly Sample[]>>,
  options: EncodeSamplesOptions,
): Promise<EncodedSamples> {
  const { workers = 1 } = options;
  const pool = encodingPool(workers);
  try {
    return await encodeIn(pool, samples, options);
  } finally {
    pool.end();
  }
}

async function encodeIn(
  pool: EncodingPool,
  samples: Readonly<Record<Modality, readonly Sample[]>>,
  options: EncodeSamplesOptions,
): Promise<EncodedSamples> {
  const { onProgress, transforms = {}, indices = {}, onFailure } = options;
  let encoded = 0;
  let reported: Modality | undefined;
  let stopped: Error | undefined;
  const progress: { [M in Modality]?: readonly [done: number, total: number] } = {};
  const kept: Record<Modality, readonly Sample[]> = { ...samples };
  const tables: Partial<Record<Modality, Readonly<Record<string, Table>>>> = {};
  const extents: Record<Modality, readonly Extent[]> = { text: [], image: [], audio: [] };
  const share = Object.keys(transforms).length > 0
    ? 1
    : shareInMemory(samples, byModality((m) => encodersFor(m, options)), options.storing);
  const encodeModality = async (m: Modality) => {
    assertToEncode(m, samples[m]);
    const failures: Failure[] = [];
    const encode = async (
      some: readonly Sample[],
      more: Pick<EncodeSome, "transform" | "onFailure">,
    ) => {
      const made = await encodeSome(some, {
        ...{ ...options, ...more, modality: m, pool, share },
        onProgress(done, total) {
          if (stopped) throw stopped;
          progress[m] = [done, total];
          if (m === reported) onProgress(m, done, total);
        },
      });
      encoded += made.encoded;
      return made;
    };
    const made = await encode(samples[m], {
      onFailure: onFailure && ((failure) => void failures.push(failure)),
    });
    ({ samples: kept[m], tables: tables[m], extents: extents[m] } = made);
    const transform = transforms[m] as InputTransform<EncoderInput> | undefined;
    if (transform === undefined) return failures;
    assertNoneFailed(kept[m], samples[m], m);
    const rows = indices[m] ?? [...samples[m].keys()];
    const some = rows.map((row) => sampleAt(samples[m], row, m));
    const changed = await encode(some, { transform, onFailure: undefined });
    tables[m] = replaceRows(made.tables, rows, changed.tables);
    return failures;
  };
  // Speech keeps one core busy, images the others: they are encoded side by side, and told of in
  // turn. One that fails stops the others.
  const running = byModality((m) =>
    encodeModality(m).catch((error) => {
      stopped ??= error;
      throw error;
    })
  );
  const ended = Promise.allSettled(Object.values(running));
  try {
    for (const m of modalities) {
      reported = m;
      if (progress[m]) onProgress(m, ...progress[m]);
      for (const failure of await running[m]) onFailure?.(failure);
    }
  } finally {
    await ended;
  }
  const features = byModality((m) => ({
    tables: tables[m]!,
    labels: kept[m].map(({ label }) => label),
    emotions: kept[m].map(({ emotion }) => emotion),
    groups: kept[m].map(({ group }) => group),
    ...kept[m].some(({ weight }) => weight !== undefined) &&
      { weights: kept[m].map(({ weight = 1 }) => weight) },
    ...m === "text" && { texts: kept[m].map(textOf) },
  }));
  return { samples: kept, features, extents, encoded };
}

/** Samples of one modality behind a transform, and what encodes them. */
export interface ChangedSamples
  extends Pick<EncodeSamplesOptions, "encoders" | "quality" | "store"> {
  readonly modality: Modality;
  readonly transform: InputTransform<EncoderInput>;
  readonly pool: EncodingPool;
  readonly onProgress: (done: number, total: number) => void;
}

/** The tables of changed samples alone, in their order. The first that can't be encoded is thrown. */
export async function encodeChanged(
  samples: readonly Sample[],
  { onProgress, ...options }: ChangedSamples,
): Promise<Readonly<Record<string, Table>>> {
  const { tables } = await encodeSome(samples, { ...options, onProgress, onFailure: undefined });
  return tables;
}

interface EncodeSome extends
  Pick<
    EncodeSamplesOptions,
    "encoders" | "clip" | "quality" | "store" | "storing" | "onFailure"
  > {
  readonly modality: Modality;
  /** How much of the features is in memory: those of a share below 1 stay in the store. */
  readonly share?: number;
  readonly transform?: InputTransform<EncoderInput>;
  readonly pool: EncodingPool;
  readonly onProgress: (done: number, total: number) => void;
}

/** Samples of one modality, by all encoders of it; without those that failed. */
async function encodeSome(
  some: readonly Sample[],
  { modality: m, encoders, clip, quality, store, transform, pool, ...told }: EncodeSome,
) {
  const { onFailure, storing, share = 1 } = told;
  const result = await encodeCorpus({
    samples: some,
    encoders: encodersFor(m, { encoders, ...clip && { clip }, ...quality && { quality } }),
    store,
    holds: share >= 1,
    ...transform && { transform },
    runner: pool.runner,
    onProgress: ({ done, total }) => told.onProgress(done, total),
    ...onFailure && { onFailure: ({ sample, error }) => onFailure(failureOf(sample, error)) },
  });
  const each = [encoders[m]].flat().map(({ id }) => result.extents[id]!);
  const whole = withoutRows(
    {
      samples: some,
      tables: modelTables(Object.values(result.tables)),
      extents: some.map((_, i) => leastExtent(each.map((extents) => extents[i] ?? wholeExtent))),
    },
    result.failed,
  );
  const { encoded } = result;
  if (share >= 1) return { ...whole, encoded };
  const found = await openEncoded(some, result, { ...storing!, share });
  return { ...whole, tables: modelTables(found), encoded };
}

function encodersFor(
  m: Modality,
  { encoders, clip, quality }: Pick<EncodeSamplesOptions, "encoders" | "clip" | "quality">,
): Encoder<EncoderInput>[] {
  return [encoders[m], clip?.[m] ?? [], quality?.[m] ?? []].flat() as Encoder<EncoderInput>[];
}

function failureOf({ modality, id, source }: Sample, { message }: Error): Failure {
  return { modality, id, ...("path" in source && { path: source.path }), reason: message };
}

/** The samples and their rows without those at `failed`. */
function withoutRows(
  { samples, tables, extents }: {
    readonly samples: readonly Sample[];
    readonly tables: Readonly<Record<string, Table>>;
    readonly extents: readonly Extent[];
  },
  failed: readonly number[],
) {
  if (failed.length === 0) return { samples, tables, extents };
  const rows = [...samples.keys()].filter((row) => !failed.includes(row));
  return {
    samples: rows.map((row) => samples[row]!),
    extents: rows.map((row) => extents[row]!),
    tables: Object.fromEntries(
      Object.entries(tables).map(([name, table]) => [
        name,
        { shape: [rows.length, ...table.shape.slice(1)], data: gather(table, rows) },
      ]),
    ),
  };
}

function assertToEncode(m: Modality, samples: readonly Sample[]): void {
  const given = samples.find(({ numbers }) => numbers !== undefined);
  if (given === undefined) return;
  throw new RangeError(
    `Cannot encode ${m} "${given.id}": expected a sample, got features that came with its row, which ` +
      "protocol natural and compare take as they are",
  );
}

// Their places in `samples` would name others.
function assertNoneFailed(
  kept: readonly Sample[],
  samples: readonly Sample[],
  m: Modality,
): void {
  const failed = samples.length - kept.length;
  if (failed > 0) {
    throw new RangeError(
      `Cannot transform ${m}: expected samples that can be encoded, got ${failed} that cannot`,
    );
  }
}

function textOf({ id, source }: Sample): string {
  if ("text" in source) return source.text;
  throw new TypeError(`Cannot read the text "${id}": expected the text itself, got a path`);
}

function sampleAt(samples: readonly Sample[], index: number, m: Modality): Sample {
  const sample = samples[index];
  if (sample === undefined) {
    throw new RangeError(
      `Cannot transform ${m}: expected indices from 0 to ${samples.length - 1}, got ${index}`,
    );
  }
  return sample;
}

/** Copies of the tables in which row `rows[i]` is row i of `replacements`. */
function replaceRows(
  tables: Readonly<Record<string, Table>>,
  rows: readonly number[],
  replacements: Readonly<Record<string, Table>>,
): Record<string, Table> {
  return Object.fromEntries(
    Object.entries(tables).map(([name, { shape, data }]) => {
      const size = shape.slice(1).reduce((a, b) => a * b, 1);
      const result = data.slice();
      rows.forEach((row, i) => {
        result.set(replacements[name]!.data.subarray(i * size, (i + 1) * size), row * size);
      });
      return [name, { shape, data: result }];
    }),
  );
}

// All encoders' tables of a modality under the model's names; a mask of frames becomes their count.
function modelTables(encoded: readonly Readonly<Record<string, Table>>[]): Record<string, Table> {
  const { frameMask, ...tables } = Object.assign({}, ...encoded) as Record<string, Table>;
  if (frameMask === undefined) return tables;
  const rows = frameMask.shape[0]!;
  const counts = new Float32Array(rows);
  let row = 0;
  for (const mask of eachRow(frameMask, [...counts.keys()])) {
    counts[row++] = mask.reduce((a, b) => a + b, 0);
  }
  return { ...tables, frames: { shape: [rows], data: counts } };
}
