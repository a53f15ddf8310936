/** Raw inputs of made-up samples, as trained encoders read them. @module */

import { ok } from "node:assert/strict";
import { rawInputEncoders } from "../../lib/study/scratch_systems.ts";
import type { Clip, Encoder, EncoderInput } from "../../lib/encoders/mod.ts";
import { byModality } from "../../lib/modality.ts";
import { fold, key, normals, uniforms } from "../../lib/tensor/random.ts";
import type { CorpusFeatures, Table } from "../../lib/systems/features.ts";

/** How many samples a modality has. */
export const count = 20;
/** Of the samples of every modality, two a polarity. */
export const emotions = Array.from(
  { length: count },
  (_, i) => ["anger", "joy", "fear", "love"][i % 4]!,
);
/** Negative and positive in turn. */
export const labels = Array.from({ length: count }, (_, i) => i % 2 as 0 | 1);
const raw = rawInputEncoders();

function tableOf(values: readonly Float32Array[], shape: readonly number[]): Table {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = new Float32Array(values.length * size);
  values.forEach((row, i) => data.set(row, i * size));
  return { shape: [values.length, ...shape], data };
}

async function tables(encoder: Encoder<never>, inputs: readonly EncoderInput[]) {
  const rows = await encoder.encode(inputs as never[]);
  return Object.fromEntries(
    Object.entries(encoder.shapes).map((
      [name, shape],
    ) => [name, tableOf(rows.map((row) => row[name]!), shape)]),
  );
}

/** Raw inputs of made-up samples: words, noise in pixels, half a second of noise. */
export async function rawFeatures(): Promise<CorpusFeatures> {
  const texts = labels.map((label, i) => `message number ${i} is ${label ? "good" : "bad"}`);
  const clips = labels.map((label, i): Clip => {
    const next = normals(fold(key(3), i));
    return {
      path: `${i}`,
      samples: Float32Array.from({ length: 8000 }, () => (0.1 + label) * next()),
    };
  });
  const pixels = labels.map((label, i) => {
    const next = uniforms(fold(key(4), i));
    return Float32Array.from({ length: 48 * 48 }, () => 0.5 * (label + next()));
  });
  const [speech, spectral] = raw.audio;
  const { frameMask, ...rest } = await tables(spectral, clips);
  const frames = { shape: [count], data: new Float32Array(count).fill(20) };
  ok(frameMask);
  const own = {
    text: await tables(raw.text, texts),
    image: { pixels: tableOf(pixels, [48, 48]) },
    audio: { ...await tables(speech, clips), ...rest, frames },
  };
  return byModality((m) => ({ tables: own[m], labels, emotions }));
}
