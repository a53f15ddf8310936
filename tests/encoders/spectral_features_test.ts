import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { framesAFrame, spectralFeatures } from "../../lib/encoders/spectral_features.ts";
import { logMel } from "../../lib/signal/log_mel.ts";
import { prosody } from "../../lib/signal/prosody.ts";

const tone = (seconds: number) =>
  Float32Array.from({ length: 16_000 * seconds }, (_, i) => 0.5 * Math.sin(i / 8));

async function describe(samples: Float32Array) {
  const [features] = await spectralFeatures().encode([{ path: "a.wav", samples }]);
  return features!;
}

Deno.test("spectral features have the shapes they declare, for any length", async () => {
  const { shapes } = spectralFeatures();
  deepEqual(shapes, { logMel: [160, 64], frameMask: [160], prosody: [8, 8] });
  for (const seconds of [0.005, 0.1, 2, 4, 5]) {
    const features = await describe(tone(seconds));
    for (const [name, shape] of Object.entries(shapes)) {
      equal(features[name]!.length, shape.reduce((a, b) => a * b));
      ok(features[name]!.every(Number.isFinite));
    }
  }
});

Deno.test("frames that begin within the clip are kept, the rest are at the floor", async () => {
  const { logMel: mel, frameMask } = await describe(tone(2));
  equal(frameMask!.reduce((a, b) => a + b), 80); // 2 s at 25 ms a frame.
  deepEqual(frameMask!.indexOf(0), 80);
  ok(mel!.subarray(80 * 64).every((x) => Math.abs(x - Math.log(1e-10)) < 1e-5));
  const whole = logMel(tone(2), { windowSeconds: 0.05, hopSeconds: 0.025 });
  deepEqual(mel!.subarray(0, whole.data.length), whole.data);
});

Deno.test("of a clip of 4 to 6 s the spectrogram is of the first 4 s", async () => {
  const [four, six] = [await describe(tone(4.1)), await describe(tone(6))];
  deepEqual(four.logMel, six.logMel);
  equal(six.frameMask!.reduce((a, b) => a + b), 160);
});

Deno.test("of a longer clip all is heard: frames are averaged by the factor that fits", async () => {
  const samples = tone(9);
  samples.subarray(16_000 * 7).fill(0); // Two seconds of silence, or the frames would all be alike.
  const { logMel: mel, frameMask, prosody: measured } = await describe(samples);
  // 360 frames of 25 ms, 3 a frame.
  equal(framesAFrame({ samples }), 3);
  equal(frameMask!.reduce((a, b) => a + b), 120);
  const padded = new Float32Array(359 * 400 + 800);
  padded.set(samples);
  const { data } = logMel(padded, { windowSeconds: 0.05, hopSeconds: 0.025 });
  for (const [row, band] of [[0, 10], [92, 3], [93, 3], [119, 63]] as const) {
    const power = [0, 1, 2].map((k) => Math.exp(data[(3 * row + k) * 64 + band]!));
    const wanted = Math.log(power.reduce((a, b) => a + b) / 3);
    ok(Math.abs(mel![row * 64 + band]! - wanted) < 1e-4, `${row}, ${band}`);
  }
  deepEqual(measured, prosody(samples, { segments: 8 }).data);
});

Deno.test("the digest tells segment counts apart", () => {
  notEqual(spectralFeatures({ segments: 4 }).digest, spectralFeatures().digest);
  equal(spectralFeatures({ segments: 8 }).digest, spectralFeatures().digest);
});
