import { equal, ok } from "node:assert/strict";
import { statementSegments } from "../../../lib/datasets/embedded/phones.ts";
import type { Prosody } from "../../../lib/datasets/embedded/prosody.ts";
import { synthesise } from "../../../lib/datasets/embedded/synthesiser.ts";
import { key } from "../../../lib/tensor/random.ts";
import { plain, speaker } from "./plain_voice.ts";

/** One long vowel, /a/. */
const vowel = [{
  milliseconds: 800,
  formants: [730, 1090, 2440] as const,
  voicing: 1,
  frication: 0,
  fricationHz: 4000,
  stressed: false,
}];

function speak(change: Partial<Prosody> = {}, segments = statementSegments(1)): Float32Array {
  return synthesise(segments, { speaker, prosody: { ...plain, ...change }, key: key(1) });
}

/** Power of `signal` at `hz` by its discrete Fourier transform over the middle half second. */
function power(signal: Float32Array, hz: number): number {
  const middle = signal.subarray(signal.length / 2 - 4000, signal.length / 2 + 4000);
  const [re, im] = [Math.cos, Math.sin].map((wave) =>
    middle.reduce((sum, x, i) => sum + x * wave(2 * Math.PI * hz * i / 16_000), 0)
  );
  return re! ** 2 + im! ** 2;
}

Deno.test("a monotonous voice has energy at the harmonics of its pitch and none between", () => {
  const signal = speak({}, vowel);
  for (const harmonic of [1, 2, 3, 5]) {
    ok(power(signal, 125 * harmonic) > 1000 * power(signal, 125 * (harmonic + 0.5)));
  }
});

Deno.test("the strongest harmonics of a vowel stand at its first two formants", () => {
  const signal = speak({}, vowel);
  const harmonics = Array.from({ length: 14 }, (_, i) => 125 * (i + 1));
  const loudest = harmonics.toSorted((a, b) => power(signal, b) - power(signal, a));
  ok(Math.abs(loudest[0]! - 730) < 125, `${loudest[0]} Hz`);
  ok(power(signal, 1125) > 2 * power(signal, 1500), "the second formant");
});

Deno.test("neutral speech has a root mean square of 0.06, and 6 dB double it", () => {
  const rms = (x: Float32Array) => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);
  ok(Math.abs(rms(speak()) - 0.06) < 0.002);
  ok(Math.abs(rms(speak({ level: 6.02 })) - 0.12) < 0.008);
});

Deno.test("brightness is the change around 3 kHz in dB against what lies below 800 Hz", () => {
  const band = (signal: Float32Array, first: number, last: number) => {
    let sum = 0;
    for (let harmonic = first; harmonic <= last; harmonic++) sum += power(signal, 125 * harmonic);
    return 10 * Math.log10(sum);
  };
  const slope = (brightness: number) => {
    const signal = speak({ brightness }, vowel);
    return band(signal, 20, 28) - band(signal, 1, 6);
  };
  for (const brightness of [-4, 5]) {
    ok(Math.abs(slope(brightness) - slope(0) - brightness) < 1, `${brightness} dB`);
  }
});

Deno.test("a faster speaker is done sooner, and neither clip begins or ends with a click", () => {
  const [slow, fast] = [speak(), speak({ rate: 1.25 })];
  ok(Math.abs(slow.length / fast.length - 1.25) < 0.01);
  for (const signal of [slow, fast]) {
    equal(signal[0], 0);
    ok(Math.abs(signal.at(-1)!) < 1e-4);
    ok(signal.every((x) => Math.abs(x) < 1));
  }
});
