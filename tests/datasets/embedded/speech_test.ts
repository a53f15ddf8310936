import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import { clipIds, embeddedClip } from "../../../lib/datasets/embedded/speech.ts";
import { tripleRate } from "../../../lib/datasets/embedded/triple_rate.ts";
import { sha256Hex } from "./digest.ts";

const angry = {
  actor: 7,
  emotion: "angry",
  intensity: 2,
  statement: 1,
  repetition: 2,
} as const;

Deno.test("clipIds() lists the recordings of RAVDESS: 60 an actor, neutral never strong", () => {
  equal(clipIds().length, 1440);
  equal(clipIds({ actors: 8, repetitions: [1] }).length, 240);
  equal(clipIds().filter(({ emotion }) => emotion === "neutral").length, 96);
  equal(clipIds().filter(({ emotion }) => emotion === "calm").length, 192);
  equal(new Set(clipIds().map((id) => JSON.stringify(id))).size, 1440);
});

Deno.test("embeddedClip() names a clip as RAVDESS does and packs it as 48 kHz, 16 bits, mono", () => {
  const { path, bytes } = embeddedClip(angry);
  equal(path, "Actor_07/03-01-05-02-01-02-07.wav");
  const view = new DataView(bytes.buffer);
  deepEqual(
    [view.getUint16(22, true), view.getUint32(24, true), view.getUint16(34, true)],
    [1, 48_000, 16],
  );
  const seconds = (bytes.length - 44) / 2 / 48_000;
  ok(seconds > 1.5 && seconds < 5, `${seconds} s`);
});

Deno.test("a clip depends on the seed and the recording alone", () => {
  const { bytes } = embeddedClip(angry);
  deepEqual(embeddedClip(angry).bytes, bytes);
  notDeepEqual(embeddedClip({ ...angry, seed: 2 }).bytes, bytes);
  notDeepEqual(embeddedClip({ ...angry, repetition: 1 }).bytes, bytes);
});

Deno.test("the clip of seed 1 is the one it has always been", async () => {
  equal(
    await sha256Hex(embeddedClip(angry).bytes),
    "1287dea48c8faab6ff08ed838b2264aa955c2f79e7c4a08cf538ddcd676e1409",
  );
});

Deno.test("clips are loud enough to be heard, and none is clipped", () => {
  const ids = clipIds({ actors: 24, repetitions: [1] }).filter((_, i) => i % 60 === 7);
  for (const id of ids) {
    const { path, bytes } = embeddedClip(id);
    const samples = new Int16Array(bytes.buffer, 44);
    const rms = Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
    ok(rms > 0.005 * 32_768, `${path}: ${rms}`);
    ok(samples.every((x) => Math.abs(x) < 32_767), path);
  }
});

Deno.test("tripleRate() keeps each sample and puts band-limited ones between", () => {
  const sine = (rate: number, count: number) =>
    Float32Array.from({ length: count }, (_, i) => Math.sin(2 * Math.PI * 1000 * i / rate));
  const signal = sine(16_000, 400);
  const out = tripleRate(signal);
  equal(out.length, 1200);
  deepEqual(out.filter((_, i) => i % 3 === 0), signal);
  const expected = sine(48_000, 1200);
  // Away from the ends, where the signal stops short.
  for (let i = 30; i < 1170; i++) ok(Math.abs(out[i]! - expected[i]!) < 0.003, `sample ${i}`);
});

Deno.test("embeddedClip() refuses a recording that RAVDESS does not have", () => {
  throws(() => embeddedClip({ ...angry, actor: 25 }), {
    name: "RangeError",
    message: "Cannot make a clip: expected an actor from 1 to 24, got 25",
  });
  throws(() => embeddedClip({ ...angry, emotion: "neutral" }), {
    message:
      "Cannot make a clip: expected intensity 1, or 2 but for neutral speech, got 2 for neutral",
  });
});
