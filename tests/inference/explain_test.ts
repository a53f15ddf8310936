import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import {
  explain,
  type ExportedModel,
  exportOnnx,
  loadExportedModel,
} from "../../lib/inference/mod.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import { sampleFeatures, subsets, tinyModel } from "./tiny_model.ts";

/** A model whose positive logit is what `worth` says of the modalities shown. */
function scripted(
  worth: (shown: readonly Modality[]) => number,
  gate = new Float32Array(8),
): Pick<ExportedModel, "run"> {
  return {
    run: (_, { shown }) => {
      const z = worth(shown), p = Float32Array.of(1 / (1 + Math.exp(-z)));
      return Promise.resolve({
        "logits/unified": Float32Array.of(0, z),
        "probability/unified": p,
        "probability/text": Float32Array.of(0.1),
        "probability/image": Float32Array.of(0.2),
        "probability/audio": Float32Array.of(0.3),
        gate,
      });
    },
  };
}

const sample = sampleFeatures({ text: 0, image: 0, audio: 2 });

Deno.test("explain() tells the verdict, the heads and the shares of an additive model", async () => {
  const worths = { text: 2, image: -0.5, audio: -3 };
  const model = scripted((shown) => shown.reduce((sum, m) => sum + worths[m], 0.25));
  const { probability, contributions, ...told } = await explain(model, sample);
  ok(Math.abs(probability! - 1 / (1 + Math.exp(1.25))) < 1e-6);
  for (const m of modalities) ok(Math.abs(contributions[m]! - worths[m]) < 1e-12);
  deepEqual({ ...told, heads: Object.keys(told.heads) }, {
    label: "negative",
    heads: ["text", "image", "audio"],
    logOdds: -1.25,
    baseline: 0.25,
    gate: 0,
  });
});

Deno.test("modalities that do the same for the verdict have equal shares", async () => {
  const model = scripted((shown) => shown.includes("text") && shown.includes("audio") ? 3 : 0);
  const { contributions } = await explain(model, sample);
  deepEqual(contributions, { text: 1.5, image: 0, audio: 1.5 });
});

Deno.test("the gate's mean leaves padding out, and is null without audio", async () => {
  // Clip 2 has one segment of two; a gate of width 4 for each.
  deepEqual([...sample.audio!.mask!], [1, 0]);
  const gate = Float32Array.of(0.25, 0.5, 0.75, 0.5, 9, 9, 9, 9);
  equal((await explain(scripted(() => 0, gate), sample)).gate, 0.5);
  equal((await explain(scripted(() => 0, gate), { text: sample.text! })).gate, null);
});

Deno.test("a log-odds of 0 is positive, as in the scores", async () => {
  equal((await explain(scripted(() => 0), sample)).label, "positive");
});

Deno.test("contributions of the trained model add up, for every subset that is there", async () => {
  const { trained } = await tinyModel();
  const model = await loadExportedModel(exportOnnx(trained));
  const baselines = new Set<number>();
  for (const present of subsets) {
    const rows = Object.fromEntries(present.map((m) => [m, 23]));
    const told = await explain(model, sampleFeatures(rows));
    deepEqual(Object.keys(told.contributions), present);
    deepEqual(Object.keys(told.heads), present);
    const sum = Object.values(told.contributions).reduce((a, b) => a + b, 0);
    ok(Math.abs(sum - (told.logOdds - told.baseline)) < 1e-9);
    ok(Math.abs(told.probability! - 1 / (1 + Math.exp(-told.logOdds))) < 1e-6);
    baselines.add(told.baseline);
  }
  // What the model says of nothing does not depend on what is not shown.
  equal(baselines.size, 1);
  await model.dispose();
});

Deno.test("explain() refuses a sample of nothing, and odds that are no number", async () => {
  await rejects(
    explain(scripted(() => 0), {}),
    /^RangeError: Cannot judge a sample: expected text, image or audio, got none/,
  );
  await rejects(explain(scripted(() => NaN), sample), /^Error: Cannot divide/);
});
