import { deepEqual, equal, notDeepEqual, throws } from "node:assert/strict";
import type { Sample } from "../../lib/datasets/sample.ts";
import { balancedSubset, naturalSubset } from "../../lib/datasets/subset.ts";
import { key } from "../../lib/tensor/random.ts";

/** Samples `0`, `1`, … of which the first `positive` are positive. */
function samplesOf(positive: number, negative: number): Sample[] {
  return Array.from({ length: positive + negative }, (_, i) => ({
    id: String(i),
    modality: "text",
    source: { text: String(i) },
    emotion: i < positive ? "joy" : "fear",
    label: i < positive ? 1 : 0,
    group: String(i),
    hash: String(i),
  }));
}

Deno.test("balancedSubset() takes both polarities equally, up to the cap and the smaller one", () => {
  const cases = [
    [30, 50, 20, 10],
    [30, 50, 21, 10],
    [30, 50, 10_000, 30],
    [50, 30, 10_000, 30],
    [1, 5, 2, 1],
  ] as const;
  for (const [positive, negative, cap, each] of cases) {
    const subset = balancedSubset(samplesOf(positive, negative), { cap, key: key(1) });
    equal(subset.filter(({ label }) => label === 1).length, each);
    equal(subset.filter(({ label }) => label === 0).length, each);
  }
});

Deno.test("balancedSubset() stops at 10,000 by default", () => {
  equal(balancedSubset(samplesOf(6000, 6000), { key: key(1) }).length, 10_000);
});

Deno.test("balancedSubset() copies none, keeps order and repeats itself for a key", () => {
  const samples = samplesOf(100, 200);
  const subset = balancedSubset(samples, { cap: 50, key: key(1) });
  const positions = subset.map((sample) => samples.indexOf(sample));
  deepEqual(positions, [...new Set(positions)].sort((a, b) => a - b));
  deepEqual(balancedSubset(samples, { cap: 50, key: key(1) }), subset);
  notDeepEqual(balancedSubset(samples, { cap: 50, key: key(2) }), subset);
});

Deno.test("balancedSubset() draws every sample of a polarity about equally often", () => {
  const drawn = new Array(10).fill(0);
  for (let seed = 0; seed < 1000; seed++) {
    for (const { id } of balancedSubset(samplesOf(5, 5), { cap: 4, key: key(seed) })) drawn[+id]++;
  }
  // Binomial with n = 1000, p = 2/5: mean 400, standard deviation 15.5; six of them is 93.
  for (const count of drawn) equal(Math.abs(count - 400) < 93, true);
});

Deno.test("balancedSubset() refuses a cap below 2 and a corpus of one polarity", () => {
  for (const cap of [1, 0, -2, 2.5, NaN]) {
    throws(() => balancedSubset(samplesOf(5, 5), { cap, key: key(1) }), {
      name: "RangeError",
      message: `Cannot draw a subset: expected a cap from 2, got ${cap}`,
    });
  }
  throws(() => balancedSubset(samplesOf(5, 0), { key: key(1) }), {
    name: "RangeError",
    message: /expected both polarities, got 5 positive and 0 negative/,
  });
});

Deno.test("subsets have all samples if nothing caps them, and classes as they are if that is asked for", () => {
  const samples = samplesOf(100, 300);
  equal(balancedSubset(samples, { cap: Infinity, key: key(1) }).length, 200);
  deepEqual(naturalSubset(samples, { cap: Infinity, key: key(1) }), samples);
  deepEqual(naturalSubset(samples, { cap: 400, key: key(1) }), samples);
  const drawn = naturalSubset(samples, { cap: 200, key: key(1) });
  const positions = drawn.map((sample) => samples.indexOf(sample));
  deepEqual(positions, [...new Set(positions)].sort((a, b) => a - b));
  equal(drawn.length, 200);
  // Hypergeometric: half of each, less or more four deviations of 4.3.
  const rare = drawn.filter(({ label }) => label === samples[0]!.label).length;
  const all = samples.filter(({ label }) => label === samples[0]!.label).length;
  equal(Math.abs(rare - all / 2) < 18, true);
  throws(() => naturalSubset(samples, { cap: 1, key: key(1) }), /expected a cap from 2, got 1$/);
});
