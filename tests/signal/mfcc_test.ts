import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { mfcc, mfccStatistics } from "../../lib/signal/mfcc.ts";

const reference: {
  readonly frames: number;
  readonly bands: number;
  readonly coefficients: number;
  readonly spectrogram: number[];
  readonly mfcc: number[];
  readonly statistics: number[];
} = JSON.parse(Deno.readTextFileSync(new URL("../fixtures/mfcc.json", import.meta.url)));
const { frames, bands, coefficients } = reference;
const spectrogram = { data: Float32Array.from(reference.spectrogram), frames, bands };

function near(got: ArrayLike<number>, wanted: readonly number[], within: number) {
  equal(got.length, wanted.length);
  wanted.forEach((w, i) => ok(Math.abs(got[i]! - w) <= within, `[${i}]: ${got[i]}, not ${w}`));
}

Deno.test("mfcc() is SciPy's orthonormal DCT-II of each frame, 13 coefficients by default", () => {
  const { data, ...shape } = mfcc(spectrogram);
  deepEqual(shape, { frames, coefficients });
  near(data, reference.mfcc, 1e-5);
  const fewer = mfcc(spectrogram, { coefficients: 2 });
  deepEqual([...fewer.data.subarray(2, 4)], [...data.subarray(13, 15)]);
});

Deno.test("mfcc() agrees with two bands worked by hand", () => {
  // c0 = (3 + 1) / √2, c1 = 3 cos(π / 4) + 1 cos(3 π / 4) = 2 / √2.
  const { data } = mfcc({ data: Float32Array.of(3, 1), frames: 1, bands: 2 }, { coefficients: 2 });
  near(data, [4 / Math.SQRT2, 2 / Math.SQRT2], 1e-6);
});

Deno.test("mfcc() with a coefficient a band keeps the length of a frame", () => {
  const { data } = mfcc(spectrogram, { coefficients: bands });
  const length = (x: Float32Array, t: number) =>
    Math.hypot(...x.subarray(t * bands, (t + 1) * bands));
  for (let t = 0; t < frames; t++) {
    ok(Math.abs(length(data, t) - length(spectrogram.data, t)) < 1e-4);
  }
});

Deno.test("mfcc() hears a louder clip in its first coefficient alone", () => {
  const louder = { ...spectrogram, data: spectrogram.data.map((x) => x + 2) };
  const [before, after] = [mfcc(spectrogram).data, mfcc(louder).data];
  const added = Array.from(after, (c, i) => c - before[i]!);
  near(added, added.map((_, i) => i % 13 === 0 ? 2 * Math.sqrt(bands) : 0), 1e-4);
});

Deno.test("mfccStatistics() are numpy's means and deviations, of coefficients, then of differences", () => {
  near(mfccStatistics(spectrogram), reference.statistics, 1e-5);
});

Deno.test("mfccStatistics() of one frame are that frame, and zeros", () => {
  const one = { data: spectrogram.data.subarray(0, bands), frames: 1, bands };
  const wanted = [...mfcc(one).data, ...new Array(3 * coefficients).fill(0)];
  deepEqual([...mfccStatistics(one)], wanted);
});

Deno.test("a cepstrum refuses more coefficients than bands, and a clip without frames", () => {
  for (const wrong of [0, 21, 1.5]) {
    throws(() => mfcc(spectrogram, { coefficients: wrong }), {
      name: "RangeError",
      message: `Cannot make a cepstrum: expected 1 to 20 coefficients of 20 bands, got ${wrong}`,
    });
  }
  throws(
    () => mfccStatistics({ data: new Float32Array(0), frames: 0, bands }),
    /RangeError: Cannot describe a clip: expected a frame or more, got 0/,
  );
});
