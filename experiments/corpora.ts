/** The three corpora on disk, and their features. @module */

import { createHash } from "node:crypto";
import {
  balancedSubset,
  type Corpus,
  readEmotions,
  readFaces,
  readRavdess,
  type Sample,
  type ValenceMap,
} from "../lib/datasets/mod.ts";
import {
  type Clip,
  type ClipEncoders,
  encodeCorpus,
  type Encoder,
  type EncoderInput,
  type Encoders,
  type FeatureStore,
  type FeatureTable,
  type ImageFile,
  type InputTransform,
} from "../lib/encoders/mod.ts";
import { byModality, modalities, type Modality } from "../lib/modality.ts";
import { fold, key } from "../lib/tensor/random.ts";
import type { CorpusFeatures, Table } from "../lib/training/features.ts";

/** The corpora of a run, by modality. */
export type Corpora = Readonly<Record<Modality, Corpus>>;

/** Reads `emotions/`, `faces/` and `ravdess/` in `folder`. */
export async function readCorpora(
  folder: string,
  { valence, label }: { valence: ValenceMap; label: string },
): Promise<Corpora> {
  const text = await readEmotions(`${folder}/emotions`, { valence });
  const image = await readFaces(`${folder}/faces`, { valence });
  const audio = await readRavdess(`${folder}/ravdess`, { valence });
  const named = (corpus: Corpus) => ({ ...corpus, name: `${corpus.name} (${label})` });
  return { text: named(text), image: named(image), audio: named(audio) };
}

/** The paper's balanced subset of each corpus; the same for every seed of a run. */
export function subsets(corpora: Corpora, cap: number): Record<Modality, Sample[]> {
  return byModality((m) =>
    balancedSubset(corpora[m].samples, { cap, key: fold(key(0), "subset", m) })
  );
}

/** What becomes of the samples of a modality before they are encoded. */
export interface Transforms {
  readonly text?: InputTransform<string>;
  readonly image?: InputTransform<ImageFile>;
  readonly audio?: InputTransform<Clip>;
}

/** By what to encode, and where features are kept. */
export interface EncodeSamplesOptions {
  readonly encoders: Encoders;
  /** CLIP, for a table `clip` `[N, 1, width]` of each modality; no such tables unless told. */
  readonly clip?: ClipEncoders;
  readonly store: FeatureStore;
  /** A transform is reported by another round over its modality. */
  readonly onProgress: (m: Modality, done: number, total: number) => void;
  /** Modalities without one stay clean. */
  readonly transforms?: Transforms;
  /** The samples to transform, by their place in `samples`; all of a modality unless told. */
  readonly indices?: Partial<Readonly<Record<Modality, readonly number[]>>>;
  /** The features of these samples without transforms, if at hand: the store is not asked again. */
  readonly clean?: CorpusFeatures;
}

/**
 * Encodes the samples, or finds their features in the store. `encoded` counts what was not there.
 * Rows stay in the order of the samples; those not transformed are the clean ones.
 *
 * @throws {RangeError} A sample can't be encoded, or an index is none of its modality's.
 */
export async function encodeSamples(
  samples: Readonly<Record<Modality, readonly Sample[]>>,
  options: EncodeSamplesOptions,
): Promise<{ features: CorpusFeatures; encoded: number }> {
  const { encoders, clip, store, onProgress, transforms = {}, indices = {}, clean } = options;
  let encoded = 0;
  const encode = async (
    m: Modality,
    some: readonly Sample[],
    transform?: InputTransform<EncoderInput>,
  ) => {
    const result = await encodeCorpus({
      samples: some,
      encoders: [encoders[m], clip?.[m] ?? []].flat() as Encoder<EncoderInput>[],
      store,
      ...(transform === undefined ? {} : { transform }),
      onProgress: ({ done, total }) => onProgress(m, done, total),
    });
    encoded += result.encoded;
    return modelTables(Object.values(result.tables));
  };
  const tables: Partial<Record<Modality, Readonly<Record<string, Table>>>> = {};
  for (const m of modalities) {
    tables[m] = clean?.[m].tables ?? await encode(m, samples[m]);
    const transform = transforms[m] as InputTransform<EncoderInput> | undefined;
    if (transform === undefined) continue;
    const rows = indices[m] ?? [...samples[m].keys()];
    const changed = await encode(m, rows.map((row) => sampleAt(samples[m], row, m)), transform);
    tables[m] = replaceRows(tables[m], rows, changed);
  }
  const features = byModality((m) => ({
    tables: tables[m]!,
    labels: samples[m].map(({ polarity }) => polarity),
    emotions: samples[m].map(({ emotion }) => emotion),
    ...m === "text" && { texts: samples[m].map(textOf) },
  }));
  return { features, encoded };
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
function modelTables(encoded: readonly FeatureTable[]): Record<string, Table> {
  const { frameMask, ...tables } = Object.assign({}, ...encoded) as Record<string, Table>;
  if (frameMask === undefined) return tables;
  const [rows, frames] = frameMask.shape as [number, number];
  const counts = Float32Array.from(
    { length: rows },
    (_, i) => frameMask.data.subarray(i * frames, (i + 1) * frames).reduce((a, b) => a + b, 0),
  );
  return { ...tables, frames: { shape: [rows], data: counts } };
}

/** SHA-256 over the ids, contents and labels of the samples that a result was made from. */
export function dataHash(samples: Readonly<Record<Modality, readonly Sample[]>>): string {
  const hash = createHash("sha256");
  for (const m of modalities) {
    for (const { id, hash: content, polarity } of samples[m]) {
      hash.update(`${m}\0${id}\0${content}\0${polarity}\n`);
    }
  }
  return hash.digest("hex");
}
