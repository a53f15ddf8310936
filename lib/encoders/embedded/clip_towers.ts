/** The two towers of the small CLIP and the contrastive loss, as pure functions of tensors. @module */

import * as tf from "../../deps/tf.ts";
import * as layers from "../../tensor/layers.ts";
import { crossEntropy } from "../../tensor/losses.ts";
import { constant, heUniform, type Init } from "../../tensor/parameter.ts";
import { fold, type Key } from "../../tensor/random.ts";

/** Parameters of {@linkcode imageTower}. */
export type ImageTowerParams = {
  /** Filters `[3, 3, in, out]`, gains γ and biases β `[out]`, named `0`, `1`, … from the input on. */
  convolutions: { [layer: string]: { filter: tf.Tensor; gain: tf.Tensor; bias: tf.Tensor } };
  /** From the last channels to the joint width. */
  projection: layers.LinearParams;
};

/** Parameters of {@linkcode textTower}. */
export type TextTowerParams = {
  /** From a word's vector to hidden units. */
  words: layers.LinearParams;
  /** From a word's hidden units to how much it counts, `[hidden, 1]`. A bias would shift all alike. */
  attention: tf.Tensor;
  /** From hidden units to the joint width. */
  projection: layers.LinearParams;
};

/** Parameters of {@linkcode contrastiveLoss}. */
export type ClipParams = {
  image: ImageTowerParams;
  text: TextTowerParams;
  /** s, `[1]`: the logarithm of what similarities are multiplied by. */
  logScale: tf.Tensor;
};

/** The sizes of the towers. */
export interface ClipSize {
  /** Channels of each convolution; each halves height and width. */
  readonly channels: readonly number[];
  /** Numbers of a word vector. */
  readonly words: number;
  /** Hidden units of the text tower. */
  readonly hidden: number;
  /** Of the joint space. */
  readonly width: number;
}

/** The range of s: Radford et al. begin at ln(1 / 0.07) and let the scale grow to 100. */
export const logScaleRange = { initial: Math.log(1 / 0.07), highest: Math.log(100) } as const;

/** He-uniform weights, zero biases, s = ln(1 / 0.07). */
export function initClip(key: Key, { channels, words, hidden, width }: ClipSize): Init<ClipParams> {
  const convolutions = channels.map((out, i) => {
    const input = channels[i - 1] ?? 3;
    const filter = heUniform(fold(key, "filter", i), [3, 3, input, out], 9 * input);
    return [String(i), { filter, gain: constant([out], 1), bias: constant([out], 0) }];
  });
  const layer = (name: string, from: number, to: number, gain: number) =>
    layers.initLinear(fold(key, name), { in: from, out: to }, gain);
  return {
    image: {
      convolutions: Object.fromEntries(convolutions),
      projection: layer("image projection", channels.at(-1)!, width, 1),
    },
    text: {
      words: layer("words", words, hidden, 2),
      attention: heUniform(fold(key, "attention"), [hidden, 1], hidden, 1),
      projection: layer("text projection", hidden, width, 1),
    },
    logScale: constant([1], logScaleRange.initial),
  };
}

/**
 * From pictures `[B, H, W, 3]` in [-1, 1] to embeddings `[B, width]`:
 *
 *     c = conv3x3(h), stride 2,  h = ReLU(γ (c - mean) / √(variance + 1e-5) + β)  for each layer
 *     y = (largest of h over height and width) W + b
 *
 * Mean and variance are those of a picture's whole map: without a normalisation the loss
 * does not leave that of guessing, and one over the batch would make pictures depend on others.
 */
export function imageTower(
  { convolutions, projection }: ImageTowerParams,
  { pixels }: { pixels: tf.Tensor },
): tf.Tensor {
  layers.assertShape("pixels", pixels, [-1, -1, -1, 3]);
  let h = pixels;
  for (const { filter, gain, bias } of Object.values(convolutions)) {
    const c = tf.conv2d(h as tf.Tensor4D, filter as tf.Tensor4D, 2, "same");
    h = tf.relu(tf.add(tf.mul(standardiseMaps(c), gain), bias));
  }
  return layers.linear(projection, tf.max(h, [1, 2]));
}

function standardiseMaps(x: tf.Tensor): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, [1, 2, 3], true));
  const variance = tf.mean(tf.square(centred), [1, 2, 3], true);
  return tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-5)));
}

/**
 * From word vectors `[B, L, words]` and `mask` `[B, L]`, 1 = keep, to embeddings `[B, width]`:
 *
 *     h = ReLU(x W₁ + b₁)        a = softmax over kept words of h w
 *     y = (Σ a h) W₂ + b₂
 *
 * Words have no order here: captions are names and keywords.
 */
export function textTower(
  { words, attention, projection }: TextTowerParams,
  { vectors, mask }: { vectors: tf.Tensor; mask: tf.Tensor },
): tf.Tensor {
  layers.assertShape("vectors", vectors, [-1, -1, -1]);
  const [batch, length] = vectors.shape as [number, number, number];
  layers.assertShape("mask", mask, [batch, length]);
  const h = tf.relu(layers.linear(words, vectors));
  const scores = tf.reshape(layers.project(attention, h), [batch, length]);
  const weights = tf.softmax(tf.add(scores, tf.mul(tf.sub(mask, 1), 1e4)));
  const pooled = tf.matMul(tf.reshape(weights, [batch, 1, length]), h);
  return layers.linear(projection, tf.reshape(pooled, [batch, -1]));
}

/** Rows of length 1: `y = x / ‖x‖` along the last axis. */
export function normalise(x: tf.Tensor): tf.Tensor {
  // Under the root, so that a row of zeros has a gradient.
  return tf.mul(x, tf.rsqrt(tf.add(tf.sum(tf.square(x), -1, true), 1e-12)));
}

/**
 * The scaled similarity of each picture to each caption, `[B, B]`:
 *
 *     z[i, j] = e^s cos(image i, text j),  s ≤ ln 100
 */
export function similarities(
  logScale: tf.Tensor,
  { image, text }: { image: tf.Tensor; text: tf.Tensor },
): tf.Tensor {
  const scale = tf.exp(tf.clipByValue(logScale, 0, logScaleRange.highest));
  return tf.mul(tf.matMul(normalise(image), normalise(text), false, true), scale);
}

/**
 * The symmetric contrastive loss (Radford et al. 2021, *Learning transferable visual models
 * from natural language supervision*), where row i of both belongs together:
 *
 *     L = ½ (CE of the rows of z + CE of its columns),  the i-th class being the right one
 */
export function contrastiveLoss(z: tf.Tensor): tf.Tensor {
  const batch = z.shape[0]!;
  layers.assertShape("similarities", z, [batch, batch]);
  const labels = tf.range(0, batch, 1, "int32"), weights = tf.ones([batch]);
  const rows = crossEntropy({ logits: z, labels, weights });
  const columns = crossEntropy({ logits: tf.transpose(z), labels, weights });
  return tf.mul(tf.add(rows, columns), 0.5);
}
