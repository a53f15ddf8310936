import { ok } from "node:assert/strict";
import { type Microphone, through } from "../../../lib/datasets/embedded/microphone.ts";
import { noiseTable } from "../../../lib/datasets/embedded/noise.ts";
import { power } from "../../../lib/datasets/embedded/power.ts";

const sampleRate = 16_000;
const microphone: Microphone = { lowest: 200, highest: 3000, colourHz: 1000, colour: 0 };

/** The response at `hz` against that at 800 Hz in dB, by the answer to a click. */
function response(of: Partial<Microphone>, hz: number): number {
  const click = new Float32Array(sampleRate);
  click[0] = 1;
  const answer = through(click, { ...microphone, ...of }, { sampleRate });
  const at = (hz: number) => {
    const [re, im] = [Math.cos, Math.sin].map((wave) =>
      answer.reduce((sum, x, i) => sum + x * wave(2 * Math.PI * hz * i / sampleRate), 0)
    );
    return re! ** 2 + im! ** 2;
  };
  return 10 * Math.log10(at(hz) / at(800));
}

const near = (value: number, wanted: number, by: number) => Math.abs(value - wanted) < by;

Deno.test("a microphone has lost 3 dB at the ends of its band, and beyond them ever more", () => {
  ok(near(response({}, 200), -3, 0.1) && near(response({}, 3000), -3, 0.1));
  // 12 dB an octave below, 24 above and somewhat more, as half the sample rate is near.
  ok(near(response({}, 100), -12.3, 0.2) && near(response({}, 50), -24.1, 0.2));
  ok(response({}, 6000) < -24);
  ok(near(response({}, 400), 0, 0.3) && near(response({}, 1600), 0, 0.3), "flat between");
});

Deno.test("a microphone colours what it hears where and as much as was asked", () => {
  for (const colour of [-8, 6]) {
    const of = { highest: 7500, colourHz: 4000, colour };
    const without = response({ highest: 7500 }, 4000);
    // Against 800 Hz, where a little of the colour is left.
    ok(near(response(of, 4000) - without, colour, 0.3), `${colour} dB`);
  }
});

Deno.test("a microphone keeps the power of what it hears", () => {
  const noise = noiseTable().slice(0, sampleRate);
  const heard = through(noise, microphone, { sampleRate });
  ok(near(power(heard) / power(noise), 1, 1e-5));
  ok(power(heard.map((x, i) => x - noise[i]!)) > 0.1 * power(noise), "it is not the same sound");
});
