import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import {
  asTree,
  constant,
  flatten,
  heUniform,
  isParameter,
  keys,
  layoutOf,
  narrow,
  type Parameter,
  partOf,
  split,
  tensors,
  unflatten,
  widen,
} from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import { leaves } from "../../lib/tensor/tree.ts";
import { same } from "../tensor_values.ts";

tf.setBackend("cpu");

const tree = {
  gate: {
    weight: { shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) },
    bias: { shape: [3], values: Float32Array.of(7, 8, 9) },
  },
  none: {},
  temperature: constant([], 10),
};

Deno.test("layoutOf() says where each leaf is, a scalar as one number", () => {
  deepEqual(layoutOf(tree), {
    entries: [
      { path: "gate/weight", shape: [2, 3], offset: 0, size: 6 },
      { path: "gate/bias", shape: [3], offset: 6, size: 3 },
      { path: "temperature", shape: [], offset: 9, size: 1 },
    ],
    size: 10,
  });
});

Deno.test("flatten() joins the leaves and unflatten() parts them again", () => {
  const vector = flatten(tree);
  deepEqual([...vector], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  deepEqual(unflatten(tree, vector), tree);
  equal(flatten({}).length, 0);
});

Deno.test("flatten() copies, unflatten() does not", () => {
  const vector = flatten(tree);
  vector[0] = -1;
  equal(tree.gate.weight.values[0], 1);
  const parted = unflatten(tree, vector);
  vector[7] = -8;
  deepEqual([...parted.gate.bias.values], [7, -8, 9]);
});

Deno.test("split() and asTree() make of a flat tensor the tensors of the tree", () => {
  const direct = tensors(tree);
  const parted = asTree(tree, split(layoutOf(tree), tf.tensor1d(flatten(tree))));
  same(parted.gate.weight, tf.tensor2d([[1, 2, 3], [4, 5, 6]]));
  same(parted.gate.bias, direct.gate.bias);
  same(parted.temperature, direct.temperature);
  deepEqual(parted.none, {});
  deepEqual(direct.temperature.shape, []);
});

Deno.test("partOf(), narrow() and widen() take some leaves out and put them back", () => {
  const whole = layoutOf(tree);
  const part = partOf(whole, (leaf) => leaf !== 1);
  deepEqual(part, {
    entries: [
      { path: "gate/weight", shape: [2, 3], offset: 0, size: 6 },
      { path: "temperature", shape: [], offset: 6, size: 1 },
    ],
    size: 7,
  });
  const all = flatten(tree);
  deepEqual([...narrow(all, { whole, part })], [1, 2, 3, 4, 5, 6, 10]);
  const widened = widen(Float32Array.of(11, 12, 13, 14, 15, 16, 20), { whole, part, all });
  deepEqual([...widened], [11, 12, 13, 14, 15, 16, 7, 8, 9, 20]);
  deepEqual([...all], [...flatten(tree)]);
});

Deno.test("isParameter() tells a leaf from a record and from a tensor", () => {
  equal(leaves<Parameter>(tree, isParameter).length, 3);
  for (const other of [undefined, null, 3, {}, { values: [1] }, tf.scalar(1)]) {
    equal(isParameter(other), false);
  }
});

Deno.test("heUniform() fills ±√(6 / fanIn), which keeps the variance through a ReLU", () => {
  const { shape, values } = heUniform(key(3), [50, 40], 50);
  deepEqual(shape, [50, 40]);
  const bound = Math.sqrt(6 / 50);
  ok(values.every((v) => Math.abs(v) <= bound));
  ok(Math.max(...values) > 0.99 * bound && Math.min(...values) < -0.99 * bound);
  // Variance bound² / 3 = 2 / fanIn; the mean of 2,000 numbers is off by 0.0045 on average.
  const mean = values.reduce((a, b) => a + b) / values.length;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
  ok(Math.abs(mean) < 0.015 && Math.abs(variance * 50 - 2) < 0.1, `${mean}, ${variance}`);
});

Deno.test("heUniform() with gain 1 is the same draw, narrower by √2", () => {
  const wide = heUniform(key(3), [4], 6).values, narrow = heUniform(key(3), [4], 6, 1).values;
  wide.forEach((v, i) => ok(Math.abs(v - narrow[i]! * Math.SQRT2) < 1e-6));
  notDeepEqual(heUniform(key(4), [4], 6).values, wide);
});

Deno.test("constant() has one value everywhere", () => {
  deepEqual(constant([2, 2], 0.5), { shape: [2, 2], values: Float32Array.of(0.5, 0.5, 0.5, 0.5) });
  deepEqual(constant([], 3), { shape: [], values: Float32Array.of(3) });
});

Deno.test("keys() gives each name its own key, whatever the other names", () => {
  const both = keys(key(1), "text", "image");
  notDeepEqual(both.text, both.image);
  deepEqual(keys(key(1), "audio", "image").image, both.image);
});
