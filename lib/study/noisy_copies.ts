/** Noisy copies of samples as rows of features, for systems that train on them. @module */

import { copyTransform, trainedCorruptions } from "../corruptions/mod.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import type { Problem } from "../systems/system.ts";
import type { CorpusFeatures } from "../systems/features.ts";
import { type AddedRows, type AppendedRows, appendRows } from "./append_rows.ts";
import { encodeChanged, type EncodeSamplesOptions } from "./encode_samples.ts";
import type { EncodingPool } from "./encoding_pool.ts";
import type { Samples } from "./splits.ts";

/** Noisy copies, of rows by their places. */
export type NoisyCopies = NonNullable<Problem["noisy"]>;

// A sample has the same copies under every seed, so that each is encoded once; no other noise has
// this seed.
const copySeed = 2;

/**
 * How many copies a sample has by default. An encoder of speech takes a hundred times as long for a
 * clip as one of texts for a message.
 */
export const copiesOf: Readonly<Record<Modality, number>> = { text: 2, image: 2, audio: 2 };

/** What is made of samples, and how. */
export interface NoisyCopiesOptions extends
  Pick<
    EncodeSamplesOptions,
    "encoders" | "quality" | "store" | "onProgress"
  > {
  /** Who encodes. */
  readonly pool: EncodingPool;
  /** Features of the samples as they are, with the tables that the encoders give. */
  readonly clean: CorpusFeatures;
  /** The samples that are copied, by modality. */
  readonly rows: Readonly<Record<Modality, readonly number[]>>;
  /** @default copiesOf */
  readonly copies?: Readonly<Record<Modality, number>>;
}

/**
 * Encodes noisy copies of samples (`copyTransform` of `trainedCorruptions`), or finds them in the store,
 * as rows behind the clean ones, whose labels and groups they have.
 */
export async function addNoisyCopies(
  samples: Samples,
  { rows, copies = copiesOf, clean, onProgress, ...encoding }: NoisyCopiesOptions,
): Promise<AppendedRows & { readonly noisy: NoisyCopies }> {
  const added: AddedRows[] = [];
  for (const m of modalities) {
    for (let copy = 0; copy < copies[m]; copy++) {
      const kinds = trainedCorruptions[m] as Parameters<typeof copyTransform>[0];
      const tables = await encodeChanged(rows[m].map((row) => samples[m][row]!), {
        ...{ ...encoding, modality: m },
        transform: copyTransform(kinds, { copy, seed: copySeed }),
        onProgress: (done, total) => onProgress(m, done, total),
      });
      added.push({ modality: m, rows: rows[m], note: `noisy copy ${copy}`, tables });
    }
  }
  const { firsts, ...appended } = appendRows({ samples, features: clean }, added);
  const noisy = byModality((m) =>
    added.flatMap(({ modality, rows }, i) =>
      modality === m ? rows.map((of, at) => ({ row: firsts[i]! + at, of })) : []
    )
  );
  return { ...appended, noisy };
}
