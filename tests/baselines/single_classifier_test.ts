import { deepEqual, ok, rejects } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { float32 } from "../../lib/compile/mod.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import { constant } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import {
  type Seen,
  singleClassifier,
  trainedClassifier,
} from "../../lib/baselines/single_classifier.ts";
import { range, tinyTraining } from "../systems/tiny_corpus.ts";
import { near, same } from "../tensor_values.ts";
import { features, firstBatch } from "./network_checks.ts";

tf.setBackend("cpu");

type Params = { bias: tf.Tensor };

/** Says the same of every sample, and keeps what it was shown. */
function constantNetwork() {
  const seen: Seen[] = [];
  const network = singleClassifier<Params>({
    graph: "constant",
    init: () => ({ bias: constant([2], 0) }),
    inputs: (present, batch) =>
      Object.fromEntries(present.map((m) => [m, { mask: inputs(batch)[m] }])),
    masks: () => ({}),
    classify({ bias }, shown) {
      seen.push(shown);
      return tf.mul(tf.ones([shown.presence.shape[0]!, 1]), bias);
    },
  });
  return { network, seen };
}

const inputs = (batch: number): Record<Modality, ReturnType<typeof float32>> => ({
  text: float32(batch, 2),
  image: float32(batch, 3),
  audio: float32(batch, 2),
});

Deno.test("one classifier answers for the whole and for each modality that is shown", () => {
  const { network, seen } = constantNetwork();
  const bias = tf.tensor1d([0.25, 0.5]);
  const answer = network.logits({ bias }, { image: { mask: tf.ones([2, 3]) } });
  deepEqual(Object.keys(answer), ["image", "unified"]);
  for (const z of Object.values(answer)) near(z!, [[0.25, 0.5], [0.25, 0.5]]);
  near(seen[0]!.presence, [[0, 1, 0], [0, 1, 0]]);
  const all = modalities.map((m) => [m, { mask: tf.ones([2, 2]) }]);
  const whole = network.logits({ bias }, Object.fromEntries(all));
  deepEqual(Object.keys(whole), [...modalities, "unified"]);
  near(seen[1]!.presence, [[1, 1, 1], [1, 1, 1]]);
  deepEqual([seen[1]!.views, seen[1]!.keep], [1, {}]);
});

Deno.test("the loss is the cross-entropy of the whole where it has a label", () => {
  const { network, seen } = constantNetwork();
  const { batch } = firstBatch(network, features, "label");
  const group = batch.triples!;
  // p(positive) = 3/4 of everything; four triples in two views.
  const bias = tf.tensor1d([0, Math.log(3)]);
  const judged = (weights: number[]) =>
    network.loss({ bias }, {
      ...group,
      unified: {
        labels: tf.tensor1d([1, 0, 1, 0, 1, 0, 1, 0], "int32"),
        weights: tf.tensor1d(weights),
      },
    });
  near(judged([1, 1, 0, 0, 0, 0, 0, 0]), (Math.log(4 / 3) + Math.log(4)) / 2);
  near(judged([1, 0, 1, 0, 0, 0, 0, 0]), Math.log(4 / 3));
  near(judged([0, 0, 0, 0, 0, 1, 0, 0]), Math.log(4));
  deepEqual(seen.at(-1)!.views, 2);
  same(seen.at(-1)!.presence, group.presence);
});

Deno.test("a group of one modality is a whole too", () => {
  const { network } = constantNetwork();
  const { batch } = firstBatch(network, features, "single", ["audio"]);
  near(network.loss({ bias: tf.zeros([2]) }, batch.audio!), Math.LN2);
});

Deno.test("a classifier refuses triples that have no label of their own", async () => {
  const { network } = constantNetwork();
  let designed = false;
  const system = trainedClassifier("the constant", () => {
    designed = true;
    return network;
  }, tinyTraining);
  await rejects(
    system.fit({
      features,
      train: range(0, 8),
      validation: range(8, 12),
      protocol: "random",
      present: modalities,
      key: key(1),
    }),
    new RangeError("Cannot train the constant: expected protocol single or label, got random"),
  );
  ok(!designed);
});
