import { deepEqual, equal, throws } from "node:assert/strict";
import { fitMajority } from "../../lib/baselines/majority.ts";
import { scoreBinary } from "../../lib/metrics/mod.ts";

Deno.test("fitMajority() scores every sample with the share of ones", () => {
  const { label, share, scores } = fitMajority([1, 0, 1, 1]);
  deepEqual([label, share], [1, 0.75]);
  deepEqual([...scores(3)], [0.75, 0.75, 0.75]);
});

Deno.test("fitMajority() predicts the more frequent label, also when it is the negative one", () => {
  const { label, share, scores } = fitMajority(Uint8Array.of(0, 0, 0, 1));
  deepEqual([label, share], [0, 0.75]);
  const { confusion } = scoreBinary({ actual: [0, 0, 0, 1], scores: scores(4) });
  deepEqual(confusion, [[3, 0], [1, 0]]);
});

Deno.test("fitMajority() of equal halves predicts 1, as its score of 0.5 does", () => {
  const { label, scores } = fitMajority([0, 1]);
  equal(label, 1);
  equal(scores(1)[0], 0.5);
});

Deno.test("fitMajority() refuses no labels, and a label that is not binary", () => {
  throws(() => fitMajority([]), /RangeError: Cannot find the majority: expected at least one/);
  throws(
    () => fitMajority([0, 2]),
    /RangeError: Cannot find the majority: expected 0 or 1 in labels\[1\], got 2/,
  );
});
