import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { onnxruntime } from "../../lib/deps/onnxruntime.ts";
import * as tf from "../../lib/deps/tf.ts";
import {
  checkValues,
  exportOnnx,
  loadExportedModel,
  modelFromSafetensors,
  modelToSafetensors,
  type ModelVerdict,
} from "../../lib/inference/mod.ts";
import type { TrainedModel } from "../../lib/systems/system.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { model, type ModelInputs, type ModelParams } from "../../lib/model/mod.ts";
import { type Parameter, tensors } from "../../lib/tensor/parameter.ts";
import type { Tree } from "../../lib/tensor/tree.ts";
import { standardiseFeatures } from "../../lib/systems/features.ts";
import { range } from "../systems/tiny_corpus.ts";
import { features, sampleFeatures, sampleOf, subsets, tinyModel } from "./tiny_model.ts";

const close = (got: ArrayLike<number>, wanted: ArrayLike<number>, what: string) => {
  equal(got.length, wanted.length, what);
  for (let i = 0; i < wanted.length; i++) {
    ok(Math.abs(got[i]! - wanted[i]!) <= 1e-5, `${what}, number ${i}: ${got[i]}, not ${wanted[i]}`);
  }
};

const rowsOf = (shown: readonly Modality[], row: number) =>
  Object.fromEntries(shown.map((m) => [m, row]));

/** The eager model on one standardised sample, without the modalities that are not shown. */
function eager(trained: TrainedModel, shown: readonly Modality[], row: number) {
  const { features: scaled } = standardiseFeatures(features, range(0, 16));
  const inputs = Object.fromEntries(shown.map((m) => {
    const { tables } = scaled[m];
    const values = Object.entries(sampleOf(scaled, m, row)).map(([name, data]) => [
      name,
      tf.tensor(data, [1, ...tables[name]!.shape.slice(1)]),
    ]);
    return [m, Object.fromEntries(values)];
  }));
  const params = tensors(trained.parameters as Tree<Parameter>) as unknown as ModelParams;
  return model(params, { inputs: inputs as ModelInputs }, trained.config);
}

async function run(
  trained: TrainedModel,
  shown: readonly Modality[],
  row: number,
): Promise<ModelVerdict> {
  const exported = await loadExportedModel(exportOnnx(trained));
  const verdict = await exported.run(sampleFeatures(rowsOf(shown, row)), { shown });
  await exported.dispose();
  return verdict;
}

Deno.test("for all seven subsets, the ONNX file on raw features equals the eager model on standardised ones", async () => {
  const { trained } = await tinyModel();
  const exported = await loadExportedModel(exportOnnx(trained));
  // Row 23 lacks an image segment and half of its clip.
  for (const row of [20, 23]) {
    for (const shown of subsets) {
      const wanted = eager(trained, shown, row);
      // Whether the others are given and masked, or not given, is all one.
      for (const given of [shown, modalities]) {
        const got = await exported.run(sampleFeatures(rowsOf(given, row)), { shown });
        for (const head of [...modalities, "unified"] as const) {
          close(got[`logits/${head}`]!, wanted.logits[head].dataSync(), `${shown} ${head}`);
          const probability = tf.softmax(wanted.logits[head]).dataSync()[1]!;
          close(got[`probability/${head}`]!, [probability], `${shown} ${head}`);
        }
        if (wanted.gate) close(got.gate!, wanted.gate.dataSync(), "gate");
        if (shown.length < 3) continue;
        const { within, across, summaries } = wanted.weights;
        for (const m of modalities) {
          close(got[`attention/within/${m}`]!, within[m]!.dataSync(), `within ${m}`);
        }
        close(got["attention/across"]!, across.attention!.dataSync(), "across");
        close(got["attention/summaries"]!, summaries.attention!.dataSync(), "summaries");
      }
    }
  }
  await exported.dispose();
});

for (const batch of [1, 2, 7]) {
  Deno.test(`each row of a batch of ${batch} gets the outputs that it gets alone`, async () => {
    const { trained } = await tinyModel();
    const onnx = exportOnnx(trained);
    const { InferenceSession, Tensor } = await onnxruntime();
    const session = await InferenceSession.create(onnx, { logSeverityLevel: 3 });
    const exported = await loadExportedModel(onnx);
    const presence = Array.from({ length: batch }, (_, i) => subsets[i % 7]!);
    const samples = presence.map((_, i) => sampleFeatures(rowsOf(modalities, 23 - i)));
    const feeds = Object.entries(exported.inputs).map(([path, [, ...shape]]) => {
      const [m, name] = path.split("/") as [Modality, string?];
      const rows = samples.map((sample, i) =>
        name ? sample[m]![name]! : modalities.map((m) => presence[i]!.includes(m) ? 1 : 0)
      );
      const data = Float32Array.from(rows.flatMap((row) => [...row]));
      return [`in/${path}`, new Tensor("float32", data, [batch, ...shape])];
    });
    const together = await session.run(Object.fromEntries(feeds));
    for (let i = 0; i < batch; i++) {
      const alone = await exported.run(samples[i]!, { shown: presence[i]! });
      for (const [name, wanted] of Object.entries(alone)) {
        const { data, dims } = together[`out/${name}`]!;
        equal(dims[0], batch, name);
        const row = (data as Float32Array).subarray(i * wanted.length, (i + 1) * wanted.length);
        const worst = Math.max(...wanted.map((value, j) => Math.abs(value - row[j]!)));
        ok(worst <= 1e-6, `${name}, row ${i}: ${worst}`);
      }
    }
    await exported.dispose();
    await session.release();
  });
}

Deno.test("what fit() keeps gives the very verdicts of its test", async () => {
  const { trained, outcome: { verdicts, record } } = await tinyModel();
  ok(record.bestEpoch as number < 8);
  const [{ head, rows, scores }] = verdicts as [typeof verdicts[number]];
  equal(head, "unified");
  const exported = await loadExportedModel(exportOnnx(trained));
  for (let i = 0; i < scores.length; i++) {
    const sample = sampleFeatures(byModality((m) => rows[m]![i]!));
    const verdict = await exported.run(sample, { shown: modalities });
    close(verdict["probability/unified"]!, [scores[i]!], `triple ${i}`);
  }
  await exported.dispose();
});

Deno.test("a model that comes back from safetensors is the same model, to the bit", async () => {
  const { trained } = await tinyModel();
  const bytes = modelToSafetensors(trained);
  const back = modelFromSafetensors(bytes, { path: "m", config: trained.config });
  deepEqual(modelToSafetensors(back), bytes);
  deepEqual(back.standardisation, trained.standardisation);
  deepEqual(await run(back, modalities, 21), await run(trained, modalities, 21));
  deepEqual(exportOnnx(trained), exportOnnx(trained));
});

Deno.test("a model without levels or gate parameters is written, read and exported too", async () => {
  const { trained } = await tinyModel();
  const { parameters, config } = trained;
  const bare: TrainedModel = {
    ...trained,
    parameters: {
      ...parameters,
      gate: {},
      hierarchy: { within: {}, across: {}, summaries: {} },
    } as TrainedModel["parameters"],
    config: {
      ...config,
      gate: "sum",
      levels: { within: false, across: false, summaries: false },
    },
  };
  const path = { path: "m", config: bare.config };
  const back = modelFromSafetensors(modelToSafetensors(bare), path);
  const verdict = await run(back, modalities, 22);
  ok(Object.keys(verdict).every((name) => !name.startsWith("attention/")));
  close(
    verdict["logits/unified"]!,
    eager(bare, modalities, 22).logits.unified.dataSync(),
    "logits",
  );
  deepEqual([...new Set(verdict.gate)], [0.5]);
});

Deno.test("a model that is shown nothing, or features of the wrong size, says so or stays finite", async () => {
  const { trained } = await tinyModel();
  const exported = await loadExportedModel(exportOnnx(trained));
  const sample = sampleFeatures({ text: 20 });
  const nothing = await exported.run(sample, { shown: [] });
  ok(nothing["logits/unified"]!.every(Number.isFinite));
  deepEqual(nothing, await exported.run({}, { shown: [] }));
  await rejects(
    exported.run(sample, { shown: ["image"] }),
    /^RangeError: Cannot run: expected features of image, which is shown, got none/,
  );
  await rejects(
    exported.run({ text: { ...sample.text, mask: new Float32Array(3) } }, { shown: ["text"] }),
    /^RangeError: Cannot run: expected 2 numbers \[1,2\] for "text\/mask", got 3/,
  );
  await exported.dispose();
});

Deno.test("check values have eight cases, and their numbers are the model's", async () => {
  const { trained } = await tinyModel();
  const exported = await loadExportedModel(exportOnnx(trained));
  const { inputs, cases } = await checkValues(exported, trained);
  deepEqual(cases.map(({ presence }) => presence.join("")).sort(), [
    ...["000", "001", "010", "011", "100", "101", "110", "111"],
  ]);
  const given = byModality((m) =>
    Object.fromEntries(
      Object.entries(inputs).filter(([name]) => name.startsWith(`in/${m}/`))
        .map(([name, { data }]) => [name.split("/")[2]!, Float32Array.from(data)]),
    )
  );
  const { presence, outputs } = cases[0]!;
  deepEqual(presence, [1, 1, 1]);
  const verdict = await exported.run(given, { shown: modalities });
  deepEqual(Object.keys(outputs).sort(), Object.keys(verdict).map((name) => `out/${name}`).sort());
  for (const [name, values] of Object.entries(verdict)) {
    close(values, outputs[`out/${name}`]!, name);
  }
  await exported.dispose();
});
