import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { modalityLearning } from "../../lib/metrics/modality_learning.ts";
import { key, uniforms } from "../../lib/tensor/random.ts";

const near = (got: number, wanted: number) =>
  ok(Math.abs(got - wanted) < 1e-12, `${got} instead of ${wanted}`);

Deno.test("modalityLearning() agrees with its equation worked by hand", () => {
  // Epoch 1: mean 2, squares 1 + 0 + 1, sd √(2/3), over 2 √2: √(1/12). Epoch 2: all alike.
  const { imbalance, epochs } = modalityLearning({ text: [1, 5], image: [2, 5], audio: [3, 5] });
  near(epochs[0]!, Math.sqrt(1 / 12));
  near(epochs[1]!, 0);
  near(imbalance, Math.sqrt(1 / 12) / 2);
});

Deno.test("equal norms give 0, one modality that learns alone 1", () => {
  near(modalityLearning({ text: [3, 0.1], audio: [3, 0.1] }).imbalance, 0);
  near(modalityLearning({ text: [3, 0.1], audio: [0, 0] }).imbalance, 1);
  near(modalityLearning({ text: [0, 0], image: [0, 0], audio: [7, 1] }).imbalance, 1);
});

Deno.test("neither the scale of an epoch nor the order of modalities matters", () => {
  const next = uniforms(key(5));
  const draw = () => Array.from({ length: 6 }, next);
  const [text, image, audio] = [draw(), draw(), draw()];
  const { imbalance } = modalityLearning({ text, image, audio });
  ok(imbalance > 0 && imbalance < 1);
  const scaled = (norms: readonly number[]) => norms.map((norm, epoch) => norm * 10 ** epoch);
  const other = { audio: scaled(audio), text: scaled(text), image: scaled(image) };
  near(modalityLearning(other).imbalance, imbalance);
});

Deno.test("an epoch without a gradient says nothing, and no epoch gives no index", () => {
  const { imbalance, epochs } = modalityLearning({ text: [1, 0], audio: [0, 0] });
  deepEqual(epochs, [1, NaN]);
  equal(imbalance, 1);
  equal(modalityLearning({ text: [0], audio: [0] }).imbalance, NaN);
  equal(modalityLearning({ text: [], audio: [] }).imbalance, NaN);
});

Deno.test("one modality, other numbers of epochs and norms below 0 are refused", () => {
  throws(() => modalityLearning({ text: [1] }), /at least two modalities, got 1/);
  throws(() => modalityLearning({ text: [1], audio: [1, 2] }), {
    name: "RangeError",
    message: "Cannot measure learning: expected 1 epochs of audio, got 2",
  });
  for (const wrong of [-1, NaN, Infinity]) {
    throws(() => modalityLearning({ text: [1], audio: [wrong] }), /norms of audio from 0, got/);
  }
});
