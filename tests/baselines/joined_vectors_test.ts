import { deepEqual, equal, notEqual } from "node:assert/strict";
import { float32 } from "../../lib/compile/mod.ts";
import * as tf from "../../lib/deps/tf.ts";
import {
  initJoinedVectors,
  joinedVectorsNetwork,
  joinVectors,
  type VectorSource,
} from "../../lib/baselines/joined_vectors.ts";
import { key } from "../../lib/tensor/random.ts";
import { near } from "../tensor_values.ts";

tf.setBackend("cpu");

const absent = {
  text: tf.tensor1d([-1, -2]),
  image: tf.tensor1d([-3]),
  audio: tf.tensor1d([-4]),
};

Deno.test("a learnt vector stands for a modality exactly where it is absent", () => {
  const vectors = {
    text: tf.tensor2d([[1, 2], [10, 20]]),
    image: tf.tensor2d([[3], [30]]),
    audio: tf.tensor2d([[4], [40]]),
  };
  const presence = tf.tensor2d([[1, 0, 1], [0, 1, 0]]);
  near(joinVectors(absent, { vectors, presence }), [[1, 2, -3, 4], [-1, -2, 30, -4]], 0);
});

Deno.test("a modality that no sample has needs no vector", () => {
  const presence = tf.tensor2d([[0, 1, 0], [0, 0, 0]]);
  const vectors = { image: tf.tensor2d([[3], [30]]) };
  near(joinVectors(absent, { vectors, presence }), [[-1, -2, 3, -4], [-1, -2, -3, -4]], 0);
});

const source: VectorSource = {
  name: "one table",
  widths: { text: 2, image: 1, audio: 1 },
  inputs: (present, batch) => Object.fromEntries(present.map((m) => [m, { x: float32(batch, 1) }])),
  vector: (_, { x }) => x!,
};

Deno.test("the network has the layers asked for, and a dropout mask a layer and view", () => {
  const settings = { width: 6, layers: 2, dropout: 0.1 };
  const network = joinedVectorsNetwork(source, settings);
  const initial = network.init(key(1));
  deepEqual(initial, initJoinedVectors(key(1), source.widths, settings));
  deepEqual(initial.perceptron.hidden["0"]!.weight.shape, [4, 6]);
  deepEqual([...initial.absent.text.values, ...initial.absent.image.values], [0, 0, 0]);
  const mask = { shape: [10, 6], rate: 0.1 };
  deepEqual(network.masks({ present: ["text"], batch: 5, views: 2 }), {
    perceptron: { "0": mask, "1": mask },
  });
});

Deno.test("networks that differ have different names, and equal ones the same", () => {
  const settings = { width: 6, layers: 2, dropout: 0.1 };
  const name = (own: Partial<VectorSource>, other = settings) =>
    joinedVectorsNetwork({ ...source, ...own }, other).graph;
  equal(name({}), name({}));
  const others = [
    name({ name: "another" }),
    name({ widths: { ...source.widths, text: 3 } }),
    name({}, { ...settings, layers: 1 }),
    name({}, { ...settings, width: 7 }),
    name({}, { ...settings, dropout: 0.2 }),
  ];
  for (const other of others) notEqual(other, name({}));
});
