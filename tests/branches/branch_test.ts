import { deepEqual, equal, notEqual, ok, throws } from "node:assert/strict";
import { float32 } from "../../lib/compile/mod.ts";
import * as tf from "../../lib/deps/tf.ts";
import { initLinear, type LinearParams } from "../../lib/tensor/layers.ts";
import { constant, type Parameter, tensors } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Tree } from "../../lib/tensor/tree.ts";
import {
  type Alike,
  branchNetwork,
  type BranchNetworkParams,
  type Classes,
  emotionClasses,
  learntClasses,
  polarityClasses,
  polarityLogits,
  threeClasses,
  withClassesAlike,
  withClassTable,
  withEmotionTables,
  withNeutral,
} from "../../lib/branches/branch.ts";
import type { Group } from "../../lib/systems/network.ts";
import { gradientsAgree } from "../gradient_check.ts";
import { near, uniformTensor } from "../tensor_values.ts";
import { tinyFeatures } from "../systems/tiny_corpus.ts";
import { toyBranch, withEmotions } from "./toy_branches.ts";

tf.setBackend("cpu");

const mixed: Classes = { names: ["anger", "joy", "sadness"], polarities: [0, 1, 0] };

/** Two images, whose labels and emotions are given; no dropout. */
function group(labels: number[], emotions?: number[]): Group {
  const states = uniformTensor("states", 2, 3, 5);
  const mask = tf.tensor2d([[1, 1, 1], [1, 1, 0]]);
  const targets = emotions && { image: { emotion: tf.tensor1d(emotions) } };
  const group = {
    inputs: { image: { states, mask } },
    targets: targets ?? {},
    presence: tf.tensor2d([[0, 1, 0], [0, 1, 0]]),
    labels: { image: tf.tensor1d(labels, "int32") },
    unified: { labels: tf.tensor1d(labels, "int32"), weights: tf.ones([2]) },
    keep: {},
  };
  return group as unknown as Group;
}

/** The toy branch's network with weights of 0 and the biases of its output as given. */
function says(biases: number[]): BranchNetworkParams<LinearParams> {
  const branch = initLinear(key(1), { in: 5, out: 4 });
  const output = {
    weight: constant([4, biases.length], 0),
    bias: { shape: [biases.length], values: Float32Array.from(biases) },
  };
  return tensors({ branch, output }) as unknown as BranchNetworkParams<LinearParams>;
}

Deno.test("a polarity's probability is the sum of its emotions'", () => {
  const logits = tf.tensor2d([[0, Math.log(2), Math.log(3)], [5, 5, -Infinity]]);
  const polarities = polarityLogits(logits, mixed);
  near(tf.softmax(polarities), [[4 / 6, 2 / 6], [0.5, 0.5]]);
  near(tf.slice(polarities, 0, 1), [[Math.log(4), Math.log(2)]]);
});

Deno.test("large logits are summed without overflow", () => {
  near(tf.softmax(polarityLogits(tf.tensor2d([[500, 500, 500]]), mixed)), [[2 / 3, 1 / 3]]);
});

Deno.test("the logits of the polarities themselves stay as they are, in the order of the verdict", () => {
  const logits = tf.tensor2d([[1, 2]]);
  equal(polarityLogits(logits, polarityClasses), logits);
  near(polarityLogits(logits, { names: ["joy", "anger"], polarities: [1, 0] }), [[2, 1]]);
});

Deno.test("a class without polarity takes no part in the verdict", () => {
  const logits = tf.tensor2d([[0, Math.log(3), 9], [0, Math.log(3), -9]]);
  near(tf.softmax(polarityLogits(logits, threeClasses)), [[0.25, 0.75], [0.25, 0.75]]);
});

Deno.test("classes are the distinct emotions by name, with the polarities of the valence map", () => {
  deepEqual(emotionClasses(["joy", "anger", "joy", "surprise"]), {
    names: ["anger", "joy", "surprise"],
    polarities: [0, 1, 1],
  });
  const valence = { joy: "positive", surprise: "negative", neutral: "excluded" } as const;
  deepEqual(emotionClasses(["neutral", "surprise", "joy"], valence), {
    names: ["joy", "neutral", "surprise"],
    polarities: [1, undefined, 0],
  });
  throws(() => emotionClasses(["glee"]), /Cannot map emotion "glee"/);
});

Deno.test("the table of emotions has each sample's place among the classes", () => {
  const features = withEmotions(tinyFeatures({ text: 5, image: 4, audio: 4 }));
  const { text, image } = withEmotionTables({
    ...features,
    image: tinyFeatures({ text: 4, image: 4, audio: 4 }).image,
  });
  // anger 0, joy 1, love 2, sadness 3.
  deepEqual([...text.tables.emotion!.data], [0, 1, 3, 2, 0]);
  deepEqual(text.tables.emotion!.shape, [5]);
  equal(image.tables.emotion, undefined);
  equal(features.text.tables.emotion, undefined);
});

/** Six samples to learn from and one more: three angry, one sad, one glad and one neutral; one glad. */
function uneven(weights?: number[]) {
  const emotions = ["anger", "anger", "anger", "sadness", "joy", "neutral", "joy"];
  const classes = emotionClasses(emotions);
  const labels = [0, 0, 0, 0, 1, 1, 1];
  const features = withClassTable(
    { emotions, labels, tables: {}, ...weights && { weights } },
    classes,
  );
  const of = (alike: Alike, rows = [0, 1, 2, 3, 4, 5]) =>
    Array.from(withClassesAlike(features, classes, { rows, alike }).weights!, (w) => +w.toFixed(4));
  return { of, features };
}

Deno.test("weights make polarities count alike, and emotions within each", () => {
  const { of, features } = uneven();
  // Five with a polarity: four negatives weigh 5/2, and so does the one positive; neutral stays 1.
  deepEqual(of("polarities"), [0.625, 0.625, 0.625, 0.625, 2.5, 1, 2.5]);
  // Of the negatives' 5/2 half is for three angry ones, half for the sad one.
  deepEqual(of("emotions"), [0.4167, 0.4167, 0.4167, 1.25, 2.5, 1, 2.5]);
  // Without a sad one to learn from, anger has all of it; who is sad counts nothing.
  deepEqual(of("emotions", [0, 1, 2, 4]), [0.6667, 0.6667, 0.6667, 0, 2, 1, 2]);
  deepEqual(
    [
      ...withClassesAlike(features, polarityClasses, { rows: [0, 3, 4], alike: "polarities" })
        .weights! as Float32Array,
    ],
    [0.75, 0.75, 0.75, 0.75, 1.5, 1.5, 1.5],
  );
});

Deno.test("a set's own weights are kept in proportion within a class", () => {
  // Negatives weigh 3 + 1 + 0 + 2, the positive one 3: 9/2 each.
  const own = [3, 1, 0, 2, 3, 7, 1];
  deepEqual(uneven(own).of("polarities"), [2.25, 0.75, 0, 1.5, 4.5, 7, 1.5]);
  deepEqual(uneven(own).of("emotions"), [1.6875, 0.5625, 0, 2.25, 4.5, 7, 1.5]);
});

Deno.test("a branch that knows nothing loses the logarithm of its classes", () => {
  const image = toyBranch("image");
  near(branchNetwork(image).loss(says([0, 0]), group([0, 1])), Math.LN2);
  const emotions = branchNetwork(image, { classes: mixed });
  near(emotions.loss(says([0, 0, 0]), group([0, 1], [2, 1])), Math.log(3));
});

Deno.test("the loss is the cross-entropy of the polarity or, with classes, of the emotion", () => {
  const image = toyBranch("image");
  // p = 1/4, 3/4 of negative and positive.
  const polarity = branchNetwork(image).loss(says([0, Math.log(3)]), group([0, 1]));
  near(polarity, (Math.log(4) + Math.log(4 / 3)) / 2);
  // p = 1/6, 2/6, 3/6 of anger, joy and sadness; labels say nothing here.
  const emotions = branchNetwork(image, { classes: mixed });
  const biases = [0, Math.log(2), Math.log(3)];
  const wanted = (Math.log(6) + Math.log(2)) / 2;
  near(emotions.loss(says(biases), group([0, 0], [0, 2])), wanted);
  near(emotions.loss(says(biases), group([1, 1], [0, 2])), wanted);
  // Of ε = 0.3 a third each: 0.8 of the emotion, 0.1 of either other.
  const smoothed = branchNetwork(image, { classes: mixed, smoothing: 0.3 });
  const [six, three, two] = [Math.log(6), Math.log(3), Math.log(2)];
  const first = 0.8 * six + 0.1 * three + 0.1 * two, last = 0.1 * six + 0.1 * three + 0.8 * two;
  near(smoothed.loss(says(biases), group([0, 0], [0, 2])), (first + last) / 2);
});

Deno.test("a branch's verdict is its classes' summed, and its inside shows states and classes", () => {
  const network = branchNetwork(toyBranch("image"), { classes: mixed });
  const params = says([0, Math.log(2), Math.log(3)]);
  const { inputs } = group([0, 1]);
  const { image } = network.logits(params, inputs);
  near(tf.softmax(image!), [[4 / 6, 2 / 6], [4 / 6, 2 / 6]]);
  const { states, mask, classes } = network.inspect!(params, inputs);
  deepEqual(states!.shape, [2, 3, 4]);
  deepEqual(mask!.shape, [2, 3]);
  near(classes!, [[1 / 6, 2 / 6, 3 / 6], [1 / 6, 2 / 6, 3 / 6]]);
});

Deno.test("the classes' gradients are the differences of the loss", () => {
  const network = branchNetwork(toyBranch("image"), { classes: mixed });
  const initial = network.init(key(3)) as unknown as Tree<Parameter>;
  const batch = group([0, 1], [2, 1]);
  gradientsAgree(initial, (params) => network.loss(params as never, batch));
});

Deno.test("a branch reads emotions only where it learns them", () => {
  const image = toyBranch("image");
  const classes = branchNetwork(image, { classes: mixed });
  equal(branchNetwork(image).targets, undefined);
  deepEqual(classes.targets!(["image"], 7), { image: { emotion: float32(7) } });
  deepEqual(Object.keys(classes.inputs(["image"], 7)), ["image"]);
});

Deno.test("what differs in its graph has another name", () => {
  const image = toyBranch("image");
  const { graph } = branchNetwork(image);
  equal(branchNetwork(image).graph, graph);
  notEqual(branchNetwork(image, { classes: mixed }).graph, graph);
  notEqual(branchNetwork(image, { dropout: 0 }).graph, graph);
  notEqual(branchNetwork(image, { smoothing: 0.1 }).graph, graph);
  notEqual(branchNetwork(toyBranch("image", { width: 5 })).graph, graph);
});

Deno.test("a branch changes its own inputs in training", () => {
  const halved = toyBranch("image", {
    augment: ({ states, ...rest }) => ({ ...rest, states: states!.map((x) => x / 2) }),
  });
  const inputs = {
    image: { states: Float32Array.of(2, 4), mask: Float32Array.of(1) },
    text: { states: Float32Array.of(8) },
  };
  const changed = branchNetwork(halved).augment!(inputs, key(1));
  deepEqual([...changed.image!.states!], [1, 2]);
  equal(changed.image!.mask, inputs.image.mask);
  equal(changed.text, inputs.text);
  equal(branchNetwork(toyBranch("image")).augment, undefined);
});

Deno.test("with a target of other classes the loss and the verdict are of these, whatever the emotions", () => {
  const target = { kind: "classes", classes: ["dull", "so-so", "fun"] } as const;
  const network = branchNetwork(toyBranch("image"), { target });
  equal(network.target, target);
  equal(network.targets, undefined);
  // p = 1/6, 2/6, 3/6.
  const params = says([0, Math.log(2), Math.log(3)]);
  near(network.loss(params, group([2, 1])), (Math.log(2) + Math.log(3)) / 2);
  const { inputs } = group([2, 1]);
  near(tf.softmax(network.logits(params, inputs).image!), [[1 / 6, 2 / 6, 3 / 6], [
    1 / 6,
    2 / 6,
    3 / 6,
  ]]);
  near(network.inspect!(params, inputs).classes!, [[1 / 6, 2 / 6, 3 / 6], [1 / 6, 2 / 6, 3 / 6]]);
});

Deno.test("with a score the loss is the absolute error in halves of the range, and no class is shown", () => {
  const network = branchNetwork(toyBranch("image"), { target: { kind: "score", low: 1, high: 5 } });
  // An output of 0.5 is 3 + 0.5 · 2 = 4: the errors are 1 and 2, halves of the range 0.5 and 1.
  const params = says([0.5]);
  const { inputs, unified: { weights }, ...rest } = group([0, 0]);
  const labels = tf.tensor1d([5, 2]);
  const scored = { ...rest, inputs, labels: { image: labels }, unified: { labels, weights } };
  near(network.loss(params, scored as unknown as Group), 0.75);
  near(network.logits(params, inputs).image!, [[0.5], [0.5]]);
  deepEqual(Object.keys(network.inspect!(params, inputs)), ["states", "mask"]);
});

Deno.test("dropout masks are the branch's own, and one of the pooled state", () => {
  const { masks } = branchNetwork(toyBranch("image"), { dropout: 0.5 });
  deepEqual(masks({ present: ["image"], batch: 6, views: 1 }), {
    branch: { states: { shape: [6, 3, 4], rate: 0.25 } },
    output: { pooled: { shape: [6, 4], rate: 0.5 } },
  });
});

Deno.test("several views are refused", () => {
  const views = { ...group([0, 1]), presence: tf.ones([4, 3]) } as unknown as Group;
  const { loss } = branchNetwork(toyBranch("image"));
  throws(() => loss(says([0, 0]), views), /^RangeError: .*expected protocol single/);
  ok(loss(says([0, 0]), group([0, 1])));
});

Deno.test("neutral is one more class in its alphabetical place, without a polarity", () => {
  const known: Classes = { names: ["anger", "sadness"], polarities: [0, 1] };
  deepEqual(withNeutral(known, ["neutral", "neutral"]), {
    names: ["anger", "neutral", "sadness"],
    polarities: [0, undefined, 1],
  });
  deepEqual(withNeutral(known, []), known);
});

Deno.test("classes are the emotions of some rows, each of the polarity that most of them have", () => {
  const emotions = ["joy", "fear", "joy", "calm", "fear", "joy", "awe"];
  const labels = [1, 0, 1, 0, 0, 0, 1] as const;
  // Without rows 3 and 6 there is neither calm nor awe; of three joys two are positive.
  const classes = learntClasses({ emotions, labels }, [0, 1, 2, 4, 5]);
  deepEqual(classes, { names: ["fear", "joy"], polarities: [0, 1] });
  const { emotion } = withClassTable({ tables: {}, labels, emotions }, classes).tables;
  deepEqual([...emotion!.data], [1, 0, 1, -1, 0, 1, -1]);
  equal(learntClasses({ labels }, [0, 1]), polarityClasses);
  // Of one polarity only, there is nothing to tell apart.
  equal(learntClasses({ emotions, labels }, [1, 3]), polarityClasses);
});
