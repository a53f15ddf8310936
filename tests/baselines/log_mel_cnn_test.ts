import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { logMelBranch, logMelCnn, logMelCnnTraining } from "../../lib/baselines/log_mel_cnn.ts";
import * as tf from "../../lib/deps/tf.ts";
import { byModality } from "../../lib/modality.ts";
import { layoutOf, type Parameter, tensors } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Tree } from "../../lib/tensor/tree.ts";
import { branchNetwork } from "../../lib/branches/branch.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { near, uniform, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

/** Clips of 16 frames of 16 bands, every third of them half as long; positive ones are louder above. */
function clips(count: number): CorpusFeatures {
  const labels = Array.from({ length: count }, (_, i) => i % 2 as 0 | 1);
  const data = uniform("log-mel", count, 16, 16).values.map((x, i) =>
    x + (labels[Math.floor(i / 256)] === 1 && i % 16 >= 8 ? 1.5 : 0)
  );
  const tables = {
    logMel: { shape: [count, 16, 16], data },
    frames: {
      shape: [count],
      data: Float32Array.from(labels, (_, i) => i % 3 === 2 ? 8 : 16),
    },
  };
  return byModality(() => ({ tables, labels }));
}

const audio = (from: number, to: number) =>
  byModality((m) => m === "audio" ? Array.from({ length: to - from }, (_, i) => from + i) : []);

const problem: Problem = {
  features: clips(72),
  train: audio(0, 40),
  validation: audio(40, 48),
  protocol: "single",
  present: ["audio"],
  key: key(1),
};

Deno.test("the plain CNN has 81,410 weights", () => {
  const network = branchNetwork(logMelBranch(problem.features));
  equal(layoutOf(network.init(key(1)) as Tree<Parameter>).size, 81_410);
  equal(network.augment, undefined, "its clips stay as they are");
});

Deno.test("its state is the mean over the clip, whatever follows it", () => {
  const branch = logMelBranch(problem.features);
  const params = tensors(branch.init(key(1)));
  const logMel = uniformTensor("mel", 2, 16, 16), frames = tf.tensor1d([7, 16]);
  const after = tf.tensor3d(
    Array.from({ length: 32 }, (_, i) => i < 16 && i >= 7 ? 1 : 0),
    [2, 16, 1],
  );
  const of = (logMel: tf.Tensor) =>
    branch.states(params, { inputs: { logMel, frames }, keep: {} }).states;
  deepEqual(of(logMel).shape, [2, 1, 100]);
  near(of(tf.add(logMel, tf.mul(after, 20))), of(logMel), 1e-6);
});

Deno.test("the plain CNN learns two timbres", async () => {
  const training = { ...logMelCnnTraining, epochs: 3, batch: 8, averaging: 0.5 };
  const fitted = await logMelCnn(training).fit(problem);
  const test = audio(48, 72).audio;
  const { audio: scores } = await fitted.predict({ audio: test });
  await fitted.dispose();
  equal(fitted.record.parameters, 81_410);
  const right = test.filter((row, i) => scores![i]! >= 0.5 === (row % 2 === 1));
  ok(right.length >= 22, `${right.length} of ${test.length}`);
});

Deno.test("the plain CNN refuses what is not audio alone, and features without a spectrogram", async () => {
  await rejects(
    async () => await logMelCnn().fit({ ...problem, protocol: "label" }),
    /RangeError: Cannot train a branch: expected protocol single and audio alone, got label/,
  );
  throws(
    () => logMelBranch(byModality(() => ({ tables: {}, labels: [] }))),
    /RangeError: Cannot read audio features: expected one of , got logMel/,
  );
});
