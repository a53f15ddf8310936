/** A tiny trained model, from features that are made up, and the features it was made from. @module */

import { fitJob } from "../../lib/study/run.ts";
import type { Outcome } from "../../lib/study/job.ts";
import type { EncoderRecords, ModelDescription, SampleFeatures } from "../../lib/inference/mod.ts";
import type { TrainedModel } from "../../lib/systems/system.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { type CorpusFeatures, gather } from "../../lib/systems/features.ts";
import { tinyExperiment } from "../study/tiny_settings.ts";
import { range, tinyFeatures } from "../systems/tiny_corpus.ts";

/** Every subset of the modalities that has one at least. */
export const subsets: readonly (readonly Modality[])[] = Array.from(
  { length: 7 },
  (_, s) => modalities.filter((_, i) => s + 1 & 1 << i),
);

const parts = {
  train: range(0, 16),
  validation: range(16, 20),
  test: range(20, 24),
};

/** Columns of other means and deviations than 0 and 1: the standardisation has something to do. */
export const features: CorpusFeatures = byModality((m) => {
  const { tables, labels } = tinyFeatures({ text: 24, image: 24, audio: 24 })[m];
  const moved = Object.entries(tables).map(([name, { shape, data }]) => {
    const columns = shape.at(-1)!;
    if (name === "mask" || name === "frames") return [name, { shape, data }];
    const shifted = data.map((x, i) => 3 * (i % columns) - 5 + x * (1 + i % columns));
    return [name, { shape, data: shifted }];
  });
  return { tables: Object.fromEntries(moved), labels };
});

// Long enough that the last epoch is not the best one: the epochs after it must leave no trace.
const config = {
  ...tinyExperiment,
  training: { ...tinyExperiment.training, epochs: 8, patience: 8, learningRate: 0.05 },
};

let fitted: Promise<{ trained: TrainedModel; outcome: Outcome }> | undefined;

/** The model, trained once however often it is asked for. */
export function tinyModel(): Promise<{ trained: TrainedModel; outcome: Outcome }> {
  fitted ??= fitJob({
    name: "proposed-label-seed1",
    kind: "label",
    system: "Proposed",
    protocol: "label",
    present: modalities,
    seed: 1,
    split: byModality((m) => ({
      train: parts.train[m],
      validation: parts.validation[m],
      test: parts.test[m],
    })),
  }, { features, config }).then(({ fitted, outcome }) => ({ trained: fitted.model!, outcome }));
  return fitted;
}

/** All tables of one sample. */
export function sampleOf(
  of: CorpusFeatures,
  m: Modality,
  row: number,
): Record<string, Float32Array> {
  const tables = Object.entries(of[m].tables);
  return Object.fromEntries(tables.map(([name, table]) => [name, gather(table, [row])]));
}

/** The raw features of one sample a modality. */
export function sampleFeatures(rows: { readonly [M in Modality]?: number }): SampleFeatures {
  return Object.fromEntries(
    Object.entries(rows).map(([m, row]) => [m, sampleOf(features, m as Modality, row)]),
  );
}

/** What `config.json` might say of the model. */
export function tinyDescription(
  { config: model }: TrainedModel,
  encoders: Partial<EncoderRecords> = {},
): ModelDescription {
  const encoder = (id: string, segments: number) => ({ id, digest: "0".repeat(64), segments });
  return {
    model,
    training: config.training,
    protocol: "label",
    seed: 1,
    bestEpoch: 2,
    encoders: {
      choice: "paper",
      text: encoder("tiny/bert", 2),
      image: encoder("tiny/resnet", 3),
      audio: encoder("tiny/wav2vec2", 2),
      spectral: encoder("spectral", 2),
      ...encoders,
    },
    data: {
      label: "made up",
      hash: "1".repeat(64),
      valence: { joy: "positive" },
      corpora: byModality((m) => ({ name: m, used: 24, train: 16, validation: 4, test: 4 })),
    },
    scores: [{
      head: "unified",
      shown: modalities,
      tested: 4,
      accuracy: 0.75,
      precision: 0.8,
      recall: 0.75,
      f1: 0.74,
      auc: 1,
    }],
    versions: { trivalence: "0.0.0" },
    commit: null,
  };
}
