import { deepEqual, throws } from "node:assert/strict";
import { compile, float32 } from "../../lib/compile/mod.ts";
import * as tf from "../../lib/deps/tf.ts";
import { initLayerMix, layerMix } from "../../lib/model/layer_mix.ts";
import { tensors } from "../../lib/tensor/parameter.ts";
import { gradientsAgree, probe } from "../gradient_check.ts";
import { near, uniform, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

/** Two segments of three layers of width 2. */
const states = tf.tensor4d([[[[1, 10], [2, 20], [4, 40]], [[0, 3], [0, 5], [8, 7]]]]);

Deno.test("layerMix() agrees with its equation worked by hand", () => {
  // softmax(ln 1, ln 2, ln 5) = 1/8, 2/8, 5/8, and γ = 8: the weights are 1, 2 and 5.
  const params = {
    scores: tf.tensor1d([0, Math.log(2), Math.log(5)]),
    scale: tf.tensor1d([8]),
  };
  near(layerMix(params, states), [[[25, 250], [40, 48]]], 1e-5);
});

Deno.test("layerMix() begins as the mean of the layers", () => {
  near(layerMix(tensors(initLayerMix(3)), states), tf.mean(states, 2), 1e-6);
});

Deno.test("layerMix() gives one layer when its score is by far the largest", () => {
  const params = { scores: tf.tensor1d([0, 100, 0]), scale: tf.tensor1d([1]) };
  near(layerMix(params, states), [[[2, 20], [0, 5]]], 1e-6);
});

Deno.test("layerMix() has the gradients of its central differences, for states too", () => {
  gradientsAgree(
    {
      params: { scores: uniform("w", 3), scale: uniform("g", 1) },
      states: uniform("h", 2, 2, 3, 2),
    },
    ({ params, states }) => probe(layerMix(params, states)),
  );
});

Deno.test("layerMix() compiled is layerMix()", async () => {
  const params = { scores: uniformTensor("w", 3), scale: uniformTensor("g", 1) };
  const compiled = await compile(
    ({ scores, scale, h }) => ({ y: layerMix({ scores, scale }, h) }),
    { scores: float32(3), scale: float32(1), h: float32(2, 2, 3, 2) },
  );
  const { y } = await compiled.run({
    scores: uniform("w", 3).values,
    scale: uniform("g", 1).values,
    h: uniform("h", 2, 2, 3, 2).values,
  });
  near(
    tf.tensor(y as Float32Array, [2, 2, 2]),
    layerMix(params, uniformTensor("h", 2, 2, 3, 2)),
    1e-6,
  );
  await compiled.dispose();
});

Deno.test("layerMix() refuses states of another number of layers, or of one", () => {
  const params = tensors(initLayerMix(4));
  throws(() => layerMix(params, states), {
    name: "RangeError",
    message: "Cannot mix layers: expected states [B, n, 4, width], got [1,2,3,2]",
  });
  throws(() => layerMix(params, tf.zeros([1, 4, 4])), /got \[1,4,4\]/);
  deepEqual(params.scores.shape, [4]);
});
