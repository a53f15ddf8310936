/** Images without an encoder: a plain CNN over the pixels. @module */

import * as tf from "../deps/tf.ts";
import { float32 } from "../compile/mod.ts";
import { standardisedImages } from "../branches/image_branch.ts";
import { initLinear, linear, type LinearParams } from "../tensor/layers.ts";
import { constant, heUniform } from "../tensor/parameter.ts";
import { fold } from "../tensor/random.ts";
import type { Branch } from "../branches/branch.ts";
import { type CorpusFeatures, tableOf } from "../systems/features.ts";
import { branchTraining, scratchBranch } from "../branches/joint.ts";
import type { System } from "../systems/system.ts";
import type { TrainConfig, TrainOptions } from "../training/train.ts";

// 217,274 weights with the classifier of two polarities, of images of 48 pixels a side.
const channels = [16, 32, 64, 128];
const hidden = 104;

/**
 * How the plain CNN is trained. The learning rate is the best of three on validation parts of FER2013
 * faces, where 12 epochs are enough: it is best after 5 to 8. The other settings are our choice, those of
 * the image branch but for its slower average.
 */
export const plainCnnTraining: TrainConfig = {
  ...branchTraining,
  epochs: 12,
  patience: 12,
  batch: 32,
};

/** Parameters of {@linkcode plainCnnBranch}. */
export type PlainCnnParams = {
  /** Filters `[3, 3, in, out]` and biases `[out]`, named `0`, `1`, … from the input on. */
  convolutions: { [layer: string]: { filter: tf.Tensor; bias: tf.Tensor } };
  hidden: LinearParams;
};

/**
 * The network of {@linkcode plainCnn} but for its classifier: one state an image,
 *
 *     h = (pixels - mean) / deviation, of each image     [B, S, S, 1]
 *     h = maxPool2x2(ReLU(conv3x3(h))), four times       [B, S/16, S/16, 128]
 *     y = ReLU(h W + b)                                  [B, 1, 104]
 *
 * on the table `pixels` `[N, S, S]` of `pixelFeatures`.
 */
export function plainCnnBranch(features: CorpusFeatures): Branch<PlainCnnParams> {
  const size = tableOf(features, "image", "pixels").shape[1]!;
  const numbers = Math.floor(size / 2 ** channels.length) ** 2 * channels.at(-1)!;
  return {
    modality: "image",
    graph: JSON.stringify(["plain CNN", channels, hidden, size]),
    segments: 1,
    width: hidden,
    init: (key) => ({
      convolutions: Object.fromEntries(channels.map((out, i) => {
        const input = i === 0 ? 1 : channels[i - 1]!;
        const filter = heUniform(fold(key, "filter", i), [3, 3, input, out], 9 * input);
        return [String(i), { filter, bias: constant([out], 0) }];
      })),
      hidden: initLinear(fold(key, "hidden"), { in: numbers, out: hidden }),
    }),
    inputs: (batch) => ({ pixels: float32(batch, size, size) }),
    masks: () => ({}),
    states({ convolutions, hidden }, { inputs }) {
      const pixels = inputs!.pixels!, batch = pixels.shape[0]!;
      let h: tf.Tensor = tf.expandDims(standardisedImages(pixels), 3); // [B, S, S, 1]
      for (const { filter, bias } of Object.values(convolutions)) {
        const y = tf.add(tf.conv2d(h as tf.Tensor4D, filter as tf.Tensor4D, 1, "same"), bias);
        h = tf.maxPool(tf.relu(y) as tf.Tensor4D, 2, 2, "valid");
      }
      // [B, d] from [B, S' S' c]
      const state = tf.relu(linear(hidden, tf.reshape(h, [batch, numbers])));
      return { states: tf.expandDims(state, 1), mask: tf.ones([batch, 1]) }; // [B, 1, d] and [B, 1]
    },
  };
}

/**
 * "Plain CNN" as a system: four convolutions, a hidden layer and a classifier of the two
 * polarities, trained on the images as they are. What residual blocks, standardised filters,
 * augmentation and emotions add shows against it. The paper has no such row.
 *
 * It throws a RangeError where there is more than images, and without the table `pixels`.
 */
export function plainCnn(
  training: TrainConfig = plainCnnTraining,
  options: Omit<TrainOptions, "threads"> = {},
): System {
  const settings = { ...options, target: "polarity", dropout: 0.3 } as const;
  return { ...scratchBranch(plainCnnBranch, training, settings), name: "Plain CNN" };
}
