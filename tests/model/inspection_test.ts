import { deepEqual } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { inspection } from "../../lib/model/inspection.ts";
import type { ModelInputs } from "../../lib/model/mod.ts";

tf.setBackend("cpu");

const none = { within: {}, across: {}, summaries: {} };
const rounded = (x: tf.Tensor) => Array.from(x.dataSync(), (v) => Number(v.toFixed(6)));

/** Inputs of which only the masks are looked at. */
function masked(masks: Readonly<Record<string, number[][]>>): ModelInputs {
  return Object.fromEntries(
    Object.entries(masks).map(([m, rows]) => [m, { mask: tf.tensor2d(rows) }]),
  ) as unknown as ModelInputs;
}

Deno.test("the gate's moments are over the segments that the mask keeps", () => {
  // Kept: 0, 0.5 and 0.5, 1: mean 1/2, variance (1/4 + 0 + 0 + 1/4) / 4 = 1/8. The third segment is padding.
  const gate = tf.tensor3d([[[0, 0.5], [0.5, 1], [9, 9]]]);
  const found = inspection(masked({ audio: [[1, 1, 0]] }), { gate, weights: none });
  deepEqual(Object.keys(found), ["gate"]);
  deepEqual(found.gate!.shape, [1, 2]);
  deepEqual(rounded(found.gate!), [0.5, Number(Math.sqrt(1 / 8).toFixed(6))]);
});

Deno.test("attention is summed over a modality's keys and averaged over heads and queries", () => {
  // Text has one segment, audio two, image is absent. Two heads.
  const first = [[0.2, 0.3, 0.5], [0.6, 0.4, 0], [1, 0, 0]];
  const second = [[0.4, 0.6, 0], [0.2, 0.4, 0.4], [0, 1, 0]];
  const attention = tf.tensor4d([[first, second]]);
  const inputs = masked({ text: [[1]], audio: [[1, 1]] });
  const found = inspection(inputs, { weights: { ...none, across: { attention } } });
  deepEqual(found.attention!.shape, [1, 3, 3]);
  deepEqual(rounded(found.attention!), [
    ...[0.3, 0, 0.7],
    ...[0, 0, 0],
    // Queries 2 and 3 pay text 0.4 and 0.5.
    ...[0.45, 0, 0.55],
  ]);
  // A query that is padding does not count.
  const padded = inspection(masked({ text: [[1]], audio: [[1, 0]] }), {
    weights: { ...none, across: { attention } },
  });
  deepEqual(rounded(padded.attention!).slice(6), [0.4, 0, 0.6]);
});

Deno.test("the third level has one place a modality", () => {
  const attention = tf.tensor4d([[[[0.25, 0.75], [0.5, 0.5]]]]);
  const found = inspection(masked({ text: [[1, 1]], image: [[1]] }), {
    weights: { ...none, summaries: { attention } },
  });
  deepEqual(rounded(found.summaries!), [0.25, 0.75, 0, 0.5, 0.5, 0, 0, 0, 0]);
});
