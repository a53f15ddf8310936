/** Training on one thread and on two. @module */

import { deepEqual, ok } from "node:assert/strict";
import { modalities } from "../../lib/modality.ts";
import type { ModelParams } from "../../lib/model/mod.ts";
import { flatten, type Parameter } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Tree } from "../../lib/tensor/tree.ts";
import { batches, type BatchValues } from "../../lib/systems/batches.ts";
import { inputSizes } from "../../lib/systems/features.ts";
import { type BatchSpecs, batchSpecs, objective } from "../../lib/systems/network.ts";
import { compilePredictor } from "../../lib/systems/predict.ts";
import { proposedNetwork } from "../../lib/systems/proposed_network.ts";
import type { Batch } from "../../lib/training/step.ts";
import { train } from "../../lib/training/train.ts";
import { range, tinyFeatures, tinySettings, tinyTraining } from "../systems/tiny_corpus.ts";

const features = tinyFeatures({ text: 96, image: 96, audio: 96 }, { signal: 0.5 });
// Wide enough that ONNX Runtime divides its products among threads.
const network = proposedNetwork({
  ...{ ...tinySettings, width: 64, heads: 4, channels: [16] },
  inputs: inputSizes(features),
});
const initial = network.init(key(3));
const training = { ...tinyTraining, epochs: 4, patience: 4, batch: 16, learningRate: 1e-3 };

/** The parameters after training, and what they say of samples that it did not see. */
async function trainOn(threads: number) {
  const source = batches({
    features,
    indices: range(0, 64),
    protocol: "label",
    present: modalities,
    batch: training.batch,
    modalityDropout: training.modalityDropout,
    network,
    key: key(4),
  });
  let epochs = 0;
  const { parameters } = await train<ModelParams, BatchSpecs>(
    {
      initial,
      objective: objective(network),
      batch: batchSpecs(network, source.groups),
      steps: source.steps,
      batches: (epoch) =>
        source.epoch(epoch) as Iterable<BatchValues> as Iterable<Batch<BatchSpecs>>,
      // Each epoch is better than the one before, so that the last is kept.
      validate: () => Promise.resolve({ loss: 1 / ++epochs, accuracy: 0 }),
    },
    training,
    { threads },
  );
  const vector = flatten(parameters as Tree<Parameter>);
  const predictor = await compilePredictor({ initial, network, present: modalities, threads });
  const scores = await predictor.run(features, range(64, 96), vector);
  await predictor.dispose();
  return { vector, scores: scores as Record<string, Float32Array> };
}

const labelsOf = (scores: Float32Array) => Array.from(scores, (p) => Number(p >= 0.5));

Deno.test("training on one thread gives the same bytes each time, and on two the same labels", async () => {
  const first = await trainOn(1);
  deepEqual(await trainOn(1), first);
  const two = await trainOn(2);
  for (const [head, scores] of Object.entries(first.scores)) {
    // Threads may add up in another order; what float32 makes of that is far from changing a verdict.
    const off = scores.map((p, i) => Math.abs(p - two.scores[head]![i]!));
    ok(Math.max(...off) < 1e-4, `${head}: ${Math.max(...off)}`);
    deepEqual(labelsOf(two.scores[head]!), labelsOf(scores), head);
  }
  // The labels are learnt, not the same for all.
  deepEqual(new Set(labelsOf(first.scores.unified!)), new Set([0, 1]));
});
