import { deepEqual, throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { sideBySide } from "../../lib/branches/side_by_side.ts";
import { maskedMean } from "../../lib/tensor/layers.ts";
import { tensors } from "../../lib/tensor/parameter.ts";
import { fold, key } from "../../lib/tensor/random.ts";
import { near, same, uniformTensor } from "../tensor_values.ts";
import { toyBranch } from "./toy_branches.ts";

tf.setBackend("cpu");

const first = toyBranch("text", {
  augment: ({ states, ...others }, key) => ({ ...others, states: states!.map((x) => x + key[0]!) }),
});
const second = toyBranch("text", { width: 3 });
const both = sideBySide(first, second);
const params = tensors(both.init(key(1)));
const inputs = { states: uniformTensor("states", 2, 2, 3), mask: tf.tensor2d([[1, 0], [1, 1]]) };

Deno.test("what both branches say stands side by side, each averaged over its states", () => {
  const { states, mask } = both.states(params, { inputs, keep: {} });
  deepEqual([both.segments, both.width], [1, 7]);
  deepEqual(states.shape, [2, 1, 7]);
  same(mask, tf.ones([2, 1]));
  const mean = (branch: typeof first, own: typeof params.first, keep = {}) => {
    const { states, mask } = branch.states(own, { inputs, keep });
    return maskedMean(states, mask);
  };
  const joined = [mean(first, params.first), mean(second, params.second)];
  near(states, tf.expandDims(tf.concat(joined, 1), 1));

  const masks = both.masks(2);
  deepEqual(masks, {
    "first states": { shape: [2, 2, 4], rate: 0.25 },
    "second states": { shape: [2, 2, 3], rate: 0.25 },
  });
  const keep = { "first states": tf.zeros([2, 2, 4]), "second states": tf.ones([2, 2, 3]) };
  const dropped = both.states(params, { inputs, keep }).states;
  near(dropped, tf.expandDims(tf.concat([tf.zeros([2, 4]), joined[1]!], 1), 1));
});

Deno.test("each begins and augments with a key of its own", () => {
  same(params.first.weight, tensors(first.init(fold(key(1), "first"))).weight);
  same(params.second.weight, tensors(second.init(fold(key(1), "second"))).weight);
  const tables = { states: Float32Array.of(1, 2), other: Float32Array.of(3) };
  const changed = both.augment!(tables, key(5));
  deepEqual(changed, first.augment!(tables, fold(key(5), "first")));
});

Deno.test("branches of two modalities are refused", () => {
  throws(
    () => sideBySide(first, toyBranch("image")),
    /RangeError: Cannot join branches: expected one modality, got text and image/,
  );
});
