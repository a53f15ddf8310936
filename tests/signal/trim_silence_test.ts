import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { trimSilence } from "../../lib/signal/trim_silence.ts";

/** Steps of 10 ms at 1,000 Hz, 10 samples each: alternating ±`level`, so a step's power is its square. */
function steps(...levels: number[]): Float32Array {
  return Float32Array.from(
    { length: 10 * levels.length },
    (_, i) => levels[Math.floor(i / 10)]! * (i % 2 ? 1 : -1),
  );
}

const options = { sampleRateHz: 1000, rangeDb: 20, marginSeconds: 0 };

/** The steps that are left, first and end. */
function kept(samples: Float32Array, more: object = {}): [number, number] {
  const trimmed = trimSilence(samples, { ...options, ...more });
  equal(trimmed.buffer, samples.buffer, "a view, not a copy");
  const from = trimmed.byteOffset / 4;
  return [from / 10, (from + trimmed.length) / 10];
}

Deno.test("trimSilence() keeps what is within the range of the loudest moment, worked by hand", () => {
  // Powers 0 0 0 1 1 0 0 0: with neighbours, a third at 2 and 5, two thirds at 3 and 4.
  deepEqual(kept(steps(0, 0, 0, 1, 1, 0, 0, 0)), [2, 6]);
  // Of 0.04 squared at 1, a third is 0.0005: 31 dB below 2/3. It counts from 32 dB on.
  const quiet = steps(0, 0.04, 0, 0, 1, 1, 0, 0);
  deepEqual(kept(quiet), [3, 7]);
  deepEqual(kept(quiet, { rangeDb: 30 }), [3, 7]);
  deepEqual(kept(quiet, { rangeDb: 32 }), [0, 7]);
});

Deno.test("a pause between two sounds stays", () => {
  deepEqual(kept(steps(0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0)), [1, 9]);
});

Deno.test("the margin is kept on both sides, as far as there is one", () => {
  const clip = steps(0, 0, 0, 1, 1, 0, 0, 0);
  deepEqual(kept(clip, { marginSeconds: 0.015 }), [0.5, 7.5]);
  deepEqual(kept(clip, { marginSeconds: 1 }), [0, 8]);
});

Deno.test("what is kept does not depend on how loud the clip is as a whole", () => {
  const clip = steps(0.01, 0.2, 0.5, 0.9, 0.05, 0.01, 0.002, 0.001);
  const [from, to] = kept(clip);
  ok(from >= 0 && to < 8);
  deepEqual(kept(clip.map((x) => x / 1024)), [from, to]);
});

Deno.test("silence, and clips shorter than a step, are left as they are", () => {
  for (const samples of [steps(0, 0, 0), new Float32Array(0), Float32Array.of(0.1, -0.1)]) {
    deepEqual(trimSilence(samples, options), samples);
  }
});

Deno.test("trimSilence() refuses a range below 0", () => {
  throws(
    () => trimSilence(steps(1), { rangeDb: -3 }),
    /RangeError: Cannot trim silence: expected a range and a margin from 0, got -3 dB and 0.05 s/,
  );
});
