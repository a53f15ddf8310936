/** Corpora of a few made-up feature rows, and settings under which they are learnt in moments. @module */

import { byModality, type Modality } from "../../lib/modality.ts";
import type { ModelConfig } from "../../lib/model/mod.ts";
import { type CorpusFeatures, inputSizes, type Table } from "../../lib/systems/features.ts";
import type { ModelSettings, ProposedTraining } from "../../lib/systems/settings.ts";
import { uniform } from "../tensor_values.ts";

/** Samples by modality. */
export type Counts = Readonly<Record<Modality, number>>;

/** The smallest model that has every part. */
export const tinySettings: ModelSettings = {
  width: 8,
  heads: 2,
  channels: [2],
  framePooling: 2,
  gate: "per feature",
  levels: { within: true, across: true, summaries: true },
  residual: true,
  fusionLayers: 1,
  dropout: 0.25,
};

/** Two epochs of small batches. */
export const tinyTraining: ProposedTraining = {
  epochs: 2,
  patience: 2,
  batch: 8,
  learningRate: 0.01,
  warmup: 0.1,
  weightDecay: 0.01,
  clipNorm: 1,
  averaging: 0.5,
  headWeight: 1,
  modalityDropout: 0.3,
};

/**
 * Odd samples are positive. The states are uniform on ±1, less or more `signal`
 * for the label, so a `signal` above 1 separates the two. Every third image lacks its
 * last segment, and every third clip its second half.
 */
export function tinyFeatures(counts: Counts, { signal = 0 } = {}): CorpusFeatures {
  const labels = byModality((m) => Array.from({ length: counts[m] }, (_, i) => i % 2 as 0 | 1));
  const table = (m: Modality, name: string, ...shape: number[]): Table => {
    const { values } = uniform(`${m} ${name}`, counts[m], ...shape);
    const size = values.length / counts[m];
    const shift = (i: number) => labels[m][Math.floor(i / size)] === 1 ? signal : -signal;
    return {
      shape: [counts[m], ...shape],
      data: name === "states" ? values.map((x, i) => x + shift(i)) : values,
    };
  };
  const mask = (m: Modality, segments: number, keeps: (row: number) => number): Table => ({
    shape: [counts[m], segments],
    data: Float32Array.from(
      { length: counts[m] * segments },
      (_, i) => i % segments < keeps(Math.floor(i / segments)) ? 1 : 0,
    ),
  });
  const third = (row: number) => row % 3 === 2;
  const frames = Float32Array.from({ length: counts.audio }, (_, i) => third(i) ? 4 : 8);
  const tables: Record<Modality, Record<string, Table>> = {
    text: { states: table("text", "states", 2, 3), mask: mask("text", 2, () => 2) },
    image: {
      states: table("image", "states", 3, 5),
      mask: mask("image", 3, (row) => third(row) ? 2 : 3),
    },
    audio: {
      states: table("audio", "states", 2, 4),
      mask: mask("audio", 2, (row) => third(row) ? 1 : 2),
      logMel: table("audio", "logMel", 8, 4),
      frames: { shape: [counts.audio], data: frames },
      prosody: table("audio", "prosody", 2, 2),
    },
  };
  return byModality((m) => ({ tables: tables[m], labels: labels[m] }));
}

/** The whole configuration of the tiny model on these features. */
export function tinyConfig(features: CorpusFeatures): ModelConfig {
  return { ...tinySettings, inputs: inputSizes(features) };
}

/** The indices from `from` until `to`, the same for each modality. */
export function range(from: number, to: number): Record<Modality, number[]> {
  return byModality(() => Array.from({ length: to - from }, (_, i) => from + i));
}

/** The same features, except that each row in `rows` holds other numbers and the other label. */
export function withOtherRows(
  features: CorpusFeatures,
  rows: Readonly<Record<Modality, readonly number[]>>,
): CorpusFeatures {
  return byModality((m) => {
    const labels = Array.from(features[m].labels);
    for (const row of rows[m]) labels[row] = labels[row] === 1 ? 0 : 1;
    const tables = Object.entries(features[m].tables).map(([name, { shape, data }]) => {
      const changed = data.slice(), size = data.length / shape[0]!;
      for (const row of rows[m]) {
        for (let i = row * size; i < (row + 1) * size; i++) {
          if (name !== "mask" && name !== "frames") changed[i] = 10 - changed[i]!;
        }
      }
      return [name, { shape, data: changed }];
    });
    return { tables: Object.fromEntries(tables), labels };
  });
}
