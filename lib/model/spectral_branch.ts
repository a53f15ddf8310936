/** The spectral path of the audio branch: a CNN over the log-mel spectrogram, and prosody. @module */

import * as tf from "../deps/tf.ts";
import { assertShape, initLinear, linear, type LinearParams } from "../tensor/layers.ts";
import { constant, heUniform, type Init } from "../tensor/parameter.ts";
import { fold, type Key } from "../tensor/random.ts";

/** Parameters of {@linkcode spectralBranch}. */
export type SpectralBranchParams = {
  /** Filters `[3, 3, in, out]` and biases `[out]`, named `0`, `1`, … from the input on. */
  convolutions: { [layer: string]: { filter: tf.Tensor; bias: tf.Tensor } };
  /** From the last channels and the prosody to d. */
  output: LinearParams;
};

/** Filters and W uniform on ±√(6 / fan-in) (He et al. 2015), zero biases; `width` is d, `prosody` is p. */
export function initSpectralBranch(
  key: Key,
  { channels, prosody, width }: { channels: readonly number[]; prosody: number; width: number },
): Init<SpectralBranchParams> {
  const convolutions = channels.map((out, i) => {
    const input = i === 0 ? 1 : channels[i - 1]!;
    const filter = heUniform(fold(key, "filter", i), [3, 3, input, out], 9 * input);
    return [String(i), { filter, bias: constant([out], 0) }];
  });
  return {
    convolutions: Object.fromEntries(convolutions),
    output: initLinear(fold(key, "output"), { in: channels.at(-1)! + prosody, out: width }),
  };
}

/**
 * "Captures the prosodic features of speech at a low level by extracting
 * pitch, tone, and spectral energy patterns using a CNN-based encoder".
 *
 *     h = logMel, each `framePooling` frames averaged
 *     h = ReLU(conv3x3(h), stride 2) for each layer   [B, T', F', c]
 *     s = mean of h over frequency, averaged into n equal spans of the clip
 *     y = ReLU([s; prosody] W + b)                    [B, n, d]
 *
 * `logMel` is `[B, T, F]`, standardised; `frames` `[B]` says how many of its T
 * frames are the clip, so that segment i of this path and of the contextual
 * path are the same stretch of speech. Padding is averaged into none; through
 * the 3 x 3 windows of L layers the last segment sees 2^L - 1 frames of it. `prosody` is
 * `[B, n, p]`. The paper gives no architecture: strided 3 x 3 convolutions and
 * the addition of measured prosody are our completion.
 */
export function spectralBranch(
  { convolutions, output }: SpectralBranchParams,
  { logMel, frames, prosody }: { logMel: tf.Tensor; frames: tf.Tensor; prosody: tf.Tensor },
  { framePooling = 1 }: { framePooling?: number } = {},
): tf.Tensor {
  assertShape("logMel", logMel, [-1, -1, -1]);
  const [batch, steps, bands] = logMel.shape as [number, number, number];
  assertShape("frames", frames, [batch]);
  if (steps % framePooling !== 0) {
    throw new RangeError(
      `Cannot pool frames: expected a number that divides ${steps}, got ${framePooling}`,
    );
  }
  const pooled = framePooling === 1
    ? logMel
    // [B, T / framePooling, F]
    : tf.mean(tf.reshape(logMel, [batch, steps / framePooling, framePooling, bands]), 2);
  let h: tf.Tensor = tf.expandDims(pooled, 3); // [B, T, F, 1]
  for (const { filter, bias } of Object.values(convolutions)) {
    const convolved = tf.conv2d(h as tf.Tensor4D, filter as tf.Tensor4D, 2, "same");
    h = tf.relu(tf.add(convolved, bias));
  }
  const overTime = tf.mean(h, 2); // [B, T', c]
  const scale = overTime.shape[1]! / steps;
  const spans = segmentAverage(tf.mul(frames, scale), {
    steps: overTime.shape[1]!,
    segments: prosody.shape[1]!,
  });
  // [B, n, d] from [B, n, c + p]
  return tf.relu(linear(output, tf.concat([tf.matMul(spans, overTime), prosody], 2)));
}

/**
 * Weights `[B, n, T]` that average T steps into n equal spans of the first
 * `lengths` `[B]` steps, in (0, T]: the weight of step j in span i is the
 * share of the span that lies in [j, j + 1). Rows sum to 1. A length of 0, an
 * absent clip's, counts as one step, so that nothing is divided by zero.
 */
export function segmentAverage(
  lengths: tf.Tensor,
  { steps, segments }: { steps: number; segments: number },
): tf.Tensor {
  const length = tf.reshape(tf.where(tf.greater(lengths, 0), lengths, 1), [-1, 1, 1]); // [B, 1, 1]
  const span = tf.div(length, segments);
  const index = tf.reshape(tf.range(0, segments), [1, segments, 1]); // [1, n, 1]
  const from = tf.mul(index, span), to = tf.add(from, span);
  const step = tf.reshape(tf.range(0, steps), [1, 1, steps]); // [1, 1, T]
  const overlap = tf.sub(tf.minimum(to, tf.add(step, 1)), tf.maximum(from, step)); // [B, n, T]
  return tf.div(tf.relu(overlap), span);
}
