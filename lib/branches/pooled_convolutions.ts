/** Convolutions over spectrograms of clips that keep every step, and the largest of neighbours. @module */

import * as tf from "../deps/tf.ts";
import { assertShape } from "../tensor/layers.ts";
import { type ClipConvolutionsParams, groupNorm, stepsWithin } from "./clip_convolutions.ts";

/** How many frames and bands become one after a layer. */
export type Pool = readonly [frames: number, bands: number];

/** The frames that {@linkcode pooledConvolutions} leaves of as many as there are. */
export function pooledFrames(frames: number, pools: readonly Pool[]): number {
  return pools.reduce((left, [pool]) => left / pool, frames);
}

/**
 * Convolutions of stride 1, each followed by the largest of its neighbours:
 *
 *     h = spectrogram
 *     h = maxPool(ReLU(γ ⊙ groupNorm(conv3x3(h)) + β)) for each layer
 *
 * `spectrogram` is `[B, T, F]`, standardised; `frames` `[B]` says how many of its T frames are the
 * clip; `pools` has a {@linkcode Pool} a layer. `y` is `[B, T', F', c]`, and `length` `[B]` the
 * clip's share of its T' steps. A convolution of stride 2 (`clipConvolutions`) leaves three of four
 * places out; here each is looked at, and the strongest answer goes on. What follows the clip counts
 * nowhere, as there.
 *
 * @throws {RangeError} Frames or bands that the pools do not divide, or another number of pools than
 * of layers.
 */
export function pooledConvolutions(
  params: ClipConvolutionsParams,
  { spectrogram, frames }: { spectrogram: tf.Tensor; frames: tf.Tensor },
  { groups, pools }: { groups: number; pools: readonly Pool[] },
): { y: tf.Tensor; length: tf.Tensor } {
  assertShape("spectrogram", spectrogram, [-1, -1, -1]);
  const [batch, steps] = spectrogram.shape as [number, number];
  assertShape("frames", frames, [batch]);
  const layers = Object.values(params);
  if (layers.length !== pools.length) {
    throw new RangeError(
      `Cannot pool convolutions: expected ${layers.length} pools, got ${pools.length}`,
    );
  }
  // [B, T, F, 1]
  let y: tf.Tensor = tf.mul(tf.expandDims(spectrogram, 3), stepsWithin(frames, steps));
  let length = frames;
  layers.forEach(({ filter, scale, shift }, i) => {
    const [, left, bands] = y.shape as [number, number, number];
    const pool = pools[i] as [number, number];
    if (left % pool[0] !== 0 || bands % pool[1] !== 0) {
      throw new RangeError(
        `Cannot pool convolutions: expected frames and bands that [${pool}] divides, ` +
          `got [${left}, ${bands}]`,
      );
    }
    const convolved = tf.conv2d(y as tf.Tensor4D, filter as tf.Tensor4D, 1, "same");
    const within = stepsWithin(length, left);
    const normal = groupNorm(convolved, { within, groups });
    const active = tf.mul(tf.relu(tf.add(tf.mul(normal, scale), shift)), within);
    y = tf.maxPool(active as tf.Tensor4D, pool, pool, "valid");
    length = tf.div(length, pool[0]);
  });
  return { y, length };
}
