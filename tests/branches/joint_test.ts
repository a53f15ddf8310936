import { deepEqual, equal, notDeepEqual, ok, rejects, throws } from "node:assert/strict";
import { float32, isSpec, type Spec, type Tensors, type Values } from "../../lib/compile/mod.ts";
import * as tf from "../../lib/deps/tf.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import {
  asTree,
  constant,
  type Init,
  isParameter,
  layoutOf,
  type Parameter,
  tensors,
} from "../../lib/tensor/parameter.ts";
import { fold, key } from "../../lib/tensor/random.ts";
import { leaves, mapTree, type Tree } from "../../lib/tensor/tree.ts";
import { batches, type BatchValues } from "../../lib/systems/batches.ts";
import {
  type Alike,
  type Branch,
  emotionClasses,
  threeClasses,
} from "../../lib/branches/branch.ts";
import { type CorpusFeatures, inputSizes } from "../../lib/systems/features.ts";
import { type BatchSpecs, batchSpecs, objective } from "../../lib/systems/network.ts";
import { proposedNetwork } from "../../lib/systems/proposed_network.ts";
import {
  branchParameters,
  jointNetwork,
  type JointOptions,
  type JointParams,
  scratchBranch,
  scratchModel,
} from "../../lib/branches/joint.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { near, uniformTensor } from "../tensor_values.ts";
import {
  range,
  tinyConfig,
  tinyFeatures,
  tinySettings,
  tinyTraining,
} from "../systems/tiny_corpus.ts";
import { toyBranch, toyBranches, withEmotions } from "./toy_branches.ts";

tf.setBackend("cpu");

const counts = { text: 32, image: 32, audio: 32 };
const problem: Problem = {
  features: withEmotions(tinyFeatures(counts, { signal: 1.5 })),
  train: range(0, 20),
  validation: range(20, 26),
  protocol: "label",
  present: modalities,
  key: key(1),
};
const test = range(26, 32);
const designs = byModality((m) => () => toyBranches[m]);

const classes = emotionClasses(["anger", "joy", "sadness", "love"]);
const emotions = byModality(() => classes);
const config = {
  ...tinySettings,
  inputs: byModality((m) => ({ ...tinyConfig(problem.features).inputs[m], width: 4 })),
} as unknown as ReturnType<typeof tinyConfig>;

const right = (scores: ArrayLike<number>, rows: readonly number[]) =>
  rows.filter((row, i) => scores[i]! >= 0.5 === (row % 2 === 1)).length;

const lessons = { ...tinyTraining, epochs: 10, patience: 10, learningRate: 0.03 };

Deno.test("a branch alone learns polarity, directly or from emotions", async () => {
  for (const target of ["polarity", "emotions"] as const) {
    for (const m of modalities) {
      const system = scratchBranch(designs[m], lessons, { target });
      const alone: Problem = { ...problem, protocol: "single", present: [m] };
      const fitted = await system.fit(alone);
      const scores = await fitted.predict({ [m]: test[m] });
      await fitted.dispose();
      deepEqual(Object.keys(scores), [m]);
      ok(right(scores[m]!, test[m]) >= 5, `${m}, ${target}`);
    }
  }
});

Deno.test("a branch alone shows the probabilities of its emotions", async () => {
  const alone: Problem = { ...problem, protocol: "single", present: ["text"] };
  const fitted = await scratchBranch(designs.text, tinyTraining).fit(alone);
  const { classes, states } = await fitted.inspect!({ text: [0, 1, 2] });
  await fitted.dispose();
  equal(classes!.width, 4);
  equal(states!.width, 8);
  for (let i = 0; i < 3; i++) {
    const row = Array.from({ length: 4 }, (_, k) => classes!.values[4 * i + k]!);
    ok(Math.abs(row.reduce((a, b) => a + b) - 1) < 1e-5);
  }
});

/** The last six text samples are neutral. */
const withNeutral: CorpusFeatures = {
  ...problem.features,
  text: {
    ...problem.features.text,
    emotions: problem.features.text.emotions!.map((name, i) => i < 26 ? name : "neutral"),
  },
};
const alone: Problem = {
  ...{ ...problem, features: withNeutral, protocol: "single", present: ["text"] },
};

Deno.test("neutral rows are learnt as one more class, by branches that learn emotions", async () => {
  const neutral = { text: [26, 27, 28, 29] };
  const fit = async (target: "emotions" | "polarity", own: Partial<Problem>) => {
    const fitted = await scratchBranch(designs.text, lessons, { target }).fit({ ...alone, ...own });
    const { classes } = await fitted.inspect!({ text: [30, 31, 0, 1] });
    await fitted.dispose();
    return { ...fitted, classes: Array.from(classes!.values) };
  };
  const [without, learnt] = [await fit("emotions", {}), await fit("emotions", { neutral })];
  deepEqual(learnt.record.classes, ["anger", "joy", "love", "neutral", "sadness"]);
  // The class is there all the same: what it was never shown it finds nowhere.
  const shares = ({ classes }: typeof learnt) => [3, 8, 13, 18].map((at) => classes[at]!);
  const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b);
  ok(sum(shares(learnt)) > 2 * sum(shares(without)), `${shares(learnt)} ${shares(without)}`);

  const [usual, same] = [await fit("polarity", {}), await fit("polarity", { neutral })];
  deepEqual(same.parameters, usual.parameters);
  equal(same.record.classes, undefined);
});

Deno.test("what counts alike changes the fit of an uneven part, and that alone", async () => {
  // Of twenty samples to learn from, the odd ones are positive: five are left of ten.
  const few = { ...problem.train, text: problem.train.text.filter((i) => i % 2 === 0 || i < 10) };
  const scoresOf = async (alike?: Alike, own = problem.train, target?: Problem["target"]) => {
    const alone: Problem = {
      ...problem,
      target,
      train: own,
      protocol: "single",
      present: ["text"],
    };
    const options = { ...alike && { alike }, target: target ? "polarity" : "emotions" } as const;
    const system = scratchBranch(designs.text, tinyTraining, options);
    const fitted = await system.fit(alone);
    const { text } = await fitted.predict({ text: test.text });
    await fitted.dispose();
    return Array.from(text!);
  };
  const mean = (x: readonly number[]) => x.reduce((a, b) => a + b) / x.length;
  ok(mean(await scoresOf("polarities", few)) > mean(await scoresOf(undefined, few)));
  const three = { kind: "classes", classes: ["a", "b", "c"] } as const;
  deepEqual(await scoresOf("polarities", few, three), await scoresOf(undefined, few, three));
  const even = await scoresOf("polarities");
  (await scoresOf()).forEach((score, i) => ok(Math.abs(score - even[i]!) < 1e-6));
});

Deno.test("three classes are learnt from a table of their places", async () => {
  // Every fourth sample is neutral, and lies between the others.
  const { text } = problem.features;
  const neutral = (i: number) => i % 4 === 3;
  const size = text.tables.states!.data.length / counts.text;
  const data = text.tables.states!.data
    .map((x, at) => neutral(Math.floor(at / size)) ? 0.1 * x : x);
  const places = Float32Array.from({ length: counts.text }, (_, i) => neutral(i) ? 2 : i % 2);
  const tables = {
    ...text.tables,
    states: { ...text.tables.states!, data },
    emotion: { shape: [counts.text], data: places },
  };
  const features = { ...problem.features, text: { ...text, tables } };
  const rows = (from: number, to: number) => ({
    ...range(from, to),
    text: range(from, to).text.filter((i) => from < 20 || !neutral(i)),
  });
  const system = scratchBranch(designs.text, { ...lessons, epochs: 40, patience: 40 }, {
    target: threeClasses,
    dropout: 0,
  });
  const fitted = await system.fit({
    ...{ ...problem, features, protocol: "single", present: ["text"] },
    ...{ train: rows(0, 20), validation: rows(20, 26) },
  });
  const { classes } = await fitted.inspect!({ text: range(0, 20).text });
  await fitted.dispose();
  const found = range(0, 20).text.filter((i) => {
    const row = [0, 1, 2].map((k) => classes!.values[3 * i + k]!);
    return row.indexOf(Math.max(...row)) === places[i];
  });
  ok(found.length >= 16, `${found.length} of 20`);
});

Deno.test("a branch is refused other modalities, other protocols, and emotions that nobody named", async () => {
  const branch = scratchBranch(designs.text, tinyTraining);
  await rejects(
    branch.fit(problem),
    /^RangeError: Cannot train a branch: expected protocol single and text alone, got label and text, image, audio$/,
  );
  await rejects(branch.fit({ ...problem, protocol: "single", present: ["image"] }), /text alone/);
  await rejects(
    branch.fit({
      ...problem,
      features: tinyFeatures(counts),
      protocol: "single",
      present: ["text"],
    }),
    /^RangeError: Cannot train on emotions: expected those of the text samples, got none$/,
  );
});

/** The first batch, as eager tensors. */
function batchOf(
  network: ReturnType<typeof jointNetwork>,
  protocol: "single" | "label",
): Tensors<BatchSpecs> {
  const data = {
    ...{ indices: range(0, 4), present: modalities, batch: 2, modalityDropout: 0.3 },
    ...{ protocol, network, key: key(2) },
  };
  const { groups, epoch } = batches({ ...data, features: withPlaces(problem.features) });
  const values = epoch(0).next().value as BatchValues;
  const flat = new Map(
    leaves<Values>(
      values as unknown as Tree<Values>,
      (node): node is Values => ArrayBuffer.isView(node),
    ).map(({ path, leaf }) => [path, leaf]),
  );
  const specs = batchSpecs(network, groups) as unknown as Tree<Spec>;
  return mapTree<Spec, tf.Tensor, Tree<Spec>>(
    specs,
    isSpec,
    ({ shape, dtype }, path) => tf.tensor(flat.get(path)!, [...shape], dtype),
  ) as unknown as Tensors<BatchSpecs>;
}

function withPlaces(features: CorpusFeatures): CorpusFeatures {
  return byModality((m) => {
    const data = Float32Array.from(features[m].emotions!, (name) => classes.names.indexOf(name));
    const tables = { ...features[m].tables, emotion: { shape: [data.length], data } };
    return { ...features[m], tables };
  });
}

Deno.test("a model that knows nothing loses ln 2 a verdict and ln 4 for each emotion", () => {
  const loss = (options: JointOptions, protocol: "single" | "label") => {
    const network = jointNetwork(toyBranches, config, options);
    const initial = network.init(key(1)) as unknown as Tree<Parameter>;
    const zero = mapTree<Parameter, Parameter, Tree<Parameter>>(
      initial,
      isParameter,
      ({ shape }) => constant(shape, 0),
    );
    const params = tensors(zero) as unknown as JointParams;
    return objective(network)(params, batchOf(network, protocol));
  };
  near(loss({}, "label"), 4 * Math.LN2);
  near(loss({ emotions }, "label"), 4 * Math.LN2 + 3 * Math.log(4));
  near(loss({ emotions, emotionWeight: 0.5 }, "label"), 4 * Math.LN2 + 1.5 * Math.log(4));
  near(loss({ emotions, headWeight: 0 }, "label"), Math.LN2 + 3 * Math.log(4));
  near(loss({ emotions }, "single"), 6 * Math.LN2 + 3 * Math.log(4));
});

Deno.test("the joint loss reaches every branch, the model and the emotions", () => {
  const network = jointNetwork(toyBranches, config, { emotions });
  const tree = network.init(key(1)) as unknown as Tree<Parameter>;
  const { entries } = layoutOf(tree);
  const parts = leaves<Parameter>(tree, isParameter)
    .map(({ leaf }) => tf.tensor(leaf.values, [...leaf.shape]));
  const batch = batchOf(network, "label");
  const { grads } = tf.engine().gradients(
    () => objective(network)(asTree(tree, parts) as unknown as JointParams, batch) as tf.Scalar,
    parts,
  );
  const largest = (g: tf.Tensor) => tf.max(tf.abs(g)).dataSync()[0]!;
  const moved = new Set(
    entries.filter((_, i) => largest(grads[i]!) > 0)
      .map(({ path }) => path.split("/").slice(0, 2).join("/")),
  );
  for (const part of ["branches", "emotions"]) {
    for (const m of modalities) ok(moved.has(`${part}/${m}`), `${part}/${m}`);
  }
  for (const box of ["spectral", "contextual", "gate", "processing", "hierarchy", "unified"]) {
    ok([...moved].some((path) => path.startsWith(`model/${box}`)), box);
  }
});

/** A branch that hands on the states as they are. */
function frozen(m: Modality): Branch {
  const { segments, width } = inputSizes(problem.features)[m];
  return {
    ...toyBranch(m),
    width,
    graph: "frozen",
    init: () => ({}),
    inputs: (batch) => ({
      states: float32(batch, segments, width),
      mask: float32(batch, segments),
    }),
    masks: () => ({}),
    states: (_, { inputs }) => ({ states: inputs!.states!, mask: inputs!.mask! }),
  };
}

Deno.test("upon branches that learn nothing it is the proposed model", () => {
  const config = tinyConfig(problem.features);
  const joint = jointNetwork(byModality(frozen), config);
  const proposed = proposedNetwork(config);
  const initial = joint.init(key(1));
  const params = tensors(initial as unknown as Tree<Parameter>) as unknown as JointParams;
  const inputs = {
    image: { states: uniformTensor("image", 2, 3, 5), mask: tf.ones([2, 3]) },
    audio: {
      ...{ states: uniformTensor("audio", 2, 2, 4), mask: tf.ones([2, 2]) },
      ...{ logMel: uniformTensor("mel", 2, 8, 4), frames: tf.tensor1d([8, 4]) },
      prosody: uniformTensor("prosody", 2, 2, 2),
    },
  };
  const wanted = proposed.logits(params.model, inputs);
  const got = joint.logits(params, inputs);
  for (const head of ["image", "audio", "unified"] as const) near(got[head]!, wanted[head]!);
  near(
    joint.loss(params, batchOf(joint, "label").triples!),
    proposed.loss(
      params.model,
      batchOf(joint, "label").triples!,
    ),
  );
  deepEqual(joint.inputs(["audio"], 3).audio, proposed.inputs(["audio"], 3).audio);
});

Deno.test("each branch changes its own inputs in training, with a key of its own", () => {
  const keys: Record<string, unknown> = {};
  const branches = byModality((m) =>
    toyBranch(m, {
      augment: (tables, key) => {
        keys[m] = key;
        return { ...tables, states: tables.states!.map((x) => -x) };
      },
    })
  );
  const { augment } = jointNetwork({ ...branches, image: toyBranch("image") }, config);
  const one = { states: Float32Array.of(1) };
  const changed = augment!({ text: one, image: one, audio: one }, key(4));
  deepEqual(modalities.map((m) => changed[m]!.states![0]), [-1, 1, -1]);
  notDeepEqual(keys.text, keys.audio);
});

Deno.test("the joint model learns what separates the triples, and any subset is judged", async () => {
  const fitted = await scratchModel(designs, tinySettings, lessons).fit(problem);
  const whole = await fitted.predict(test);
  const two = await fitted.predict({ text: test.text, audio: test.audio });
  const { parameters } = fitted;
  await fitted.dispose();
  ok(right(whole.unified!, test.text) >= 5);
  ok(right(two.unified!, test.text) >= 5);
  equal(parameters!.length, fitted.record.parameters);
});

Deno.test("branches that learnt alone are where the joint training begins", async () => {
  const alone = byModality(() => tinyTraining);
  // A learning rate of 0 leaves the model where it began.
  const still = { ...tinyTraining, epochs: 1, learningRate: 0 };
  const fitted = await scratchModel(designs, tinySettings, still, { alone }).fit(problem);
  await fitted.dispose();
  let from = 0;
  for (const m of modalities) {
    const own: Problem = { ...problem, protocol: "single", present: [m] };
    const branch = await scratchBranch(designs[m], tinyTraining).fit({
      ...own,
      key: fold(problem.key, "branch", m),
    });
    await branch.dispose();
    const like = toyBranches[m].init(key(0)) as unknown as Tree<Parameter>;
    const { size } = layoutOf(like);
    const learnt = branchParameters(like, branch.parameters!) as Init<{ weight: tf.Tensor }>;
    deepEqual(
      learnt.weight.values,
      fitted.parameters!.slice(from, from + learnt.weight.values.length),
    );
    from += size;
  }
});

Deno.test("audio segments that the prosody does not share are refused", async () => {
  const other = { ...toyBranches.audio, segments: 3 };
  await rejects(
    scratchModel({ ...designs, audio: () => other }, tinySettings, tinyTraining).fit(problem),
    /^RangeError: Cannot join the audio paths: expected an audio branch of 2 segments, .* got 3$/,
  );
});

Deno.test("parameters of another branch are refused", () => {
  const like = toyBranches.text.init(key(0)) as unknown as Tree<Parameter>;
  throws(() => branchParameters(like, new Float32Array(3)), /Cannot unflatten/);
});
