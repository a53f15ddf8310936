import { deepEqual, equal, ok, throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import {
  type ClipConvolutionsParams,
  initClipConvolutions,
} from "../../lib/branches/clip_convolutions.ts";
import {
  type Pool,
  pooledConvolutions,
  pooledFrames,
} from "../../lib/branches/pooled_convolutions.ts";
import { tensors } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import { gradientsAgree, probe } from "../gradient_check.ts";
import { differ, near, same, uniform, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

Deno.test("one layer agrees with its equation worked by hand", () => {
  // A tap that takes each number as it is. 3, 1, 3 and 5 twice have mean 3 and deviation √2.
  const filter = tf.tensor4d([0, 0, 0, 0, 1, 0, 0, 0, 0], [3, 3, 1, 1]);
  const params = { "0": { filter, scale: tf.tensor1d([2]), shift: tf.tensor1d([0.5]) } };
  const spectrogram = tf.tensor3d([[[3, 1], [1, 3], [3, 5], [5, 3]]]);
  const at = { spectrogram, frames: tf.tensor1d([4]) };
  // Of each two frames and two bands the largest, 3 and 5: 0 and √2, times 2, plus 0.5.
  const { y, length } = pooledConvolutions(params, at, { groups: 1, pools: [[2, 2]] });
  near(y, [[[[0.5]], [[2 * Math.SQRT2 + 0.5]]]], 1e-4);
  near(length, [2]);
  // Without pooling each place stays, and what is below 0 becomes 0: 1 is at -√2.
  const whole = pooledConvolutions(params, at, { groups: 1, pools: [[1, 1]] }).y;
  deepEqual(whole.shape, [1, 4, 2, 1]);
  near(tf.slice(whole, 0, [1, 1, 2, 1]), [[[[0.5], [0]]]], 1e-4);
});

/** Two layers, 16 frames of 4 bands, a batch of two. */
const params: ClipConvolutionsParams = tensors(initClipConvolutions(key(4), [2, 4]));
const pools: readonly Pool[] = [[2, 2], [2, 1]];
const spectrogram = uniformTensor("mel", 2, 16, 4);
const frames = tf.tensor1d([9, 16]);
const run = (spectrogram: tf.Tensor, of = frames) =>
  pooledConvolutions(params, { spectrogram, frames: of }, { groups: 2, pools });

Deno.test("each layer pools frames and bands, and the clip's share of them", () => {
  const { y, length } = run(spectrogram);
  deepEqual(y.shape, [2, 4, 2, 4]);
  near(length, [9 / 4, 4]);
  equal(pooledFrames(16, pools), 4);
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
  near(tf.slice(run(longer).y, 0, [2, 4, 2, 4]), y, 1e-5);
  near(tf.slice(y, [0, 3], [1, 1]), tf.zeros([1, 1, 2, 4]), 0, "after the clip there is 0");
  ok(differ(run(spectrogram, tf.tensor1d([8, 16])).y, y), "the last frame counts");
});

Deno.test("clips of a batch do not see each other", () => {
  const { y } = run(spectrogram);
  const turned = run(tf.reverse(spectrogram, 0), tf.reverse(frames, 0)).y;
  near(tf.reverse(turned, 0), y, 1e-6);
  ok(differ(tf.slice(y, 0, 1), tf.slice(y, 1, 1)));
});

Deno.test("the gradients of pooledConvolutions() are central differences", () => {
  const at = {
    params: initClipConvolutions(key(4), [2, 4]),
    spectrogram: uniform("mel", 1, 8, 4),
  };
  gradientsAgree(at, ({ params, spectrogram }) => {
    const given = { spectrogram, frames: tf.tensor1d([7]) };
    const { y } = pooledConvolutions(params as ClipConvolutionsParams, given, {
      groups: 2,
      pools,
    });
    return probe(y);
  }, { h: 1e-3, tolerance: 3e-2 });
});

Deno.test("pooledConvolutions() refuses other shapes, and pools that do not fit", () => {
  throws(
    () => run(tf.zeros([16, 4])),
    /RangeError: Cannot use spectrogram: expected shape \[any, any, any\], got \[16, 4\]/,
  );
  throws(
    () => run(spectrogram, tf.ones([3])),
    /RangeError: Cannot use frames: expected shape \[2\], got \[3\]/,
  );
  const pooled = (pools: readonly Pool[]) =>
    pooledConvolutions(params, { spectrogram, frames }, { groups: 2, pools });
  throws(
    () => pooled([[2, 2]]),
    /RangeError: Cannot pool convolutions: expected 2 pools, got 1/,
  );
  throws(
    () => pooled([[2, 1], [3, 1]]),
    /expected frames and bands that \[3,1\] divides, got \[8, 4\]/,
  );
});
