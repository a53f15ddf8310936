import { deepEqual, equal, ok, throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import {
  initStateBranch,
  stateBranch,
  type StateBranchParams,
  trainedOnStates,
} from "../../lib/branches/state_branch.ts";
import { byModality } from "../../lib/modality.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import { layoutOf, tensors } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import { gradientsAgree, probe } from "../gradient_check.ts";
import { differ, near, same, uniform, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

Deno.test("stateBranch() agrees with its equation worked by hand", () => {
  // Scores 4 ln 3 / √4 · [1/2, 0] are ln 3 and 0: three quarters of the first moment, a quarter of
  // the second. The third does not exist.
  const params: StateBranchParams = {
    mix: {},
    query: tf.tensor2d([[4 * Math.log(3)], [0], [0], [0]]),
    output: { weight: tf.tensor2d([[0, 0], [1, 0], [0, -1], [0, 0]]), bias: tf.tensor1d([1, 1]) },
  };
  const states = tf.tensor3d([[[0.5, 4, 8, 0], [0, 8, 0, 0], [9, 9, 9, 9]]]);
  const mask = tf.tensor2d([[1, 1, 0]]);
  // 3/4 · 4 + 1/4 · 8 + 1 and ReLU(-3/4 · 8 + 1).
  near(stateBranch(params, { states, mask }), [[6, 0]], 1e-5);
  // Without a query each moment counts alike: (4 + 8) / 2 + 1.
  const even = { ...params, query: tf.zeros([4, 1]) };
  near(stateBranch(even, { states, mask }), [[7, 0]], 1e-5);
  // The second number dropped at all moments, the third kept twice.
  const keep = tf.tensor3d([[[1, 0, -1, 1]]]);
  near(stateBranch(even, { states, mask }, keep), [[1, 5]], 1e-5);
});

const size = { segments: 3, width: 4 }, mixed = { ...size, layers: 2 };
const states = uniformTensor("states", 2, 3, 2, 4);
const mask = tf.tensor2d([[1, 1, 0], [1, 1, 1]]);

Deno.test("layers are mixed, in equal shares to begin with", () => {
  const params: StateBranchParams = tensors(initStateBranch(key(2), mixed, { width: 3 }));
  const y = stateBranch(params, { states, mask });
  deepEqual(y.shape, [2, 3]);
  near(stateBranch({ ...params, mix: {} }, { states: tf.mean(states, 2), mask }), y, 1e-5);
  const scores = tf.tensor1d([3, 0]);
  const other = { ...params, mix: { scores, scale: tf.tensor1d([1]) } };
  ok(differ(stateBranch(other, { states, mask }), y));
});

Deno.test("states that do not exist change nothing", () => {
  const params: StateBranchParams = tensors(initStateBranch(key(2), size, { width: 3 }));
  const given = tf.mean(states, 2);
  const shown = tf.expandDims(mask, 2);
  const other = tf.add(tf.mul(given, shown), tf.mul(tf.sub(1, shown), 40));
  same(stateBranch(params, { states: other, mask }), stateBranch(params, { states: given, mask }));
});

Deno.test("the gradients of stateBranch() are central differences", () => {
  const at = {
    params: { ...initStateBranch(key(2), mixed, { width: 3 }), query: uniform("query", 4, 1) },
    states: uniform("states", 2, 3, 2, 4),
  };
  gradientsAgree(
    at,
    ({ params, states }) => probe(stateBranch(params as StateBranchParams, { states, mask })),
  );
});

Deno.test("stateBranch() refuses states of another width", () => {
  const params: StateBranchParams = tensors(initStateBranch(key(2), size, { width: 3 }));
  throws(
    () => stateBranch(params, { states: tf.zeros([1, 3, 5]), mask: tf.ones([1, 3]) }),
    /RangeError: Cannot use states: expected shape \[any, any, 4\], got \[1, 3, 5\]/,
  );
});

const featuresOf = (...shape: number[]): CorpusFeatures => {
  const table = (shape: number[]) => ({
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b)),
  });
  const audio = { tables: { states: table(shape), mask: table(shape.slice(0, 2)) }, labels: [] };
  return byModality(() => audio);
};

Deno.test("the branch reads what the encoder gives, and has one state a clip", () => {
  for (
    const [features, shape] of [
      [featuresOf(5, 3, 4), [2, 3, 4]],
      [featuresOf(5, 3, 2, 4), [2, 3, 2, 4]],
    ] as const
  ) {
    const branch = trainedOnStates(features, { width: 6, dropout: 0.25 });
    deepEqual(branch.inputs(2).states!.shape, shape);
    deepEqual(branch.masks(2), { frozen: { shape: [2, 1, 4], rate: 0.25 } });
    const params = tensors(branch.init(key(1)));
    const given = shape.length === 4 ? states : tf.mean(states, 2);
    const found = branch.states(params, { inputs: { states: given, mask }, keep: {} });
    deepEqual(found.states.shape, [2, branch.segments, branch.width]);
    same(found.mask, tf.ones([2, 1]));
  }
  const [one, two] = [featuresOf(5, 3, 4), featuresOf(5, 3, 2, 4)].map((of) => trainedOnStates(of));
  ok(one!.graph !== two!.graph);
  // γ and a score a layer more.
  equal(layoutOf(two!.init(key(1))).size - layoutOf(one!.init(key(1))).size, 3);
});

Deno.test("features without states are refused", () => {
  const features = byModality(() => ({ tables: {}, labels: [] }));
  throws(() => trainedOnStates(features), /RangeError: Cannot read audio features: expected/);
});
