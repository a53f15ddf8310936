import { deepEqual, notDeepEqual, ok } from "node:assert/strict";
import { power } from "../../../lib/datasets/embedded/power.ts";
import { drawRecording, record } from "../../../lib/datasets/embedded/recording.ts";
import { noiseTable } from "../../../lib/datasets/embedded/noise.ts";
import { fold, key } from "../../../lib/tensor/random.ts";

const draws = Array.from({ length: 300 }, (_, i) => drawRecording(fold(key(3), i)));

/** A second of a sound as loud as neutral speech, amid silence. */
function sound(level = 0.06): Float32Array {
  const signal = new Float32Array(24_000);
  signal.set(noiseTable().subarray(0, 16_000).map((x) => level * x), 4000);
  return signal;
}

Deno.test("drawRecording() covers rooms from dry to live, and backgrounds from faint to loud", () => {
  const spread = (values: number[]) => [Math.min(...values), Math.max(...values)] as const;
  const [driest, liveliest] = spread(draws.map(({ room }) => room.reverberation));
  ok(driest < 0.25 && liveliest > 0.6);
  const [loud, faint] = spread(draws.map(({ signalToNoise }) => signalToNoise));
  ok(loud > 0 && faint > loud + 15, "the speech is louder in each");
  const { background: { noise, hum, babble } } = draws[0]!;
  ok(Math.abs(noise + hum + babble - 1) < 1e-9);
  for (const part of ["noise", "hum", "babble"] as const) {
    const shares = draws.map(({ background }) => background[part]);
    const mean = shares.reduce((a, b) => a + b) / shares.length;
    ok(Math.abs(mean - 1 / 3) < 0.06, `${part}: ${mean}`);
  }
});

Deno.test("a key gives one recording, and another key another", () => {
  deepEqual(drawRecording(key(1)), drawRecording(key(1)));
  notDeepEqual(drawRecording(key(1)), drawRecording(key(2)));
  deepEqual(record(sound(), draws[0]!), record(sound(), draws[0]!));
});

Deno.test("record() keeps the level but for the gain and the background", () => {
  const dry = sound();
  for (const recording of draws.slice(0, 20)) {
    const heard = record(dry, recording);
    const decibels = 10 * Math.log10(power(heard) / power(dry));
    const added = 10 * Math.log10(1 + 10 ** (-recording.signalToNoise / 10));
    // Two sounds of chance are never quite without a common part.
    ok(Math.abs(decibels - recording.gain - added) < 0.2, `${decibels} dB`);
    ok(heard.length === dry.length);
  }
});

Deno.test("record() turns a sound down that would pass full scale, and does not bend it", () => {
  const loud = record(sound(0.6), draws[0]!);
  const faint = record(sound(0.006), draws[0]!);
  const peak = loud.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  ok(Math.abs(peak - 0.96) < 1e-6);
  const ratio = Math.sqrt(power(loud) / power(faint));
  ok(loud.every((x, i) => Math.abs(x - ratio * faint[i]!) < 1e-4));
});
