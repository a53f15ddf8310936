import { deepEqual } from "node:assert/strict";
import { standardiseSample } from "../../lib/explanation/standardise_sample.ts";
import { modalities } from "../../lib/modality.ts";
import { standardiseFeatures } from "../../lib/systems/features.ts";
import { features, sampleOf } from "../inference/tiny_model.ts";
import { range } from "../systems/tiny_corpus.ts";

Deno.test("a sample alone is standardised as it is among all, to the bit", () => {
  const { features: all, standardisation } = standardiseFeatures(features, range(0, 16));
  // Rows with padding and without.
  for (const row of [20, 21, 22, 23]) {
    const raw = Object.fromEntries(modalities.map((m) => [m, sampleOf(features, m, row)]));
    const wanted = Object.fromEntries(modalities.map((m) => [m, sampleOf(all, m, row)]));
    // Padding may be 0 of either sign.
    deepEqual(unsigned(standardiseSample(raw, standardisation)), unsigned(wanted));
  }
});

Deno.test("what nothing was learnt of stays, and values beyond six deviations are cut off", () => {
  const raw = { text: { states: Float32Array.of(100, -100, 3, 5), mask: Float32Array.of(1, 0) } };
  deepEqual(standardiseSample(raw, {}), raw);
  const { text } = standardiseSample(raw, {
    text: { states: { mean: [0, 0], scale: [1, 0.5] } },
  });
  deepEqual([...text!.states!], [6, -6, 0, 0]);
});

function unsigned(of: ReturnType<typeof standardiseSample>) {
  return Object.fromEntries(
    Object.entries(of).map(([m, tables]) => [
      m,
      Object.fromEntries(Object.entries(tables!).map(([name, x]) => [name, x.map((v) => v + 0)])),
    ]),
  );
}
