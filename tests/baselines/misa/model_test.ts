import { deepEqual, notDeepEqual, ok, throws } from "node:assert/strict";
import { initMisa, misaForward, type MisaParams } from "../../../lib/baselines/misa/model.ts";
import { misaLosses, misaNetwork } from "../../../lib/baselines/misa/network.ts";
import type { Seen } from "../../../lib/baselines/single_classifier.ts";
import * as tf from "../../../lib/deps/tf.ts";
import { modalities } from "../../../lib/modality.ts";
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
import { float32 } from "../../../lib/compile/mod.ts";
import type { Group, NamedTensors } from "../../../lib/systems/network.ts";
import { differ, near, same, uniformTensor } from "../../tensor_values.ts";
import { bothWays } from "./both_ways.ts";
import { agree, reference, referenceGroup, referenceParameters } from "./reference.ts";

tf.setBackend("cpu");

const { config, inputSizes, views } = reference;
const network = misaNetwork(config, inputSizes);

Deno.test("the whole of MISA, its losses and every gradient agree with PyTorch, eagerly and compiled", async () => {
  const tree = referenceParameters() as Tree<Parameter>;
  const layout = layoutOf(tree);
  const { specs, values } = referenceGroup();
  const results = await bothWays(
    ({ parameters, group }: { parameters: tf.Tensor; group: Group }) => {
      const parts = split(layout, parameters);
      const own = asTree(tree, parts) as MisaParams;
      const { logits, tokens } = misaForward(own, { ...group, views }, config);
      const { value, grads } = tf.valueAndGrads((...parts: tf.Tensor[]) =>
        network.loss(asTree(tree, parts) as MisaParams, group) as tf.Scalar
      )(parts);
      const gradients = layout.entries.map(({ path }, i) => [path, grads[i]!]);
      return {
        logits,
        tokens,
        ...misaLosses(own, group, config),
        loss: value,
        ...Object.fromEntries(gradients),
      };
    },
    {
      specs: { parameters: float32(layout.size), group: specs },
      values: { parameters: flatten(tree), group: values },
    },
  );
  deepEqual(
    layout.entries.map(({ path }) => path).toSorted(),
    Object.keys(reference.parameters).toSorted(),
  );
  for (const [way, got] of Object.entries(results)) {
    const { logits, tokens, losses, loss } = reference.outputs;
    agree(got.logits!, logits, `${way} logits`);
    agree(got.tokens!, tokens, `${way} tokens`);
    agree(got.loss!, [loss], `${way} loss`);
    for (const [name, value] of Object.entries(losses)) {
      agree(got[name]!, [value], `${way} ${name}`);
    }
    for (const [path, { gradient }] of Object.entries(reference.parameters)) {
      agree(got[path]!, gradient, `${way} gradient by ${path}`);
    }
  }
});

const params = tensors(initMisa(key(1), config, inputSizes));

/** Four samples, of which the third lacks segments. */
function samples(): NamedTensors {
  const { text, image, audio } = inputSizes;
  const mask = (segments: number) =>
    tf.tensor2d(
      [0, 1, 2, 3].map((row) =>
        Array.from({ length: segments }, (_, i) => row === 2 && i > 0 ? 0 : 1)
      ),
    );
  const states = (m: string, { segments, width }: { segments: number; width: number }) => ({
    states: uniformTensor(m, 4, segments, width),
    mask: mask(segments),
  });
  return {
    text: states("text", text),
    image: states("image", image),
    audio: {
      ...states("audio", audio),
      prosody: uniformTensor("prosody", 4, audio.segments, audio.prosody!),
    },
  };
}

function seen(inputs: NamedTensors, shown: number[][], rest: Partial<Seen> = {}): Seen {
  return { inputs, presence: tf.tensor2d(shown), views: shown.length / 4, keep: {}, ...rest };
}

const all = Array<number[]>(4).fill([1, 1, 1]);

Deno.test("what an absent modality holds changes nothing; what a present one holds does", () => {
  const inputs = samples();
  const of = (inputs: NamedTensors, shown: number[]) =>
    misaForward(params, seen(inputs, Array<number[]>(4).fill(shown)), config);
  modalities.forEach((m, i) => {
    const changed = { ...inputs, [m]: { ...inputs[m]!, states: tf.mul(inputs[m]!.states!, -3) } };
    const without = modalities.map((_, j) => i === j ? 0 : 1);
    const there = of(inputs, without), again = of(changed, without);
    same(again.logits, there.logits, m);
    same(again.tokens, there.tokens, m);
    ok(differ(of(changed, [1, 1, 1]).logits, of(inputs, [1, 1, 1]).logits), m);
  });
});

Deno.test("a modality that the whole batch lacks may be left out", () => {
  const inputs = samples();
  for (const m of modalities) {
    const alone = modalities.map((other) => other === m ? 1 : 0);
    const masked = misaForward(params, seen(inputs, Array<number[]>(4).fill(alone)), config);
    const left = misaForward(
      params,
      seen({ [m]: inputs[m]! }, Array<number[]>(4).fill(alone)),
      config,
    );
    near(left.tokens, masked.tokens, 1e-6, m);
    near(left.logits, masked.logits, 1e-6, m);
    deepEqual(Object.keys(left.shared), [m]);
  }
});

Deno.test("reordering the samples reorders the logits", () => {
  const inputs = samples();
  const reversed = Object.fromEntries(
    Object.entries(inputs).map(([m, tables]) => [
      m,
      Object.fromEntries(Object.entries(tables).map(([n, x]) => [n, tf.reverse(x, 0)])),
    ]),
  );
  const { logits } = misaForward(params, seen(inputs, all), config);
  near(misaForward(params, seen(reversed, all), config).logits, tf.reverse(logits, 0));
});

Deno.test("views of one sample are the sample shown in each way", () => {
  const inputs = samples();
  const partial = [[1, 0, 0], [0, 1, 1], [0, 0, 1], [1, 1, 0]];
  const both = misaForward(params, seen(inputs, [...all, ...partial]), config);
  const first = misaForward(params, seen(inputs, all), config);
  const second = misaForward(params, seen(inputs, partial), config);
  near(both.logits, tf.concat([first.logits, second.logits], 0));
  deepEqual(both.shared.text!.shape, [4, config.width]);
});

Deno.test("the parts are where their equations put them", () => {
  const inputs = samples();
  const { projected, private: own, shared, reconstructed, tokens } = misaForward(
    params,
    seen(inputs, all),
    config,
  );
  for (const m of modalities) {
    // A shared part by hand: σ(u S + r).
    const { weight, bias } = params.shared;
    near(shared[m]!, tf.sigmoid(tf.add(tf.matMul(projected[m]!, weight), bias)), 1e-6, m);
    const { weight: decode, bias: offset } = params.decoder[m];
    const sum = tf.add(own[m]!, shared[m]!);
    near(reconstructed[m]!, tf.add(tf.matMul(sum, decode), offset), 1e-6, m);
  }
  deepEqual(tokens.shape, [4, 6, config.width]);
});

Deno.test("dropout before the classifier silences it", () => {
  const keep = { fusion: { joint: tf.zeros([4, 3 * config.width]) } };
  const { logits } = misaForward(params, seen(samples(), all, { keep }), config);
  near(logits, tf.tile(tf.expandDims(params.classifier.bias, 0), [4, 1]));
});

Deno.test("one key gives one set of parameters, and another key another", () => {
  const of = (seed: number) => flatten(initMisa(key(seed), config, inputSizes) as Tree<Parameter>);
  deepEqual(of(1), of(1));
  notDeepEqual(of(2), of(1));
});

Deno.test("a batch of nothing is refused", () => {
  throws(
    () => misaForward(params, seen({}, all), config),
    /^RangeError: Cannot apply MISA: expected inputs of a modality, got none$/,
  );
});
