import { deepEqual } from "node:assert/strict";
import * as baselines from "../../lib/baselines/mod.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { type CorpusFeatures, gather } from "../../lib/systems/features.ts";
import { proposed } from "../../lib/systems/proposed.ts";
import type { Problem, System } from "../../lib/systems/system.ts";
import { problem, test } from "../baselines/tiny_problem.ts";
import { tinySettings, tinyTraining } from "./tiny_corpus.ts";

// CLIP's tables, and texts, so that every system has what it reads.
const features: CorpusFeatures = byModality((m) => {
  const { tables, labels } = problem.features[m];
  const count = labels.length;
  const data = Float32Array.from(
    { length: count * 2 },
    (_, i) => Math.sin(i + 1) + labels[i >> 1]!,
  );
  const texts = Array.from(labels, (label, i) => `word${i % 5} ${label ? "good" : "bad"}`);
  const clip = { shape: [count, 1, 2], data };
  return { tables: { ...tables, clip }, labels, ...m === "text" && { texts } };
});

/** The samples of the test part as a corpus of their own, which no system has met. */
const strangers: CorpusFeatures = byModality((m) => {
  const rows = test[m];
  const tables = Object.entries(features[m].tables).map(([name, table]) => [
    name,
    { shape: [rows.length, ...table.shape.slice(1)], data: gather(table, rows) },
  ]);
  const texts = features[m].texts && { texts: rows.map((row) => features[m].texts![row]!) };
  return { tables: Object.fromEntries(tables), labels: [], ...texts };
});

const prompts = byModality(() => ({
  positive: [Float32Array.of(1, 0.5)],
  negative: [Float32Array.of(-1, 0.5)],
}));
const small = { ...tinyTraining, epochs: 1 };
const { clipNorm: _, ...clipped } = { ...small, clipValue: 1 };
const systems: readonly [System, readonly Modality[]][] = [
  [proposed(tinySettings, small), modalities],
  [
    baselines.misa({ ...baselines.misaDefaults, width: 8, heads: 2 }, {
      ...baselines.misaTraining,
      ...clipped,
    }),
    modalities,
  ],
  [baselines.msfnet(baselines.msfnetDefaults, small), modalities],
  [baselines.concatMlp(baselines.concatMlpDefaults, small), modalities],
  [baselines.clipBert(baselines.clipBertDefaults, small), modalities],
  [baselines.linearProbe(), modalities],
  [baselines.clipProbe(), modalities],
  [baselines.clipZeroShot({ prompts, scale: 2 }), modalities],
  [baselines.lateFusion(), modalities],
  [baselines.learntLateFusion(), modalities],
  [baselines.bestSingle(), modalities],
  [baselines.majority(), modalities],
  [baselines.shuffledLabels(baselines.linearProbe()), modalities],
  [baselines.tfIdfRegression(), ["text"]],
  [baselines.mfccRegression(), ["audio"]],
];

for (const [system, present] of systems) {
  Deno.test(`${system.name} says of samples that came later what it says of them among the others`, async () => {
    const protocol = present.length > 1 ? "label" : "single";
    const given: Problem = { ...problem, features, protocol, present };
    const fitted = await system.fit(given);
    const among = await fitted.predict(Object.fromEntries(present.map((m) => [m, test[m]])));
    const places = present.map((m) => [m, test[m].map((_, i) => i)]);
    deepEqual(await fitted.predict(Object.fromEntries(places), strangers), among);
    await fitted.dispose();
  });
}
