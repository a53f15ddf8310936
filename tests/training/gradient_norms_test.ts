import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { float32 } from "../../lib/compile/mod.ts";
import * as tf from "../../lib/deps/tf.ts";
import { proposed } from "../../lib/systems/proposed.ts";
import type { Problem } from "../../lib/systems/system.ts";
import type { Parameter } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import { compileGradientNorms } from "../../lib/training/gradient_norms.ts";
import { type Epoch, train, type TrainConfig } from "../../lib/training/train.ts";
import { misa } from "../../lib/baselines/misa/mod.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import { tinyFeatures, tinySettings, tinyTraining } from "../systems/tiny_corpus.ts";

type Params = { text: { a: tf.Tensor; b: tf.Tensor }; texture: tf.Tensor; unused: tf.Tensor };

const parameter = (...values: number[]): Parameter => ({
  shape: [values.length],
  values: Float32Array.from(values),
});
const initial = {
  text: { a: parameter(3, 1), b: parameter(2) },
  texture: parameter(5),
  unused: parameter(1),
};
// ∂/∂a = 2 (a − target), ∂/∂b = 3, ∂/∂texture = 2 texture.
const objective = ({ text: { a, b }, texture }: Params, { target }: { target: tf.Tensor }) =>
  tf.addN([
    tf.sum(tf.square(tf.sub(a, target))),
    tf.mul(3, tf.sum(b)),
    tf.sum(tf.square(texture)),
  ]);
const parts = {
  text: ["text"],
  "text a": ["text/a"],
  others: ["texture", "unused"],
  no: ["unused"],
};
const near = (got: number, wanted: number) =>
  ok(Math.abs(got - wanted) < 1e-5, `${got} instead of ${wanted}`);

Deno.test("gradient norms are root mean squares over what is learnt of a part, worked by hand", async () => {
  const batch = { target: float32(2) };
  const graph = await compileGradientNorms<Params, typeof batch>(
    objective,
    { initial: initial as never, batch, parts },
  );
  // In the order a, b, texture: 2 (3 − 1), 2 (1 − 0); 3; 10.
  const norms = await graph.run(
    Float32Array.of(3, 1, 2, 5),
    { target: Float32Array.of(1, 0) },
  );
  await graph.dispose();
  deepEqual(Object.keys(norms), ["text", "text a", "others"]);
  near(norms.text!, Math.sqrt((16 + 4 + 9) / 3));
  near(norms["text a"]!, Math.sqrt((16 + 4) / 2));
  near(norms.others!, 10);
});

const config: TrainConfig = { ...tinyTraining, epochs: 3, patience: 3, weightDecay: 0 };
const task = {
  initial: initial as never,
  objective,
  batch: { target: float32(2) },
  steps: 2,
  *batches(epoch: number) {
    yield { target: Float32Array.of(0, 0) };
    yield { target: Float32Array.of(epoch, 7) };
  },
  validate: () => Promise.resolve({ loss: 1, accuracy: 0.5 }),
};

Deno.test("train() keeps the gradients of the last batch at the parameters after it, on request", async () => {
  const told = { ...task, parts: { texture: ["texture"], a: ["text/a"] } };
  // Without averaging what is validated are the parameters after the last step.
  const seen: Float32Array[] = [];
  const validate = (parameters: Float32Array) => {
    seen.push(parameters);
    return task.validate();
  };
  const plain = { ...config, averaging: 0 };
  const asked = await train<Params, typeof task.batch>(
    { ...told, validate },
    plain,
    { gradients: true },
  );
  asked.history.forEach(({ gradients }, epoch) => {
    const [a0, a1, , texture] = seen[epoch]!;
    near(gradients!.texture!, 2 * texture!);
    near(gradients!.a!, Math.sqrt(2 * ((a0! - epoch) ** 2 + (a1! - 7) ** 2)));
  });
  const usual = await train<Params, typeof task.batch>(told, plain);
  ok(usual.history.every((epoch) => !("gradients" in epoch)));
  deepEqual(usual.parameters, asked.parameters);
  deepEqual(usual.history, asked.history.map(({ gradients: _, ...epoch }) => epoch));
});

Deno.test("gradients of a task that names no parts are refused", async () => {
  await rejects(train<Params, typeof task.batch>(task, config, { gradients: true }), {
    name: "TypeError",
    message: "Cannot keep gradients: expected a network that names its parts, got none",
  });
});

const features = tinyFeatures({ text: 60, image: 60, audio: 60 }, { signal: 1.5 });
const rows = (from: number, to: number) =>
  byModality(() => Array.from({ length: to - from }, (_, i) => from + i));
const problem: Problem = {
  ...{ features, train: rows(0, 40), validation: rows(40, 60), protocol: "label" },
  ...{ present: modalities, key: key(7) },
};

Deno.test("a network's parameters are the same with and without, and each modality has its norms", async () => {
  for (
    const [own, make] of [
      [
        ["audio attention", "audio contextual", "audio gate", "audio processing", "audio spectral"],
        (gradients: boolean) => proposed(tinySettings, tinyTraining, { gradients }),
      ],
      [
        ["audio decoder", "audio private", "audio projection", "audio recurrent"],
        (gradients: boolean) => misa({ width: 8, recurrentWidth: 4 }, tinyTraining, { gradients }),
      ],
    ] as const
  ) {
    const [asked, usual] = [await make(true).fit(problem), await make(false).fit(problem)];
    deepEqual(asked.parameters, usual.parameters);
    for (const { gradients } of asked.record.history as Epoch[]) {
      const names = Object.keys(gradients!);
      deepEqual(modalities.filter((m) => names.includes(m)), modalities);
      deepEqual(names.filter((name) => name.startsWith("audio ")).sort(), own);
      // The whole is a mean of its modules' squares.
      const parts = own.map((name) => gradients![name]!);
      ok(Math.min(...parts) <= gradients!.audio! && gradients!.audio! <= Math.max(...parts));
      ok(names.every((name) => gradients![name]! > 0));
    }
    equal((usual.record.history as Epoch[])[0]!.gradients, undefined);
    await asked.dispose();
    await usual.dispose();
  }
});
