import { deepEqual, equal, ok } from "node:assert/strict";
import { gaussianNoise } from "../../lib/corruptions/gaussian_noise.ts";
import { convolve, hartleyTransform, transformSize } from "../../lib/corruptions/hartley.ts";
import { key } from "../../lib/tensor/random.ts";

Deno.test("hartleyTransform() agrees with its sum worked by hand", () => {
  // N = 4, where cos + sin of 2πkn/4 is 1, 1, -1, -1 for k n = 0, 1, 2, 3.
  const expected = [1 + 2 + 4 + 8, 1 + 2 - 4 - 8, 1 - 2 + 4 - 8, 1 - 2 - 4 + 8];
  deepEqual([...hartleyTransform(4)([1, 2, 4, 8])], expected);
});

Deno.test("hartleyTransform() is its own inverse, but for the size", () => {
  const transform = hartleyTransform(64);
  const signal = gaussianNoise(key(1), 64);
  transform(transform(signal)).forEach((value, i) => ok(Math.abs(value / 64 - signal[i]!) < 1e-12));
});

Deno.test("transformSize() is the next power of two", () => {
  deepEqual([0, 1, 4, 5, 64, 65].map(transformSize), [4, 4, 4, 8, 64, 128]);
});

Deno.test("convolve() agrees with the sum that defines it, also where the response is longer", () => {
  for (const [n, m] of [[50, 7], [7, 50], [64, 1], [1, 1]] as const) {
    const signal = gaussianNoise(key(2), n), response = gaussianNoise(key(3), m);
    const y = convolve({ signal, response });
    equal(y.length, n);
    y.forEach((value, i) => {
      let sum = 0;
      for (let j = 0; j <= i && j < m; j++) sum += response[j]! * signal[i - j]!;
      ok(Math.abs(value - sum) < 1e-5, `${n}, ${m}: ${value} is not ${sum} at ${i}`);
    });
  }
});
