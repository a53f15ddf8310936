import { deepEqual, notDeepEqual, throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { initSentimentHeads, sentimentHeads } from "../../lib/model/sentiment_heads.ts";
import { tensors } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import { gradientsAgree, probe } from "../gradient_check.ts";
import { near, same, uniform, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

Deno.test("sentimentHeads() agree with their equations worked by hand", () => {
  const head = (weight: number[][], ...bias: number[]) => ({
    weight: tf.tensor2d(weight),
    bias: tf.tensor1d(bias),
  });
  const { text, image, audio } = sentimentHeads({
    text: head([[1, 0], [0, 1]], 0, 0),
    image: head([[0, 2], [2, 0]], 1, -1),
    audio: head([[1, -1], [1, -1]], 0.5, 0.5),
  }, tf.tensor2d([[3, -4]]));
  near(text, [[3, -4]]);
  // Swapped and doubled, [-8, 6], plus [1, -1].
  near(image, [[-7, 5]]);
  // ±(3 - 4), plus 0.5.
  near(audio, [[-0.5, 1.5]]);
});

Deno.test("permuting the batch permutes every head's logits", () => {
  const params = tensors(initSentimentHeads(key(2), 4));
  const fused = uniformTensor("f", 3, 4);
  const there = sentimentHeads(params, fused), back = sentimentHeads(params, tf.reverse(fused, 0));
  for (const m of ["text", "image", "audio"] as const) same(back[m], tf.reverse(there[m], 0));
});

Deno.test("the gradients of sentimentHeads() are central differences", () => {
  const head = (m: string) => ({ weight: uniform(`W ${m}`, 3, 2), bias: uniform(`b ${m}`, 2) });
  gradientsAgree(
    { text: head("text"), image: head("image"), audio: head("audio"), fused: uniform("f", 2, 3) },
    ({ fused, ...params }) => {
      const { text, image, audio } = sentimentHeads(params, fused);
      return probe(tf.concat([text, image, audio], 1));
    },
  );
});

Deno.test("initSentimentHeads() draws each head for itself", () => {
  const { text, image, audio } = initSentimentHeads(key(2), 4);
  deepEqual([text, image, audio].map(({ weight }) => weight.shape), [[4, 2], [4, 2], [4, 2]]);
  notDeepEqual(text.weight, image.weight);
  notDeepEqual(image.weight, audio.weight);
});

Deno.test("sentimentHeads() refuse an embedding of another width", () => {
  const params = tensors(initSentimentHeads(key(2), 4));
  throws(
    () => sentimentHeads(params, tf.zeros([2, 5])),
    /RangeError: .*expected a last axis of 4, got \[2,5\]/,
  );
});
