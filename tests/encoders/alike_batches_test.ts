import { deepEqual } from "node:assert/strict";
import { alikeBatches, runTogether } from "../../lib/encoders/alike_batches.ts";

Deno.test("batches are of one length, the shortest first, and none is larger than it may be", () => {
  deepEqual(alikeBatches([5, 2, 5, 2, 2, 9, 5], 2), [[1, 3], [4], [0, 2], [6], [5]]);
  deepEqual(alikeBatches([], 2), []);
});

Deno.test("an input that would be alone goes twice, and has one result", async () => {
  const shown: number[][] = [];
  const run = (batch: readonly number[]) => {
    shown.push([...batch]);
    return Promise.resolve(batch.map((x) => 10 * x));
  };
  deepEqual(await runTogether([7], 32, run), [70]);
  deepEqual(await runTogether([7, 8], 32, run), [70, 80]);
  deepEqual(await runTogether([7], 1, run), [70]);
  deepEqual(shown, [[7, 7], [7, 8], [7]]);
});
