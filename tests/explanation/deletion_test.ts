import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import {
  area,
  deletionInsertion,
  faithfulness,
  faithfulnessVerdict,
  type PartsProbability,
  resampledCurve,
} from "../../lib/explanation/deletion.ts";
import { key } from "../../lib/tensor/random.ts";

const weights = [0.1, 0.4, 0.05, 0.25];
/** 0.2 and the weights of what is there. */
const linear: PartsProbability = (kept) =>
  Promise.resolve(kept.map((own) => own.reduce((sum, is, i) => sum + is * weights[i]!, 0.2)));
const rounded = (values: readonly number[]) => values.map((v) => Number(v.toFixed(9)));

Deno.test("on a linear model the true weights give the curves worked by hand", async () => {
  const { of: { true: { most, least, ...areas } } } = await deletionInsertion(
    { true: weights },
    linear,
    { key: key(1) },
  );
  deepEqual(rounded(most), [1, 0.6, 0.35, 0.25, 0.2]);
  deepEqual(rounded(least), [1, 0.95, 0.85, 0.6, 0.2]);
  // (1/2 + 0.6 + 0.35 + 0.25 + 0.2/2) / 4 and (1/2 + 0.95 + 0.85 + 0.6 + 0.2/2) / 4.
  deepEqual(rounded([areas.deletion, areas.insertion, areas.between]), [0.45, 0.75, 0.3]);
});

Deno.test("on a linear model no order deletes faster than that of the weights", async () => {
  const orders = permutationsOf([0, 1, 2, 3]);
  equal(orders.length, 24);
  const scores = Object.fromEntries(
    orders.map((order, i) => [`order ${i}`, order.map((place) => -place)]),
  );
  const { of, random } = await deletionInsertion({ ...scores, true: weights }, linear, {
    key: key(1),
    randomOrders: 200,
  });
  const best = of["true"]!.deletion;
  ok(Object.values(of).every(({ deletion }) => deletion >= best - 1e-12));
  // Averaged over all orders, the probability falls in a straight line from 1 to 0.2.
  ok(Math.abs(random.deletion - 0.6) < 0.01);
  deepEqual([random.curve[0], random.curve.length], [1, 5]);
});

Deno.test("an explanation upside down has the areas exchanged", async () => {
  const { of } = await deletionInsertion(
    { up: weights, down: weights.map((w) => -w) },
    linear,
    { key: key(1) },
  );
  deepEqual(of.down.deletion, of.up.insertion);
  deepEqual(of.down.between, -of.up.between);
});

Deno.test("random orders are the same for one key, and asked for in one call", async () => {
  let calls = 0;
  const counted: PartsProbability = (kept) => (calls++, linear(kept));
  const run = (seed: number) => deletionInsertion({ true: weights }, counted, { key: key(seed) });
  const first = await run(1);
  equal(calls, 1);
  deepEqual((await run(1)).random, first.random);
  ok((await run(2)).random.deletion !== first.random.deletion);
});

Deno.test("the order is from the highest score on, and equal scores keep theirs", async () => {
  // Of the parts 0 to 3 the second goes first, then the fourth, the first and the third.
  const { of } = await deletionInsertion({ tied: [1, 3, 1, 2] }, linear, { key: key(1) });
  deepEqual(rounded(of.tied.most), [1, 0.6, 0.35, 0.25, 0.2]);
  deepEqual(rounded(of.tied.least), [1, 0.95, 0.85, 0.6, 0.2]);
});

Deno.test("area and resampling are those of straight lines between the points", () => {
  equal(area([1, 0]), 0.5);
  equal(area([1, 1, 0]), 0.75);
  deepEqual(resampledCurve([0, 1, 4], 5), [0, 0.5, 1, 2.5, 4]);
  deepEqual(resampledCurve([2, 6], 3), [2, 4, 6]);
});

Deno.test("scores that order nothing are refused", async () => {
  const refused = (scores: Record<string, number[]>, said: string) =>
    rejects(deletionInsertion(scores, linear, { key: key(1) }), {
      name: "RangeError",
      message: `Cannot remove parts by ${said}`,
    });
  await refused({ it: [] }, "it: expected some scores, got 0");
  await refused({ it: [1, 2], other: [1] }, "other: expected 2 scores, got 1");
  await refused({ it: [1, NaN] }, "it: expected finite scores, got NaN");
});

Deno.test("explanations are faithful where they delete faster than chance, and say so only then", () => {
  const sample = (deletion: number, random: number) => ({
    deletion: { most: [], least: [], deletion, insertion: 0.9, between: 0.9 - deletion },
    random: { curve: [], deletion: random },
  });
  const four = [sample(0.3, 0.5), sample(0.2, 0.5), sample(0.4, 0.5), sample(0.3, 0.6)];
  const good = faithfulness([...four, ...four]);
  deepEqual(rounded([good.deletion, good.random, good.insertion, good.between]), [
    ...[0.3, 0.525, 0.9, 0.6],
  ]);
  // Twice the differences −0.2, −0.3, −0.1, −0.3: mean −0.225, deviation √(2 · 0.0275 / 7).
  ok(Math.abs(good.test!.t - -0.225 * Math.sqrt(8) / Math.sqrt(2 * 0.0275 / 7)) < 1e-9);
  equal(faithfulnessVerdict(good, good.test!.p), "faithful");
  equal(faithfulnessVerdict(good, 0.05), "no better than chance");
  const three = [sample(0.5, 0.3), sample(0.5, 0.2), sample(0.5, 0.3)];
  const bad = faithfulness([...three, ...three]);
  equal(faithfulnessVerdict(bad, bad.test!.p), "worse than chance");
  // Fewer than six triples have areas and no test.
  const few = faithfulness(four.slice(0, 1));
  deepEqual([few.deletion, few.test], [0.3, null]);
  equal(faithfulnessVerdict(few, null), "too few to tell");
});

function permutationsOf(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    permutationsOf(items.filter((other) => other !== item)).map((rest) => [item, ...rest])
  );
}
