/** What the baselines read of a modality: its segments, each one vector. @module */

import * as tf from "../deps/tf.ts";
import type { Modality } from "../modality.ts";
import type { InputSizes } from "../model/config.ts";
import type { NamedSpecs } from "../systems/network.ts";
import { inputSpecs } from "../systems/proposed_network.ts";

/** The tables that {@linkcode segmentTokens} reads, for B samples of the given modalities. */
export function tokenSpecs(
  inputs: InputSizes,
  present: readonly Modality[],
  batch: number,
): NamedSpecs {
  const { audio, ...others } = inputSpecs({ inputs }, present, batch);
  if (audio === undefined) return others;
  const { logMel: _, frames: __, ...segments } = audio;
  return { ...others, audio: segments };
}

/** The width of a modality's tokens. */
export function tokenWidth({ text, image, audio }: InputSizes, modality: Modality): number {
  return {
    text: text.width,
    image: image.width,
    audio: audio.width + (audio.prosody ?? 0),
  }[modality];
}

/**
 * The encoder's states `[B, n, w]`; of audio each segment's prosody is joined
 * to its state. `mask` `[B, n]` is 1 for a segment that exists. Of states of several layers
 * `[B, n, L, w]` the mean is read, which is where the proposed model's mix begins.
 */
export function segmentTokens(
  tables: { readonly [table: string]: tf.Tensor },
): { tokens: tf.Tensor; mask: tf.Tensor } {
  const { states, mask, prosody } = tables as {
    states: tf.Tensor;
    mask: tf.Tensor;
    prosody?: tf.Tensor;
  };
  const state = states.rank === 4 ? tf.mean(states, 2) : states; // [B, n, w]
  // [B, n, w + p]
  return { tokens: prosody === undefined ? state : tf.concat([state, prosody], 2), mask };
}
