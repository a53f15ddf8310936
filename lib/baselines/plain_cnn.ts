/** Images without an encoder: a plain CNN over the pixels. @module */

import * as tf from "../deps/tf.ts";
import { float32 } from "../compile/mod.ts";
import { augmentImages } from "../branches/augment_image.ts";
import {
  imageBranchDefaults,
  standardisedConvolution,
  type StandardisedConvolutionParams,
  standardisedImages,
} from "../branches/image_branch.ts";
import { initLinear, linear, type LinearParams } from "../tensor/layers.ts";
import { constant, heUniform } from "../tensor/parameter.ts";
import { fold } from "../tensor/random.ts";
import type { Branch } from "../branches/branch.ts";
import { type CorpusFeatures, tableOf } from "../systems/features.ts";
import { branchTraining, scratchBranch } from "../branches/joint.ts";
import type { System } from "../systems/system.ts";
import type { TrainConfig, TrainOptions } from "../training/train.ts";

// 217,514 weights with a classifier of two classes, of images of 48 pixels a side.
const channels = [16, 32, 64, 128];
const hidden = 104;

/**
 * How the plain CNN is trained: as the image branch, so that what differs is the network
 * (docs/trained_branches.md has the trials).
 */
export const plainCnnTraining: TrainConfig = {
  ...branchTraining,
  batch: 32,
  learningRate: 3e-3,
  averaging: 0.99,
};

/** Parameters of {@linkcode plainCnnBranch}. */
export type PlainCnnParams = {
  /** Named `0`, `1`, … from the input on. */
  convolutions: { [layer: string]: StandardisedConvolutionParams };
  hidden: LinearParams;
};

/**
 * The network of {@linkcode plainCnn} but for its classifier: one state an image,
 *
 *     h = (pixels - mean) / deviation, of each image     [B, S, S, 1]
 *     h = maxPool2x2(ReLU(conv(h))), four times          [B, S/16, S/16, 128]
 *     y = ReLU(h W + b)                                  [B, 1, 104]
 *
 * on the table `pixels` `[N, S, S]` of `pixelFeatures`. Filters are standardised
 * (`standardisedConvolution`), where others would normalise each layer over its batch: it keeps layers
 * to one scale, and an image's verdict to itself. Training changes images as it does for the image branch.
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
        return [String(i), { filter, gain: constant([out], 1), bias: constant([out], 0) }];
      })),
      hidden: initLinear(fold(key, "hidden"), { in: numbers, out: hidden }),
    }),
    inputs: (batch) => ({ pixels: float32(batch, size, size) }),
    masks: () => ({}),
    augment({ pixels, ...others }, key) {
      const square = { height: size, width: size };
      const changes = imageBranchDefaults.augmentation!;
      return { ...others, pixels: augmentImages(pixels!, square, changes, key) };
    },
    states({ convolutions, hidden }, { inputs }) {
      const pixels = inputs!.pixels!, batch = pixels.shape[0]!;
      let h: tf.Tensor = tf.expandDims(standardisedImages(pixels), 3); // [B, S, S, 1]
      for (const layer of Object.values(convolutions)) {
        const y = standardisedConvolution(layer, h);
        h = tf.maxPool(tf.relu(y) as tf.Tensor4D, 2, 2, "valid");
      }
      // [B, d] from [B, S' S' c]
      const state = tf.relu(linear(hidden, tf.reshape(h, [batch, numbers])));
      return { states: tf.expandDims(state, 1), mask: tf.ones([batch, 1]) }; // [B, 1, d] and [B, 1]
    },
  };
}

/**
 * "Plain CNN" as a system: four normalised convolutions, a hidden layer, dropout and a classifier of
 * the corpus's emotions, summed into polarity, with the augmentation and the training of the image
 * branch. What residual blocks, states of their own for each part of a face and averaged views add
 * shows against it. The paper has no such row.
 *
 * It throws a RangeError where there is more than images, and without the table `pixels` or emotions.
 */
export function plainCnn(
  training: TrainConfig = plainCnnTraining,
  options: Omit<TrainOptions, "threads"> = {},
): System {
  const settings = { ...options, target: "emotions", dropout: 0.3 } as const;
  return { ...scratchBranch(plainCnnBranch, training, settings), name: "Plain CNN" };
}
