import { deepEqual, throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import {
  gradientTimesInput,
  integratedGradients,
  type RowScore,
  scoresAlong,
} from "../../lib/explanation/gradients.ts";
import { near } from "../tensor_values.ts";

tf.setBackend("cpu");

const inputs = {
  text: { states: tf.tensor3d([[[1, 2], [-3, 4]]]), mask: tf.tensor2d([[1, 1]]) },
  audio: { prosody: tf.tensor3d([[[5]]]) },
};

/** A score of each row: the sum over its text states under the mask, by `fn`, and three times its prosody. */
const scoreOf = (fn: (x: tf.Tensor) => tf.Tensor): RowScore => ({ text, audio }) =>
  tf.add(
    tf.sum(tf.mul(fn(text!.states!), tf.expandDims(text!.mask!, 2)), [1, 2]),
    tf.mul(3, tf.sum(audio!.prosody!, [1, 2])),
  );

Deno.test("of a linear score both attributions are weight times input", () => {
  const score = scoreOf((x) => tf.mul(x, tf.tensor3d([[[2, -1], [0.5, 1]]])));
  for (const found of [integratedGradients(score, inputs), gradientTimesInput(score, inputs)]) {
    near(found.text!.states!, [[[2, -2], [-1.5, 4]]]);
    near(found.audio!.prosody!, [[[15]]]);
  }
});

Deno.test("of a square, integrated gradients give the square and gradient times input its double", () => {
  const score = scoreOf((x) => tf.square(x));
  // The gradient 2 α x is linear in α, where the midpoint rule is exact in steps of any length.
  for (const steps of [1, 7]) {
    near(integratedGradients(score, inputs, { steps }).text!.states!, [[[1, 4], [9, 16]]]);
  }
  near(gradientTimesInput(score, inputs).text!.states!, [[[2, 8], [18, 32]]]);
});

Deno.test("the sum comes to the difference to the baseline as the steps grow", () => {
  const score = scoreOf((x) => tf.sigmoid(tf.mul(x, 3)));
  const [low, high] = scoresAlong(score, inputs, [0, 1]).dataSync() as unknown as [number, number];
  const error = (steps: number) => {
    const { text, audio } = integratedGradients(score, inputs, { steps });
    const sum = tf.add(tf.sum(text!.states!), tf.sum(audio!.prosody!)).dataSync()[0]!;
    return Math.abs(sum - (high - low));
  };
  deepEqual([error(2) > 0.05, error(16) < 0.05, error(128) < 1e-3], [true, true, true]);
});

Deno.test("masks stay along the path and are given nothing", () => {
  const masked = { ...inputs, text: { ...inputs.text, mask: tf.tensor2d([[1, 0]]) } };
  const found = integratedGradients(scoreOf((x) => tf.square(x)), masked);
  deepEqual(Object.keys(found.text!), ["states"]);
  near(found.text!.states!, [[[1, 4], [0, 0]]]);
  near(scoresAlong(scoreOf((x) => tf.square(x)), masked, [0, 0.5, 1]), [0, 1.25 + 7.5, 20]);
});

Deno.test("integratedGradients() refuses a number of steps that is none", () => {
  const score = scoreOf((x) => x);
  for (const steps of [0, 1.5, NaN]) {
    throws(() => integratedGradients(score, inputs, { steps }), {
      name: "RangeError",
      message: `Cannot integrate: expected a whole number of steps from 1, got ${steps}`,
    });
  }
});
