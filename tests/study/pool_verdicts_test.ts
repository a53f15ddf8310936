import { deepEqual, throws } from "node:assert/strict";
import type { Verdicts } from "../../lib/study/job.ts";
import { poolVerdicts } from "../../lib/study/pool_verdicts.ts";

function verdicts(name: string, rows: readonly number[], width = 1): Verdicts {
  return {
    name,
    head: "unified",
    rows: { text: rows, audio: Uint32Array.from(rows, (row) => row + 10) },
    labels: rows.map((row) => row % 2),
    scores: Float32Array.from({ length: width * rows.length }, (_, i) => rows[0]! + i),
  };
}

Deno.test("poolVerdicts() joins each exam's rows, labels and scores in the order of the folds", () => {
  const pooled = poolVerdicts([
    [verdicts("both", [0, 3], 3), verdicts("one", [1])],
    [verdicts("both", [2], 3)],
  ]);
  deepEqual(pooled, [
    {
      name: "both",
      head: "unified",
      rows: { text: [0, 3, 2], audio: [10, 13, 12] },
      labels: [0, 1, 0],
      scores: [0, 1, 2, 3, 4, 5, 2, 3, 4],
    },
    { name: "one", head: "unified", rows: { text: [1], audio: [11] }, labels: [1], scores: [1] },
  ]);
});

Deno.test("poolVerdicts() refuses a sample that two folds test", () => {
  throws(() => poolVerdicts([[verdicts("both", [0, 3])], [verdicts("both", [3])]]), {
    name: "RangeError",
    message: "Cannot pool verdicts on both: expected each sample in one fold, got 3,13 in two",
  });
});
