import { deepEqual, notDeepEqual } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { initPerceptron, perceptron, perceptronMasks } from "../../lib/baselines/perceptron.ts";
import { layoutOf, type Parameter, tensors } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Tree } from "../../lib/tensor/tree.ts";
import { gradientsAgree, probe } from "../gradient_check.ts";
import { near, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

const linear = (weight: number[][], bias: number[]) => ({
  weight: tf.tensor2d(weight),
  bias: tf.tensor1d(bias),
});

Deno.test("perceptron() agrees with its equations worked by hand", () => {
  const params = {
    hidden: { "0": linear([[1, -1]], [0, 1]), "1": linear([[1, 0], [2, 1]], [-1, 0]) },
    output: linear([[1, 2], [3, 4]], [0.5, -0.5]),
  };
  // x = 3: ReLU [3, -2] = [3, 0]; [3 - 1, 0] = [2, 0]; [2 + 0.5, 4 - 0.5].
  // x = -1: ReLU [-1, 2] = [0, 2]; [4 - 1, 2] = [3, 2]; [3 + 6 + 0.5, 6 + 8 - 0.5].
  const x = tf.tensor2d([[3], [-1]]);
  near(perceptron(params, { x }), [[2.5, 3.5], [9.5, 13.5]]);
  // Dropout doubles the first hidden layer's first unit and drops the second layer's second.
  const keep = {
    "0": tf.tensor2d([[2, 0], [2, 2]]),
    "1": tf.tensor2d([[1, 1], [1, 0]]),
  };
  // x = 3: [6, 0], [5, 0], [5.5, 9.5]. x = -1: [0, 4], [7, 4 → 0], [7.5, 13.5].
  near(perceptron(params, { x, keep }), [[5.5, 9.5], [7.5, 13.5]]);
});

Deno.test("without hidden layers a perceptron is a linear layer", () => {
  const init = initPerceptron(key(1), { input: 3, hidden: [] });
  deepEqual(init.output.weight.shape, [3, 2]);
  const x = uniformTensor("x", 2, 3);
  near(perceptron(tensors(init), { x }), tf.matMul(x, tensors(init).output.weight));
});

Deno.test("initPerceptron() has the widths asked for, and layers that differ", () => {
  const init = initPerceptron(key(1), { input: 4, hidden: [4, 4, 3] });
  const shapes = layoutOf(init as Tree<Parameter>).entries.map(({ path, shape }) => [path, shape]);
  deepEqual(Object.fromEntries(shapes), {
    "hidden/0/weight": [4, 4],
    "hidden/0/bias": [4],
    "hidden/1/weight": [4, 4],
    "hidden/1/bias": [4],
    "hidden/2/weight": [4, 3],
    "hidden/2/bias": [3],
    "output/weight": [3, 2],
    "output/bias": [2],
  });
  notDeepEqual(init.hidden["0"], init.hidden["1"]);
  deepEqual(perceptronMasks([4, 3], { rows: 5, rate: 0.3 }), {
    "0": { shape: [5, 4], rate: 0.3 },
    "1": { shape: [5, 3], rate: 0.3 },
  });
});

Deno.test("the gradients of perceptron() are central differences", () => {
  const at = initPerceptron(key(2), { input: 3, hidden: [4] });
  const x = uniformTensor("x", 3, 3);
  gradientsAgree(at, (params) => probe(perceptron(params, { x })), { h: 1e-3 });
});
