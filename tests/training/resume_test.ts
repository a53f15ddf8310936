import { deepEqual, equal, match, notEqual, rejects } from "node:assert/strict";
import { type ExecutorChoice, float32, type Spec } from "../../lib/compile/mod.ts";
import * as tf from "../../lib/deps/tf.ts";
import { namesIn } from "../../lib/files.ts";
import type { Parameter } from "../../lib/tensor/parameter.ts";
import { key, uniforms } from "../../lib/tensor/random.ts";
import { openCheckpoints } from "../../lib/training/checkpoint.ts";
import { train, type TrainConfig } from "../../lib/training/train.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { tinyTraining } from "../systems/tiny_corpus.ts";
import { flipped, inflict } from "./damage.ts";
import { compilerTest } from "../some_compiler.ts";

const options = { fingerprint: "f".repeat(64), everySeconds: 0 };

type Point = { at: tf.Tensor };
type Target = { target: Spec };

const config: TrainConfig = { ...tinyTraining, epochs: 6, patience: 3, learningRate: 0.1 };
// The third is the best, and the sixth ends the patience.
const losses = [5, 4, 1, 3, 2, 2, 0];
// Averaged over three epochs the fifth is the best: 0.5, 0.6, 0.5, 0.6, 0.7, 0.5.
const rates = [0.5, 0.7, 0.3, 0.8, 1, -0.3];

/** Trains towards random targets; `validate` throws in epoch `crash`, counted from 1. */
async function run(folder: string | undefined, {
  crash = 0,
  settings = config,
  executor = "onnxruntime" as ExecutorChoice,
} = {}) {
  const asked: number[] = [], told: string[] = [];
  const initial: { at: Parameter } = { at: { shape: [2], values: Float32Array.of(0.3, -0.2) } };
  let current = 0;
  const onDamage = (message: string) => void told.push(message);
  const { parameters, ...trained } = await train<Point, Target>(
    {
      initial,
      objective: ({ at }: Point, { target }: { target: tf.Tensor }) =>
        tf.sum(tf.square(tf.sub(at, target))),
      batch: { target: float32(2) },
      steps: 2,
      *batches(epoch: number) {
        asked.push(epoch);
        current = epoch;
        const next = uniforms(key(epoch));
        for (let step = 0; step < 2; step++) yield { target: Float32Array.of(next(), 1 + next()) };
      },
      validate() {
        if (current + 1 === crash) throw new Error("the power is off");
        return Promise.resolve({ loss: losses[current]!, accuracy: 0.5, rate: rates[current]! });
      },
    },
    settings,
    {
      executor,
      ...folder !== undefined && {
        checkpoints: openCheckpoints(folder, { ...options, onDamage }),
      },
    },
  );
  return { trained, bytes: new Uint8Array(parameters.at.values.slice().buffer), asked, told };
}

Deno.test("a run that breaks off in any epoch and goes on ends in the bytes of an unbroken one", async () => {
  const { trained, bytes } = await run(undefined);
  deepEqual([trained.bestEpoch, trained.history.length], [3, 6]);
  for (let crash = 1; crash <= 6; crash++) {
    await withFolder({}, async (folder) => {
      await rejects(run(folder, { crash }), /the power is off/);
      const resumed = await run(folder);
      deepEqual(resumed.trained, trained);
      deepEqual(resumed.bytes, bytes);
      deepEqual(resumed.asked, [0, 1, 2, 3, 4, 5].slice(crash - 1));
      deepEqual(resumed.told, []);
    });
  }
});

Deno.test("a run that keeps the best rate goes on with the rates of epochs before", async () => {
  const settings = { ...config, keep: "rate" } as const;
  const { trained, bytes } = await run(undefined, { settings });
  equal(trained.bestEpoch, 5);
  for (let crash = 2; crash <= 6; crash++) {
    await withFolder({}, async (folder) => {
      await rejects(run(folder, { crash, settings }), /the power is off/);
      const resumed = await run(folder, { settings });
      deepEqual([resumed.trained, resumed.bytes], [trained, bytes]);
    });
  }
});

Deno.test("a run that breaks off in every epoch ends in the same bytes too", () =>
  withFolder({}, async (folder) => {
    const { trained, bytes } = await run(undefined);
    for (let crash = 1; crash <= 6; crash++) {
      await rejects(run(folder, { crash }), /the power is off/);
    }
    const resumed = await run(folder);
    deepEqual([resumed.trained, resumed.bytes], [trained, bytes]);
  }));

Deno.test("a run that is over trains no further, be it out of epochs or of patience", async () => {
  const cases = [
    { settings: { ...config, epochs: 2 }, epochs: 2 },
    { settings: config, epochs: 6 },
    { settings: { ...config, patience: 0 }, epochs: 1 },
  ];
  for (const { settings, epochs } of cases) {
    await withFolder({}, async (folder) => {
      const first = await run(folder, { settings });
      equal(first.trained.history.length, epochs);
      const again = await run(folder, { settings });
      deepEqual([again.trained, again.bytes], [first.trained, first.bytes]);
      deepEqual(again.asked, []);
    });
  }
});

Deno.test("of a run that is over its best epoch is left; damaged, the run starts afresh", async () => {
  const { trained, bytes } = await run(undefined);
  const left = ["ended.json", "ended.safetensors"];
  for (const name of left) {
    await withFolder({}, async (folder) => {
      await run(folder);
      deepEqual(await namesIn(folder), left);
      await inflict(`${folder}/${name}`, flipped(-3));
      const again = await run(folder);
      deepEqual([again.trained, again.bytes], [trained, bytes]);
      deepEqual(again.asked, [0, 1, 2, 3, 4, 5]);
      equal(again.told.length, 1);
      match(again.told[0]!, /training starts afresh$/);
      deepEqual(await namesIn(folder), left);
    });
  }
});

Deno.test("a run whose last checkpoint is damaged repeats an epoch and ends the same", () =>
  withFolder({}, async (folder) => {
    const { trained, bytes } = await run(undefined);
    await rejects(run(folder, { crash: 5 }), /the power is off/);
    await inflict(`${folder}/epoch-000004.safetensors`, flipped(-1));
    const resumed = await run(folder);
    deepEqual([resumed.trained, resumed.bytes], [trained, bytes]);
    deepEqual(resumed.asked, [3, 4, 5]);
    equal(resumed.told.length, 1);
    notEqual(resumed.told[0], undefined);
  }));

compilerTest(
  "a run goes on with the executor that it began on, and is refused another",
  async () => {
    const pairs = [["c", "onnxruntime"], ["onnxruntime", "c"]] as const;
    for (const [begun, other] of pairs) {
      const { trained, bytes } = await run(undefined, { executor: begun });
      equal(trained.executor, begun);
      await withFolder({}, async (folder) => {
        await rejects(run(folder, { crash: 3, executor: begun }), /the power is off/);
        const refusal = `Cannot go on with training: expected the executor ${begun}, on which it ` +
          `began, got ${other}; delete what was kept of it to begin again`;
        await rejects(run(folder, { executor: other }), { name: "RangeError", message: refusal });
        // What has ended is not told as another's either.
        for (const executor of ["auto", begun, "auto"] as const) {
          const resumed = await run(folder, { executor });
          deepEqual([resumed.trained, resumed.bytes], [trained, bytes]);
        }
        await rejects(run(folder, { executor: other }), { message: refusal });
      });
    }
  },
);
