import { ok } from "node:assert/strict";
import { float32 } from "../../lib/compile/mod.ts";
import type { Pair } from "../../lib/datasets/paired.ts";
import * as tf from "../../lib/deps/tf.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import { modalitiesIn, type Network } from "../../lib/systems/network.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { trained } from "../../lib/systems/trained.ts";
import { constant } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Epoch, TrainConfig } from "../../lib/training/train.ts";
import { tinyTraining } from "./tiny_corpus.ts";

/** A network whose verdict is σ of the table `score` of the first modality, whatever it learns. */
const scores: Network<{ bias: tf.Tensor }> = {
  graph: "scores",
  init: () => ({ bias: constant([1], 0) }),
  inputs: (present, batch) =>
    Object.fromEntries(present.map((m) => [m, { score: float32(batch, 1) }])),
  masks: () => ({}),
  loss: ({ bias }) => tf.sum(bias),
  logits(_, inputs) {
    const score = inputs[modalitiesIn(inputs)[0]!]!.score!;
    const z = tf.concat([tf.zerosLike(score), score], 1);
    return { text: z, image: z, audio: z, unified: z };
  },
};

/** The one line of the history of a fit, validated on samples with these scores and labels. */
async function validated(
  score: readonly number[],
  labels: readonly (0 | 1)[],
  changes: Pick<Problem, "protocol" | "present" | "classesAlike"> & {
    readonly pairs?: readonly Pair[];
  },
  keep: TrainConfig["keep"] = "loss",
): Promise<Epoch> {
  const table = { shape: [score.length, 1], data: Float32Array.from(score) };
  const features: CorpusFeatures = byModality(() => ({ tables: { score: table }, labels }));
  const all = byModality(() => score.map((_, i) => i));
  const system = trained("scores", () => scores, { ...tinyTraining, epochs: 1, keep });
  const problem = { features, train: all, validation: all, key: key(1), ...changes };
  const { record, dispose } = await system.fit(problem);
  await dispose();
  return (record.history as Epoch[])[0]!;
}

const near = (got: number, wanted: number) =>
  ok(Math.abs(got - wanted) < 1e-6, `${got} instead of ${wanted}`);

Deno.test("under natural each validation row counts once, whatever it shows", async () => {
  // Three negative rows of text and audio are judged 1/2, positive; one row of all, rightly, 3/4.
  const pairs = [0, 1, 2].map((i): Pair => ({ text: i, audio: i }));
  const { validationLoss, validationAccuracy } = await validated(
    [0, 0, 0, Math.log(3)],
    [0, 0, 0, 1],
    {
      protocol: "natural",
      present: modalities,
      pairs: [...pairs, { text: 3, image: 3, audio: 3 }],
    },
  );
  near(validationLoss, (3 * Math.log(2) + Math.log(4 / 3)) / 4);
  near(validationAccuracy, 1 / 4);
});

Deno.test("where classes count alike, they do on validation too, whatever their rows show", async () => {
  const pairs = [0, 1, 2].map((i): Pair => ({ text: i, audio: i }));
  const { validationLoss, validationAccuracy } = await validated(
    [0, 0, 0, Math.log(3)],
    [0, 0, 0, 1],
    {
      ...{ protocol: "natural", present: modalities, classesAlike: true },
      pairs: [...pairs, { text: 3, image: 3, audio: 3 }],
    },
  );
  // Three negatives count as much as the one positive.
  near(validationLoss, (Math.log(2) + Math.log(4 / 3)) / 2);
  near(validationAccuracy, 1 / 2);
});

Deno.test("the rate by which an epoch may be kept counts each class alike", async () => {
  // Of four negatives one is right, of two positives both.
  const told = [[1, -1, 1, 1, 1, 1], [0, 0, 0, 0, 1, 1]] as [number[], (0 | 1)[]];
  const alone = { protocol: "single", present: ["audio"] } as const;
  const { validationAccuracy, validationRate } = await validated(...told, alone, "rate");
  near(validationAccuracy, 3 / 6);
  near(validationRate!, (1 / 4 + 1) / 2);
});

Deno.test("the validation loss of a sample is bounded where its probability rounds to 0", async () => {
  const { validationLoss } = await validated(
    [200, 200],
    [0, 1],
    { protocol: "single", present: ["text"] },
  );
  near(validationLoss, -Math.log(1e-7) / 2);
});

Deno.test("an epoch is chosen by the quick verdict, and samples are judged by the other", async () => {
  // Of three samples the quick verdict is 1/2 each, the other 3/4.
  const quick: typeof scores = {
    ...scores,
    graph: "quick",
    quickLogits(_, inputs) {
      const score = inputs.text!.score!;
      return { text: tf.concat([tf.zerosLike(score), tf.zerosLike(score)], 1) };
    },
  };
  const table = { shape: [3, 1], data: new Float32Array(3).fill(Math.log(3)) };
  const features: CorpusFeatures = byModality(() => ({
    tables: { score: table },
    labels: [1, 0, 1],
  }));
  const all = byModality(() => [0, 1, 2]);
  const fitted = await trained("quick", () => quick, { ...tinyTraining, epochs: 1 }).fit({
    ...{ features, train: all, validation: all, key: key(1) },
    ...{ protocol: "single", present: ["text"] },
  });
  near((fitted.record.history as Epoch[])[0]!.validationLoss, Math.log(2));
  for (const score of Array.from((await fitted.predict({ text: [0, 1] })).text!)) near(score, 0.75);
  await fitted.dispose();
});
