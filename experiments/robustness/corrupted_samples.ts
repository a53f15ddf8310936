/** Samples under noise: corrupted before they are encoded, and added as rows after the clean ones. @module */

import { type Corruption, corruptionTransform } from "../../lib/corruptions/mod.ts";
import type { Clip, EncoderInput } from "../../lib/encoders/mod.ts";
import { loadInput } from "../../lib/encoders/load_input.ts";
import { type QualityEncoders, qualityEncoders } from "../../lib/encoders/quality.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { fold, key, permutation } from "../../lib/tensor/random.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import { encodeChanged, encodeSamples } from "../../lib/study/encode_samples.ts";
import type { EncodingPool } from "../../lib/study/encoding_pool.ts";
import { addNoisyCopies, type NoisyCopies } from "../../lib/study/noisy_copies.ts";
import type { Samples, Splits } from "../../lib/study/splits.ts";
import type { Study } from "../../lib/study/study.ts";
import {
  appendPoints,
  type EncodedPoint,
  type NoisePoint,
  type NoisyStudy,
} from "./append_points.ts";
import { chosenCorruptions, thinLevels } from "./append_points.ts";

const babbleVoices = 20;

/** Clips of the training part to make babble of: nobody who is judged speaks in it. */
export async function trainingVoices(
  { audio }: Samples,
  { seed, train }: { readonly seed: number; readonly train: readonly number[] },
): Promise<Float32Array[]> {
  const order = permutation(fold(key(seed), "babble"), train.length).slice(0, babbleVoices);
  const clips = await Promise.all(order.map((i) => loadInput(audio[train[i]!]!)));
  return clips.map((clip) => (clip as Clip).samples);
}

// A sample meets the same noise under every seed, so that it is encoded once.
const noiseSeed = 1;

/** Samples, measures of their signal among their features, and what encodes them. */
export interface MeasuredStudy extends Pick<Study, "samples" | "encoders" | "store" | "options"> {
  readonly features: CorpusFeatures;
  readonly quality: QualityEncoders;
  /** Who encodes. */
  readonly pool: EncodingPool;
}

/** Measures the signal of a study's samples. */
export async function measured(
  { samples, encoders, store, options }: Pick<
    Study,
    "samples" | "encoders" | "store" | "options"
  >,
  pool: EncodingPool,
): Promise<MeasuredStudy> {
  const quality = qualityEncoders(encoders);
  const { features } = await encodeSamples(samples, {
    ...{ encoders, store, quality, workers: options.jobs },
    onProgress: (m, done, total) => options.onProgress(`measuring ${m}`, done, total),
  });
  const withoutTexts = byModality((m) => {
    const { texts: _, ...own } = features[m];
    return own;
  });
  return { samples, features: withoutTexts, encoders, store, options, quality, pool };
}

/** The noisy copies of a split's training and validation samples, as rows. */
export async function addTrainedNoise(
  { samples, features: clean, encoders, store, options, quality, pool }: MeasuredStudy,
  split: Splits,
  copies?: Readonly<Record<Modality, number>>,
): Promise<MeasuredStudy & { readonly copies: NoisyCopies }> {
  const { noisy, ...appended } = await addNoisyCopies(samples, {
    ...{ clean, encoders, store, quality, pool, ...copies && { copies } },
    rows: byModality((m) => [...split[m].train, ...split[m].validation]),
    onProgress: (m, done, total) =>
      options.onProgress(`encoding noisy copies of ${m}`, done, total),
  });
  return { ...appended, encoders, store, options, quality, pool, copies: noisy };
}

/** Encodes the samples of all points, or finds them in the store, and adds them as rows. */
export async function addNoisySamples(
  { samples, features: clean, encoders, store, options, quality, pool }: MeasuredStudy,
  points: readonly NoisePoint[],
): Promise<NoisyStudy> {
  const encoded: EncodedPoint[] = [];
  for (const [i, point] of points.entries()) {
    const { modality: m, corruption, level, rows } = point;
    const tables = await encodeChanged(rows.map((row) => samples[m][row]!), {
      ...{ encoders, store, quality, pool, modality: m },
      transform: corruptionTransform(corruption, { level, seed: noiseSeed }),
      onProgress: () => options.onProgress(`encoding ${m}, ${corruption.name}`, i, points.length),
    });
    encoded.push({ ...point, tables });
  }
  return appendPoints({ samples, features: clean, points: encoded });
}

/** The points of a seed: every chosen corruption at `levels` levels, of the first `count` triples. */
export function noisePoints(
  { seed, rows, voices }: {
    readonly seed: number;
    /** Of the test triples. */
    readonly rows: Readonly<Record<Modality, readonly number[]>>;
    readonly voices: readonly Float32Array[];
  },
  { count, levels }: { readonly count: number; readonly levels: number },
): NoisePoint[] {
  const all: Record<Modality, readonly Corruption<EncoderInput>[]> = chosenCorruptions(voices);
  return modalities.flatMap((modality) => {
    const own = [...new Set(rows[modality].slice(0, count))];
    return all[modality].flatMap((corruption) =>
      thinLevels(corruption.levels, levels)
        .map((level) => ({ seed, modality, corruption, level, rows: own }))
    );
  });
}
