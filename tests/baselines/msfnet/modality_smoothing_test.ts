import { deepEqual } from "node:assert/strict";
import * as tf from "../../../lib/deps/tf.ts";
import {
  initModalitySmoothing,
  modalitySmoothing,
  type ModalitySmoothingParams,
} from "../../../lib/baselines/msfnet/modality_smoothing.ts";
import { byModality, modalities } from "../../../lib/modality.ts";
import { layerNorm } from "../../../lib/tensor/layers.ts";
import { tensors } from "../../../lib/tensor/parameter.ts";
import { gradientsAgree, probe } from "../../gradient_check.ts";
import { near, same, uniform, uniformTensor } from "../../tensor_values.ts";

tf.setBackend("cpu");

// Width 3, for of two numbers the normalisation leaves but a sign.
const tokens = {
  text: tf.tensor3d([[[4, 0, 0], [0, 8, 4]]]),
  image: tf.tensor3d([[[0, 4, 4]]]),
  audio: tf.tensor3d([[[8, 8, 0]]]),
};
const found = {
  text: tf.tensor2d([[2, 6, 0]]),
  image: tf.tensor2d([[0, 4, 8]]),
  audio: tf.tensor2d([[8, 12, 4]]),
};
const neutral = tensors(initModalitySmoothing(3)) as ModalitySmoothingParams;

/** What smoothing with one α makes of them. */
function smoothed(shown: [number, number, number], alpha: number) {
  const params = byModality((m) => ({ mixing: tf.tensor1d([alpha]), norm: neutral[m].norm }));
  const columns = byModality((m) => tf.tensor1d([shown[modalities.indexOf(m)]!]));
  return modalitySmoothing(params, { tokens, found, shown: columns });
}

const normalised = (rows: number[][]) => layerNorm(neutral.text.norm, tf.tensor3d([rows]));

Deno.test("modalitySmoothing() agrees with its equation worked by hand", () => {
  // α = 0: a = 1/4. The others of text found [4, 8, 6] in the mean, so that [1, 2, 1.5] is added
  // to 3/4 [4, 0, 0] and to 3/4 [0, 8, 4].
  const all = smoothed([1, 1, 1], 0);
  near(all.text!, normalised([[4, 2, 1.5], [1, 8, 4.5]]));
  // Those of image found [5, 9, 2], those of audio [1, 5, 4].
  near(all.image!, normalised([[1.25, 5.25, 3.5]]));
  near(all.audio!, normalised([[6.25, 7.25, 1]]));
  // α = ln 3: a = 3/8.
  near(smoothed([1, 1, 1], Math.log(3)).text!, normalised([[4, 3, 2.25], [1.5, 8, 4.75]]));
});

Deno.test("the mean is over the modalities that are shown", () => {
  near(smoothed([1, 0, 1], 0).text!, normalised([[5, 3, 1], [2, 9, 4]]));
  near(smoothed([1, 1, 0], 0).text!, normalised([[3, 1, 2], [0, 7, 5]]));
});

Deno.test("a modality that is alone keeps its tokens, normalised", () => {
  near(smoothed([1, 0, 0], 5).text!, normalised([[4, 0, 0], [0, 8, 4]]));
  const { text } = modalitySmoothing(neutral, {
    tokens: { text: tokens.text },
    found: { text: found.text },
    shown: { text: tf.ones([1]) },
  });
  same(text!, normalised([[4, 0, 0], [0, 8, 4]]));
});

Deno.test("a modality that is left out is one that no sample shows", () => {
  const { text, image } = smoothed([1, 1, 0], 0.5);
  const params = byModality((m) => ({ mixing: tf.tensor1d([0.5]), norm: neutral[m].norm }));
  const one = tf.ones([1]);
  const two = modalitySmoothing(params, {
    tokens: { text: tokens.text, image: tokens.image },
    found: { text: found.text, image: found.image },
    shown: { text: one, image: one },
  });
  deepEqual(Object.keys(two), ["text", "image"]);
  near(two.text!, text!);
  near(two.image!, image!);
});

Deno.test("the others' share is between 0 and a half, whatever is learnt", () => {
  near(smoothed([1, 1, 1], -1e4).text!, normalised([[4, 0, 0], [0, 8, 4]]));
  // Half of [4, 0, 0] and of [0, 8, 4], with half of the others' mean [4, 8, 6].
  near(smoothed([1, 1, 1], 1e4).text!, normalised([[4, 4, 3], [2, 8, 5]]));
});

Deno.test("the gradients of modalitySmoothing() are central differences", () => {
  const norm = (m: string) => ({
    scale: uniform(`${m} scale`, 3),
    shift: uniform(`${m} shift`, 3),
  });
  const shown = {
    text: tf.tensor1d([1, 1]),
    image: tf.tensor1d([1, 0]),
    audio: tf.tensor1d([0, 1]),
  };
  gradientsAgree({
    params: byModality((m) => ({ mixing: uniform(`${m} mixing`, 1), norm: norm(m) })),
    tokens: byModality((m) => uniform(`${m} tokens`, 2, 2, 3)),
    found: byModality((m) => uniform(`${m} found`, 2, 3)),
  }, ({ params, tokens, found }) => {
    const { text, image, audio } = modalitySmoothing(params, { tokens, found, shown });
    const weights = uniformTensor("weights", 3);
    return tf.addN(
      [text!, image!, audio!].map((x, i) => tf.mul(probe(x), tf.slice(weights, [i], [1]))),
    ).reshape([]);
  }, { h: 2e-3, tolerance: 2e-2 });
});
