import { deepEqual, rejects } from "node:assert/strict";
import type { PairingProtocol } from "../../lib/datasets/mod.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { runJob } from "../../lib/study/run.ts";
import { defaults, trainedSystems } from "../../lib/study/settings.ts";
import { answers, rowSystems, type SystemName, systems } from "../../lib/study/systems.ts";
import type { Target } from "../../lib/target.ts";
import type { GraphCache } from "../../lib/training/graph_cache.ts";
import type { TrainConfig } from "../../lib/training/train.ts";
import { range, tinyFeatures } from "../systems/tiny_corpus.ts";

const features = tinyFeatures({ text: 8, image: 8, audio: 8 });
const clip = { shape: [8, 1, 2], data: new Float32Array(16) };
const withClip = byModality((m) => ({
  ...features[m],
  tables: { ...features[m].tables, clip },
}));
const split = byModality(() => ({
  train: range(0, 4).text,
  validation: range(4, 6).text,
  test: range(6, 8).text,
}));

/** The settings that a system's training step is compiled under; nothing is trained. */
async function stepSettings(system: SystemName): Promise<Partial<TrainConfig>> {
  let settings: Partial<TrainConfig> = {};
  const graphs: GraphCache = {
    get(key) {
      settings = JSON.parse(key)[2];
      return Promise.reject(new Error("seen"));
    },
    trim: () => Promise.resolve(),
    dispose: () => Promise.resolve(),
  };
  const job = {
    name: "step",
    kind: "label",
    system,
    protocol: "label",
    present: modalities,
  } as const;
  await rejects(
    runJob({ ...job, seed: 1, split }, { features: withClip, config: defaults, graphs }),
    /seen/,
  );
  return settings;
}

Deno.test("MISA's gradients are clipped number by number, all others by their norm", async () => {
  const clipping = [];
  for (const system of trainedSystems) {
    const { clipNorm, clipValue } = await stepSettings(system);
    clipping.push([system, clipNorm, clipValue]);
  }
  deepEqual(clipping, [
    ["Proposed", 1, undefined],
    ["MISA", undefined, 1],
    ["MSFNet (adaptation)", 1, undefined],
    ["CLIP+BERT", 1, undefined],
    ["Concatenation MLP", 1, undefined],
  ]);
});

Deno.test("MISA keeps its authors' batches and decay, and the others' epochs", async () => {
  const { batch, weightDecay, averaging, epochs, learningRate } = await stepSettings("MISA");
  deepEqual({ batch, weightDecay, averaging }, { batch: 32, weightDecay: 0, averaging: 0 });
  deepEqual([epochs, learningRate], [defaults.training.epochs, 5e-4]);
});

Deno.test("our own fusion is trained as the others, and answers rows and whole triples", async () => {
  const { epochs, batch, clipNorm } = await stepSettings("Residual fusion (ours)");
  const { training } = defaults;
  deepEqual([epochs, batch, clipNorm], [training.epochs, training.batch, training.clipNorm]);
  const ours = "Residual fusion (ours)";
  const score: Target = { kind: "score", low: -3, high: 3 };
  deepEqual(
    [
      answers(ours, "natural", ["image"], score),
      answers(ours, "label", modalities),
      answers(ours, "label", ["text"]),
      answers(ours, "single", ["text"]),
      answers(ours, "label", modalities, score),
    ],
    [true, true, false, false, false],
  );
});

Deno.test("all systems answer rows of two polarities; of other targets and modalities not all", () => {
  const silent = (protocol: PairingProtocol, present: readonly Modality[], target?: Target) =>
    systems.filter((system) => !answers(system, protocol, present, target));
  const three: Target = { kind: "classes", classes: ["bad", "so so", "good"] };
  const others: Target = { kind: "classes", classes: ["earnest", "ironic"] };
  const score: Target = { kind: "score", low: -3, high: 3 };
  deepEqual(silent("natural", modalities), []);
  deepEqual(silent("natural", modalities, others), ["CLIP zero-shot"]);
  deepEqual(silent("natural", modalities, three), ["CLIP zero-shot", "Late fusion of Proposed"]);
  deepEqual(silent("natural", modalities, score), ["CLIP zero-shot", "Late fusion of Proposed"]);
  deepEqual(silent("natural", ["text", "image"]), ["MFCC regression"]);
  const alone = ["CLIP zero-shot", "TF-IDF regression", "MFCC regression"];
  deepEqual(silent("label", modalities), alone);
  deepEqual(silent("label", modalities, three), [
    ...["CLIP zero-shot", "Late fusion of Proposed", "TF-IDF regression", "MFCC regression"],
  ]);
  deepEqual(silent("label", modalities, score), [...systems]);
});

Deno.test("systems of rows answer rows of every target", () => {
  const score: Target = { kind: "score", low: -3, high: 3 };
  for (const present of [modalities, ["text", "image"], ["audio"]] as const) {
    for (const target of [undefined, score]) {
      deepEqual(rowSystems.filter((system) => !answers(system, "natural", present, target)), []);
    }
    deepEqual(rowSystems.filter((system) => answers(system, "single", present)), []);
  }
});

Deno.test("gated fusion is trained at the rate of the Concatenation MLP", async () => {
  const { learningRate } = await stepSettings("Gated fusion");
  deepEqual(learningRate, defaults.tuned["Concatenation MLP"]!.learningRate);
});
