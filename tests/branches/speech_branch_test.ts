import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import {
  initSpeechBranch,
  speechBranch,
  speechBranchDefaults,
  type SpeechBranchParams,
  trainedSpeech,
} from "../../lib/branches/speech_branch.ts";
import type { Pool } from "../../lib/branches/pooled_convolutions.ts";
import { byModality } from "../../lib/modality.ts";
import { layoutOf, tensors } from "../../lib/tensor/parameter.ts";
import { fold, key, uniforms } from "../../lib/tensor/random.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import { scratchBranch } from "../../lib/branches/joint.ts";
import { gradientsAgree, probe } from "../gradient_check.ts";
import { differ, near, same, uniform, uniformTensor } from "../tensor_values.ts";
import { tinyTraining } from "../systems/tiny_corpus.ts";

tf.setBackend("cpu");

Deno.test("speechBranch() agrees with its equations worked by hand", () => {
  // A tap that takes each number as it is: 6 and 2, after normalisation ±1, times 2, plus 2.
  const filter = tf.tensor4d([0, 0, 0, 0, 1, 0, 0, 0, 0], [3, 3, 1, 1]);
  const params: SpeechBranchParams = {
    convolutions: { "0": { filter, scale: tf.tensor1d([2]), shift: tf.tensor1d([2]) } },
    output: {
      weight: tf.tensor2d([[1, 0], [0, -1], [10, 0], [0, 100]]),
      bias: tf.tensor1d([-1, 3]),
    },
  };
  // Of each two frames the larger: 4, 0, 4 and 4.
  const at = {
    speech: tf.tensor3d([[[6], [6], [2], [2], [6], [2], [2], [6]]]),
    frames: tf.tensor1d([8]),
    summary: tf.tensor3d([[[0.02]]]),
  };
  const sizes = { groups: 1, pools: [[2, 1]] } as const;
  // Spans hold 4 and 0, mean 2 and maximum 4, then 4 and 4; prosody 1 and -1, summary 0.02:
  // 2 + 10 - 1 and 3 - 4 + 2, then 4 - 10 - 1 and the same.
  const two = { ...at, prosody: tf.tensor3d([[[1], [-1]]]) };
  near(speechBranch(params, two, sizes), [[[11, 1], [0, 1]]], 1e-3);
  // Of four spans each is one step.
  const four = { ...at, prosody: tf.zeros([1, 4, 1]) };
  near(speechBranch(params, four, sizes), [[[3, 1], [0, 5], [3, 1], [3, 1]]], 1e-3);
  // Of three each touches two steps: 3/4 · 4, 1/2 · 4 and 4, the maximum of each is 4.
  const three = { ...at, prosody: tf.zeros([1, 3, 1]) };
  near(speechBranch(params, three, sizes), [[[2, 1], [1, 1], [3, 1]]], 1e-3);
  // The first mean and prosody dropped, the second maximum and summary kept twice.
  const keep = {
    learnt: tf.tensor3d([[[0, 1], [1, 2]]]),
    measured: tf.tensor3d([[[0, 1], [0, 2]]]),
  };
  near(speechBranch(params, two, sizes, keep), [[[0, 1], [3, 0]]], 1e-3);
});

/** Two layers, 16 frames of 4 bands, a batch of two. */
const sizes = {
  channels: [2, 4],
  pools: [[2, 2], [2, 1]] as readonly Pool[],
  groups: 2,
  width: 3,
};
const size = { frames: 16, bands: 4, segments: 2, prosody: 2, summary: 3 };
const params: SpeechBranchParams = tensors(initSpeechBranch(key(4), sizes, size));
const inputs = {
  speech: uniformTensor("mel", 2, 16, 4),
  frames: tf.tensor1d([9, 16]),
  prosody: uniformTensor("prosody", 2, 2, 2),
  summary: uniformTensor("summary", 2, 1, 3),
};
const run = (given: Partial<typeof inputs>) => speechBranch(params, { ...inputs, ...given }, sizes);

Deno.test("what a clip is padded to changes none of its states", () => {
  const first = (x: tf.Tensor) => tf.slice(x, 0, 1);
  const own = tf.slice(inputs.speech, 0, [1, 9, 4]);
  const to = (steps: number) =>
    run({
      speech: tf.concat([own, tf.fill([1, steps - 9, 4], 7)], 1),
      frames: tf.tensor1d([9]),
      prosody: first(inputs.prosody),
      summary: first(inputs.summary),
    });
  near(to(24), to(12), 1e-5);
  near(first(run({})), to(12), 1e-5);
});

Deno.test("permuting the batch permutes the states", () => {
  const turn = (x: tf.Tensor) => tf.reverse(x, 0);
  const turned = Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, turn(x)]));
  near(turn(run(turned)), run({}), 1e-6);
  ok(differ(tf.slice(run({}), 0, 1), tf.slice(run({}), 1, 1)));
});

Deno.test("each input moves the states", () => {
  const more = (name: keyof typeof inputs) => run({ [name]: tf.mul(inputs[name], 0.5) });
  for (const name of Object.keys(inputs) as (keyof typeof inputs)[]) {
    const changed = name === "speech" ? run({ speech: tf.square(inputs.speech) }) : more(name);
    ok(differ(changed, run({})), name);
  }
});

Deno.test("the gradients of speechBranch() are central differences", () => {
  const at = {
    ...initSpeechBranch(key(5), sizes, size),
    speech: uniform("mel", 1, 8, 4),
    prosody: uniform("prosody", 1, 2, 2),
    summary: uniform("summary", 1, 1, 3),
  };
  gradientsAgree(at, ({ speech, prosody, summary, ...params }) => {
    const given = { speech, prosody, summary, frames: tf.tensor1d([7]) };
    return probe(speechBranch(params as SpeechBranchParams, given, sizes));
  }, { h: 1e-3, tolerance: 3e-2 });
});

Deno.test("speechBranch() refuses a spectrogram without batch", () => {
  throws(
    () => run({ speech: tf.zeros([16, 4]) }),
    /RangeError: Cannot use spectrogram: expected shape \[any, any, any\], got \[16, 4\]/,
  );
});

const settings = { ...speechBranchDefaults, ...sizes };
const branch = trainedSpeech(settings, size);
const tables = {
  speech: inputs.speech,
  speechFrames: inputs.frames,
  speechProsody: inputs.prosody,
  speechSummary: inputs.summary,
};

Deno.test("the branch gives states of the sizes it names, all of which exist", () => {
  const { states, mask } = branch.states(params, { inputs: tables, keep: {} });
  deepEqual(states.shape, [2, branch.segments, branch.width]);
  same(mask, tf.ones([2, branch.segments]));
  same(states, run({}));
  const shapes = Object.entries(branch.inputs(2)).map(([name, { shape }]) => [name, shape]);
  deepEqual(shapes, Object.entries(tables).map(([name, { shape }]) => [name, shape]));
});

Deno.test("the branch drops what its masks say, learnt and measured apart", () => {
  const { learnt, measured } = branch.masks(2);
  deepEqual(learnt, { shape: [2, 2, 8], rate: settings.dropout.learnt });
  deepEqual(measured, { shape: [2, 2, 5], rate: settings.dropout.measured });
  const keep = { learnt: tf.zeros([2, 2, 8]), measured: tf.zeros([2, 2, 5]) };
  same(branch.states(params, { inputs: tables, keep }).states, tf.zeros([2, 2, 3]));
});

Deno.test("the branch augments its spectrograms and passes the rest on", () => {
  const given = {
    speech: uniform("mel", 2, 16, 4).values,
    speechFrames: Float32Array.of(9, 16),
    speechProsody: Float32Array.of(3, 4),
    logMel: Float32Array.of(1, 2),
  };
  const changed = branch.augment!(given, key(1));
  deepEqual([changed.logMel, changed.speechProsody], [given.logMel, given.speechProsody]);
  notDeepEqual(changed.speech, given.speech);
  equal(changed.speech!.length, given.speech.length);
  equal(changed.speechFrames!.length, 2);
  const { augmentation: _, ...plain } = settings;
  equal(trainedSpeech(plain, size).augment, undefined);
});

Deno.test("graphs of other sizes have other names, and augmentation is no part of a graph", () => {
  const { augmentation: _, ...plain } = settings;
  equal(trainedSpeech(plain, size).graph, branch.graph);
  for (
    const other of [
      { channels: [2, 6] },
      { pools: [[2, 1], [2, 1]] as const },
      { groups: 1 },
      { width: 4 },
    ]
  ) {
    ok(trainedSpeech({ ...settings, ...other }, size).graph !== branch.graph);
  }
  ok(trainedSpeech(settings, { ...size, segments: 3 }).graph !== branch.graph);
});

Deno.test("the branch of the experiments has about a hundred thousand weights", () => {
  const { size } = layoutOf(trainedSpeech().init(key(1)));
  // Filters 144 + 4,608 + 18,432 + 55,296, scales and shifts 416, and 269 · 64 + 64.
  equal(size, 96_176);
});

/** Clips of noise in which positive ones rise from the lowest band to the highest, and others fall. */
function glides(count: number): CorpusFeatures {
  const labels = Array.from({ length: count }, (_, i) => i % 2 as 0 | 1);
  const next = uniforms(fold(key(9), "glides"));
  const data = new Float32Array(count * 16 * 8), lengths = new Float32Array(count);
  labels.forEach((label, i) => {
    lengths[i] = 10 + Math.floor(7 * next());
    for (let t = 0; t < lengths[i]; t++) {
      const at = Math.floor(8 * t / lengths[i]!);
      for (let b = 0; b < 8; b++) {
        data[(i * 16 + t) * 8 + b] = next() + (b === (label ? at : 7 - at) ? 2 : 0);
      }
    }
  });
  const nothing = (...shape: number[]) => ({
    shape: [count, ...shape],
    data: new Float32Array(count * shape.reduce((a, b) => a * b)),
  });
  const tables = {
    speech: { shape: [count, 16, 8], data },
    speechFrames: { shape: [count], data: lengths },
    speechProsody: nothing(2, 2),
    speechSummary: nothing(1, 3),
  };
  const audio = { tables, labels };
  return byModality(() => audio);
}

Deno.test("the branch learns what moves in time, which no mean over time tells", async () => {
  const audio = (from: number, to: number) =>
    byModality((m) => m === "audio" ? Array.from({ length: to - from }, (_, i) => from + i) : []);
  const features = glides(96);
  const system = scratchBranch(
    () => trainedSpeech({ ...settings, channels: [8, 8], width: 8 }, { ...size, bands: 8 }),
    { ...tinyTraining, epochs: 12, patience: 12, averaging: 0.9, learningRate: 0.01 },
    { target: "polarity" },
  );
  const fitted = await system.fit({
    features,
    train: audio(0, 56),
    validation: audio(56, 64),
    protocol: "single",
    present: ["audio"],
    key: key(1),
  });
  const test = audio(64, 96).audio;
  const { audio: scores } = await fitted.predict({ audio: test });
  await fitted.dispose();
  const right = test.filter((row, i) => scores![i]! >= 0.5 === (row % 2 === 1));
  ok(right.length >= 30, `${right.length} of ${test.length}`);
});
