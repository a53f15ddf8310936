import { deepEqual } from "node:assert/strict";
import { keeping, occlusion } from "../../lib/explanation/occlusion.ts";

Deno.test("occlusion is what the score loses without each part, and parts not there stay hidden", async () => {
  const weights = [1, 2, 4, 8];
  let asked: number[][] = [];
  const run = (kept: readonly ArrayLike<number>[]) => {
    asked = kept.map((own) => Array.from(own));
    // Parts 0 and 3 count once more together.
    return Promise.resolve(
      asked.map((own) => own.reduce((s, is, i) => s + is * weights[i]!, 10 * own[0]! * own[3]!)),
    );
  };
  deepEqual(await occlusion([0, 1, 3], { places: 4, run }), [11, 2, 18]);
  deepEqual(asked, [[1, 1, 0, 1], [0, 1, 0, 1], [1, 0, 0, 1], [1, 1, 0, 0]]);
});

Deno.test("keeping() is 1 at the places named", () => {
  deepEqual([...keeping([2, 0], 4)], [1, 0, 1, 0]);
});
