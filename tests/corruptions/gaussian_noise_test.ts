import { deepEqual, notDeepEqual, ok } from "node:assert/strict";
import { gaussianNoise } from "../../lib/corruptions/gaussian_noise.ts";
import { key } from "../../lib/tensor/random.ts";

Deno.test("gaussianNoise() has the moments of a standard normal, and no echo in its neighbours", () => {
  const n = 40_000, z = gaussianNoise(key(1), n);
  const mean = (f: (x: number, i: number) => number) => z.reduce((s, x, i) => s + f(x, i), 0) / n;
  // Five standard errors each.
  ok(Math.abs(mean((x) => x)) < 5 / Math.sqrt(n));
  ok(Math.abs(mean((x) => x ** 2) - 1) < 5 * Math.sqrt(2 / n));
  ok(Math.abs(mean((x) => x ** 4) - 3) < 5 * Math.sqrt(96 / n));
  ok(Math.abs(mean((x, i) => x * (z[i + 1] ?? 0))) < 5 / Math.sqrt(n));
  ok(Math.abs(mean((x) => Math.abs(x) < 1 ? 1 : 0) - 0.6827) < 5 * Math.sqrt(0.22 / n));
});

Deno.test("gaussianNoise() depends on the key alone, and a longer array begins with a shorter", () => {
  deepEqual(gaussianNoise(key(1), 7), gaussianNoise(key(1), 10).slice(0, 7));
  notDeepEqual(gaussianNoise(key(1), 7), gaussianNoise(key(2), 7));
});
