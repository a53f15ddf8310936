/** What the benchmark computes on: networks of the tables, and seeded features in the encoders' shapes. @module */

import { misaDefaults, misaNetwork, misaTraining } from "../lib/baselines/misa/mod.ts";
import { msfnetDefaults, msfnetNetwork } from "../lib/baselines/msfnet.ts";
import { byModality, type Modality, type Polarity } from "../lib/modality.ts";
import type { Gate, InputSizes, ModelConfig } from "../lib/model/mod.ts";
import { defaults } from "../lib/study/settings.ts";
import type { BatchSource } from "../lib/systems/batches.ts";
import type { CorpusFeatures, Table } from "../lib/systems/features.ts";
import type { Network } from "../lib/systems/network.ts";
import { proposedNetwork } from "../lib/systems/proposed_network.ts";
import { fold, key, uniforms } from "../lib/tensor/random.ts";
import type { TrainConfig } from "../lib/training/train.ts";

/** Samples of each modality. */
export const samples = 256;

/** The shapes of the embedded encoders' features. */
export const inputs = {
  text: { segments: 8, width: 128 },
  image: { segments: 4, width: 256 },
  audio: { segments: 8, width: 256, frames: 160, bands: 64, prosody: 8 },
} as const satisfies InputSizes;

/** A network and how it is trained, as in the tables. */
export interface Design {
  readonly network: Network;
  readonly training: TrainConfig;
  /** Of the proposed model, which PyTorch builds from it. */
  readonly config?: ModelConfig;
}

function proposed(gate: Gate): Design {
  const { model, training } = defaults;
  const config = { ...model, gate, inputs };
  return { network: proposedNetwork(config, training), training, config };
}

/** Every network that is timed, by name. */
export const designs = {
  cnn: proposed("per feature"),
  // Without the spectral path nothing is convolved: what is left when its features are cached.
  cached: proposed("contextual only"),
  misa: { network: misaNetwork(misaDefaults, inputs), training: misaTraining },
  msfnet: {
    network: msfnetNetwork({ ...msfnetDefaults, inputs }),
    training: { ...defaults.training, ...defaults.tuned["MSFNet (adaptation)"] },
  },
} as const satisfies Record<string, Design>;

/** One of {@linkcode designs}. */
export type DesignName = keyof typeof designs;

/** Features, always the same: uniform on ±1.7, about as spread as standardised ones; a third of the segments is padding in every other sample. */
export function makeFeatures(): CorpusFeatures {
  return made ??= draw();
}

let made: CorpusFeatures | undefined;

function draw(): CorpusFeatures {
  const { text, image, audio } = inputs;
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
  const frames = Float32Array.from({ length: samples }, (_, i) => audio.frames - i % 50);
  const tables = {
    text: states("text", text),
    image: states("image", image),
    audio: {
      ...states("audio", audio),
      logMel: table("audio", "logMel", audio.frames, audio.bands),
      frames: { shape: [samples], data: frames },
      prosody: table("audio", "prosody", audio.segments, audio.prosody),
    },
  };
  const labels = Array.from({ length: samples }, (_, i) => Math.floor(i / 2) % 2 as Polarity);
  return byModality((m) => ({ tables: tables[m], labels }));
}

/** Batches of triples in two views, drawn from the first samples of each modality. */
export function sourceOf(
  features: CorpusFeatures,
  { design, batch, seed, samples: count = samples }: {
    design: DesignName;
    batch: number;
    seed: number;
    samples?: number;
  },
): BatchSource & { readonly network: Network } {
  const { network, training } = designs[design];
  const indices = Array.from({ length: count }, (_, i) => i);
  return {
    features,
    indices: byModality(() => indices),
    protocol: "label",
    present: ["text", "image", "audio"],
    batch,
    modalityDropout: training.modalityDropout,
    network,
    key: fold(key(seed), "batches"),
  };
}

/** Two matrices, uniform on ±1. */
export function productInputs(size: number): { a: Float32Array; b: Float32Array } {
  const matrix = (name: string) => {
    const next = uniforms(fold(key(1), "product", name));
    return Float32Array.from({ length: size * size }, () => 2 * next() - 1);
  };
  return { a: matrix("a"), b: matrix("b") };
}
