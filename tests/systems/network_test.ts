import { deepEqual, equal, ok } from "node:assert/strict";
import { float32, isSpec, type Spec, type Tensors, type Values } from "../../lib/compile/mod.ts";
import * as tf from "../../lib/deps/tf.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import { initModel, type ModelParams } from "../../lib/model/mod.ts";
import {
  asTree,
  constant,
  type Init,
  isParameter,
  layoutOf,
  type Parameter,
  tensors,
} from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import { leaves, mapTree, type Tree } from "../../lib/tensor/tree.ts";
import { batches, type BatchValues } from "../../lib/systems/batches.ts";
import { type BatchSpecs, batchSpecs, objective } from "../../lib/systems/network.ts";
import { inputSpecs, proposedNetwork } from "../../lib/systems/proposed_network.ts";
import { range, tinyConfig, tinyFeatures } from "./tiny_corpus.ts";

tf.setBackend("cpu");

const features = tinyFeatures({ text: 4, image: 4, audio: 4 });
const config = tinyConfig(features);
const initial = initModel(key(1), config);

type Batch = Tensors<BatchSpecs>;

/** The first batch of two samples a modality, or of two triples in two views. */
function batchOf(protocol: "single" | "label", present: readonly Modality[] = modalities): Batch {
  const { groups, epoch } = batches({
    features,
    indices: range(0, 2),
    protocol,
    present,
    batch: 2,
    modalityDropout: 0.3,
    network: proposedNetwork(config),
    key: key(2),
  });
  return eager(batchSpecs(proposedNetwork(config), groups), epoch(0).next().value!);
}

/** Values as eager tensors in the shapes that the specs give them. */
function eager(specs: BatchSpecs, values: BatchValues): Batch {
  const flat = leaves<Values>(
    values as unknown as Tree<Values>,
    (node): node is Values => ArrayBuffer.isView(node),
  );
  const byPath = new Map(flat.map(({ path, leaf }) => [path, leaf]));
  equal(byPath.size, leaves<Spec>(specs as unknown as Tree<Spec>, isSpec).length);
  return mapTree<Spec, tf.Tensor, Tree<Spec>>(
    specs as unknown as Tree<Spec>,
    isSpec,
    ({ shape, dtype }, path) => tf.tensor(byPath.get(path)!, [...shape], dtype),
  ) as unknown as Batch;
}

/** All parameters 0, so that all logits are; the biases named are as given. */
function zeroParams(biases: Readonly<Record<string, number[]>> = {}): ModelParams {
  const zero = mapTree<Parameter, Parameter, Tree<Parameter>>(
    initial as Tree<Parameter>,
    isParameter,
    ({ shape }, path) =>
      biases[path] ? { shape, values: Float32Array.from(biases[path]) } : constant(shape, 0),
  );
  for (const path of Object.keys(biases)) {
    ok(layoutOf(initial as Tree<Parameter>).entries.some((entry) => entry.path === path), path);
  }
  return tensors(zero as Init<ModelParams> & Tree<Parameter>) as unknown as ModelParams;
}

function lossOf(params: ModelParams, batch: Batch, headWeight?: number): number {
  const options = headWeight === undefined ? {} : { headWeight };
  return objective(proposedNetwork(config, options))(params, batch).dataSync()[0]!;
}

function near(got: number, wanted: number): void {
  ok(Math.abs(got - wanted) < 1e-6, `${got}, not ${wanted}`);
}

/** The tree of one group with some of its tensors replaced. */
function withGroup(batch: Batch, change: Partial<Batch[string]>): Batch {
  return { triples: { ...batch.triples!, ...change } };
}

Deno.test("a model that knows nothing loses ln 2 for the whole and for each head", () => {
  const params = zeroParams();
  // Three groups with the whole and one head each; one group with the whole and three heads.
  near(lossOf(params, batchOf("single")), 6 * Math.LN2);
  near(lossOf(params, batchOf("single", ["image"])), 2 * Math.LN2);
  near(lossOf(params, batchOf("label")), 4 * Math.LN2);
});

Deno.test("headWeight weighs the heads and leaves the whole alone", () => {
  const params = zeroParams();
  near(lossOf(params, batchOf("single"), 0.5), 4.5 * Math.LN2);
  near(lossOf(params, batchOf("label"), 2), 7 * Math.LN2);
  near(lossOf(params, batchOf("label"), 0), Math.LN2);
});

Deno.test("a head counts in the views that show its modality, and there alone", () => {
  // Text says p(positive) = 3/4 of every sample; the others say 1/2.
  const params = zeroParams({ "heads/text/bias": [0, Math.log(3)] });
  const batch = batchOf("label");
  const labels = { ...batch.triples!.labels, text: tf.tensor1d([1, 0], "int32") };
  const unified = { ...batch.triples!.unified, weights: tf.zeros([4]) };
  const shown = (...text: number[]) =>
    withGroup(batch, {
      labels,
      unified,
      presence: tf.tensor2d(text.map((shows) => [shows, 1, 1])),
    });
  const right = Math.log(4 / 3), wrong = Math.log(4);
  near(lossOf(params, shown(1, 1, 1, 1)), (2 * right + 2 * wrong) / 4 + 2 * Math.LN2);
  // The second view shows the text of the first triple but not that of the second, which is negative.
  near(lossOf(params, shown(1, 1, 1, 0)), (2 * right + wrong) / 3 + 2 * Math.LN2);
  near(lossOf(params, shown(1, 0, 1, 0)), right + 2 * Math.LN2);
  near(lossOf(params, shown(0, 0, 0, 0)), 2 * Math.LN2);
});

Deno.test("the whole counts where it has a label", () => {
  const params = zeroParams({ "unified/bias": [0, Math.log(3)] });
  const batch = batchOf("label");
  const judged = (labels: number[], weights: number[]) =>
    lossOf(
      params,
      withGroup(batch, {
        unified: { labels: tf.tensor1d(labels, "int32"), weights: tf.tensor1d(weights) },
      }),
      0,
    );
  near(judged([1, 0, 0, 1], [1, 1, 0, 0]), (Math.log(4 / 3) + Math.log(4)) / 2);
  near(judged([1, 0, 0, 1], [1, 0, 0, 1]), Math.log(4 / 3));
  near(judged([1, 0, 0, 1], [0, 0, 0, 0]), 0);
});

Deno.test("a head counts each sample by its weight, where samples have some", () => {
  const params = zeroParams({ "heads/text/bias": [0, Math.log(3)] });
  const batch = batchOf("label");
  const weighed = (rows: number[]) =>
    lossOf(
      params,
      withGroup(batch, {
        labels: { ...Object.values(batch)[0]!.labels, text: tf.tensor1d([1, 0], "int32") },
        unified: { labels: tf.zeros([4], "int32"), weights: tf.zeros([4]) },
        presence: tf.ones([4, 3]),
        weights: { rows: tf.tensor1d(rows) },
      }),
    );
  const right = Math.log(4 / 3), wrong = Math.log(4);
  near(weighed([3, 1, 3, 1]), (3 * right + wrong) / 4 + 2 * Math.LN2);
  near(weighed([1, 0, 1, 0]), right + 2 * Math.LN2);
});

/** The parameters that the loss of a batch moves. */
function moved(batch: Batch): string[] {
  const tree = initial as Tree<Parameter>;
  const { entries } = layoutOf(tree);
  const parts = leaves<Parameter>(tree, isParameter)
    .map(({ leaf }) => tf.tensor(leaf.values, [...leaf.shape]));
  const { grads } = tf.engine().gradients(
    () =>
      objective(proposedNetwork(config))(
        asTree(tree, parts) as unknown as ModelParams,
        batch,
      ) as tf.Scalar,
    parts,
    undefined,
    true,
  );
  const norm = (g: tf.Tensor | null | undefined) => g ? tf.sum(tf.abs(g)).dataSync()[0]! : 0;
  return entries.filter((_, i) => norm(grads[i]) > 0).map(({ path }) => path);
}

const own: Record<Modality, RegExp> = {
  text: /^(processing|hierarchy\/within)\/text\//,
  image: /^(processing|hierarchy\/within)\/image\//,
  audio: /^((processing|hierarchy\/within)\/audio|spectral|contextual|gate)\//,
};

Deno.test("a modality that a group lacks gets no gradient", () => {
  for (const m of modalities) {
    const paths = moved(batchOf("single", [m]));
    for (const other of modalities) equal(paths.some((path) => own[other].test(path)), other === m);
  }
});

Deno.test("a modality that is masked in every view gets no gradient, nor does its head alone", () => {
  const batch = batchOf("label");
  modalities.forEach((absent, column) => {
    const presence = tf.tensor2d(
      Array.from({ length: 4 }, () => modalities.map((_, i) => i === column ? 0 : 1)),
    );
    const unlabelled = { ...batch.triples!.unified, weights: tf.zeros([4]) };
    const paths = moved(withGroup(batch, { presence, unified: unlabelled }));
    for (const m of modalities) {
      equal(paths.some((path) => own[m].test(path)), m !== absent, `${m} without ${absent}`);
      equal(paths.includes(`heads/${m}/weight`), m !== absent, `head ${m} without ${absent}`);
    }
  });
});

Deno.test("a batch of all modalities reaches every box of the model", () => {
  const boxes = (paths: readonly string[]) =>
    [...new Set(paths.map((path) => path.split("/").slice(0, 2).join("/")))].sort();
  const all = boxes(layoutOf(initial as Tree<Parameter>).entries.map(({ path }) => path));
  deepEqual(boxes(moved(batchOf("single"))), all);
  deepEqual(boxes(moved(batchOf("label"))), all);
});

Deno.test("specs give the shapes of inputs, views, labels and dropout masks", () => {
  const { pair: specs } = batchSpecs(proposedNetwork(config), {
    pair: { present: ["image"], batch: 5, views: 2 },
  });
  deepEqual(specs, {
    inputs: { image: { states: float32(5, 3, 5), mask: float32(5, 3) } },
    targets: {},
    presence: float32(10, 3),
    labels: { image: { shape: [5], dtype: "int32" } },
    unified: { labels: { shape: [10], dtype: "int32" }, weights: float32(10) },
    weights: {},
    keep: { processing: { image: float32(5, 3, 8) }, fusion: { "0": float32(10, 8) } },
  });
  deepEqual(inputSpecs(config, ["audio"], 1), {
    audio: {
      states: float32(1, 2, 4),
      mask: float32(1, 2),
      logMel: float32(1, 8, 4),
      frames: float32(1),
      prosody: float32(1, 2, 2),
    },
  });
});
