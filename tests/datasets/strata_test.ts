import { deepEqual } from "node:assert/strict";
import { strataOf } from "../../lib/datasets/strata.ts";
import type { Target } from "../../lib/target.ts";

const score: Target = { kind: "score", low: -3, high: 3 };

Deno.test("strataOf() takes classes as they are, and cuts scores into thirds", () => {
  const { names, of } = strataOf([1, 0, 1]);
  deepEqual([names, of], [["negative", "positive"], [1, 0, 1]]);
  const thirds = strataOf([3, -3, 0, -1.6, 1.25, 0.4], score);
  deepEqual(thirds.names, ["-3 to -1.6", "0 to 0.4", "1.25 to 3"]);
  deepEqual(thirds.of, [2, 0, 1, 0, 2, 1]);
});

Deno.test("strataOf() keeps equal scores together, in fewer strata if need be", () => {
  const many = strataOf([0, 0, 0, 0, 0, 1], score);
  deepEqual([many.names, many.of], [["0 to 0", "1 to 1"], [0, 0, 0, 0, 0, 1]]);
  deepEqual(strataOf([2, 2, 2], score).names, ["2 to 2"]);
  deepEqual(strataOf([2], score).of, [0]);
});
