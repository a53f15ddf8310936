/** What the benchmark computes on: the tables' model, and seeded features in the encoders' shapes. @module */

import { defaults } from "../lib/study/settings.ts";
import { byModality, type Modality, type Polarity } from "../lib/modality.ts";
import type { Gate, ModelConfig, ModelParams } from "../lib/model/mod.ts";
import { fold, key, uniforms } from "../lib/tensor/random.ts";
import type { BatchSource } from "../lib/systems/batches.ts";
import type { CorpusFeatures, Table } from "../lib/systems/features.ts";
import type { Network } from "../lib/systems/network.ts";
import type { ProposedTraining } from "../lib/systems/settings.ts";
import { proposedNetwork } from "../lib/systems/proposed_network.ts";

/** Samples of each modality. */
export const samples = 256;

/** The settings of training, as in the tables. */
export const training: ProposedTraining = defaults.training;

/** The tables' model on the embedded encoders' shapes, with this gate. */
export function configOf(gate: Gate): ModelConfig {
  return {
    ...defaults.model,
    gate,
    inputs: {
      text: { segments: 8, width: 128 },
      image: { segments: 4, width: 256 },
      audio: { segments: 8, width: 256, frames: 160, bands: 64, prosody: 8 },
    },
  };
}

/** Features uniform on ±1.7, about as spread as standardised ones; a third of the segments is padding in every other sample. */
export function makeFeatures({ inputs: { text, image, audio } }: ModelConfig): CorpusFeatures {
  const table = (m: Modality, name: string, ...shape: number[]): Table => {
    const length = shape.reduce((a, b) => a * b, samples);
    const next = uniforms(fold(key(1), m, name));
    const data = Float32Array.from({ length }, () => 3.4 * next() - 1.7);
    return { shape: [samples, ...shape], data };
  };
  const mask = (segments: number): Table => {
    const kept = (row: number) => row % 2 ? segments : Math.ceil(segments * 2 / 3);
    const data = Float32Array.from(
      { length: samples * segments },
      (_, i) => i % segments < kept(Math.floor(i / segments)) ? 1 : 0,
    );
    return { shape: [samples, segments], data };
  };
  const states = (m: Modality, { segments, width }: { segments: number; width: number }) => ({
    states: table(m, "states", segments, width),
    mask: mask(segments),
  });
  const frames = Float32Array.from({ length: samples }, (_, i) => audio.frames! - i % 50);
  const tables = {
    text: states("text", text),
    image: states("image", image),
    audio: {
      ...states("audio", audio),
      logMel: table("audio", "logMel", audio.frames!, audio.bands!),
      frames: { shape: [samples], data: frames },
      prosody: table("audio", "prosody", audio.segments, audio.prosody!),
    },
  };
  const labels = Array.from({ length: samples }, (_, i) => Math.floor(i / 2) % 2 as Polarity);
  return byModality((m) => ({ tables: tables[m], labels }));
}

/** Batches of triples in two views. */
export function sourceOf(
  features: CorpusFeatures,
  { config, batch, seed }: { config: ModelConfig; batch: number; seed: number },
): BatchSource & { readonly network: Network<ModelParams> } {
  const all = Array.from({ length: samples }, (_, i) => i);
  return {
    features,
    indices: byModality(() => all),
    protocol: "label",
    present: ["text", "image", "audio"],
    batch,
    modalityDropout: training.modalityDropout,
    network: proposedNetwork(config, training),
    key: fold(key(seed), "batches"),
  };
}
