import { deepEqual, equal, notDeepEqual, ok, rejects } from "node:assert/strict";
import { float32, type Spec } from "../../lib/compile/mod.ts";
import * as tf from "../../lib/deps/tf.ts";
import type { Parameter } from "../../lib/tensor/parameter.ts";
import { key, uniforms } from "../../lib/tensor/random.ts";
import {
  type Epoch,
  learningRateAt,
  type Standing,
  train,
  type TrainConfig,
} from "../../lib/training/train.ts";
import { tinyTraining } from "../systems/tiny_corpus.ts";

type Point = { at: tf.Tensor };
type Target = { target: Spec };

const config: TrainConfig = { ...tinyTraining, epochs: 6, learningRate: 0.1, weightDecay: 0 };
const zero: { at: Parameter } = { at: { shape: [2], values: Float32Array.of(0, 0) } };

/** Two steps an epoch from 0 towards random targets near (1, 1); validation losses as told. */
function walk(
  { losses = [], rates, seed = 1, target = () => undefined }: {
    losses?: readonly number[];
    rates?: readonly number[];
    seed?: number;
    target?: (epoch: number, step: number) => readonly number[] | undefined;
  },
) {
  const seen: Float32Array[] = [];
  const asked: number[] = [];
  return {
    seen,
    asked,
    task: {
      initial: zero,
      objective: ({ at }: Point, { target }: { target: tf.Tensor }) =>
        tf.sum(tf.square(tf.sub(at, target))),
      batch: { target: float32(2) } as Target,
      steps: 2,
      *batches(epoch: number) {
        asked.push(epoch);
        const next = uniforms(key(seed + epoch));
        for (let step = 0; step < 2; step++) {
          const own = target(epoch, step) ?? [1 + next(), 1 + next()];
          yield { target: Float32Array.from(own) };
        }
      },
      validate(parameters: Float32Array) {
        seen.push(parameters.slice());
        const at = seen.length - 1;
        return Promise.resolve({
          ...{ loss: losses[at] ?? 1, accuracy: 0.5 },
          ...rates && { rate: rates[at]! },
        });
      },
    },
  };
}

Deno.test("learningRateAt() rises to the peak and falls along half a cosine", () => {
  const at = (step: number) => learningRateAt(step, 10, { learningRate: 0.4, warmup: 0.2 });
  const near = (got: number, wanted: number) => ok(Math.abs(got - wanted) < 1e-12, `${got}`);
  near(at(0), 0.2);
  near(at(1), 0.4);
  near(at(2), 0.4);
  near(at(4), 0.2 * (1 + Math.SQRT1_2));
  near(at(6), 0.2);
  near(at(8), 0.2 * (1 - Math.SQRT1_2));
  near(at(10), 0);
  for (let step = 3; step <= 10; step++) ok(at(step) < at(step - 1));
});

Deno.test("learningRateAt() begins at the peak without a warm-up, and survives a single step", () => {
  equal(learningRateAt(0, 100, { learningRate: 3, warmup: 0 }), 3);
  equal(learningRateAt(0, 1, { learningRate: 3, warmup: 0.1 }), 3);
});

Deno.test("train() keeps the epoch with the lowest validation loss and stops when patience ends", async () => {
  const { task, seen, asked } = walk({ losses: [3, 1, 2, 1, 0] });
  const lines: Epoch[] = [];
  const { parameters, bestEpoch, history } = await train<Point, Target>(task, config, {
    onEpoch: (epoch) => lines.push(epoch),
  });
  equal(bestEpoch, 2);
  // The fourth is no better than the second, and two epochs are the patience.
  deepEqual(asked, [0, 1, 2, 3]);
  deepEqual(history.map(({ epoch, validationLoss }) => [epoch, validationLoss]), [
    [1, 3],
    [2, 1],
    [3, 2],
    [4, 1],
  ]);
  deepEqual(lines, history);
  deepEqual(parameters.at.values, seen[1]);
  notDeepEqual(seen[3], seen[1]);
});

Deno.test("train() keeps the epoch of the highest rate, averaged with the two before it", async () => {
  // Averages 0.4, 0.6, 0.6, 0.7, 0.6, 0.6: the fourth is the highest, although the loss is lowest in
  // the first and no epoch has a higher rate than the second.
  const rates = [0.4, 0.8, 0.6, 0.7, 0.5, 0.6];
  const losses = [1, 2, 3, 4, 5, 6];
  const { task, seen } = walk({ losses, rates });
  const longer = { ...config, keep: "rate", patience: 6 } as const;
  const kept = await train<Point, Target>(task, longer);
  equal(kept.bestEpoch, 4);
  deepEqual(kept.parameters.at.values, seen[3]);
  deepEqual(kept.history.map(({ validationRate }) => validationRate), rates);
  // By loss it is the first; its history says nothing of rates.
  const usual = await train<Point, Target>(walk({ losses, rates }).task, config);
  equal(usual.bestEpoch, 1);
  ok(!("validationRate" in usual.history[0]!));
});

Deno.test("of epochs with equal rates that of the lower loss is kept, and patience counts from it", async () => {
  const { task, asked } = walk({ losses: [3, 1, 2, 2, 2, 2], rates: Array<number>(6).fill(0.5) });
  const { bestEpoch } = await train<Point, Target>(task, { ...config, keep: "rate" });
  equal(bestEpoch, 2);
  deepEqual(asked, [0, 1, 2, 3]);
  // Without a rate of its own it is the accuracy.
  const { history } = await train<Point, Target>(walk({}).task, { ...config, keep: "rate" });
  equal(history[0]!.validationRate, 0.5);
});

Deno.test("train() goes through all epochs while validation gets better", async () => {
  const { task, seen } = walk({ losses: [6, 5, 4, 3, 2, 1] });
  const { parameters, bestEpoch, history } = await train<Point, Target>(task, config);
  equal(bestEpoch, 6);
  equal(history.length, 6);
  deepEqual(parameters.at.values, seen[5]);
  ok(history[5]!.trainLoss < history[0]!.trainLoss / 2, JSON.stringify(history));
});

Deno.test("train() reports the mean loss of an epoch's steps", async () => {
  // Both coordinates see the same target, and the first step of Adam moves each by the rate 0.1.
  const { task } = walk({ target: (_, step) => step === 0 ? [1, 1] : [0.1, 0.1] });
  const once = { ...config, epochs: 1, warmup: 0 };
  const { history } = await train<Point, Target>(task, once);
  ok(Math.abs(history[0]!.trainLoss - 2 / 2) < 1e-5, `${history[0]!.trainLoss}`);
});

Deno.test("two runs with one key end in the same bytes, and another key does not", async () => {
  const end = async (seed: number) => {
    const { task } = walk({ losses: [6, 5, 4, 3, 2, 1], seed });
    const { parameters, history } = await train<Point, Target>(task, config);
    return { parameters: new Uint8Array(parameters.at.values.slice().buffer), history };
  };
  const first = await end(1);
  deepEqual(await end(1), first);
  notDeepEqual((await end(2)).parameters, first.parameters);
});

Deno.test("train() leaves the initial parameters as they were", async () => {
  await train<Point, Target>(walk({}).task, { ...config, epochs: 1 });
  deepEqual(zero.at.values, Float32Array.of(0, 0));
});

Deno.test("a training loss that is no number is an error by epoch and step", async () => {
  const { task, seen } = walk({
    target: (epoch, step) => epoch === 1 && step === 0 ? [NaN, 0] : undefined,
  });
  await rejects(train<Point, Target>(task, config), {
    name: "Error",
    message: "Cannot train: expected a finite loss in epoch 2, step 3, got NaN",
  });
  equal(seen.length, 1);
});

Deno.test("a validation loss that is no number is an error by epoch", async () => {
  const { task } = walk({ losses: [3, NaN] });
  await rejects(train<Point, Target>(task, config), {
    name: "Error",
    message: "Cannot train: expected a finite validation loss in epoch 2, got NaN",
  });
});

Deno.test("what is validated and kept is the parameters' running average", async () => {
  const parametersByEpoch = async (averaging: number) => {
    const { task, seen } = walk({ losses: [6, 5, 4, 3] });
    const oneStep = {
      ...task,
      steps: 1,
      *batches() {
        yield { target: Float32Array.of(1, 2) };
      },
    };
    const settings = { ...config, epochs: 4, averaging };
    const { parameters } = await train<Point, Target>(oneStep, settings);
    deepEqual(parameters.at.values, seen[3]);
    return seen.map(([x]) => x!);
  };
  const [a, b, c, d] = await parametersByEpoch(0) as [number, number, number, number];
  const averages = await parametersByEpoch(0.6);
  // The decay is min(0.6, 1 - 1 / step): 0, 1/2, and then 0.6.
  const second = (a + b) / 2, third = 0.6 * second + 0.4 * c;
  [a, second, third, 0.6 * third + 0.4 * d].forEach((wanted, i) =>
    ok(Math.abs(averages[i]! - wanted) < 1e-6, `epoch ${i + 1}: ${averages[i]}, not ${wanted}`)
  );
  ok(Math.abs(averages[3]! - d) > 1e-2);
});

Deno.test("parameters that the loss does not depend on stay as they were, whatever the decay", async () => {
  const { task, seen } = walk({});
  const unused: Parameter = { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) };
  const initial = { before: unused, at: zero.at, after: unused };
  const decaying = { ...config, weightDecay: 0.5 };
  type Three = { before: tf.Tensor; at: tf.Tensor; after: tf.Tensor };
  const kept: Standing[] = [];
  const checkpoints = {
    load: () => Promise.resolve(undefined),
    save: (standing: Standing) => Promise.resolve(void kept.push(standing)),
  };
  const { parameters } = await train<Three, Target>({ ...task, initial }, decaying, {
    checkpoints,
  });
  deepEqual(parameters.before, unused);
  deepEqual(parameters.after, unused);
  ok(parameters.at.values.every((x) => x !== 0));
  for (const vector of seen) deepEqual([...vector.subarray(0, 4)], [1, 2, 3, 4]);
  const { state } = kept.at(-1)!;
  deepEqual([...state.parameters.subarray(6)], [1, 2, 3, 4]);
  deepEqual([...state.second.subarray(0, 4)], [0, 0, 0, 0]);
  ok(state.second[4]! > 0);
});
