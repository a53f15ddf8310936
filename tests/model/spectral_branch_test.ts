import { deepEqual, equal, ok, throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import {
  initSpectralBranch,
  segmentAverage,
  spectralBranch,
  type SpectralBranchParams,
} from "../../lib/model/spectral_branch.ts";
import { tensors } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import { gradientsAgree, probe } from "../gradient_check.ts";
import { differ, near, same, uniform, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

Deno.test("segmentAverage() shares steps between spans as worked by hand", () => {
  // Spans of 4/3 steps: [0, 4/3], [4/3, 8/3], [8/3, 4]; the fifth step is past the end.
  near(segmentAverage(tf.tensor1d([4]), { steps: 5, segments: 3 }), [[
    [3 / 4, 1 / 4, 0, 0, 0],
    [0, 1 / 2, 1 / 2, 0, 0],
    [0, 0, 1 / 4, 3 / 4, 0],
  ]]);
  // Half a step at the end, and spans shorter than a step.
  near(segmentAverage(tf.tensor1d([2.5, 1]), { steps: 3, segments: 2 }), [
    [[0.8, 0.2, 0], [0, 0.6, 0.4]],
    [[1, 0, 0], [1, 0, 0]],
  ]);
});

Deno.test("frames pooled in pairs are the frames' means, given to the branch as they are", () => {
  const params = tensors(initSpectralBranch(key(4), { channels: [2], prosody: 1, width: 3 }));
  const logMel = uniformTensor("mel", 2, 8, 4), prosody = uniformTensor("prosody", 2, 2, 1);
  const means = tf.mean(tf.reshape(logMel, [2, 4, 2, 4]), 2);
  near(
    spectralBranch(params, { logMel, frames: tf.tensor1d([8, 5]), prosody }, { framePooling: 2 }),
    spectralBranch(params, { logMel: means, frames: tf.tensor1d([4, 2.5]), prosody }),
  );
  throws(
    () => spectralBranch(params, { logMel, frames: tf.ones([2]), prosody }, { framePooling: 3 }),
    /RangeError: Cannot pool frames: expected a number that divides 8, got 3/,
  );
});

Deno.test("an absent clip, of length 0, has finite weights", () => {
  same(
    segmentAverage(tf.tensor1d([0]), { steps: 3, segments: 2 }),
    segmentAverage(tf.tensor1d([1]), { steps: 3, segments: 2 }),
  );
});

Deno.test("rows of segmentAverage() sum to 1, and all spans together weigh each step alike", () => {
  const lengths = [0.25, 1, 3.7, 6.2, 7];
  for (const segments of [1, 2, 5]) {
    const weights = segmentAverage(tf.tensor1d(lengths), { steps: 7, segments });
    near(tf.sum(weights, 2), tf.ones([lengths.length, segments]));
    const whole = segmentAverage(tf.tensor1d(lengths), { steps: 7, segments: 1 });
    near(tf.mean(weights, 1, true), whole);
  }
});

/** A 3 x 3 filter that is 0 but at one place. */
const tap = (row: number, column: number) =>
  tf.tensor4d(
    Array.from({ length: 9 }, (_, i) => i === 3 * row + column ? 1 : 0),
    [3, 3, 1, 1],
  );

Deno.test("spectralBranch() agrees with its equations worked by hand", () => {
  // The tap at (0, 1) takes every second frame from the first on and every second band from the
  // second on: [[2, 4], [10, 12]]. Minus 3, ReLU: [[0, 1], [7, 9]]; means over bands: 1/2 and 8.
  const logMel = tf.tensor3d([[[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]]]);
  const params: SpectralBranchParams = {
    convolutions: { "0": { filter: tap(0, 1), bias: tf.tensor1d([-3]) } },
    output: { weight: tf.tensor2d([[2, -1], [10, 0]]), bias: tf.tensor1d([0.5, 2]) },
  };
  const prosody = tf.tensor3d([[[0.1], [-0.2]]]);
  const of = (frames: number) =>
    spectralBranch(params, { logMel, frames: tf.tensor1d([frames]), prosody });
  // [2 · 1/2 + 10 · 0.1 + 0.5, -1/2 + 2], [2 · 8 - 10 · 0.2 + 0.5, -8 + 2], and ReLU.
  near(of(4), [[[2.5, 1.5], [14.5, 0]]]);
  // Three frames are 3/2 steps, spans of 3/4: means 1/2 and 1/3 · 1/2 + 2/3 · 8 = 5.5.
  near(of(3), [[[2.5, 1.5], [9.5, 0]]], 1e-5);
});

Deno.test("a second convolution reads what the first one's ReLU let through", () => {
  // Taps at (0, 0): the frames 0, 2, … of 8 bands, and of these 0, 4, …; one band in four.
  const ramp = tf.tensor3d(
    Array.from({ length: 64 }, (_, i) => Math.floor(i / 8) - 3),
    [1, 8, 8],
  );
  const params: SpectralBranchParams = {
    convolutions: {
      "0": { filter: tap(0, 0), bias: tf.tensor1d([0]) },
      "1": { filter: tap(0, 0), bias: tf.tensor1d([1]) },
    },
    output: { weight: tf.tensor2d([[1], [0]]), bias: tf.tensor1d([0]) },
  };
  const frames = tf.tensor1d([8]), prosody = tf.zeros([1, 2, 1]);
  // Frames 0 and 4 hold -3 and 1: ReLU gives 0 and 1, plus 1 each.
  near(spectralBranch(params, { logMel: ramp, frames, prosody }), [[[1], [2]]]);
});

/** Two layers and 16 frames of 4 bands, a batch of two, two segments, two prosody values. */
const sizes = { channels: [2, 3], prosody: 2, width: 3 };
const params: SpectralBranchParams = tensors(initSpectralBranch(key(4), sizes));
const logMel = uniformTensor("mel", 2, 16, 4);
const prosody = uniformTensor("prosody", 2, 2, 2);
const frames = tf.tensor1d([8, 12]);
/** 1 from frame `from` on. */
const after = (from: number) =>
  tf.tensor3d(Array.from({ length: 16 }, (_, i) => i < from ? 0 : 1), [1, 16, 1]);

Deno.test("padding is seen by nothing but the convolutions' reach over the clip's end", () => {
  const noise = tf.mul(uniformTensor("noise", 2, 16, 4), 50);
  const of = (from: number) =>
    spectralBranch(params, { logMel: tf.add(logMel, tf.mul(noise, after(from))), frames, prosody });
  const first = (y: tf.Tensor) => tf.slice(y, 0, 1), second = (y: tf.Tensor) => tf.slice(y, 1, 1);
  const clean = of(16);
  // Two layers of stride 2: a step covers 7 frames from its own four on, 3 more than its share.
  same(first(of(8 + 3)), first(clean));
  same(second(of(12 + 3)), second(clean));
  // Not even those reach the first segment.
  const start = [0, 0, 0], segment = [1, 1, 3];
  same(tf.slice(of(8), start, segment), tf.slice(clean, start, segment));
  ok(differ(first(of(7)), first(clean)), "the last frame of the clip counts");
});

Deno.test("energy that moves in time moves between the segments", () => {
  const sum: SpectralBranchParams = {
    convolutions: { "0": { filter: tf.ones([3, 3, 1, 1]), bias: tf.zeros([1]) } },
    output: { weight: tf.tensor2d([[1], [0], [0]]), bias: tf.zeros([1]) },
  };
  const prosody = tf.zeros([1, 4, 2]), frames = tf.tensor1d([16]);
  const loudest = [2, 6, 10, 14].map((at) => {
    const logMel = tf.sub(after(at), after(at + 1)).mul(tf.ones([1, 16, 4]));
    const y = spectralBranch(sum, { logMel, frames, prosody });
    return tf.argMax(y, 1).dataSync()[0];
  });
  deepEqual(loudest, [0, 1, 2, 3]);
});

Deno.test("a longer spectrogram around the same clip gives the same segments", () => {
  const [short, own] = [tf.slice(logMel, [0, 0, 0], [1, 8, 4]), tf.slice(prosody, 0, 1)];
  const long = tf.concat([short, tf.fill([1, 8, 4], 0.3)], 1);
  const of = (logMel: tf.Tensor) =>
    spectralBranch(params, { logMel, frames: tf.tensor1d([4]), prosody: own });
  same(of(long), of(short));
});

Deno.test("permuting the batch permutes the segments", () => {
  const of = (turn: (x: tf.Tensor) => tf.Tensor) =>
    spectralBranch(params, {
      logMel: turn(logMel),
      frames: turn(frames),
      prosody: turn(prosody),
    });
  same(of((x) => tf.reverse(x, 0)), tf.reverse(of((x) => x), 0));
  ok(differ(tf.slice(of((x) => x), 0, 1), tf.slice(of((x) => x), 1, 1)));
});

Deno.test("the gradients of spectralBranch() are central differences", () => {
  const at = {
    ...initSpectralBranch(key(4), { ...sizes, channels: [2, 2] }),
    prosody: uniform("prosody", 1, 2, 2),
    logMel: uniform("mel", 1, 8, 4),
  };
  gradientsAgree(at, ({ prosody, logMel, ...params }) => {
    const y = spectralBranch(params as SpectralBranchParams, {
      logMel,
      frames: tf.tensor1d([6]),
      prosody,
    });
    return probe(y);
  });
});

Deno.test("initSpectralBranch() chains its channels and has no bias to start with", () => {
  const { convolutions, output } = initSpectralBranch(key(4), sizes);
  deepEqual(Object.keys(convolutions), ["0", "1"]);
  deepEqual(convolutions["0"]!.filter.shape, [3, 3, 1, 2]);
  deepEqual(convolutions["1"]!.filter.shape, [3, 3, 2, 3]);
  deepEqual(output.weight.shape, [3 + 2, 3]);
  ok(convolutions["1"]!.bias.values.every((b) => b === 0));
  // √(6 / (9 · 2)).
  const largest = Math.max(...convolutions["1"]!.filter.values.map(Math.abs));
  ok(largest <= Math.sqrt(1 / 3) && largest > 0.9 * Math.sqrt(1 / 3));
  equal(output.bias.values.length, 3);
});

Deno.test("spectralBranch() refuses a spectrogram without batch, and frames of another batch", () => {
  throws(
    () => spectralBranch(params, { logMel: tf.zeros([16, 4]), frames, prosody }),
    /RangeError: Cannot use logMel: expected shape \[any, any, any\], got \[16, 4\]/,
  );
  throws(
    () => spectralBranch(params, { logMel, frames: tf.ones([3]), prosody }),
    /RangeError: Cannot use frames: expected shape \[2\], got \[3\]/,
  );
  throws(
    () => spectralBranch(params, { logMel, frames, prosody: tf.zeros([2, 2, 3]) }),
    /expected a last axis of 5/,
  );
});
