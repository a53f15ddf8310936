import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import {
  initMsfnet,
  msfnet,
  type MsfnetConfig,
  msfnetDefaults,
  msfnetForward,
  msfnetNetwork,
  type MsfnetParams,
} from "../../lib/baselines/msfnet.ts";
import { isParameter, layoutOf, type Parameter, tensors } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import { mapTree, type Tree } from "../../lib/tensor/tree.ts";
import { inputSizes } from "../../lib/systems/features.ts";
import torch from "../fixtures/msfnet.json" with { type: "json" };
import { range, tinyTraining } from "../systems/tiny_corpus.ts";
import { differ, near, same } from "../tensor_values.ts";
import {
  compiledAgrees,
  features,
  firstBatch,
  lossAndGradients,
  memorised,
  unmoved,
  verdict,
  withInputs,
} from "./network_checks.ts";

tf.setBackend("cpu");

const settings = { width: 8, heads: 2, channels: 2, dropout: 0.25 };
const config: MsfnetConfig = { ...settings, inputs: inputSizes(features) };
const network = msfnetNetwork(config);
const initial = network.init(key(3));
const tree = initial as Tree<Parameter>;
const params = tensors(initial) as MsfnetParams;

/** The fixture's two samples in two views, as the network takes them. */
function fixture() {
  const shape = (m: "text" | "image" | "audio", name: string) => {
    const { segments, width } = config.inputs[m];
    const last = { states: [width], mask: [], prosody: [2] }[name]!;
    return [2, segments, ...last];
  };
  const inputs = Object.fromEntries(
    (["text", "image", "audio"] as const).map((m) => [
      m,
      Object.fromEntries(
        Object.entries(torch.inputs[m]).map(([name, x]) => [name, tf.tensor(x, shape(m, name))]),
      ),
    ]),
  );
  const group = {
    inputs,
    presence: tf.tensor2d(torch.presence),
    labels: { text: tf.tensor1d([0, 0], "int32") },
    unified: { labels: tf.tensor1d(torch.labels, "int32"), weights: tf.ones([4]) },
    keep: { classifier: { "0": tf.tensor2d(torch.keep) } },
  };
  const given = torch.parameters as Record<string, number[]>;
  const parameters = mapTree<Parameter, Parameter, Tree<Parameter>>(
    initMsfnet(key(1), { ...config, ...torch.config }) as Tree<Parameter>,
    isParameter,
    ({ shape }, path) => {
      const values = Float32Array.from(given[path]!);
      equal(values.length, shape.reduce((a, b) => a * b, 1), path);
      return { shape, values };
    },
  );
  return { group, parameters };
}

Deno.test("msfnet(), its loss and every gradient agree with PyTorch", () => {
  const { group, parameters } = fixture();
  const { logits, gates } = msfnetForward(
    tensors(parameters) as unknown as MsfnetParams,
    { ...group, views: 2 },
    torch.config,
  );
  near(logits, torch.logits, 1e-5, "logits");
  near(gates, torch.gates, 1e-5, "gates");

  const own = msfnetNetwork({ ...config, ...torch.config });
  const { loss, gradients } = lossAndGradients(own, parameters, {
    rows: { ...group, targets: {}, weights: {} },
  });
  ok(Math.abs(loss - torch.loss) < 1e-6, `${loss}, not ${torch.loss}`);
  const wanted = torch.gradients as Record<string, number[]>;
  deepEqual(Object.keys(gradients).sort(), Object.keys(wanted).sort());
  for (const [path, gradient] of Object.entries(gradients)) {
    near(gradient, tf.tensor(wanted[path]!, gradient.shape), 2e-6, `gradient by ${path}`);
  }
});

Deno.test("what is absent changes nothing, and what is there does", () => {
  const group = firstBatch(network, features, "label").batch.triples!;
  const junk = (x: tf.Tensor): tf.Tensor =>
    tf.mul(x, x.rank === 2 ? 1 : tf.range(1, 1 + x.shape[2]!));
  for (const [column, m] of (["text", "image", "audio"] as const).entries()) {
    const presence: tf.Tensor = tf.tensor2d(
      Array(8).fill([0, 1, 2].map((i) => i === column ? 0 : 1)),
    );
    const logits = (inputs: typeof group.inputs, shown = presence) =>
      msfnetForward(params, { ...group, inputs, presence: shown, views: 2 }, config).logits;
    same(logits(withInputs(group.inputs, junk, [m])), logits(group.inputs), m);
    const all = tf.ones([8, 3]);
    ok(differ(logits(withInputs(group.inputs, junk, [m]), all), logits(group.inputs, all)), m);
  }
});

Deno.test("a modality that every view masks might as well be left out", () => {
  const { inputs: { audio, ...two } } = firstBatch(network, features, "label").batch.triples!;
  const presence = tf.tensor2d(Array(4).fill([1, 1, 0]));
  const seen = { presence, views: 1, keep: {} };
  const masked = msfnetForward(params, { ...seen, inputs: { ...two, audio: audio! } }, config);
  near(masked.logits, msfnetForward(params, { ...seen, inputs: two }, config).logits);
});

Deno.test("padding changes nothing", () => {
  const { inputs } = firstBatch(network, features, "label").batch.triples!;
  const { states, mask } = inputs.image!;
  const padded = tf.add(states!, tf.mul(tf.expandDims(tf.sub(1, mask!), 2), 100));
  ok(differ(padded, states!));
  same(
    verdict(network, params, { ...inputs, image: { states: padded, mask: mask! } }),
    verdict(network, params, inputs),
  );
});

Deno.test("reordering the samples reorders the verdicts", () => {
  const { inputs } = firstBatch(network, features, "label").batch.triples!;
  const back = verdict(network, params, withInputs(inputs, (x) => tf.reverse(x, 0)));
  near(back, tf.reverse(verdict(network, params, inputs), 0), 1e-5);
});

Deno.test("every parameter learns from triples; alone, a modality has nobody to mix with", () => {
  deepEqual(unmoved(network, tree, firstBatch(network, features, "label").batch), []);
  deepEqual(
    unmoved(network, tree, firstBatch(network, features, "single").batch),
    ["text", "image", "audio"].map((m) => `smoothing/${m}/mixing`),
  );
  const text = unmoved(network, tree, firstBatch(network, features, "single", ["text"]).batch);
  const others = layoutOf(tree).entries.map(({ path }) => path)
    .filter((path) => /\/(image|audio)\//.test(path));
  deepEqual(text.sort(), [...others, "smoothing/text/mixing"].sort());
});

Deno.test("it is compiled to what it is eagerly", () => compiledAgrees(network, features));

Deno.test("it can learn sixteen samples by heart", async () => {
  const training = { ...tinyTraining, epochs: 40, patience: 40, learningRate: 0.02, averaging: 0 };
  const system = msfnet({ ...settings, dropout: 0 }, { ...training, modalityDropout: 0 });
  for (const protocol of ["label", "single"] as const) {
    const loss = await memorised(system, features, protocol);
    ok(loss < 0.1, `${protocol}: ${loss}`);
  }
});

Deno.test("two fits with one key are equal to the bit", async () => {
  const fit = async () => {
    const fitted = await msfnet(settings, tinyTraining).fit({
      features,
      train: range(0, 8),
      validation: range(8, 12),
      protocol: "label",
      present: ["text", "image", "audio"],
      key: key(5),
    });
    const scores = await fitted.predict(range(12, 16));
    await fitted.dispose();
    return { record: fitted.record, scores };
  };
  deepEqual(await fit(), await fit());
});

Deno.test("networks that differ have different names, and the same key the same numbers", () => {
  equal(msfnetNetwork({ ...config }).graph, network.graph);
  for (const other of [{ width: 4 }, { heads: 1 }, { channels: 3 }, { dropout: 0 }]) {
    notEqual(msfnetNetwork({ ...config, ...other }).graph, network.graph);
  }
  deepEqual(initMsfnet(key(3), config), initial);
  deepEqual(Object.keys(initMsfnet(key(3), { ...config, ...msfnetDefaults }).fusion.channels), [
    "0",
    "1",
    "2",
    "3",
  ]);
});
