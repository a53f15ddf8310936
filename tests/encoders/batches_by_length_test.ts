import { deepEqual, equal, ok } from "node:assert/strict";
import { batchesByLength } from "../../lib/encoders/batches_by_length.ts";
import { key, uniforms } from "../../lib/tensor/random.ts";

Deno.test("batchesByLength() parts rows where padding would cost more than a batch", () => {
  // Together 6 · 9 + 5 = 59; as 3 · 2 + 5 and 3 · 9 + 5 they cost 43, each length alone 51.
  const lengths = [9, 2, 8, 1, 2, 9];
  deepEqual(batchesByLength(lengths, { most: 32, fixed: 5 }), [[3, 1, 4], [2, 0, 5]]);
  deepEqual(batchesByLength(lengths, { most: 32, fixed: 0.1 }), [[3], [1, 4], [2], [0, 5]]);
  deepEqual(batchesByLength(lengths, { most: 32, fixed: 100 }), [[3, 1, 4, 2, 0, 5]]);
  deepEqual(batchesByLength([], { most: 32, fixed: 5 }), []);
});

Deno.test("batchesByLength() has no batch of more rows than may be, and each row once", () => {
  const draw = uniforms(key(1));
  const lengths = Array.from({ length: 99 }, () => 1 + Math.floor(40 * draw()));
  for (const most of [1, 7, 32]) {
    const batches = batchesByLength(lengths, { most, fixed: 30 });
    ok(batches.every((batch) => batch.length > 0 && batch.length <= most));
    deepEqual(batches.flat().sort((a, b) => a - b), [...lengths.keys()]);
  }
});

Deno.test("batchesByLength() finds the least cost of all partitions", () => {
  const draw = uniforms(key(2));
  const lengths = Array.from({ length: 9 }, () => 1 + Math.floor(20 * draw()));
  const sorted = lengths.toSorted((a, b) => a - b);
  const limits = { most: 4, fixed: 6 };
  // Of each gap between neighbours a bit says whether a batch ends there.
  const costs = Array.from({ length: 2 ** 8 }, (_, ends) => {
    let [cost, rows] = [0, 0];
    sorted.forEach((length, i) => {
      rows++;
      if (i < 8 && !(ends >> i & 1)) return;
      cost += rows > limits.most ? Infinity : rows * length + limits.fixed;
      rows = 0;
    });
    return cost;
  });
  const cost = batchesByLength(lengths, limits).reduce(
    (sum, batch) => sum + batch.length * Math.max(...batch.map((i) => lengths[i]!)) + limits.fixed,
    0,
  );
  equal(cost, Math.min(...costs));
});
