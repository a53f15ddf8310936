import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import {
  imageBranch,
  imageBranchDefaults,
  type ImageBranchParams,
  type ImageBranchSettings,
  initImageBranch,
  mirroredImageBranch,
  standardisedConvolution,
  standardisedImages,
  trainedImage,
  zoomedImages,
} from "../../lib/branches/image_branch.ts";
import { placeImage } from "../../lib/branches/augment_image.ts";
import { byModality } from "../../lib/modality.ts";
import { layoutOf, type Parameter, tensors } from "../../lib/tensor/parameter.ts";
import { fold, key, uniforms } from "../../lib/tensor/random.ts";
import type { Tree } from "../../lib/tensor/tree.ts";
import { branchNetwork } from "../../lib/branches/branch.ts";
import type { ModalityFeatures } from "../../lib/systems/features.ts";
import { scratchBranch } from "../../lib/branches/joint.ts";
import { gradientsAgree, probe } from "../gradient_check.ts";
import { differ, near, same, uniform, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

/** A 3 x 3 filter of one channel that is `value` at one place and 0 elsewhere. */
const tap = (row: number, column: number, value = 1) =>
  tf.tensor4d(
    Array.from({ length: 9 }, (_, i) => i === 3 * row + column ? value : 0),
    [3, 3, 1, 1],
  );

// Of a tap the mean is 1/9 and the variance 8/81; per weight 9/2 · 8/81 = 4/9, of which the root is 2/3.
// So a standardised tap is 3/2 (1 - 1/9) = 4/3 at its place and -1/6 at the eight others.
const convolution = (row: number, column: number, bias = 0) => ({
  filter: tap(row, column),
  gain: tf.tensor1d([1]),
  bias: tf.tensor1d([bias]),
});

Deno.test("standardisedConvolution() agrees with its equations worked by hand", () => {
  const x = tf.tensor4d([0, 0, 0, 0, 6, 0, 0, 0, 12], [1, 3, 3, 1]);
  const gain = tf.tensor1d([2]);
  const y = standardisedConvolution({ ...convolution(1, 1, 1), gain }, x);
  // 8/3 of the pixel itself, -1/3 of its neighbours, plus 1.
  near(
    tf.reshape(y, [3, 3]),
    [[-1, -1, -1], [-1, 16 + 1 - 4, 1 - 6], [-1, 1 - 6, 32 + 1 - 2]],
    1e-3,
  );
});

Deno.test("the size and the mean of a filter's numbers change nothing", () => {
  const x = uniformTensor("x", 2, 4, 4, 3);
  const params = {
    filter: uniformTensor("filter", 3, 3, 3, 2),
    gain: uniformTensor("gain", 2),
    bias: uniformTensor("bias", 2),
  };
  const moved = { ...params, filter: tf.add(tf.mul(params.filter, 3), 5) };
  near(standardisedConvolution(moved, x), standardisedConvolution(params, x), 1e-3);
});

Deno.test("standardisedImages() have mean 0 and deviation 1, whatever their light", () => {
  const images = uniformTensor("images", 2, 5, 5);
  const standard = standardisedImages(images);
  near(tf.mean(standard, [1, 2]), [0, 0], 1e-5);
  near(tf.mean(tf.square(standard), [1, 2]), [1, 1], 1e-3);
  near(standardisedImages(tf.add(tf.mul(images, 3), 7)), standard, 1e-3);
  near(standardisedImages(tf.fill([1, 3, 3], 0.5)), tf.zeros([1, 3, 3]));
});

Deno.test("imageBranch() agrees with its equations worked by hand", () => {
  // Light above dark: mean 1/2 and deviation 1/2, so 1 and -1; the variance 1/4 has 1e-4 added.
  const pixels = tf.tensor3d([1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0], [1, 4, 4]);
  const params: ImageBranchParams = {
    stages: { "0": { input: convolution(1, 1) } },
    cells: {
      weight: tf.tensor3d([1, 2, 3, 4], [4, 1, 1]),
      bias: tf.tensor3d([0, -0.5, 0.5, 0], [4, 1, 1]),
    },
  };
  // -1/6 of all under the window and 3/2 more of the middle. In the first row of pixels: at the corner
  // 3/2 - 4/6, else 3/2 - 6/6; in the second as many dark ones as light below: 3/2 - 2/6, 3/2 - 3/6.
  // The largest of each cell are 7/6 above; below all is negative, and ReLU makes it 0.
  const largest = 3 / 2 - 2 / 6;
  near(imageBranch(params, { pixels }), [[[largest], [2 * largest - 0.5], [0.5], [0]]], 2e-3);
});

Deno.test("a residual block adds α times what two convolutions make of its input", () => {
  const stage = { input: convolution(1, 1, 10) };
  const residual = {
    first: convolution(0, 0, 1),
    second: convolution(1, 1, -1),
    scale: tf.tensor1d([0.5]),
  };
  const cells = { weight: tf.ones([1, 1, 1]), bias: tf.zeros([1, 1, 1]) };
  // An image of one grey is 0 everywhere, so a pixel of a stage is its bias, 10. The first
  // convolution's middle is -1/6 of it, plus 1, and ReLU makes that 0; of the second its bias -1 is left.
  const of = (params: ImageBranchParams, keep = {}) =>
    imageBranch(params, { pixels: tf.fill([1, 2, 2], 0.3), keep });
  near(of({ stages: { "1": stage }, cells }), [[[10]]]);
  near(of({ stages: { "1": { ...stage, residual } }, cells }), [[[9.5]]]);
  // A block that is skipped leaves what came in; one that is kept counts more.
  const masked = (mask: number) =>
    of({ stages: { "1": { ...stage, residual } }, cells }, { "1": tf.fill([1, 1, 1, 1], mask) });
  near(masked(0), [[[10]]]);
  near(masked(2), [[[9]]]);
});

/** Two stages on 8 pixels a side, four cells of one pixel each. */
const sizes = { channels: [2, 3], segments: 4, width: 3, size: 8 };
const params: ImageBranchParams = tensors(initImageBranch(key(4), sizes)) as ImageBranchParams;
const pixels = uniformTensor("pixels", 2, 8, 8);

Deno.test("each cell has weights of its own, in reading order", () => {
  const { cells: { weight, bias } } = params;
  for (let cell = 0; cell < 4; cell++) {
    const hot = tf.reshape(tf.oneHot(tf.tensor1d([cell], "int32"), 4), [4, 1, 1]);
    const others = { weight, bias: tf.add(bias, tf.mul(hot, 5)) };
    const changed = imageBranch({ ...params, cells: others }, { pixels });
    const moved = tf.max(tf.abs(tf.sub(changed, imageBranch(params, { pixels }))), [0, 2]);
    deepEqual([...moved.dataSync()].map((x) => x > 0), [0, 1, 2, 3].map((i) => i === cell));
  }
});

Deno.test("light in a corner moves the state of that corner's cell most", () => {
  const one: ImageBranchParams = {
    stages: { "0": { input: convolution(1, 1) } },
    cells: { weight: tf.ones([4, 4, 1]), bias: tf.zeros([4, 1, 1]) },
  };
  const corners = [[1, 1], [1, 6], [6, 1], [6, 6]];
  const lit = tf.tensor3d(
    corners.flatMap(([row, column]) =>
      Array.from({ length: 64 }, (_, i) => i === 8 * row! + column! ? 1 : 0)
    ),
    [4, 8, 8],
  );
  const brightest = tf.argMax(imageBranch(one, { pixels: lit }), 1);
  deepEqual([...brightest.dataSync()], [0, 1, 2, 3]);
});

Deno.test("an image and its mirror image have mirrored states and one verdict", () => {
  const mirrored = tf.reverse(pixels, 2);
  const states = mirroredImageBranch(params, pixels);
  const grid = (x: tf.Tensor) => tf.reshape(x, [2, 2, 2, 3]);
  near(grid(mirroredImageBranch(params, mirrored)), tf.reverse(grid(states), 2), 1e-5);
  const mean = tf.mean(
    tf.stack([
      tf.mean(imageBranch(params, { pixels }), 1),
      tf.mean(imageBranch(params, { pixels: mirrored }), 1),
    ]),
    0,
  );
  near(tf.mean(states, 1), mean, 1e-5);
  ok(differ(states, imageBranch(params, { pixels })), "the mirror image counts");
});

const zooms = [1, 0.8, 1.25];

Deno.test("views in several sizes have one mean, which the mirror image shares", () => {
  const states = mirroredImageBranch(params, pixels, { zooms });
  const each = zooms.map((zoom) => mirroredImageBranch(params, zoomedImages(pixels, zoom)));
  near(states, tf.mean(tf.stack(each), 0), 1e-5);
  ok(differ(states, each[0]!), "the other sizes count");
  const grid = (x: tf.Tensor) => tf.reshape(x, [2, 2, 2, 3]);
  const mirrored = mirroredImageBranch(params, tf.reverse(pixels, 2), { zooms });
  near(grid(mirrored), tf.reverse(grid(states), 2), 1e-5);
});

Deno.test("zoomedImages() are what augmentation makes of that size", () => {
  const { values } = uniform("pixels", 2, 8, 8);
  for (const zoom of [0.7, 0.93, 1.1, 2]) {
    const zoomed = zoomedImages(pixels, zoom);
    for (const i of [0, 1]) {
      const still = { flip: false, rotation: 0, shift: [0, 0] as const };
      const image = values.subarray(64 * i, 64 * (i + 1));
      const placed = placeImage(image, { height: 8, width: 8 }, { ...still, zoom });
      near(tf.reshape(tf.slice(zoomed, i, 1), [64]), [...placed], 1e-5);
    }
  }
  same(zoomedImages(pixels, 1), pixels);
});

Deno.test("permuting the batch permutes the states", () => {
  const of = (x: tf.Tensor) => mirroredImageBranch(params, x, { zooms });
  same(of(tf.reverse(pixels, 0)), tf.reverse(of(pixels), 0));
  ok(differ(tf.slice(of(pixels), 0, 1), tf.slice(of(pixels), 1, 1)));
});

Deno.test("the gradients of imageBranch() are central differences", () => {
  const at = {
    ...initImageBranch(key(6), { ...sizes, channels: [2, 2], segments: 1, width: 2, size: 4 }),
    pixels: uniform("pixels", 1, 4, 4),
  };
  gradientsAgree(at as unknown as Tree<Parameter>, (given) => {
    // deno-lint-ignore no-explicit-any -- the pixels lie beside the parameters.
    const { pixels, ...params } = given as any;
    return probe(imageBranch(params, { pixels }));
  }, { h: 1e-3, tolerance: 3e-2 });
});

const settings: ImageBranchSettings = { ...imageBranchDefaults, channels: [2, 3], width: 3 };

Deno.test("a trained image reads masks in training, and the mirror image else", () => {
  const branch = trainedImage(settings, { size: 8 });
  const inputs = { pixels };
  const masks = branch.masks(2);
  deepEqual(masks, {
    cells: { shape: [4, 2, 3], rate: settings.dropout },
    "1": { shape: [2, 1, 1, 1], rate: settings.skip },
  });
  const keep = Object.fromEntries(
    Object.entries(masks).map(([name, { shape }]) => [name, tf.ones([...shape])]),
  );
  const judged = branch.states(params, { inputs, keep: {} });
  same(judged.states, mirroredImageBranch(params, pixels, { zooms: settings.zooms! }));
  same(branch.states(params, { inputs, keep }).states, imageBranch(params, { pixels }));
  same(judged.mask, tf.ones([2, 4]));
  const quick = branch.quickStates!(params, { inputs });
  same(quick.states, mirroredImageBranch(params, pixels));
  same(quick.mask, judged.mask);
  const { zooms: _, ...once } = settings;
  equal(trainedImage(once, { size: 8 }).quickStates, undefined);
  // A dropped cell's state is the ReLU of its bias, 0.
  const dropped = branch.states(params, { inputs, keep: { ...keep, cells: tf.zeros([4, 2, 3]) } });
  same(dropped.states, tf.zeros([2, 4, 3]));
});

Deno.test("augmentation changes pixels by key, and is left out where it is not told", () => {
  const branch = trainedImage(settings, { size: 8 });
  const images = uniform("pixels", 2, 8, 8).values;
  const tables = { pixels: images, other: Float32Array.of(1) };
  const changed = branch.augment!(tables, key(2));
  notDeepEqual(changed.pixels, images);
  equal(changed.other, tables.other);
  deepEqual(branch.augment!(tables, key(2)), changed);
  const { augmentation: _, ...plain } = settings;
  equal(trainedImage(plain, { size: 8 }).augment, undefined);
});

Deno.test("the branch of the defaults, with six emotions, has 264,150 weights", () => {
  const names = ["a", "b", "c", "d", "e", "f"];
  const classes = { names, polarities: [0, 0, 0, 0, 1, 1] as const };
  const network = branchNetwork(trainedImage(), { classes });
  // Stages: 9 · 16 + 2 · 16; 9 · 16 · 32 + 2 · 32; 9 · 32 · 64 + 2 · 64. Blocks: 2 (9 · 32² + 2 · 32) + 32,
  // 2 (9 · 64² + 2 · 64) + 64. Cells: 4 (9 · 64 · 64 + 64). Output: 64 · 6 + 6.
  equal(layoutOf(network.init(key(1)) as Tree<Parameter>).size, 264_150);
});

Deno.test("a branch refuses sides that its stages and cells do not share", () => {
  const wrong = /RangeError: Cannot make an image branch: expected a side that 3 stages halve/;
  throws(() => trainedImage(imageBranchDefaults, { size: 50 }), wrong);
  throws(() => trainedImage({ ...imageBranchDefaults, segments: 5 }), wrong);
  throws(
    () => imageBranch(params, { pixels: tf.zeros([8, 8]) }),
    /RangeError: Cannot use pixels: expected shape \[any, any, any\], got \[8, 8\]/,
  );
});

/** Odd images have a bright bar in their upper half, the others in their lower, all on noise. */
function bars(count: number): ModalityFeatures {
  const next = uniforms(fold(key(1), "bars"));
  const labels = Array.from({ length: count }, (_, i) => i % 2 as 0 | 1);
  const data = Float32Array.from({ length: count * 64 }, (_, i) => {
    const row = Math.floor(i / 8) % 8, label = labels[Math.floor(i / 64)];
    return 0.4 * next() + (row === (label === 1 ? 2 : 5) ? 0.5 : 0);
  });
  return { labels, tables: { pixels: { shape: [count, 8, 8], data } } };
}

Deno.test("a branch trained alone learns where a bar is", async () => {
  const none = { labels: [], tables: {} };
  const rows = (from: number, to: number) =>
    byModality((m) => m === "image" ? Array.from({ length: to - from }, (_, i) => from + i) : []);
  const system = scratchBranch(
    () => trainedImage({ ...settings, channels: [4, 8], width: 8 }, { size: 8 }),
    {
      epochs: 8,
      patience: 8,
      batch: 16,
      learningRate: 0.01,
      warmup: 0.1,
      weightDecay: 0.01,
      averaging: 0.8,
      modalityDropout: 0,
    },
    { target: "polarity" },
  );
  const image = bars(144);
  const fitted = await system.fit({
    features: { text: none, image, audio: none },
    train: rows(0, 96),
    validation: rows(96, 112),
    protocol: "single",
    present: ["image"],
    key: key(1),
  });
  const test = rows(112, 144);
  const scores = (await fitted.predict({ image: test.image })).image!;
  const right = test.image.filter((row, i) => scores[i]! >= 0.5 === (image.labels[row] === 1));
  equal(right.length, 32);
  await fitted.dispose();
});
