import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import { exportOnnx, loadExportedModel } from "../../lib/inference/mod.ts";
import { modalities } from "../../lib/modality.ts";
import { initModel } from "../../lib/model/mod.ts";
import { isParameter, type Parameter, unflatten } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import { leaves, type Tree } from "../../lib/tensor/tree.ts";
import { type CorpusFeatures, standardiseFeatures } from "../../lib/systems/features.ts";
import { proposed } from "../../lib/systems/proposed.ts";
import { inputSpecs } from "../../lib/systems/proposed_network.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { uniform } from "../tensor_values.ts";
import { range, tinyConfig, tinyFeatures, tinySettings, tinyTraining } from "./tiny_corpus.ts";

const rows = 32;
const layers = 3;

/** The tiny corpus with clips of three layers, of which the middle one tells the label and the others nothing. */
function layered(): CorpusFeatures {
  const features = tinyFeatures({ text: rows, image: rows, audio: rows });
  const { audio } = features;
  const { values } = uniform("layers", rows, 2, layers, 4);
  const data = values.map((x, i) => {
    const [row, layer] = [Math.floor(i / (2 * layers * 4)), Math.floor(i / 4) % layers];
    return layer === 1 ? x + (row % 2 ? 2 : -2) : x;
  });
  const tables = { ...audio.tables, states: { shape: [rows, 2, layers, 4], data } };
  return { ...features, audio: { ...audio, tables } };
}

const features = layered();
const config = tinyConfig(features);
const problem: Problem = {
  features,
  train: range(0, 20),
  validation: range(20, 26),
  protocol: "single",
  present: ["audio"],
  key: key(1),
};

Deno.test("a table of layers makes the model mix them, and no other model has a mix", () => {
  equal(config.inputs.audio.layers, layers);
  equal(config.inputs.audio.width, 4);
  deepEqual(inputSpecs(config, ["audio"], 5).audio!.states!.shape, [5, 2, 3, 4]);
  const paths = (of: typeof config) =>
    leaves<Parameter>(initModel(key(1), of) as Tree<Parameter>, isParameter).map(({ path }) =>
      path
    );
  const plain = tinyConfig(tinyFeatures({ text: 4, image: 4, audio: 4 }));
  ok(!("layers" in plain.inputs.audio));
  const more = paths(config).filter((path) => !paths(plain).includes(path));
  deepEqual(more.map((path) => path.split("/").slice(-2)), [["mix", "scores"], ["mix", "scale"]]);
});

Deno.test("training finds the layer that tells the label, and the exported model judges as it did", async () => {
  let best = new Float32Array();
  const system = proposed(tinySettings, {
    ...tinyTraining,
    epochs: 12,
    patience: 12,
    learningRate: 0.05,
    weightDecay: 0,
  }, {
    checkpoints: {
      load: () => Promise.resolve(undefined),
      save: ({ best: { parameters } }) => {
        best = parameters.slice();
        return Promise.resolve();
      },
    },
  });
  const fitted = await system.fit(problem);
  const like = initModel(key(0), config);
  const parameters = unflatten(like as Tree<Parameter>, best) as unknown as typeof like;
  const [first, second, third] = parameters.mix!.scores.values as unknown as [
    number,
    number,
    number,
  ];
  ok(second > first + 0.1 && second > third + 0.1, `${[first, second, third]}`);
  notDeepEqual([...parameters.mix!.scale.values], [1]);

  const test = Array.from({ length: 6 }, (_, i) => 26 + i);
  const { audio: scores } = await fitted.predict({ audio: test });
  await fitted.dispose();
  const { standardisation } = standardiseFeatures(features, problem.train, problem);
  equal(standardisation.audio!.states!.mean.length, layers * 4);
  // The export has statistics of every modality, though only clips are shown.
  const all = {
    ...standardiseFeatures(features, problem.train).standardisation,
    ...standardisation,
  };
  const exported = await loadExportedModel(
    exportOnnx({ parameters, standardisation: all, config }),
  );
  for (const [i, row] of test.entries()) {
    const sample = Object.fromEntries(
      Object.entries(features.audio.tables).map(([name, { shape, data }]) => {
        const size = shape.slice(1).reduce((a, b) => a * b, 1);
        return [name, data.subarray(row * size, (row + 1) * size)];
      }),
    );
    const { "probability/audio": found } = await exported.run({ audio: sample }, {
      shown: modalities.filter((m) => m === "audio"),
    });
    ok(Math.abs(found![0]! - scores![i]!) < 1e-5, `row ${row}: ${found![0]}, not ${scores![i]}`);
  }
  await exported.dispose();
});
