import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  accuracyWhenMissing,
  imbalancedRates,
  meanRate,
  shared,
  sharedRates,
} from "../../../experiments/missing_modalities/rates.ts";
import { shownSubsets, subsetName } from "../../../experiments/robustness/exams.ts";
import { modalities } from "../../../lib/modality.ts";
import { key, uniforms } from "../../../lib/tensor/random.ts";

const names = shownSubsets.map(subsetName);
/** How likely each subset is kept: the accuracy of who is right on it alone. */
const keptShares = (rates: Parameters<typeof accuracyWhenMissing>[1]) =>
  names.map((_, kept) => accuracyWhenMissing(names.map((_, i) => Number(i === kept)), rates));
const near = (got: number, wanted: number) =>
  ok(Math.abs(got - wanted) < 1e-12, `${got} instead of ${wanted}`);

Deno.test("there are seven subsets, each once", () => {
  equal(new Set(names).size, 7);
});

Deno.test("shares of subsets agree with those worked by hand, and add up", () => {
  // 1 − .5 · .5 · .2 = .95 keep something.
  const shares = keptShares({ text: 0.5, image: 0.5, audio: 0.2 });
  const share = (name: string) => shares[names.indexOf(name)]!;
  near(share("text"), 0.5 * 0.5 * 0.2 / 0.95);
  near(share("text+audio"), 0.5 * 0.5 * 0.8 / 0.95);
  near(share("text+image+audio"), 0.5 * 0.5 * 0.8 / 0.95);
  for (const rates of [...imbalancedRates, ...sharedRates.map(shared)]) {
    near(keptShares(rates).reduce((a, b) => a + b), 1);
  }
});

Deno.test("shares are those of draws in which what loses everything is drawn again", () => {
  const rates = { text: 0.2, image: 0.5, audio: 0.8 };
  const next = uniforms(key(4));
  const counts = new Map<string, number>();
  for (let t = 0; t < 20_000; t++) {
    let kept: string;
    do kept = subsetName(modalities.filter((m) => next() >= rates[m])); while (kept === "");
    counts.set(kept, (counts.get(kept) ?? 0) + 1);
  }
  // A deviation of at most 0.0035.
  keptShares(rates).forEach((share, i) => {
    const found = counts.get(names[i]!)! / 20_000;
    ok(Math.abs(found - share) < 0.014, `${names[i]}: ${found}, expected ${share}`);
  });
});

Deno.test("without loss the accuracy is that of whole triples, and near certain loss that of lone samples", () => {
  const bySubset = [0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.95];
  equal(accuracyWhenMissing(bySubset, shared(0)), 0.95);
  ok(Math.abs(accuracyWhenMissing(bySubset, shared(0.9999)) - 0.7) < 1e-3);
  // Always text, never an image: as often text alone, .6, as with audio, .9.
  ok(
    Math.abs(accuracyWhenMissing(bySubset, { text: 0, image: 1 - 1e-9, audio: 0.5 }) - 0.75) < 1e-6,
  );
});

Deno.test("imbalanced rates are every order of three whose mean is the shared one they are held against", () => {
  equal(new Set(imbalancedRates.map((rates) => modalities.map((m) => rates[m]).join())).size, 6);
  for (const rates of imbalancedRates) {
    deepEqual(modalities.map((m) => rates[m]).sort(), [0.2, 0.5, 0.8]);
    near(modalities.reduce((sum, m) => sum + rates[m], 0) / 3, meanRate);
  }
  ok(sharedRates.includes(meanRate));
});

Deno.test("a rate that loses everything for certain, or is none, is refused", () => {
  throws(
    () => keptShares(shared(1)),
    new RangeError("Cannot lose modalities: expected a rate from 0 to below 1, got 1"),
  );
  throws(() => keptShares({ ...shared(0.5), audio: -0.1 }), RangeError);
  throws(() => keptShares(shared(NaN)), RangeError);
});
