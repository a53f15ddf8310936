import { deepEqual, ok, rejects } from "node:assert/strict";
import { differenceLoss } from "../../../lib/baselines/misa/losses.ts";
import { type MisaConfig, misaForward } from "../../../lib/baselines/misa/model.ts";
import {
  misa,
  misaLosses,
  misaNetwork,
  type MisaTraining,
} from "../../../lib/baselines/misa/network.ts";
import type { Tensors } from "../../../lib/compile/mod.ts";
import * as tf from "../../../lib/deps/tf.ts";
import { modalities, type Modality } from "../../../lib/modality.ts";
import {
  asTree,
  flatten,
  layoutOf,
  type Parameter,
  split,
  tensors,
} from "../../../lib/tensor/parameter.ts";
import { key } from "../../../lib/tensor/random.ts";
import type { Tree } from "../../../lib/tensor/tree.ts";
import { batches, type BatchValues } from "../../../lib/systems/batches.ts";
import { type CorpusFeatures, inputSizes } from "../../../lib/systems/features.ts";
import {
  type BatchSpecs,
  batchSpecs,
  type Group,
  objective,
} from "../../../lib/systems/network.ts";
import { type Batch, compileStep, type StepState } from "../../../lib/training/step.ts";
import type { Problem } from "../../../lib/systems/system.ts";
import { near } from "../../tensor_values.ts";
import { range, tinyFeatures, tinyTraining } from "../../systems/tiny_corpus.ts";

const tiny: MisaConfig = {
  width: 8,
  recurrentWidth: 4,
  heads: 2,
  feedForward: 8,
  transformerDropout: 0.1,
  fusionDropout: 0.5,
};
const still: MisaConfig = { ...tiny, transformerDropout: 0, fusionDropout: 0 };
const { headWeight: _, clipNorm: __, ...usual } = tinyTraining;
const training: MisaTraining = { ...usual, weightDecay: 0, clipValue: 1 };

/** The batches of one epoch. */
function source(
  features: CorpusFeatures,
  config: MisaConfig,
  { protocol, present, batch }: Pick<Problem, "protocol" | "present"> & { batch: number },
) {
  const network = misaNetwork(config, inputSizes(features));
  const made = batches({
    features,
    indices: range(0, 16),
    protocol,
    present,
    batch,
    modalityDropout: training.modalityDropout,
    network,
    key: key(3),
  });
  return { network, specs: batchSpecs(network, made.groups), ...made };
}

/** The first batch's groups as eager tensors. */
function firstGroups({ network, groups, epoch }: ReturnType<typeof source>): Group[] {
  tf.setBackend("cpu");
  const values = epoch(0).next().value as BatchValues;
  return Object.entries(groups).map(([name, shape]) => {
    const convert = (specs: unknown, own: unknown): unknown => {
      const { shape, dtype } = specs as { shape?: number[]; dtype?: "float32" };
      if (Array.isArray(shape)) return tf.tensor(own as Float32Array, shape, dtype);
      const entries = Object.entries(specs as Record<string, unknown>);
      return Object.fromEntries(
        entries.map(([n, spec]) => [n, convert(spec, (own as Record<string, unknown>)[n])]),
      );
    };
    return convert(batchSpecs(network, { [name]: shape })[name], values[name]) as Group;
  });
}

const features = tinyFeatures({ text: 32, image: 32, audio: 32 }, { signal: 1.5 });

Deno.test("every parameter receives a gradient from a batch of triples", () => {
  const made = source(features, tiny, { protocol: "label", present: modalities, batch: 8 });
  const initial = made.network.init(key(1)) as Tree<Parameter>;
  const layout = layoutOf(initial);
  const { grads } = tf.valueAndGrads((...parts: tf.Tensor[]) =>
    made.network.loss(asTree(initial, parts) as never, firstGroups(made)[0]!) as tf.Scalar
  )(split(layout, tf.tensor1d(flatten(initial))));
  layout.entries.forEach(({ path }, i) => {
    const largest = tf.max(tf.abs(grads[i]!)).dataSync()[0]!;
    ok(largest > 1e-6 && largest < 1e3, `${path}: ${largest}`);
  });
});

Deno.test("alone, a modality has no similarity loss and one difference", () => {
  const made = source(features, tiny, { protocol: "single", present: modalities, batch: 8 });
  const params = tensors(made.network.init(key(1)) as Tree<Parameter>) as never;
  modalities.forEach((m, i) => {
    const group = firstGroups(made)[i]!;
    const losses = misaLosses(params, group, tiny);
    const { private: own, shared } = misaForward(params, { ...group, views: 1 }, tiny);
    near(losses.similarity, tf.scalar(0), 0, m);
    near(losses.difference, differenceLoss({ a: own[m]!, b: shared[m]! }), 1e-6, m);
  });
});

Deno.test("the loss adds its parts with the authors' weights, or those given", () => {
  const made = source(features, tiny, { protocol: "label", present: modalities, batch: 8 });
  const params = tensors(made.network.init(key(1)) as Tree<Parameter>) as never;
  const [group] = firstGroups(made) as [Group];
  const parts = misaLosses(params, group, tiny);
  const [task, difference, similarity, reconstruction] = [
    parts.task,
    parts.difference,
    parts.similarity,
    parts.reconstruction,
  ].map((part) => part.dataSync()[0]!) as [number, number, number, number];
  const published = task + 0.3 * difference + similarity + reconstruction;
  near(made.network.loss(params, group), tf.scalar(published), 1e-5);
  const weights = { difference: 2, similarity: 0, reconstruction: 0.5 };
  const other = misaNetwork(tiny, inputSizes(features), weights);
  const wanted = task + 2 * difference + 0.5 * reconstruction;
  near(other.loss(params, group), tf.scalar(wanted), 1e-5);
});

/** Full-batch steps on the samples; the last loss, its norm, and the state. */
async function descend(
  features: CorpusFeatures,
  { steps, learningRate }: { steps: number; learningRate: number },
) {
  const made = source(features, still, { protocol: "label", present: modalities, batch: 16 });
  const initial = made.network.init(key(1));
  const step = await compileStep(
    objective(made.network) as (params: never, batch: Tensors<BatchSpecs>) => tf.Tensor,
    { initial: initial as never, batch: made.specs },
    { weightDecay: 0, clipValue: 1, threads: 1 },
  );
  const parameters = flatten(initial as Tree<Parameter>);
  const zeros = () => new Float32Array(parameters.length);
  let state: StepState = { parameters, first: zeros(), second: zeros() };
  const norms: number[] = [];
  const [batch] = made.epoch(0);
  for (let i = 1; i <= steps; i++) {
    const result = await step.run({
      state,
      step: i,
      learningRate,
      batch: batch as unknown as Batch<BatchSpecs>,
    });
    state = result.state;
    norms.push(result.norm);
  }
  await step.dispose();
  tf.setBackend("cpu");
  const layout = layoutOf(initial as Tree<Parameter>);
  const params = asTree(initial as Tree<Parameter>, split(layout, tf.tensor1d(state.parameters)));
  const losses = misaLosses(params as never, firstGroups(made)[0]!, still);
  return { task: losses.task.dataSync()[0]!, norms };
}

Deno.test("it learns sixteen triples without a signal by heart", async () => {
  const { task } = await descend(tinyFeatures({ text: 32, image: 32, audio: 32 }), {
    steps: 150,
    // Four times as much gets there too, by leaps that depend on the last bit.
    learningRate: 0.005,
  });
  ok(task < 0.1, `task loss ${task}`);
});

Deno.test("samples that are all alike give finite gradients, in any number of steps", async () => {
  const alike = Object.fromEntries(
    Object.entries(features).map(([m, { tables, labels }]) => {
      const flat = Object.entries(tables).map(([name, { shape, data }]) => [
        name,
        {
          shape,
          data: name === "mask" || name === "frames"
            ? data.map(() => data[0]!)
            : data.map(() => 0.5),
        },
      ]);
      return [m, { labels, tables: Object.fromEntries(flat) }];
    }),
  ) as unknown as CorpusFeatures;
  const { norms, task } = await descend(alike, { steps: 5, learningRate: 0.01 });
  ok([...norms, task].every(Number.isFinite), `${norms}, ${task}`);
});

const problem: Problem = {
  features,
  train: range(0, 20),
  validation: range(20, 26),
  protocol: "label",
  present: modalities,
  key: key(1),
};
const test = range(26, 32);

function accuracy(scores: ArrayLike<number>, rows: readonly number[]): number {
  return rows.filter((row, i) => scores[i]! >= 0.5 === (row % 2 === 1)).length / rows.length;
}

for (const m of modalities) {
  Deno.test(`alone, ${m} is learnt`, async () => {
    const system = misa(tiny, { ...training, epochs: 16, patience: 16, learningRate: 0.01 });
    const { predict, dispose } = await system.fit({
      ...problem,
      protocol: "single",
      present: [m],
    });
    const scores = await predict({ [m]: test[m] });
    await dispose();
    deepEqual(Object.keys(scores).toSorted(), [m, "unified"].toSorted());
    ok(accuracy(scores[m]!, test[m]) >= 5 / 6, String(scores[m]));
  });
}

Deno.test("triples are learnt; one verdict stands for the whole and its parts", async () => {
  const system = misa(tiny, { ...training, epochs: 8, patience: 8, learningRate: 0.02 });
  const { predict, dispose } = await system.fit(problem);
  const whole = await predict(test);
  const pair: Modality[] = ["text", "audio"];
  const parts = await predict({ text: test.text, audio: test.audio });
  await dispose();
  ok(accuracy(whole.unified!, test.text) >= 5 / 6);
  for (const m of modalities) deepEqual(whole[m], whole.unified);
  deepEqual(Object.keys(parts).toSorted(), [...pair, "unified"].toSorted());
});

Deno.test("two fits with one key are equal to the bit", async () => {
  const fit = async () => {
    const { predict, record, dispose } = await misa(tiny, { ...training, epochs: 1 }).fit(
      problem,
    );
    const scores = await predict(test);
    await dispose();
    return { record, scores };
  };
  deepEqual(await fit(), await fit());
});

Deno.test("triples without a label of their own are refused", async () => {
  await rejects(
    misa(tiny, training).fit({ ...problem, protocol: "random" }),
    /^RangeError: Cannot train MISA: expected protocol single or label, got random$/,
  );
});
