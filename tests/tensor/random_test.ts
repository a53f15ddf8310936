import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import {
  fold,
  keepMask,
  key,
  normals,
  permutation,
  threefry2x32,
  uniforms,
} from "../../lib/tensor/random.ts";

Deno.test("threefry2x32() gives the published known answers", () => {
  // Random123's kat_vectors, threefry2x32 with 20 rounds.
  deepEqual(threefry2x32([0, 0], [0, 0]), [0x6b200159, 0x99ba4efe]);
  const ones = [0xffffffff, 0xffffffff] as const;
  deepEqual(threefry2x32(ones, ones), [0x1cb996fc, 0xbb002be7]);
  deepEqual(
    threefry2x32([0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3]),
    [0xc4923a9c, 0x483df7a0],
  );
});

Deno.test("a key gives the same numbers each time, another key others", () => {
  const first = (k: readonly [number, number]) => Array.from({ length: 5 }, uniforms(k));
  deepEqual(first(key(7)), first(key(7)));
  notDeepEqual(first(key(7)), first(key(8)));
  notDeepEqual(first(fold(key(7), "dropout", 3)), first(fold(key(7), "dropout", 4)));
});

Deno.test("uniforms() and normals() have the moments of their distributions", () => {
  const moments = (next: () => number) => {
    const values = Array.from({ length: 20_000 }, next);
    const mean = values.reduce((a, b) => a + b) / values.length;
    return [mean, values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length];
  };
  const [uniformMean, uniformVariance] = moments(uniforms(key(1)));
  ok(Math.abs(uniformMean! - 1 / 2) < 0.01 && Math.abs(uniformVariance! - 1 / 12) < 0.003);
  const [normalMean, normalVariance] = moments(normals(key(1)));
  ok(Math.abs(normalMean!) < 0.03 && Math.abs(normalVariance! - 1) < 0.05);
});

Deno.test("permutation() holds each index once and moves them", () => {
  const order = permutation(key(1), 100);
  notDeepEqual(order, order.toSorted((a, b) => a - b));
  equal(new Set(order).size, 100);
});

Deno.test("keepMask() has the bits of the generator, sixteen a number, whatever its length", () => {
  for (const [length, rate] of [[0, 0.5], [1, 0.3], [6, 0.3], [7, 0.9], [4096, 0.3]] as const) {
    const k = fold(key(9), length);
    const wanted = Array.from({ length }, (_, i) => {
      const word = threefry2x32(k, [i - i % 4, 1])[i % 4 < 2 ? 0 : 1];
      const half = i % 2 ? word >>> 16 : word & 0xffff;
      return half < Math.round(rate * 0x10000) ? 0 : Math.fround(1 / (1 - rate));
    });
    deepEqual([...keepMask(k, length, rate)], wanted);
  }
  deepEqual([...keepMask(key(9), 3, 0)], [1, 1, 1]);
});

Deno.test("key() refuses a seed that is not a whole number", () => {
  throws(
    () => key(1.5),
    /RangeError: Cannot seed a generator: expected an integer from 0, got 1.5/,
  );
});
