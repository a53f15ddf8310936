import { deepEqual, ok, throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import {
  clipConvolutions,
  type ClipConvolutionsParams,
  groupNorm,
  initClipConvolutions,
} from "../../lib/branches/clip_convolutions.ts";
import { tensors } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import { gradientsAgree, probe } from "../gradient_check.ts";
import { differ, near, same, uniform, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

Deno.test("groupNorm() agrees with its equation worked by hand", () => {
  // One frame within of two, one band, two groups of two channels: 1 and 3 have mean 2 and
  // variance 1; 5 and 5 have no variance. Of the frame after the clip nothing counts.
  const x = tf.tensor4d([1, 3, 5, 5, 100, -100, 7, 8], [1, 2, 1, 4]);
  const within = tf.tensor4d([1, 0], [1, 2, 1, 1]);
  const y = groupNorm(x, { within, groups: 2 });
  near(tf.slice(y, 0, [1, 1, 1, 4]), [[[[-1, 1, 0, 0]]]], 1e-4);
  // All four in one group: mean 3.5, variance (6.25 + 0.25 + 2.25 + 2.25) / 4.
  const root = Math.sqrt(2.75 + 1e-5);
  const one = tf.slice(groupNorm(x, { within, groups: 1 }), 0, [1, 1, 1, 4]);
  near(one, [[[[-2.5 / root, -0.5 / root, 1.5 / root, 1.5 / root]]]], 1e-5);
});

Deno.test("groupNorm() counts frames and bands alike, and each clip by itself", () => {
  const x = uniformTensor("x", 3, 4, 5, 6);
  const y = groupNorm(x, { within: tf.ones([3, 4, 1, 1]), groups: 3 });
  const grouped = tf.reshape(y, [3, 20, 3, 2]);
  near(tf.mean(grouped, [1, 3]), tf.zeros([3, 3]), 1e-5);
  near(tf.mean(tf.square(grouped), [1, 3]), tf.ones([3, 3]), 1e-3);
});

/** Two layers, 16 frames of 4 bands, a batch of two. */
const params: ClipConvolutionsParams = tensors(initClipConvolutions(key(4), [2, 4]));
const spectrogram = uniformTensor("mel", 2, 16, 4);
const frames = tf.tensor1d([9, 16]);
const run = (spectrogram: tf.Tensor, of = frames) =>
  clipConvolutions(params, { spectrogram, frames: of }, { groups: 2 });

Deno.test("each layer halves frames and bands, and the clip's share of them", () => {
  const { y, length } = run(spectrogram);
  deepEqual(y.shape, [2, 4, 1, 4]);
  near(length, [9 / 4, 4]);
});

Deno.test("one layer agrees with its equation worked by hand", () => {
  // The tap in the middle of a window that begins at the frame: band 1 of frame 1, and of frame 3.
  const filter = tf.tensor4d([0, 0, 0, 0, 1, 0, 0, 0, 0], [3, 3, 1, 1]);
  const params = { "0": { filter, scale: tf.tensor1d([2]), shift: tf.tensor1d([0.5]) } };
  const spectrogram = tf.tensor3d([[[9, 3], [9, 1], [9, 3], [9, 5]]]);
  const at = { spectrogram, frames: tf.tensor1d([4]) };
  // 1 and 5: mean 3, deviation 2, so -1 and 1; 2 · -1 + 0.5 is below 0.
  const { y } = clipConvolutions(params, at, { groups: 1 });
  near(y, [[[[0]], [[2.5]]]], 1e-4);
});

Deno.test("what follows a clip counts nowhere", () => {
  const after = tf.tensor3d(
    Array.from({ length: 32 }, (_, i) => i % 16 < [9, 16][Math.floor(i / 16)]! ? 0 : 1),
    [2, 16, 1],
  );
  const noise = tf.mul(uniformTensor("noise", 2, 16, 4), 50);
  const { y } = run(spectrogram);
  same(run(tf.add(spectrogram, tf.mul(noise, after))).y, y);
  const longer = tf.concat([spectrogram, tf.fill([2, 8, 4], 3)], 1);
  near(tf.slice(run(longer).y, 0, [2, 4, 1, 4]), y, 1e-5);
  near(tf.slice(y, [0, 3], [1, 1]), tf.zeros([1, 1, 1, 4]), 0, "after the clip there is 0");
  ok(differ(run(spectrogram, tf.tensor1d([8, 16])).y, y), "the last frame counts");
});

Deno.test("how large a clip's numbers are as a whole leaves no trace", () => {
  const full = tf.tensor1d([16, 16]);
  const { y } = run(spectrogram, full);
  near(run(tf.mul(spectrogram, 3), full).y, y, 1e-3);
});

Deno.test("clips of a batch do not see each other", () => {
  const { y } = run(spectrogram);
  const turned = run(tf.reverse(spectrogram, 0), tf.reverse(frames, 0)).y;
  near(tf.reverse(turned, 0), y, 1e-6);
  ok(differ(tf.slice(y, 0, 1), tf.slice(y, 1, 1)));
});

Deno.test("the gradients of clipConvolutions() are central differences", () => {
  const at = {
    params: initClipConvolutions(key(4), [2, 4]),
    spectrogram: uniform("mel", 1, 8, 4),
  };
  gradientsAgree(at, ({ params, spectrogram }) => {
    const given = { spectrogram, frames: tf.tensor1d([7]) };
    return probe(clipConvolutions(params as ClipConvolutionsParams, given, { groups: 2 }).y);
  }, { h: 1e-3, tolerance: 3e-2 });
});

Deno.test("initClipConvolutions() chains its channels, each with scale 1 and shift 0", () => {
  const layers = initClipConvolutions(key(4), [2, 4]);
  deepEqual(Object.keys(layers), ["0", "1"]);
  deepEqual(layers["0"]!.filter.shape, [3, 3, 1, 2]);
  deepEqual(layers["1"]!.filter.shape, [3, 3, 2, 4]);
  ok(layers["1"]!.scale.values.every((x) => x === 1));
  ok(layers["1"]!.shift.values.every((x) => x === 0));
  const largest = Math.max(...layers["1"]!.filter.values.map(Math.abs));
  ok(largest <= Math.sqrt(1 / 3) && largest > 0.9 * Math.sqrt(1 / 3));
});

Deno.test("clipConvolutions() refuses other shapes, and groups that do not divide the channels", () => {
  throws(
    () => run(tf.zeros([16, 4])),
    /RangeError: Cannot use spectrogram: expected shape \[any, any, any\], got \[16, 4\]/,
  );
  throws(
    () => run(spectrogram, tf.ones([3])),
    /RangeError: Cannot use frames: expected shape \[2\], got \[3\]/,
  );
  throws(
    () => clipConvolutions(params, { spectrogram, frames }, { groups: 3 }),
    /RangeError: Cannot normalise groups: expected channels that 3 groups share, got 2/,
  );
});
