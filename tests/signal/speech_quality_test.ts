import { deepEqual, equal, ok, throws } from "node:assert/strict";
import * as corruptions from "../../lib/corruptions/mod.ts";
import { speechQuality, speechQualityColumns } from "../../lib/signal/speech_quality.ts";
import { key } from "../../lib/tensor/random.ts";

/** Syllables of 0.2 s with pauses of 0.1 s, each a decaying sound of some harmonics. */
const speech = Float32Array.from({ length: 32_000 }, (_, i) => {
  const at = i % 4800;
  if (at >= 3200) return 1e-4 * Math.sin(i);
  const tones = [1, 2, 3, 5].map((h) => Math.sin(2 * Math.PI * 160 * h * i / 16_000) / h);
  return 0.4 * Math.exp(-at / 1200) * tones.reduce((a, b) => a + b);
});

type Column = (typeof speechQualityColumns)[number];

function measure(samples: Float32Array): Record<Column, number> {
  const values = speechQuality(samples);
  return Object.fromEntries(speechQualityColumns.map((name, i) => [name, values[i]!])) as Record<
    Column,
    number
  >;
}

function rises(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || value > values[i - 1]!);
}

Deno.test("speechQuality() of a tone that is cut by silence is as worked by hand", () => {
  // 5 packets of a square wave of 0.5, 5 of digital silence, twice.
  const samples = Float32Array.from(
    { length: 6400 },
    (_, i) => Math.floor(i / 1600) % 2 ? 0 : i % 2 ? 0.5 : -0.5,
  );
  const found = measure(samples);
  equal(found.snrDb, 0);
  ok(Math.abs(found.amplitudeSpread) < 1e-9);
  equal(found.clippedShare, 0.5);
  equal(found.silentShare, 0.5);
  // Three borders in 0.4 s.
  equal(found.interruptionsHz, 7.5);
  // Half of the time at the peak: 3 dB.
  ok(Math.abs(found.crestDb - 10 * Math.log10(2)) < 1e-5);
  equal(found.fallDb, 0);
});

Deno.test("speechQuality() knows white noise by its amplitudes and its spectrum", () => {
  const noise = corruptions.addNoise({ samples: speech, snrDb: -60, key: key(1), kind: "white" });
  const found = measure(noise);
  // E ln |x| = −(γ + ln 2) / 2 of a normal x, E |x| = √(2 / π).
  ok(Math.abs(found.amplitudeSpread - 0.409) < 0.02, `${found.amplitudeSpread}`);
  // The powers of a white spectrum are exponential: 10 log₁₀ e^−γ.
  ok(Math.abs(found.flatnessDb + 2.51) < 0.3, `${found.flatnessDb}`);
  ok(found.snrDb < 2);
});

Deno.test("speechQuality() tells more noise, clipping, rooms and losses from less", () => {
  const noisy = (snrDb: number) =>
    measure(corruptions.addNoise({ samples: speech, snrDb, key: key(2), kind: "pink" }));
  const levels = [-5, 0, 5, 10, 20].map(noisy);
  ok(rises(levels.map(({ snrDb }) => snrDb)));
  ok(rises(levels.map(({ amplitudeSpread }) => amplitudeSpread)));
  const clipped = [0.5, 0.25, 0.1].map((threshold) =>
    measure(corruptions.clipAmplitude({ samples: speech, threshold }))
  );
  ok(rises(clipped.map(({ clippedShare }) => clippedShare)));
  ok(rises(clipped.map(({ crestDb }) => -crestDb)));
  const rooms = [0, 0.4, 1.6].map((rt60Seconds) =>
    measure(corruptions.reverberate({ samples: speech, rt60Seconds, key: key(3) }))
  );
  ok(rises(rooms.map(({ fallDb }) => -fallDb)));
  const lost = [0, 0.1, 0.3].map((rate) =>
    measure(corruptions.dropPackets({ samples: speech, rate, key: key(4) }))
  );
  ok(rises(lost.map(({ silentShare }) => silentShare)));
  ok(rises(lost.map(({ interruptionsHz }) => interruptionsHz)));
});

Deno.test("speechQuality() is finite of silence and of a single sample, and refuses nothing at all", () => {
  deepEqual([...speechQuality(new Float32Array(400))], [0, 0, 0, 1, 0, 0, 0, 0]);
  ok(speechQuality(Float32Array.of(0.3)).every(Number.isFinite));
  throws(() => speechQuality(new Float32Array(0)), /Cannot measure speech: expected samples/);
});
