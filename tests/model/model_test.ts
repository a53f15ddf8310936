import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import { compile, float32, isValues, type Spec, type Values } from "../../lib/compile/mod.ts";
import * as tf from "../../lib/deps/tf.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import type { Gate, ModelConfig } from "../../lib/model/config.ts";
import {
  fuseModalities,
  initModel,
  model,
  type ModelInputs,
  type ModelOutputs,
  type ModelParams,
  processModalities,
} from "../../lib/model/model.ts";
import { crossEntropy } from "../../lib/tensor/losses.ts";
import {
  asTree,
  flatten,
  type Init,
  isParameter,
  layoutOf,
  type Parameter,
  split,
  tensors,
} from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import { leaves, mapTree, type Tree } from "../../lib/tensor/tree.ts";
import { compileStep, type StepState } from "../../lib/training/step.ts";
import { differ, near, same, uniform, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

const config: ModelConfig = {
  width: 8,
  heads: 2,
  channels: [2, 3],
  framePooling: 1,
  gate: "per feature",
  levels: { within: true, across: true, summaries: true },
  residual: true,
  fusionLayers: 2,
  dropout: 0.2,
  inputs: {
    text: { segments: 2, width: 3 },
    image: { segments: 3, width: 5 },
    audio: { segments: 2, width: 4, frames: 8, bands: 4, prosody: 2 },
  },
};

/** Seeded inputs of `batch` samples as plain arrays; the second sample lacks an image segment. */
function inputsOf(batch: number) {
  const { text, image, audio } = config.inputs;
  const ones = (...shape: number[]): Parameter => ({
    shape,
    values: new Float32Array(shape.reduce((a, b) => a * b)).fill(1),
  });
  const missing = ones(batch, image.segments);
  if (batch > 1) missing.values[2 * image.segments - 1] = 0;
  return {
    text: { states: uniform("text", batch, text.segments, text.width), mask: ones(batch, 2) },
    image: { states: uniform("image", batch, image.segments, image.width), mask: missing },
    audio: {
      states: uniform("audio", batch, audio.segments, audio.width),
      mask: ones(batch, audio.segments),
      logMel: uniform("mel", batch, audio.frames!, audio.bands!),
      frames: { shape: [batch], values: Float32Array.from({ length: batch }, (_, i) => 8 - i % 4) },
      prosody: uniform("prosody", batch, audio.segments, audio.prosody!),
    },
  };
}

const initial = initModel(key(4), config);
const params: ModelParams = tensors(initial);
const inputs: Required<ModelInputs> = tensors(inputsOf(2));

/** The four verdicts side by side, `[B, 8]`. */
const joined = ({ logits: { text, image, audio, unified } }: ModelOutputs) =>
  tf.concat([text, image, audio, unified], 1);

/** Cross-entropy of the heads and of the unified classifier, with one label a sample. */
function lossOf({ logits }: ModelOutputs, labels: tf.Tensor): tf.Scalar {
  const weights = tf.ones(labels.shape);
  const all = Object.values(logits).map((logits) => crossEntropy({ logits, labels, weights }));
  return tf.addN(all) as tf.Scalar;
}

Deno.test("model() returns the shapes it says", () => {
  const { logits, fused, weights, gate } = model(params, { inputs }, config);
  deepEqual(Object.keys(logits), ["text", "image", "audio", "unified"]);
  for (const z of Object.values(logits)) deepEqual(z.shape, [2, 2]);
  deepEqual(fused.shape, [2, 8]);
  deepEqual(gate!.shape, [2, 2, 8]);
  deepEqual(weights.across.attention!.shape, [2, 2, 7, 7]);
});

Deno.test("model() is processModalities() and then fuseModalities()", () => {
  const segments = processModalities(params, { inputs }, config);
  const presence = tf.tensor2d([[1, 0, 1], [1, 1, 1]]);
  same(
    joined(fuseModalities(params, { ...segments, presence }, config)),
    joined(model(params, { inputs, presence }, config)),
  );
  for (const m of modalities) same(segments.masks[m]!, inputs[m].mask);
});

Deno.test("equal keys give equal parameters, another key others", () => {
  deepEqual(initModel(key(4), config), initial);
  const other = leaves<Parameter>(initModel(key(3), config), isParameter);
  leaves<Parameter>(initial, isParameter).forEach(({ path, leaf }, i) => {
    // Biases and normalisations start alike.
    if (leaf.shape.length > 1) notDeepEqual(leaf.values, other[i]!.leaf.values, path);
  });
});

Deno.test("no two weights of the model are the same draw", () => {
  const matrices = leaves<Parameter>(initial, isParameter)
    .filter(({ leaf }) => leaf.shape.length > 1);
  // Draws of one key differ by their bound alone, which the ratio of two numbers does not have.
  const ratios = matrices.map(({ leaf }) => (leaf.values[1]! / leaf.values[0]!).toFixed(4));
  equal(new Set(ratios).size, matrices.length);
});

Deno.test("with all modalities there, every leaf gets a gradient", () => {
  const layout = layoutOf(initial);
  const { grads } = tf.valueAndGrads((...parts: tf.Tensor[]) =>
    lossOf(
      model(asTree(initial, parts), { inputs: tensors(inputsOf(8)) }, config),
      tf.tensor1d([0, 1, 1, 0, 1, 0, 0, 1], "int32"),
    )
  )(split(layout, tf.tensor1d(flatten(initial))));
  layout.entries.forEach(({ path }, i) => {
    ok(differ(grads[i]!, tf.zerosLike(grads[i]!), 1e-6), `${path} has no gradient`);
  });
});

Deno.test("the gradient of the whole model is the central difference along seeded directions", () => {
  const theta = tf.tensor1d(flatten(initial)), layout = layoutOf(initial);
  const labels = tf.tensor1d([0, 1], "int32");
  const loss = (vector: tf.Tensor) =>
    lossOf(model(asTree(initial, split(layout, vector)), { inputs }, config), labels);
  const gradient = tf.grad(loss)(theta);
  const along = (direction: tf.Tensor, h: number) => {
    const moved = (by: number) => loss(tf.add(theta, tf.mul(direction, by))).dataSync()[0]!;
    return (moved(h) - moved(-h)) / (2 * h);
  };
  for (
    const direction of [
      gradient,
      uniformTensor("one", layout.size),
      uniformTensor("two", layout.size),
    ]
  ) {
    const unit = tf.div(direction, tf.norm(direction));
    const slope = tf.sum(tf.mul(gradient, unit)).dataSync()[0]!;
    const difference = along(unit, 1e-3);
    ok(
      Math.abs(slope - difference) < 1e-3 * Math.max(1, Math.abs(slope)),
      `gradient ${slope}, central difference ${difference}`,
    );
  }
});

Deno.test("leaving a modality out, masking it and declaring it absent are one", () => {
  for (const absent of modalities) {
    const { [absent]: gone, ...rest } = inputs;
    const out = joined(model(params, { inputs: rest }, config));
    const masked = { ...inputs, [absent]: { ...gone, mask: tf.zerosLike(gone.mask) } };
    near(joined(model(params, { inputs: masked }, config)), out, 1e-6, absent);
    const presence = tf.tensor2d([0, 0].map(() => modalities.map((m) => m === absent ? 0 : 1)));
    near(joined(model(params, { inputs, presence }, config)), out, 1e-6, absent);
    ok(differ(joined(model(params, { inputs }, config)), out), `${absent} counts`);
    equal(model(params, { inputs: rest }, config).gate === undefined, absent === "audio");
  }
});

Deno.test("presence is read sample by sample", () => {
  const presence = tf.tensor2d([[1, 1, 1], [0, 1, 0]]);
  const mixed = joined(model(params, { inputs, presence }, config));
  const all = joined(model(params, { inputs }, config));
  const alone = joined(model(params, { inputs: { image: inputs.image } }, config));
  const row = (x: tf.Tensor, i: number) => tf.slice(x, i, 1);
  near(row(mixed, 0), row(all, 0));
  near(row(mixed, 1), row(alone, 1));
});

Deno.test("permuting the batch permutes the verdicts", () => {
  const turned = mapTree<tf.Tensor, tf.Tensor, typeof inputs>(
    inputs,
    (node): node is tf.Tensor => node instanceof tf.Tensor,
    (x) => tf.reverse(x, 0),
  );
  near(
    joined(model(params, { inputs: turned }, config)),
    tf.reverse(joined(model(params, { inputs }, config)), 0),
  );
});

Deno.test("every kind of gate gives a verdict of its own", () => {
  const verdicts = (["scalar", "softmax", "sum", "spectral only", "contextual only"] as const)
    .map((gate) => {
      const own: ModelParams = tensors(initModel(key(4), { ...config, gate }));
      return joined(model(own, { inputs }, { ...config, gate }));
    });
  verdicts.forEach((verdict, i) =>
    verdicts.slice(i + 1).forEach((other) => ok(differ(verdict, other, 1e-5)))
  );
});

Deno.test("the spectral path hears the spectrogram and prosody, the contextual path the states", () => {
  const heard = (gate: Gate) => {
    const own: ModelParams = tensors(initModel(key(4), { ...config, gate }));
    const of = (audio: typeof inputs.audio) =>
      joined(model(own, { inputs: { ...inputs, audio } }, { ...config, gate }));
    return (["states", "logMel", "prosody"] as const).filter((name) =>
      differ(of({ ...inputs.audio, [name]: tf.neg(inputs.audio[name]!) }), of(inputs.audio), 1e-5)
    );
  };
  deepEqual(heard("spectral only"), ["logMel", "prosody"]);
  deepEqual(heard("contextual only"), ["states"]);
  deepEqual(heard("per feature"), ["states", "logMel", "prosody"]);
});

Deno.test("dropout masks reach their layer, and masks of 1 change nothing", () => {
  const plain = joined(model(params, { inputs }, config));
  const masks = (value: number) => ({
    text: tf.fill([2, 2, 8], value),
    image: tf.fill([2, 3, 8], value),
    audio: tf.fill([2, 2, 8], value),
  });
  const layer = (value: number) => tf.fill([2, 8], value);
  const ones = { processing: masks(1), fusion: { "0": layer(1), "1": layer(1) } };
  same(joined(model(params, { inputs, keep: ones }, config)), plain);
  for (const m of modalities) {
    const keep = { processing: { [m]: masks(2)[m] } };
    ok(differ(joined(model(params, { inputs, keep }, config)), plain), m);
  }
  for (const name of ["0", "1"]) {
    const keep = { fusion: { [name]: layer(0) } };
    ok(differ(joined(model(params, { inputs, keep }, config)), plain), `fusion ${name}`);
  }
});

const specsOf = (values: ReturnType<typeof inputsOf>) =>
  mapTree<Parameter, Spec, typeof values>(values, isParameter, ({ shape }) => float32(...shape));
const valuesOf = (values: ReturnType<typeof inputsOf>) =>
  mapTree<Parameter, Values, typeof values>(values, isParameter, ({ values }) => values);

Deno.test("the compiled model says what the eager one says, intermediates included", async () => {
  const arrays = inputsOf(2), parameters = flatten(initial), layout = layoutOf(initial);
  const run = (vector: tf.Tensor, inputs: ModelInputs) => {
    const { logits, fused, weights, gate } = model(
      asTree(initial, split(layout, vector)),
      { inputs },
      config,
    );
    return { logits, fused, weights: weights as Tree<tf.Tensor>, gate: gate! };
  };
  const compiled = await compile(
    ({ parameters, inputs }) => run(parameters, inputs),
    { parameters: float32(layout.size), inputs: specsOf(arrays) },
  );
  const got = leaves<Values>(
    await compiled.run({ parameters, inputs: valuesOf(arrays) }) as Tree<Values>,
    isValues,
  );
  await compiled.dispose();
  const wanted = leaves<tf.Tensor>(
    run(tf.tensor1d(parameters), tensors(arrays)) as Tree<tf.Tensor>,
    (node): node is tf.Tensor => node instanceof tf.Tensor,
  );
  // Four logits, the embedding, five attention maps, the gate.
  equal(wanted.length, 11);
  deepEqual(got.map(({ path }) => path), wanted.map(({ path }) => path));
  wanted.forEach(({ path, leaf }, i) =>
    near(tf.tensor(got[i]!.leaf, leaf.shape), leaf, 1e-5, path)
  );
});

Deno.test("trained by compiled steps, the model overfits eight samples", async () => {
  const arrays = inputsOf(8);
  const labels = Int32Array.of(0, 1, 1, 0, 1, 0, 0, 1);
  const specs = { inputs: specsOf(arrays), labels: { shape: [8], dtype: "int32" } as Spec };
  const step = await compileStep<ModelParams, typeof specs>(
    (params, { inputs, labels }) => lossOf(model(params, { inputs }, config), labels),
    { initial: initial as Init<ModelParams>, batch: specs },
    { weightDecay: 0, clipNorm: 1, threads: 1 },
  );
  const parameters = flatten(initial), zeros = () => new Float32Array(parameters.length);
  let state: StepState = { parameters, first: zeros(), second: zeros() };
  const losses: number[] = [];
  for (let t = 1; t <= 60; t++) {
    const batch = { inputs: valuesOf(arrays), labels };
    const update = await step.run({ state, step: t, learningRate: 0.02, batch });
    state = update.state;
    losses.push(update.loss);
  }
  await step.dispose();
  ok(losses[0]! > 2 && losses.at(-1)! < 0.05, `from ${losses[0]} to ${losses.at(-1)}`);

  const trained = asTree(initial, split(layoutOf(initial), tf.tensor1d(state.parameters)));
  const { logits } = model(trained, { inputs: tensors(arrays) }, config);
  for (const m of [...modalities, "unified"] as (Modality | "unified")[]) {
    deepEqual([...tf.argMax(logits[m], 1).dataSync()], [...labels], m);
  }
});

Deno.test("model() refuses states of another width and masks of other segments", () => {
  const states = tf.zeros([2, 2, 4]), { text } = inputs;
  throws(
    () => model(params, { inputs: { text: { ...text, states } } }, config),
    /RangeError: .*expected a last axis of 3, got \[2,2,4\]/,
  );
  throws(
    () => model(params, { inputs: { text: { ...text, mask: tf.ones([2, 3]) } } }, config),
    /RangeError: Cannot use the text mask: expected shape \[2, 2\], got \[2, 3\]/,
  );
});
