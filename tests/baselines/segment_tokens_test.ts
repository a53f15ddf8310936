import { deepEqual, equal } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { segmentTokens, tokenSpecs, tokenWidth } from "../../lib/baselines/segment_tokens.ts";
import { float32 } from "../../lib/compile/mod.ts";
import { modalities } from "../../lib/modality.ts";
import { inputSizes } from "../../lib/systems/features.ts";
import { near } from "../tensor_values.ts";
import { features } from "./network_checks.ts";

tf.setBackend("cpu");

const sizes = inputSizes(features);

Deno.test("a token is an encoder's state, of audio with its segment's prosody", () => {
  const states = tf.tensor3d([[[1, 2], [3, 4]]]), mask = tf.tensor2d([[1, 0]]);
  equal(segmentTokens({ states, mask }).tokens, states);
  const audio = segmentTokens({ states, mask, prosody: tf.tensor3d([[[5], [6]]]) });
  near(audio.tokens, [[[1, 2, 5], [3, 4, 6]]]);
  equal(audio.mask, mask);
});

Deno.test("the specs name what a token is made of, and the width is its width", () => {
  deepEqual(tokenSpecs(sizes, ["image", "audio"], 5), {
    image: { states: float32(5, 3, 5), mask: float32(5, 3) },
    audio: { states: float32(5, 2, 4), mask: float32(5, 2), prosody: float32(5, 2, 2) },
  });
  deepEqual(modalities.map((m) => tokenWidth(sizes, m)), [3, 5, 6]);
});

Deno.test("of states of several layers a token is the mean", () => {
  // One segment, two layers.
  const states = tf.tensor4d([[[[1, 2], [3, 6]]]]), mask = tf.tensor2d([[1]]);
  near(segmentTokens({ states, mask, prosody: tf.tensor3d([[[5]]]) }).tokens, [[[2, 4, 5]]]);
  const layered = { ...sizes, audio: { ...sizes.audio, layers: 7 } };
  deepEqual(tokenSpecs(layered, ["audio"], 5).audio!.states, float32(5, 2, 7, 4));
  equal(tokenWidth(layered, "audio"), tokenWidth(sizes, "audio"));
});
