/** Branches of one linear layer, upon the states of the tiny corpora. @module */

import { float32 } from "../../lib/compile/mod.ts";
import * as tf from "../../lib/deps/tf.ts";
import { byModality, type Modality } from "../../lib/modality.ts";
import { dropout, initLinear, linear, type LinearParams } from "../../lib/tensor/layers.ts";
import type { Branch } from "../../lib/branches/branch.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";

/** Segments and widths of the tiny corpora's states. */
const sizes = {
  text: { segments: 2, input: 3 },
  image: { segments: 3, input: 5 },
  audio: { segments: 2, input: 4 },
};

/** `ReLU(states W + b)`, `[B, n, width]`, with dropout. */
export function toyBranch(
  m: Modality,
  { width = 4, augment }: { width?: number; augment?: Branch["augment"] } = {},
): Branch<LinearParams> {
  const { segments, input } = sizes[m];
  return {
    modality: m,
    graph: JSON.stringify(["toy", m, width]),
    segments,
    width,
    init: (key) => initLinear(key, { in: input, out: width }),
    inputs: (batch) => ({
      states: float32(batch, segments, input),
      mask: float32(batch, segments),
    }),
    masks: (batch) => ({ states: { shape: [batch, segments, width], rate: 0.25 } }),
    ...augment && { augment },
    states(params, { inputs, keep }) {
      const states = tf.relu(linear(params, inputs!.states!));
      return { states: dropout(states, keep?.states), mask: inputs!.mask! };
    },
  };
}

/** A toy branch a modality. */
export const toyBranches = byModality((m) => toyBranch(m));

/** Names of two emotions a polarity, in turn: negative ones are at even places. */
const names = ["anger", "joy", "sadness", "love"];

/** The same features with the emotions anger, joy, sadness and love in turn. */
export function withEmotions(features: CorpusFeatures): CorpusFeatures {
  return byModality((m) => {
    const emotions = Array.from(features[m].labels, (_, i) => names[i % 4]!);
    return { ...features[m], emotions };
  });
}
