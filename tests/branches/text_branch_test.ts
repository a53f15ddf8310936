import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { wordFeatures, type WordSizes } from "../../lib/branches/word_features.ts";
import {
  initTextBranch,
  textBranch,
  type TextBranchParams,
  trainedText,
} from "../../lib/branches/text_branch.ts";
import { byModality } from "../../lib/modality.ts";
import { tensors } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import type { ModalityFeatures } from "../../lib/systems/features.ts";
import { scratchBranch } from "../../lib/branches/joint.ts";
import { gradientsAgree, probe } from "../gradient_check.ts";
import { differ, near, same, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

Deno.test("textBranch() agrees with its equations worked by hand", () => {
  const params: TextBranchParams = {
    // Rows for padding hold numbers that would show.
    words: tf.tensor2d([[9, 9], [8, 8], [1, 0], [0, 2]]),
    pieces: tf.tensor2d([[9, 9], [1, 1], [3, -1], [1, 1]]),
    context: {
      // From [before; own; after]: the second number after, and first before + first own - second own.
      weight: tf.tensor2d([[0, 1], [0, 0], [0, 1], [0, -1], [0, 0], [1, 0]]),
      bias: tf.tensor1d([-1, 0]),
    },
    queries: tf.tensor2d([[0, Math.log(3) / 6], [0, 0]]),
  };
  const words = tf.tensor2d([[2, 3, 0]]);
  const pieces = tf.tensor3d([[[1, 2, 1, 2], [3, 0, 0, 0], [0, 0, 0, 0]]]);
  // e_1 = [1, 0] + ([1, 1] + [3, -1] + [1, 1] + [3, -1]) / √4 = [5, 0], e_2 = [0, 2] + [1, 1] = [1, 3].
  // h_1 = [5 + ReLU(3 - 1), 0 + 0 + 5 - 0] = [7, 5], h_2 = [1 + ReLU(0 - 1), 3 + 5 + 1 - 3] = [1, 6].
  // Scores of the states: 0 and 0, so weights 1/2 each; 7/6 ln 3 and 1/6 ln 3, so 3/4 and 1/4.
  const { states, mask } = textBranch(params, { words, pieces });
  near(states, [[[4, 5.5], [5.5, 5.25]]]);
  near(mask, [[1, 1]]);
});

const sizes = { words: 7, pieces: 9, width: 3, segments: 2 };
const params: TextBranchParams = tensors(initTextBranch(key(4), sizes));
/** Two messages, of three words and of one, with room for four. */
const words = tf.tensor2d([[2, 5, 1, 0], [6, 0, 0, 0]]);
const pieces = tf.tensor3d([
  [[1, 2], [3, 4], [0, 0], [0, 0]],
  [[8, 0], [0, 0], [0, 0], [0, 0]],
]);

Deno.test("room after a message changes nothing", () => {
  const { states, mask } = textBranch(params, { words, pieces });
  const longer = textBranch(params, {
    words: tf.pad(words, [[0, 0], [0, 3]]),
    pieces: tf.pad(pieces, [[0, 0], [0, 3], [0, 2]]),
  });
  near(longer.states, states);
  same(longer.mask, mask);
});

Deno.test("a message without a word has no states, and what they hold is 0", () => {
  const empty = { words: tf.zeros([1, 4]), pieces: tf.zeros([1, 4, 2]) };
  const biased = { ...params, context: { ...params.context, bias: tf.ones([3]) } };
  const { states, mask } = textBranch(biased, empty);
  same(states, tf.zeros([1, 2, 3]));
  same(mask, tf.zeros([1, 2]));
});

Deno.test("permuting the batch permutes the states, permuting the words does not keep them", () => {
  const of = (turn: (x: tf.Tensor) => tf.Tensor) =>
    textBranch(params, { words: turn(words), pieces: turn(pieces) }).states;
  const given = of((x) => x);
  near(of((x) => tf.reverse(x, 0)), tf.reverse(given, 0));
  const swapped = (x: tf.Tensor) => tf.gather(x, tf.tensor1d([1, 0, 2, 3], "int32"), 1);
  ok(differ(tf.slice(of(swapped), 0, 1), tf.slice(given, 0, 1), 1e-4));
});

Deno.test("a hidden word still has a place, and a word without a number of its own has its pieces", () => {
  const of = (word: number, ...its: [number, number]) =>
    textBranch(params, {
      words: tf.tensor2d([[2, word, 5]]),
      pieces: tf.tensor3d([[[1, 2], its, [3, 0]]]),
    }).states;
  ok(differ(of(1, 0, 0), of(0, 0, 0), 1e-4));
  ok(differ(of(1, 4, 5), of(1, 0, 0), 1e-4));
});

Deno.test("a dropout mask of 0 leaves nothing of the words", () => {
  same(
    textBranch(params, { words, pieces }, tf.zeros([2, 4, 3])).states,
    tf.zeros([2, 2, 3]),
  );
});

Deno.test("the gradients of textBranch() are central differences", () => {
  gradientsAgree(initTextBranch(key(5), sizes), (params) => {
    const { states } = textBranch(params as TextBranchParams, { words, pieces });
    return probe(tf.mul(states, 10));
  });
});

Deno.test("textBranch() refuses tables of different lengths, and a mask of another shape", () => {
  throws(
    () => textBranch(params, { words, pieces: tf.zeros([2, 3, 2]) }),
    /RangeError: Cannot use pieces: expected shape \[2, 4, any\], got \[2, 3, 2\]/,
  );
  throws(
    () => textBranch(params, { words, pieces }, uniformTensor("keep", 2, 4)),
    /RangeError: Cannot use a dropout mask: expected shape \[2, 4, 3\], got \[2, 4\]/,
  );
});

Deno.test("equal keys draw equal parameters, with the deviations that the docstring names", () => {
  const large = { words: 500, pieces: 300, width: 8, segments: 2 };
  const drawn = initTextBranch(key(1), large);
  deepEqual(drawn, initTextBranch(key(1), large));
  notDeepEqual(drawn.words, initTextBranch(key(2), large).words);
  const { words, pieces, context, queries } = drawn;
  deepEqual([words.shape, pieces.shape], [[500, 8], [300, 8]]);
  deepEqual([context.weight.shape, queries.shape], [[24, 8], [8, 2]]);
  for (const { values } of [words, pieces]) {
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
    ok(Math.abs(deviation - 0.1) < 0.005, `${deviation}`);
  }
  ok(context.bias.values.every((b) => b === 0));
});

const tiny: WordSizes = { length: 4, words: 512, wordPieces: 12, pieces: 1024 };

/** The features of messages, of which those with a word on "ful" are positive. */
async function corpus(texts: readonly string[]) {
  const labels = texts.map((text) => /ful\b/.test(text) ? 1 as const : 0 as const);
  const encoded = await wordFeatures(tiny).encode(texts);
  const table = (name: "words" | "pieces", ...shape: number[]) => ({
    shape: [texts.length, ...shape],
    data: Float32Array.from(encoded.flatMap((features) => [...features[name]!])),
  });
  const tables = { words: table("words", 4), pieces: table("pieces", 4, 12) };
  const none: ModalityFeatures = { tables: {}, labels: [] };
  return { text: { tables, labels }, image: none, audio: none };
}

Deno.test("a trained branch judges words that it never met by their pieces", async () => {
  const fillers = ["i feel", "it is", "so very"];
  const sentences = (stems: readonly string[]) =>
    stems.flatMap((stem) =>
      fillers.flatMap((filler) => ["ful", "less"].map((end) => `${filler} ${stem}${end}`))
    );
  const known = sentences(["care", "harm", "use", "taste", "shame", "thought", "power", "pain"]);
  const unknown = sentences(["hope", "joy", "fruit", "mind"]);
  const features = await corpus([...known, ...unknown]);
  const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  const part = (text: number[]) => ({ ...byModality((): number[] => []), text });
  const settings = {
    ...{ width: 8, segments: 2, dropout: 0.1 },
    augmentation: { hidden: 0.05 },
  };
  const system = scratchBranch(() => trainedText(settings, tiny), {
    ...{ epochs: 25, patience: 25, batch: 12, learningRate: 0.02, warmup: 0.1 },
    ...{ weightDecay: 0.01, averaging: 0.9, modalityDropout: 0, clipNorm: 1 },
  }, { target: "polarity" });
  const fitted = await system.fit({
    features,
    train: part(rows(0, known.length)),
    validation: part(rows(0, known.length)),
    protocol: "single",
    present: ["text"],
    key: key(1),
  });
  const asked = rows(known.length, known.length + unknown.length);
  const { text } = await fitted.predict({ text: asked });
  const right = asked.filter((row, i) => text![i]! >= 0.5 === (features.text.labels[row] === 1));
  equal(right.length, asked.length);
  await fitted.dispose();
});

Deno.test("a text branch reads the tables of its sizes, and changes them as it is told", () => {
  const settings = { width: 8, segments: 2, dropout: 0.1 };
  const plain = trainedText(settings, tiny);
  equal(plain.augment, undefined);
  deepEqual(plain.inputs(3).words!.shape, [3, 4]);
  deepEqual(plain.inputs(3).pieces!.shape, [3, 4, 12]);
  deepEqual(plain.masks(3), { embedded: { shape: [3, 4, 8], rate: 0.1 } });
  const hiding = trainedText({ ...settings, augmentation: { hidden: 1 } }, tiny);
  const words = Float32Array.of(7, 9, 0, 0), pieces = new Float32Array(4 * 12).fill(3, 0, 24);
  const emotion = Float32Array.of(2);
  deepEqual(hiding.augment!({ words, pieces, emotion }, key(1)), {
    words: Float32Array.of(1, 1, 0, 0),
    pieces: new Float32Array(4 * 12),
    emotion,
  });
});
