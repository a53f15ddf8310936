/** Convolutions over spectrograms of clips of different length, normalised within each clip. @module */

import * as tf from "../deps/tf.ts";
import { assertShape } from "../tensor/layers.ts";
import { constant, heUniform, type Init } from "../tensor/parameter.ts";
import { fold, type Key } from "../tensor/random.ts";

/** Parameters of {@linkcode clipConvolutions}, by layer: `0`, `1`, … from the input on. */
export type ClipConvolutionsParams = {
  [layer: string]: {
    /** `[3, 3, in, out]`. */
    filter: tf.Tensor;
    /** γ, `[out]`. */
    scale: tf.Tensor;
    /** β, `[out]`. */
    shift: tf.Tensor;
  };
};

/** Filters uniform on ±√(6 / fan-in) (He et al. 2015), γ = 1, β = 0. */
export function initClipConvolutions(
  key: Key,
  channels: readonly number[],
): Init<ClipConvolutionsParams> {
  const layers = channels.map((out, i) => {
    const input = i === 0 ? 1 : channels[i - 1]!;
    const filter = heUniform(fold(key, i), [3, 3, input, out], 9 * input);
    return [String(i), { filter, scale: constant([out], 1), shift: constant([out], 0) }];
  });
  return Object.fromEntries(layers);
}

/**
 * Strided convolutions, each halving frames and bands:
 *
 *     h = spectrogram
 *     h = ReLU(γ ⊙ groupNorm(conv3x3(h, stride 2)) + β) for each layer
 *
 * `spectrogram` is `[B, T, F]`, standardised; `frames` `[B]` says how many of its T frames are
 * the clip. `y` is `[B, T', F', c]`, and `length` `[B]` the clip's share of its T' steps. What
 * follows the clip counts nowhere: it is 0 before each convolution, and takes no part in the
 * mean and variance of the clip's {@linkcode groupNorm}. So a clip gives the same numbers
 * whatever it is padded to.
 */
export function clipConvolutions(
  params: ClipConvolutionsParams,
  { spectrogram, frames }: { spectrogram: tf.Tensor; frames: tf.Tensor },
  { groups }: { groups: number },
): { y: tf.Tensor; length: tf.Tensor } {
  assertShape("spectrogram", spectrogram, [-1, -1, -1]);
  const [batch, steps] = spectrogram.shape as [number, number];
  assertShape("frames", frames, [batch]);
  // [B, T, F, 1]
  let y: tf.Tensor = tf.mul(tf.expandDims(spectrogram, 3), stepsWithin(frames, steps));
  let length = frames;
  for (const { filter, scale, shift } of Object.values(params)) {
    const convolved = tf.conv2d(y as tf.Tensor4D, filter as tf.Tensor4D, 2, "same");
    length = tf.mul(length, convolved.shape[1] / y.shape[1]!);
    const within = stepsWithin(length, convolved.shape[1]);
    const normal = groupNorm(convolved, { within, groups });
    y = tf.mul(tf.relu(tf.add(tf.mul(normal, scale), shift)), within);
  }
  return { y, length };
}

/** `[B, T, 1, 1]`, 1 for the steps of which a part lies within the clip's `length` `[B]`. */
export function stepsWithin(length: tf.Tensor, steps: number): tf.Tensor {
  const step = tf.reshape(tf.range(0, steps), [1, steps, 1, 1]); // [1, T, 1, 1]
  return tf.cast(tf.less(step, tf.reshape(length, [-1, 1, 1, 1])), "float32"); // [B, T, 1, 1]
}

/**
 * Each of `groups` equal groups of channels of `x` `[B, T, F, c]` with mean 0 and variance 1
 * over the steps that are `within` the clip, `[B, T, 1, 1]` (Wu and He 2018):
 *
 *     y = (x - mean) / √(variance + 1e-5)
 */
export function groupNorm(
  x: tf.Tensor,
  { within, groups }: { within: tf.Tensor; groups: number },
): tf.Tensor {
  const [batch, steps, bands, channels] = x.shape as [number, number, number, number];
  if (channels % groups !== 0) {
    throw new RangeError(
      `Cannot normalise groups: expected channels that ${groups} groups share, got ${channels}`,
    );
  }
  // [B, T, F, G, c / G]
  const grouped = tf.reshape(x, [batch, steps, bands, groups, channels / groups]);
  const inside = tf.expandDims(within, 4); // [B, T, 1, 1, 1]
  const share = tf.div(inside, tf.maximum(tf.sum(inside, 1, true), 1));
  const overClip = (of: tf.Tensor) => tf.sum(tf.mul(tf.mean(of, [2, 4], true), share), 1, true);
  const centred = tf.sub(grouped, overClip(grouped));
  const variance = overClip(tf.square(centred));
  return tf.reshape(tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-5))), x.shape); // [B, T, F, c]
}
