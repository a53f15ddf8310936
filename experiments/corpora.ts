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
  encodeCorpus,
  type Encoder,
  type EncoderInput,
  type Encoders,
  type FeatureStore,
  type FeatureTable,
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

/** Encodes the samples, or finds their features in the store. `encoded` counts what was not there. */
export async function encodeSamples(
  samples: Readonly<Record<Modality, readonly Sample[]>>,
  { encoders, store, onProgress }: {
    encoders: Encoders;
    store: FeatureStore;
    onProgress: (m: Modality, done: number, total: number) => void;
  },
): Promise<{ features: CorpusFeatures; encoded: number }> {
  let encoded = 0;
  const tables: Partial<Record<Modality, Record<string, Table>>> = {};
  for (const m of modalities) {
    const result = await encodeCorpus({
      samples: samples[m],
      encoders: [encoders[m]].flat() as Encoder<EncoderInput>[],
      store,
      onProgress: ({ done, total }) => onProgress(m, done, total),
    });
    encoded += result.encoded;
    tables[m] = modelTables(Object.values(result.tables));
  }
  const features = byModality((m) => ({
    tables: tables[m]!,
    labels: samples[m].map(({ polarity }) => polarity),
  }));
  return { features, encoded };
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
