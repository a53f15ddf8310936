import { ok, throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { adamW, type AdamWOptions, clipByNorm, clipByValue } from "../../lib/tensor/optimisers.ts";
import torch from "../fixtures/optimisers.json" with { type: "json" };
import { near, same, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

const start = () => ({ first: tf.zeros([2]), second: tf.zeros([2]) });

Deno.test("adamW() agrees with its equations worked by hand", () => {
  // t = 1: m' / (1 - β1) = g and v' / (1 - β2) = g², so the step is η g / (|g| + ε), with ε = 1:
  // θ' = 1 - 0.1 · 0.5 · 1 - 0.1 · 3 / 4 = 0.875 and -2 + 0.1 · 0.5 · 2 + 0.1 · 1 / 2 = -1.85.
  const { parameters, state } = adamW({
    parameters: tf.tensor1d([1, -2]),
    gradients: tf.tensor1d([3, -1]),
    state: start(),
    learningRate: tf.scalar(0.1),
    step: tf.scalar(1),
  }, { epsilon: 1, weightDecay: 0.5 });
  near(parameters, [0.875, -1.85]);
  near(state.first, [0.3, -0.1]);
  near(state.second, [0.009, 0.001]);
});

for (const { name, options, clip, steps } of torch.cases) {
  Deno.test(`adamW() and clipByNorm() follow PyTorch for five steps: ${name}`, () => {
    const settings: AdamWOptions = { ...options, decayed: tf.tensor1d(torch.decayed) };
    let parameters: tf.Tensor = tf.tensor1d(torch.parameters);
    let state = { first: tf.zerosLike(parameters), second: tf.zerosLike(parameters) };
    steps.forEach((wanted, i) => {
      const { gradients, norm } = clipByNorm(
        tf.tensor1d(torch.gradients[i]!),
        clip ?? Number.MAX_VALUE,
      );
      near(norm, wanted.norm, 1e-6, `norm of step ${i + 1}`);
      near(gradients, wanted.clipped, 1e-6, `gradient of step ${i + 1}`);
      const learningRate = tf.scalar(torch.learningRates[i]!);
      ({ parameters, state } = adamW(
        { parameters, gradients, state, learningRate, step: tf.scalar(i + 1) },
        settings,
      ));
      // 1 - 0.999^t in float32 is known to 6e-5 at t = 1.
      near(parameters, wanted.parameters, 2e-5, `parameters after step ${i + 1}`);
    });
  });
}

Deno.test("without `decayed` all parameters decay, with it those of 1 alone", () => {
  const at = {
    parameters: tf.tensor1d([4, 4]),
    gradients: tf.zeros([2]),
    state: start(),
    learningRate: tf.scalar(0.5),
    step: tf.scalar(1),
  };
  // 4 - 0.5 · 0.25 · 4.
  near(adamW(at, { weightDecay: 0.25 }).parameters, [3.5, 3.5]);
  near(adamW(at, { weightDecay: 0.25, decayed: tf.tensor1d([0, 1]) }).parameters, [4, 3.5]);
  // λ = 0.01 by default.
  near(adamW(at).parameters, [3.98, 3.98]);
});

Deno.test("adamW() leaves its arguments as they were", () => {
  const parameters = tf.tensor1d([1, 2]), state = start();
  const learningRate = tf.scalar(1), step = tf.scalar(1);
  adamW({ parameters, gradients: tf.ones([2]), state, learningRate, step });
  near(parameters, [1, 2]);
  near(state.first, [0, 0]);
});

Deno.test("clipByNorm() shortens a long gradient to the maximum and keeps its direction", () => {
  // ‖[3, 4]‖ = 5.
  const { gradients, norm } = clipByNorm(tf.tensor1d([3, 4]), 2.5);
  near(norm, 5);
  near(gradients, [1.5, 2]);
  const long = uniformTensor("g", 100);
  near(clipByNorm(long, 0.1).norm, tf.norm(long));
  near(tf.norm(clipByNorm(long, 0.1).gradients), 0.1, 1e-5);
});

Deno.test("clipByNorm() leaves a short gradient and a gradient of 0 alone", () => {
  const short = tf.tensor1d([0.3, -0.4]);
  same(clipByNorm(short, 1).gradients, short);
  const { gradients, norm } = clipByNorm(tf.zeros([3]), 1);
  same(gradients, tf.zeros([3]));
  ok(norm.dataSync()[0] === 0);
});

Deno.test("adamW() refuses gradients of another length", () => {
  throws(() =>
    adamW({
      parameters: tf.zeros([2]),
      gradients: tf.zeros([3]),
      state: start(),
      learningRate: tf.scalar(1),
      step: tf.scalar(1),
    })
  );
});

Deno.test("clipByValue() limits both signs and leaves what lies between alone", () => {
  near(clipByValue(tf.tensor1d([-7, -2, 0.5, 2, 9]), 2), [-2, -2, 0.5, 2, 2]);
  near(clipByValue(tf.tensor1d([-1, 1]), 0), [0, 0]);
  throws(() => clipByValue(tf.zeros([1]), -1), /expected a maximum from 0, got -1/);
  throws(() => clipByValue(tf.zeros([1]), NaN), RangeError);
});
