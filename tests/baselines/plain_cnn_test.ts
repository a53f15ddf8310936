import { deepEqual, equal, notDeepEqual, ok, rejects } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { plainCnn, plainCnnBranch, plainCnnTraining } from "../../lib/baselines/plain_cnn.ts";
import { byModality } from "../../lib/modality.ts";
import { layoutOf, type Parameter, tensors } from "../../lib/tensor/parameter.ts";
import { fold, key, uniforms } from "../../lib/tensor/random.ts";
import type { Tree } from "../../lib/tensor/tree.ts";
import { augmentImages } from "../../lib/branches/augment_image.ts";
import { branchNetwork } from "../../lib/branches/branch.ts";
import { imageBranchDefaults } from "../../lib/branches/image_branch.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { differ, near, same, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

/** Odd images of `size` pixels a side are brighter above, the others below: mirrored, they stay so. */
function sides(count: number, size: number): CorpusFeatures {
  const next = uniforms(fold(key(1), "sides"));
  const labels = Array.from({ length: count }, (_, i) => i % 2 as 0 | 1);
  const data = Float32Array.from({ length: count * size ** 2 }, (_, i) => {
    const above = i % size ** 2 < size ** 2 / 2, odd = labels[Math.floor(i / size ** 2)] === 1;
    return 0.6 * next() + (above === odd ? 0.4 : 0);
  });
  const none = { labels: [], tables: {} };
  const emotions = labels.map((label) => label === 1 ? "joy" : "anger");
  const image = { labels, emotions, tables: { pixels: { shape: [count, size, size], data } } };
  return { text: none, image, audio: none };
}

const rows = (from: number, to: number) =>
  byModality((m) => m === "image" ? Array.from({ length: to - from }, (_, i) => from + i) : []);

const problem: Problem = {
  features: sides(80, 16),
  train: rows(0, 48),
  validation: rows(48, 64),
  protocol: "single",
  present: ["image"],
  key: key(1),
};

Deno.test("on images of 48 pixels a side the plain CNN has 217,514 weights", () => {
  const network = branchNetwork(plainCnnBranch(sides(2, 48)));
  // 11 · 16 + (9 · 16 + 2) 32 + (9 · 32 + 2) 64 + (9 · 64 + 2) 128, (3 · 3 · 128 + 1) 104, (104 + 1) 2.
  equal(layoutOf(network.init(key(1)) as Tree<Parameter>).size, 217_514);
});

Deno.test("the plain CNN's state is the convolutions, pools and hidden layer in their order", () => {
  const branch = plainCnnBranch(sides(2, 16));
  const params = tensors(branch.init(key(1)) as Tree<Parameter>) as never;
  const { convolutions, hidden } = params as Parameters<typeof branch.states>[0];
  const pixels = uniformTensor("pixels", 2, 16, 16);
  const { states, mask } = branch.states(params, { inputs: { pixels }, keep: {} });
  const { mean, variance } = tf.moments(pixels, [1, 2], true);
  let h: tf.Tensor = tf.div(tf.sub(pixels, mean), tf.sqrt(tf.add(variance, 1e-4)));
  h = tf.reshape(h, [2, 16, 16, 1]);
  for (const layer of ["0", "1", "2", "3"]) {
    const { filter, gain, bias } = convolutions[layer]!;
    const own = tf.moments(filter, [0, 1, 2], true), inputs = 9 * filter.shape[2]!;
    // Each filter with mean 0 and variance 2 over its numbers.
    const scale = tf.sqrt(tf.div(2 / inputs, tf.add(own.variance, 2e-4 / inputs)));
    const standard = filter.sub(own.mean).mul(scale).mul(gain);
    h = tf.relu(tf.conv2d(h as tf.Tensor4D, standard as tf.Tensor4D, 1, "same").add(bias));
    h = tf.maxPool(h as tf.Tensor4D, 2, 2, "valid");
  }
  const wanted = tf.relu(tf.matMul(tf.reshape(h, [2, 128]), hidden.weight).add(hidden.bias));
  near(states, tf.reshape(wanted, [2, 1, 104]), 1e-4);
  same(mask, tf.ones([2, 1]));
  ok(differ(tf.slice(states, 0, 1), tf.slice(states, 1, 1)));
});

Deno.test("the plain CNN sees training images changed as the image branch does", () => {
  const pixels = Float32Array.from({ length: 2 * 256 }, (_, i) => Math.sin(i));
  const { pixels: changed } = plainCnnBranch(problem.features).augment!({ pixels }, key(3));
  const { augmentation } = imageBranchDefaults;
  deepEqual(changed, augmentImages(pixels, { height: 16, width: 16 }, augmentation!, key(3)));
  notDeepEqual(changed, pixels);
});

Deno.test("the plain CNN tells emotions apart, and says which", async () => {
  const system = plainCnn({ ...plainCnnTraining, epochs: 1 });
  const { record, inspect, predict, dispose } = await system.fit(problem);
  deepEqual(record.classes, ["anger", "joy"]);
  const { classes } = await inspect!({ image: [0, 1] });
  equal(classes!.width, 2);
  const { image } = await predict({ image: [0, 1] });
  ok(Math.abs(classes!.values[1]! - image![0]!) < 1e-6);
  await dispose();
});

Deno.test("the plain CNN learns which half is bright", async () => {
  const { clipNorm: _, ...training } = plainCnnTraining;
  const system = plainCnn({ ...training, epochs: 12, batch: 16, averaging: 0.5 });
  const fitted = await system.fit(problem);
  const test = rows(64, 80);
  const scores = (await fitted.predict({ image: test.image })).image!;
  const { labels } = problem.features.image;
  equal(test.image.filter((row, i) => scores[i]! >= 0.5 === (labels[row] === 1)).length, 16);
  await fitted.dispose();
});

Deno.test("the plain CNN refuses other modalities and features without pixels", async () => {
  const system = plainCnn();
  await rejects(system.fit({ ...problem, present: ["image", "text"] }), /RangeError: Cannot train/);
  const features = { ...problem.features, image: { ...problem.features.image, tables: {} } };
  await rejects(system.fit({ ...problem, features }), /RangeError: Cannot read image features/);
});
