import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { assertSegments, gridMeans, segmentMeans } from "../../lib/encoders/segments.ts";
import reference from "../fixtures/adaptive_pooling.json" with { type: "json" };

Deno.test("segmentMeans() uses every row once", () => {
  const data = Float32Array.of(1, 10, 2, 20, 3, 30, 4, 40, 5, 50);
  const { states, mask } = segmentMeans({ data, rows: 5, width: 2 }, 3);
  // Rows 0 | 1 2 | 3 4.
  deepEqual(states, Float32Array.of(1, 10, 2.5, 25, 4.5, 45));
  deepEqual(mask, Float32Array.of(1, 1, 1));
});

Deno.test("segmentMeans() keeps the rows there are when there are few", () => {
  const { states, mask } = segmentMeans({ data: Float32Array.of(7, 8), rows: 2, width: 1 }, 4);
  deepEqual(states, Float32Array.of(7, 8, 0, 0));
  deepEqual(mask, Float32Array.of(1, 1, 0, 0));
});

Deno.test("gridMeans() agrees with PyTorch's adaptive_avg_pool2d", () => {
  for (const { states, segments, ...size } of reference) {
    const length = size.channels * size.height * size.width;
    const data = Float32Array.from({ length }, (_, i) => Math.sin(i * 0.7));
    const found = gridMeans({ data, ...size }, segments);
    equal(found.states!.length, states.length);
    states.forEach((x, i) => ok(Math.abs(found.states![i]! - x) < 1e-6));
  }
});

Deno.test("assertSegments() refuses what is no count", () => {
  throws(() => assertSegments(0), RangeError);
  throws(() => assertSegments(2.5), /expected an integer from 1, got 2.5/);
  assertSegments(1);
});
