import { deepEqual, equal, notDeepEqual, ok, rejects, throws } from "node:assert/strict";
import { logMelBranch, logMelCnn, logMelCnnTraining } from "../../lib/baselines/log_mel_cnn.ts";
import * as tf from "../../lib/deps/tf.ts";
import { byModality } from "../../lib/modality.ts";
import { layoutOf, type Parameter, tensors } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Tree } from "../../lib/tensor/tree.ts";
import { augmentSpeech } from "../../lib/branches/augment_speech.ts";
import { branchNetwork } from "../../lib/branches/branch.ts";
import { speechBranchDefaults } from "../../lib/branches/speech_branch.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { near, uniform, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

/** Clips of 16 frames of 16 bands, every third of them half as long; joyful ones are louder above. */
function clips(count: number): CorpusFeatures {
  const labels = Array.from({ length: count }, (_, i) => i % 2 as 0 | 1);
  const data = uniform("log-mel", count, 16, 16).values.map((x, i) =>
    x + (labels[Math.floor(i / 256)] === 1 && i % 16 >= 8 ? 1.5 : 0)
  );
  const tables = {
    speech: { shape: [count, 16, 16], data },
    speechFrames: {
      shape: [count],
      data: Float32Array.from(labels, (_, i) => i % 3 === 2 ? 8 : 16),
    },
  };
  const emotions = labels.map((label) => label === 1 ? "joy" : "anger");
  return byModality(() => ({ tables, labels, emotions }));
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
});

Deno.test("its state is the mean over the clip, whatever follows it", () => {
  const branch = logMelBranch(problem.features);
  const params = tensors(branch.init(key(1)));
  const speech = uniformTensor("mel", 2, 16, 16), speechFrames = tf.tensor1d([7, 16]);
  const after = tf.tensor3d(
    Array.from({ length: 32 }, (_, i) => i < 16 && i >= 7 ? 1 : 0),
    [2, 16, 1],
  );
  const of = (speech: tf.Tensor) =>
    branch.states(params, { inputs: { speech, speechFrames }, keep: {} }).states;
  deepEqual(of(speech).shape, [2, 1, 100]);
  near(of(tf.add(speech, tf.mul(after, 20))), of(speech), 1e-6);
});

Deno.test("it hears training clips changed as the speech branch does", () => {
  const speech = uniform("clip", 2, 16, 16).values, speechFrames = Float32Array.of(16, 8);
  speech.fill(0, 256 + 8 * 16);
  const changed = logMelBranch(problem.features).augment!({ speech, speechFrames }, key(2));
  const wanted = augmentSpeech(
    { data: speech, frames: speechFrames },
    { ...speechBranchDefaults.augmentation!, frames: 16, bands: 16 },
    key(2),
  );
  deepEqual(changed, { speech: wanted.data, speechFrames: wanted.frames });
  notDeepEqual(changed.speech, speech);
});

Deno.test("the plain CNN learns two timbres", async () => {
  const training = { ...logMelCnnTraining, epochs: 3, batch: 8, averaging: 0.5 };
  const fitted = await logMelCnn(training).fit(problem);
  const test = audio(48, 72).audio;
  const { audio: scores } = await fitted.predict({ audio: test });
  await fitted.dispose();
  equal(fitted.record.parameters, 81_410);
  deepEqual(fitted.record.classes, ["anger", "joy"]);
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
    /RangeError: Cannot read audio features: expected one of , got speech/,
  );
});
