import { deepEqual, equal, ok } from "node:assert/strict";
import { openExplainer } from "../../lib/explanation/mod.ts";
import {
  checkValues,
  explain,
  exportOnnx,
  judgedSample,
  loadExportedModel,
} from "../../lib/inference/mod.ts";
import { modalities } from "../../lib/modality.ts";
import { initModel } from "../../lib/model/mod.ts";
import type { TrainedModel } from "../../lib/systems/system.ts";
import type { Target } from "../../lib/target.ts";
import { key } from "../../lib/tensor/random.ts";
import { tinyConfig } from "../systems/tiny_corpus.ts";
import { features, sampleFeatures } from "./tiny_model.ts";

const classes: Target = { kind: "classes", classes: ["anger", "calm", "joy"] };
const score: Target = { kind: "score", low: 0, high: 10 };
const sample = sampleFeatures({ text: 3, image: 4, audio: 5 });

/** A model that has learnt nothing, of this target. */
function untrained(target: Target, inputs = tinyConfig(features).inputs): TrainedModel {
  const config = { ...tinyConfig(features), inputs, target };
  return { parameters: initModel(key(4), config), standardisation: {}, config };
}

Deno.test("a verdict's numbers are a class with its chances, or a score", () => {
  deepEqual(judgedSample([0.2, 0.5, 0.3], classes), {
    label: "calm",
    probability: 0.5,
    probabilities: { anger: 0.2, calm: 0.5, joy: 0.3 },
  });
  const two: Target = { kind: "classes", classes: ["dull", "fun"] };
  deepEqual(judgedSample([0.4], two), { label: "dull", probability: 0.4 });
  deepEqual(judgedSample([7.25], score), { label: "7.25", score: 7.25 });
});

for (const target of [classes, score]) {
  Deno.test(`a model of ${target.kind} is exported, and its verdict divided among modalities`, async () => {
    const trained = untrained(target);
    const model = await loadExportedModel(exportOnnx(trained));
    const { cases } = await checkValues(model, trained);
    equal(cases.length, 8);
    const told = await explain(model, sample, target);
    const sum = modalities.reduce((sum, m) => sum + told.contributions[m]!, 0);
    ok(Math.abs(sum - (told.logOdds - told.baseline)) < 1e-6);
    if (target.kind === "score") {
      // As far as it is within the range, the score is what is divided.
      ok(Math.abs(told.score! - Math.min(10, Math.max(0, told.logOdds))) < 1e-5);
    } else {
      const p = told.probabilities![told.label]!;
      equal(p, told.probability);
      ok(p >= 1 / 3 && Math.abs(told.logOdds - Math.log(p / (1 - p))) < 1e-4);
    }

    // By gradients and by hiding parts it is the same number.
    const favoured = target.kind === "classes" ? target.classes.indexOf(told.label) : undefined;
    const explainer = await openExplainer(trained, {
      favoured,
      steps: 64,
      tiles: { time: 2, pitch: 2 },
    });
    const { attribution } = await explainer.explain(sample);
    const { whole, values } = await explainer.contributions(sample);
    await explainer.dispose();
    await model.dispose();
    ok(Math.abs(attribution.logOdds - told.logOdds) < 1e-3);
    ok(Math.abs(whole - told.logOdds) < 1e-3);
    for (const m of modalities) ok(Math.abs(values[m]! - told.contributions[m]!) < 1e-3);
  });
}

Deno.test("a model without a spectrogram is exported without a gate", async () => {
  const { audio: { segments, width }, ...others } = tinyConfig(features).inputs;
  const model = await loadExportedModel(
    exportOnnx(untrained(score, { ...others, audio: { segments, width } })),
  );
  ok(!Object.keys(model.inputs).some((name) => name.includes("logMel")));
  const { states, mask } = sample.audio!;
  const told = await explain(model, { audio: { states: states!, mask: mask! } }, score);
  await model.dispose();
  equal(told.gate, null);
  deepEqual(Object.keys(told.contributions), ["audio"]);
});
