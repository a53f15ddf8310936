import { deepEqual, ok } from "node:assert/strict";
import { type Background, withBackground } from "../../../lib/datasets/embedded/background.ts";
import { power } from "../../../lib/datasets/embedded/power.ts";
import { statementSegments } from "../../../lib/datasets/embedded/phones.ts";
import { synthesise } from "../../../lib/datasets/embedded/synthesiser.ts";
import { key } from "../../../lib/tensor/random.ts";
import { plain, speaker } from "./plain_voice.ts";

const silent: Background = {
  noise: 0,
  hum: 0,
  babble: 0,
  darkness: 0.5,
  mainsHz: 50,
  place: 0.3,
};
const some: Background = { ...silent, noise: 0.5, hum: 0.3, babble: 0.2 };
const speech = synthesise(statementSegments(1), { speaker, prosody: plain, key: key(1) });

/** What is there beside the speech. */
function beside(background: Background, decibels = 10): Float32Array {
  return withBackground(speech, background, { decibels }).map((x, i) => x - speech[i]!);
}

Deno.test("the background is as far below the speech as was asked", () => {
  for (const background of [some, { ...silent, hum: 1 }, { ...silent, babble: 1 }]) {
    for (const decibels of [0, 5, 25]) {
      const ratio = 10 * Math.log10(power(speech) / power(beside(background, decibels)));
      ok(Math.abs(ratio - decibels) < 0.01, `${ratio} dB`);
    }
  }
});

Deno.test("hum is at five multiples of the mains, and nowhere between", () => {
  const second = beside({ ...silent, hum: 1, mainsHz: 60 }).subarray(0, 16_000);
  const at = (hz: number) =>
    [Math.cos, Math.sin].reduce(
      (sum, wave) =>
        sum + second.reduce((s, x, i) => s + x * wave(2 * Math.PI * hz * i / 16_000), 0) ** 2,
      0,
    );
  for (const multiple of [1, 2, 3, 4, 5]) {
    ok(Math.abs(at(60 * multiple) / at(60) - multiple ** -2) < 1e-3, `multiple ${multiple}`);
    ok(at(60 * multiple + 30) < 1e-4 * at(60));
  }
  ok(at(360) < 1e-4 * at(60));
});

Deno.test("dark noise has less of the high than white noise", () => {
  const roughness = (darkness: number) => {
    const noise = beside({ ...silent, noise: 1, darkness });
    return power(noise.subarray(1).map((x, i) => x - noise[i]!)) / power(noise);
  };
  // White: 2. Behind y = a y₋₁ + (1 − a) x: 2 (1 − a).
  ok(Math.abs(roughness(0) - 2) < 0.05);
  ok(Math.abs(roughness(0.9) - 0.2) < 0.02);
});

Deno.test("others talk without a pause, each time the same, from the place that was asked", () => {
  const samples = 2 ** 17;
  const talk = (place: number) => {
    const tone = new Float32Array(samples).fill(1);
    return withBackground(tone, { ...silent, babble: 1, place }, { decibels: 0 })
      .map((x) => x - 1);
  };
  const whole = talk(0);
  const seconds = Array.from(
    { length: 8 },
    (_, i) => power(whole.subarray(16_000 * i, 16_000 * (i + 1))),
  );
  ok(Math.min(...seconds) > 0.2 * Math.max(...seconds));
  deepEqual(talk(0), whole);
  // It goes in a circle, so that all of it from any place is equally loud.
  const quarter = talk(0.25);
  ok(quarter.every((x, i) => Math.abs(x - whole[(i + samples / 4) % samples]!) < 1e-4));
});
