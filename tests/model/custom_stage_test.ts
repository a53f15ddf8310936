import { deepEqual, equal, notDeepEqual, ok, rejects, throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { exportOnnx, loadExportedModel } from "../../lib/inference/mod.ts";
import { modalities } from "../../lib/modality.ts";
import { describeConfig } from "../../lib/model/config.ts";
import {
  audioGate,
  type CustomAttention,
  type CustomGate,
  hierarchy,
  initModel,
} from "../../lib/model/mod.ts";
import { proposed } from "../../lib/systems/proposed.ts";
import { initLinear, linear, type LinearParams } from "../../lib/tensor/layers.ts";
import { flatten, type Parameter, tensors } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Tree } from "../../lib/tensor/tree.ts";
import { problem, test } from "../baselines/tiny_problem.ts";
import { sampleOf } from "../inference/tiny_model.ts";
import { tinyConfig, tinySettings, tinyTraining } from "../systems/tiny_corpus.ts";

/** One share per segment, from the difference of both paths alone. */
const gate: CustomGate<LinearParams> = {
  name: "difference",
  init: (key, width) => initLinear(key, { in: width, out: 1 }, 0.1),
  apply(params, { spectral, contextual }) {
    const g = tf.sigmoid(linear(params, tf.sub(spectral, contextual))); // [B, n, 1]
    const y = tf.add(tf.mul(g, spectral), tf.mul(tf.sub(1, g), contextual));
    return { y, g: tf.mul(g, tf.onesLike(y)) };
  },
};

/** Every segment gets the mean of those that exist; nothing to learn, no weights to show. */
const averaging: CustomAttention = {
  name: "averaging",
  init: () => ({}),
  apply(_, { x, mask }) {
    const kept = tf.expandDims(mask, 2); // [B, N, 1]
    const mean = tf.div(tf.sum(tf.mul(x, kept), 1, true), tf.maximum(tf.sum(kept, 1, true), 1));
    return { y: tf.add(x, mean) };
  },
};

const settings = { ...tinySettings, gate, levels: { ...tinySettings.levels, across: averaging } };

Deno.test("stages that are brought along are trained and exported like the others", async () => {
  const fitted = await proposed(settings, tinyTraining).fit({ ...problem, protocol: "label" });
  const { model } = fitted;
  const initial = initModel(key(1), { ...tinyConfig(problem.features), ...settings });
  const numbers = (tree: unknown) => Array.from(flatten(tree as Tree<Parameter>));
  equal(numbers(model!.parameters.gate).length, numbers(initial.gate).length);
  notDeepEqual(numbers(model!.parameters.gate), numbers(initial.gate));

  const exported = await loadExportedModel(exportOnnx(model!));
  const rows = Object.fromEntries(modalities.map((m) => [m, test[m]]));
  const { unified } = await fitted.predict(rows);
  for (const [i, row] of test.text.entries()) {
    const sample = Object.fromEntries(
      modalities.map((m) => [m, sampleOf(problem.features, m, row)]),
    );
    const verdict = await exported.run(sample, { shown: modalities });
    ok(Math.abs(verdict["probability/unified"]![0]! - unified![i]!) < 1e-5);
    equal(verdict["attention/across"], undefined);
    ok(verdict["attention/summaries"]);
  }
  await exported.dispose();
  await fitted.dispose();
});

Deno.test("a record tells a stage by its name and the digest of its code", () => {
  const { gate: told, levels } = describeConfig(settings) as unknown as {
    gate: { name: string; code: string };
    levels: Record<string, unknown>;
  };
  equal(told.name, "difference");
  equal(told.code.length, 64);
  const other = {
    ...settings,
    gate: { ...gate, apply: () => gate.apply({} as never, {} as never) },
  };
  notDeepEqual(describeConfig(other).gate, told);
  deepEqual(levels.within, true);
  deepEqual(describeConfig(tinySettings), tinySettings);
});

Deno.test("a stage that gives other shapes, or is only told of, is refused by name", async () => {
  const paths = { spectral: tf.ones([1, 2, 3]), contextual: tf.ones([1, 2, 3]) };
  const flat: CustomGate = { ...gate, apply: () => ({ y: tf.ones([1, 2]), g: tf.ones([1, 2]) }) };
  throws(
    () => audioGate({}, paths, flat),
    /y of the gate: expected shape \[1, 2, 3\], got \[1, 2\]/,
  );
  const told = { name: "difference", code: "…" } as unknown as CustomGate;
  throws(() => audioGate({}, paths, told), /Cannot run the gate "difference": expected \{ name,/);
  const wrong = { ...averaging, apply: () => ({ y: tf.ones([1, 1]) }) };
  const config = { ...tinyConfig(problem.features), levels: { ...settings.levels, across: wrong } };
  const params = tensors(initModel(key(1), config) as unknown as { hierarchy: Tree<Parameter> });
  const inputs = { segments: { text: tf.ones([1, 2, 8]) }, masks: { text: tf.ones([1, 2]) } };
  throws(
    () => hierarchy(params.hierarchy as never, inputs, config),
    /y of the attention: expected shape \[1, 2, 8\], got \[1, 1\]/,
  );
  const bad = { ...settings, gate: { name: "mine", init: gate.init } as unknown as CustomGate };
  await rejects(async () => await proposed(bad).fit(problem), /gate, apply: expected a function/);
});
