/** Images from nothing: a trained residual CNN from the pixels of a face to states. @module */

import * as tf from "../deps/tf.ts";
import { float32 } from "../compile/mod.ts";
import { assertShape } from "../tensor/layers.ts";
import { constant, heUniform, type Init } from "../tensor/parameter.ts";
import { fold, type Key } from "../tensor/random.ts";
import { augmentImages, type ImageAugmentation } from "./augment_image.ts";
import type { Branch } from "./branch.ts";

/** Parameters of {@linkcode standardisedConvolution}. */
export type StandardisedConvolutionParams = {
  /** w, `[3, 3, in, out]`. */
  filter: tf.Tensor;
  /** g, `[out]`. */
  gain: tf.Tensor;
  /** b, `[out]`. */
  bias: tf.Tensor;
};

/** Parameters of {@linkcode imageBranch}. */
export type ImageBranchParams = {
  /** Named `0`, `1`, … from the input on. */
  stages: {
    [stage: string]: {
      input: StandardisedConvolutionParams;
      /** From the second stage on. */
      residual?: {
        first: StandardisedConvolutionParams;
        second: StandardisedConvolutionParams;
        /** α, `[out]`. */
        scale: tf.Tensor;
      };
    };
  };
  /** For each cell a W `[n, p, d]` and b `[n, 1, d]` of its own. */
  cells: { weight: tf.Tensor; bias: tf.Tensor };
};

/** Settings of {@linkcode imageBranch}. */
export interface ImageBranchSettings {
  /** Of each stage, from the input on. */
  readonly channels: readonly number[];
  /** n, states an image; a square number. */
  readonly segments: number;
  /** d, numbers a state. */
  readonly width: number;
  /** Rate at which an image skips a residual block in training. */
  readonly skip: number;
  /** Rate at which a cell's numbers are dropped. */
  readonly dropout: number;
  /** How training images are changed; not at all by default. */
  readonly augmentation?: ImageAugmentation;
  /** In which sizes an image that is judged is seen, as factors; as it is by default. */
  readonly zooms?: readonly number[];
}

/** Inputs of {@linkcode imageBranch}. */
export interface ImageBranchInputs {
  /** `[B, S, S]`, grey. */
  readonly pixels: tf.Tensor;
  /** In training the masks `cells` `[n, B, p]`, and `[B, 1, 1, 1]` by stage for its residual block. */
  readonly keep?: { readonly [layer: string]: tf.Tensor };
}

// At first a block adds little to what passes it, so that a deep network learns like a shallow one.
const residualScale = 0.2;

/** Filters and W uniform on ±√(6 / fan-in) (He et al. 2015), gains 1, biases 0, α 0.2. */
export function initImageBranch(
  key: Key,
  { channels, segments, width, size }:
    & Pick<ImageBranchSettings, "channels" | "segments" | "width">
    & {
      /** S, pixels a side. */
      readonly size: number;
    },
): Init<ImageBranchParams> {
  const stages = channels.map((out, i) => {
    const from = fold(key, "stage", i);
    const input = initConvolution(fold(from, "input"), i === 0 ? 1 : channels[i - 1]!, out);
    if (i === 0) return [String(i), { input }];
    const residual = {
      first: initConvolution(fold(from, "first"), out, out),
      second: initConvolution(fold(from, "second"), out, out),
      scale: constant([out], residualScale),
    };
    return [String(i), { input, residual }];
  });
  const numbers = cellSize({ channels, segments, size });
  return {
    stages: Object.fromEntries(stages),
    cells: {
      weight: heUniform(fold(key, "cells"), [segments, numbers, width], numbers),
      bias: constant([segments, 1, width], 0),
    },
  };
}

function initConvolution(
  key: Key,
  input: number,
  out: number,
): Init<StandardisedConvolutionParams> {
  return {
    filter: heUniform(key, [3, 3, input, out], 9 * input),
    gain: constant([out], 1),
    bias: constant([out], 0),
  };
}

/**
 * A 3 x 3 convolution whose filters are standardised (Qiao et al. 2019), with as many pixels out
 * as in:
 *
 *     ŵ = g √(2 / f) (w - μ) / σ        y = conv3x3(x, ŵ) + b
 *
 * μ and σ are each filter's own over its f = 9 in numbers. A filter without mean cannot pass on
 * the mean of what comes out of a ReLU, which in deep plain networks drowns all else; and no image is
 * normalised by the others of its batch.
 */
export function standardisedConvolution(
  params: StandardisedConvolutionParams,
  x: tf.Tensor,
): tf.Tensor {
  return tf.add(convolution(params, x), params.bias);
}

/** {@linkcode standardisedConvolution} without its bias. */
function convolution(
  { filter, gain }: Omit<StandardisedConvolutionParams, "bias">,
  x: tf.Tensor,
): tf.Tensor {
  const [height, width, input] = filter.shape as [number, number, number];
  const centred = tf.sub(filter, tf.mean(filter, [0, 1, 2], true));
  const variance = tf.mean(tf.square(centred), [0, 1, 2], true);
  const perWeight = tf.add(tf.mul(variance, height * width * input / 2), 1e-4);
  const standard = tf.mul(tf.mul(centred, tf.rsqrt(perWeight)), gain);
  return tf.conv2d(x as tf.Tensor4D, standard as tf.Tensor4D, 1, "same");
}

/**
 * From grey images to n states, by stages that halve the sides:
 *
 *     h = (pixels - mean) / deviation, of each image          [B, S, S, 1]
 *     h = maxPool2x2(ReLU(conv(h)))  for each stage           [B, S', S', c]
 *     h = ReLU(h + keep α ⊙ conv(ReLU(conv(h))))  from the second stage on
 *     y_s = ReLU(dropout(cell s of h) W_s + b_s)              [B, n, d]
 *
 * `conv` is {@linkcode standardisedConvolution}. The cells are a grid of √n by √n, row after row;
 * each has weights of its own for all its p numbers, since in a picture of a face it matters
 * where something is. A whole residual block is left out at random in training, image by image
 * (`keep`; stochastic depth, Huang et al. 2016). Brightness and contrast of a whole image change nothing.
 *
 * The paper takes a pre-trained ResNet50, which this stands for where nothing may be downloaded
 * or nothing else may have seen the images.
 */
export function imageBranch(
  { stages, cells }: ImageBranchParams,
  { pixels, keep = {} }: ImageBranchInputs,
): tf.Tensor {
  assertShape("pixels", pixels, [-1, -1, -1]);
  let h: tf.Tensor = tf.expandDims(standardisedImages(pixels), 3); // [B, S, S, 1]
  for (const [stage, { input, residual }] of Object.entries(stages)) {
    const y = convolution(input, h);
    // The largest of four stays the largest with b added and under ReLU, which are then a quarter's work.
    h = tf.relu(tf.add(tf.maxPool(y as tf.Tensor4D, 2, 2, "valid"), input.bias));
    if (residual === undefined) continue;
    const { first, second, scale } = residual;
    const inner = tf.relu(standardisedConvolution(first, h));
    const change = tf.mul(standardisedConvolution(second, inner), scale);
    h = tf.relu(tf.add(h, keep[stage] ? tf.mul(change, keep[stage]) : change));
  }
  const read = gridCells(h, cells.weight.shape[0]!); // [n, B, p]
  const kept = keep.cells ? tf.mul(read, keep.cells) : read;
  // [B, n, d] from [n, B, d]
  return tf.transpose(tf.relu(tf.add(tf.matMul(kept, cells.weight), cells.bias)), [1, 0, 2]);
}

/** Images `[B, H, W]`, each with mean 0 and deviation 1; one of a single grey becomes 0. */
export function standardisedImages(pixels: tf.Tensor): tf.Tensor {
  const centred = tf.sub(pixels, tf.mean(pixels, [1, 2], true));
  const variance = tf.mean(tf.square(centred), [1, 2], true);
  return tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-4)));
}

/** `[B, S, S, c]` as `[n, B, p]`: all numbers of each cell of a square grid. */
function gridCells(map: tf.Tensor, cells: number): tf.Tensor {
  const [batch, size, , channels] = map.shape as [number, number, number, number];
  const grid = Math.sqrt(cells), side = size / grid;
  const split = tf.reshape(map, [batch, grid, side, grid, side, channels]); // [B, √n, s, √n, s, c]
  // [n, B, s s c] from [√n, √n, B, s, s, c]
  return tf.reshape(tf.transpose(split, [1, 3, 0, 2, 4, 5]), [
    cells,
    batch,
    side * side * channels,
  ]);
}

/**
 * The mean of the states of V views of images and of the mirror images of these:
 *
 *     ȳ_s = Σ_v (branch(x_v)_s + branch(mirror of x_v)_s') / 2V
 *
 * where x_v is the image in another size ({@linkcode zoomedImages}), by default as it is, and s' the
 * cell in which the mirror image shows what x_v has in s. A classifier upon the mean of the states gives
 * the mean of all their logits.
 */
export function mirroredImageBranch(
  params: ImageBranchParams,
  pixels: tf.Tensor,
  { zooms = [1] }: { readonly zooms?: readonly number[] } = {},
): tf.Tensor {
  const seen = zooms.map((zoom) => zoomedImages(pixels, zoom));
  const mirrored = seen.map((x) => tf.reverse(x, 2));
  const states = imageBranch(params, { pixels: tf.concat([...seen, ...mirrored], 0) }); // [2V B, n, d]
  const [cells, width] = states.shape.slice(1) as [number, number];
  const grid = Math.sqrt(cells), batch = pixels.shape[0]!;
  const shape = [2, zooms.length, batch, grid, grid, width];
  const [straight, turned] = tf.unstack(tf.reshape(states, shape)) as [tf.Tensor, tf.Tensor];
  // [B, √n, √n, d] from [V, B, √n, √n, d]
  const mean = tf.mean(tf.add(straight, tf.reverse(turned, 3)), 0);
  return tf.reshape(tf.mul(mean, 0.5), [batch, cells, width]); // [B, n, d]
}

/**
 * Square images `[B, S, S]` with their content `zoom` times as large, as `placeImage` has it: about the
 * middle, between pixels by bilinear interpolation, beyond the border the border's own value.
 */
export function zoomedImages(pixels: tf.Tensor, zoom: number): tf.Tensor {
  if (zoom === 1) return pixels;
  const [batch, size] = pixels.shape as [number, number, number];
  const weights = new Float32Array(size * size), middle = (size - 1) / 2;
  for (let to = 0; to < size; to++) {
    const from = Math.min(Math.max(middle + (to - middle) / zoom, 0), size - 1);
    const first = Math.min(Math.floor(from), size - 2);
    weights[first * size + to] = 1 - (from - first);
    weights[(first + 1) * size + to] = from - first;
  }
  const matrix = tf.tensor2d(weights, [size, size]); // a column for each new pixel
  // Along the rows, then the columns, which the transposition turns into rows and back.
  const along = (x: tf.Tensor) => {
    const drawn = tf.matMul(tf.reshape(x, [batch * size, size]), matrix);
    return tf.transpose(tf.reshape(drawn, [batch, size, size]), [0, 2, 1]);
  };
  return along(along(pixels));
}

/** p, the numbers of a cell. */
function cellSize(
  { channels, segments, size }: Pick<ImageBranchSettings, "channels" | "segments"> & {
    readonly size: number;
  },
): number {
  const side = size / 2 ** channels.length / Math.sqrt(segments);
  if (!Number.isInteger(side)) {
    throw new RangeError(
      `Cannot make an image branch: expected a side that ${channels.length} stages halve and ` +
        `${segments} cells share as a square, got ${size}`,
    );
  }
  return side ** 2 * channels.at(-1)!;
}

/**
 * Tried on validation parts of FER2013 faces, 1,500 to learn from. Forms without standardised filters
 * or cells with weights of their own stayed at chance or learnt less, but differed in more than that;
 * the rates and ranges are a first choice.
 */
export const imageBranchDefaults: ImageBranchSettings = {
  channels: [16, 32, 64],
  segments: 4,
  width: 64,
  skip: 0.1,
  dropout: 0,
  augmentation: { flip: 0.5, rotation: 0.2, zoom: 1.15, shift: 0.08, cutout: 0.3 },
  zooms: [1, 0.93],
};

/**
 * {@linkcode imageBranch} as a branch, on the table `pixels` of `pixelFeatures` with `size`
 * pixels a side. In training it sees changed images, one view of each; else it is
 * {@linkcode mirroredImageBranch} in the sizes of `zooms`, and of the images as they are where an
 * epoch is chosen.
 *
 * @throws {RangeError} The sides can't be halved by all stages and shared by the cells.
 */
export function trainedImage(
  settings: ImageBranchSettings = imageBranchDefaults,
  { size = 48 }: { readonly size?: number } = {},
): Branch<ImageBranchParams> {
  const { channels, segments, width, skip, dropout, augmentation, zooms = [1] } = settings;
  const numbers = cellSize({ channels, segments, size });
  const blocks = channels.slice(1).map((_, i) => String(i + 1));
  return {
    modality: "image",
    graph: JSON.stringify(["image", channels, segments, width, skip, dropout, size, zooms]),
    segments,
    width,
    init: (key) => initImageBranch(key, { channels, segments, width, size }),
    inputs: (batch) => ({ pixels: float32(batch, size, size) }),
    masks: (batch) => ({
      cells: { shape: [segments, batch, numbers], rate: dropout },
      ...Object.fromEntries(
        blocks.map((stage) => [stage, { shape: [batch, 1, 1, 1], rate: skip }]),
      ),
    }),
    ...augmentation && {
      augment({ pixels, ...others }, key) {
        const square = { height: size, width: size };
        return { ...others, pixels: augmentImages(pixels!, square, augmentation, key) };
      },
    },
    states(params, { inputs, keep = {} }) {
      const pixels = inputs!.pixels!;
      const training = Object.keys(keep).length > 0;
      const states = training
        ? imageBranch(params, { pixels, keep })
        : mirroredImageBranch(params, pixels, { zooms });
      return { states, mask: tf.ones([pixels.shape[0]!, segments]) };
    },
    ...zooms.join() !== "1" && {
      quickStates(params: ImageBranchParams, { inputs }) {
        const pixels = inputs!.pixels!;
        return {
          states: mirroredImageBranch(params, pixels),
          mask: tf.ones([pixels.shape[0]!, segments]),
        };
      },
    },
  };
}
