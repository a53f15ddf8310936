import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { prosody, prosodyColumns } from "../../lib/signal/prosody.ts";
import { key, normals } from "../../lib/tensor/random.ts";

type Row = Record<(typeof prosodyColumns)[number], number>;

function rows(samples: Float32Array, segments: number): Row[] {
  const { data } = prosody(samples, { segments });
  return Array.from({ length: segments }, (_, s) =>
    Object.fromEntries(
      prosodyColumns.map((column, i) => [column, data[s * prosodyColumns.length + i]!]),
    ) as Row);
}

const tone = (hz: number, seconds: number, amplitude = 0.5) =>
  Float32Array.from(
    { length: 16_000 * seconds },
    (_, i) => amplitude * Math.sin(2 * Math.PI * hz * i / 16_000),
  );

const near = (actual: number, expected: number, within: number) =>
  ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected} ± ${within}`);

Deno.test("prosody() of a tone: its pitch, its level and hardly any width", () => {
  for (const row of rows(tone(200, 1), 2)) {
    near(row.pitchSemitones, 12, 0.05); // 200 Hz is an octave above 100 Hz.
    near(row.pitchSpreadSemitones, 0, 0.05);
    equal(row.voicing, 1);
    near(row.levelDb, 10 * Math.log10(0.125), 0.1); // The mean square of 0.5 sin is 0.125.
    near(row.centroidHz, 200, 20);
    ok(row.flatness < 0.01);
  }
});

Deno.test("prosody() tells segments apart, in time", () => {
  const clip = new Float32Array(32_000);
  clip.set(tone(150, 1));
  clip.set(tone(300, 1, 0.05), 16_000);
  const [first, second] = rows(clip, 2) as [Row, Row];
  near(second.pitchSemitones - first.pitchSemitones, 12, 1);
  near(first.levelDb - second.levelDb, 20, 2);
});

Deno.test("prosody() hears no pitch in noise, and a broad spectrum", () => {
  const next = normals(key(1));
  const [row] = rows(Float32Array.from({ length: 16_000 }, () => 0.1 * next()), 1) as [Row];
  ok(row.voicing < 0.1);
  near(row.levelDb, -20, 0.3);
  near(row.centroidHz, 4000, 200); // White noise: the middle of 0 to 8 kHz.
  ok(row.rolloffHz > 7600 && row.rolloffHz <= 8000);
  ok(row.flatness > 0.7);
});

Deno.test("prosody() fills in what silence lacks from the rest of the clip", () => {
  const half = new Float32Array(32_000);
  half.set(tone(200, 1));
  const [, silent] = rows(half, 2) as [Row, Row];
  near(silent.pitchSemitones, 12, 0.2);
  ok(silent.voicing < 0.1 && silent.levelDb < -80);
  const columns = rows(new Float32Array(16_000), 1)[0]!;
  deepEqual(Object.values(columns), [0, 0, 0, -100, 0, 0, 0, 0]);
});

Deno.test("prosody() of a clip shorter than a frame has all its segments, all finite", () => {
  const { data } = prosody(tone(200, 0.01), { segments: 8 });
  equal(data.length, 64);
  ok(data.every(Number.isFinite));
});

Deno.test("prosody() refuses an empty clip", () => {
  throws(() => prosody(new Float32Array()), /a sample and a segment or more, got 0 samples/);
});
