import { equal, ok } from "node:assert/strict";
import { power } from "../../../lib/datasets/embedded/power.ts";
import { inRoom, type Room } from "../../../lib/datasets/embedded/room.ts";
import { noiseTable } from "../../../lib/datasets/embedded/noise.ts";

const sampleRate = 16_000;
const room: Room = { reverberation: 0.4, size: 1, damping: 0, direct: 3 };

/** A second of silence with a click at its beginning. */
function click(): Float32Array {
  const signal = new Float32Array(sampleRate);
  signal[0] = 1;
  return signal;
}

/** Half a second of noise, then as much silence. */
function burst(): Float32Array {
  const signal = new Float32Array(sampleRate);
  signal.set(noiseTable().subarray(0, sampleRate / 2));
  return signal;
}

const decibels = (ratio: number) => 10 * Math.log10(ratio);

Deno.test("a room sounds on after the sound has ended, and keeps its power", () => {
  const dry = burst();
  const wet = inRoom(dry, room, { sampleRate });
  equal(power(dry.subarray(sampleRate / 2)), 0);
  ok(decibels(power(wet.subarray(sampleRate / 2)) / power(wet)) > -20);
  ok(Math.abs(power(wet) / power(dry) - 1) < 1e-5);
  equal(wet.length, dry.length);
});

Deno.test("the direct sound is as much louder than its reflections as was asked", () => {
  for (const direct of [-2, 10]) {
    const heard = inRoom(click(), { ...room, direct }, { sampleRate });
    const [first, rest] = [heard[0]! ** 2, sampleRate * power(heard.subarray(1))];
    ok(Math.abs(decibels(first / (heard.length / (heard.length - 1) * rest)) - direct) < 0.01);
  }
});

Deno.test("the reflections fall by 60 dB in the time of reverberation", () => {
  for (const reverberation of [0.2, 0.6]) {
    const heard = inRoom(click(), { ...room, reverberation }, { sampleRate });
    // What is still to come at a moment (Schroeder 1965): from −5 to −35 dB is half of 60 dB.
    const left = (from: number) => power(heard.subarray(from)) * (heard.length - from);
    const reflected = left(1);
    const when = (fall: number) => {
      let i = 1;
      while (decibels(left(i) / reflected) > fall) i += 8;
      return i / sampleRate;
    };
    const measured = 2 * (when(-35) - when(-5));
    ok(Math.abs(measured / reverberation - 1) < 0.15, `${measured} s`);
  }
});

Deno.test("damping takes the high from what is reflected", () => {
  const roughness = (damping: number) => {
    // Later than the first echoes, by the first difference, which weighs high frequencies.
    const tail = inRoom(burst(), { ...room, damping }, { sampleRate }).subarray(0.6 * sampleRate);
    return power(tail.subarray(1).map((x, i) => x - tail[i]!)) / power(tail);
  };
  ok(roughness(0.5) < 0.5 * roughness(0));
});
