import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { logMel } from "../../lib/signal/log_mel.ts";
import reference from "../fixtures/log_mel.json" with { type: "json" };

Deno.test("logMel() agrees with its definition as numpy computes it", () => {
  const { data, frames, bands } = logMel(Float32Array.from(reference.samples), { bands: 20 });
  deepEqual([frames, bands], reference.shape);
  const worst = Math.max(...data.map((x, i) => Math.abs(x - reference.logMel[i]!)));
  ok(worst < 1e-3, `differs by ${worst}`);
});

Deno.test("logMel() puts a tone into the band around its frequency", () => {
  // 64 bands to 8 kHz are 43.69 mel apart; 1 kHz is 999.99 mel: the peak of band 22 is 1004.9.
  const tone = Float32Array.from({ length: 400 }, (_, i) => Math.sin(2 * Math.PI * i / 16));
  const { data } = logMel(tone);
  equal(data.indexOf(Math.max(...data)), 22);
});

Deno.test("logMel() of silence is the log of the floor, and short clips have no frames", () => {
  const silence = logMel(new Float32Array(560), { floor: 1e-6 });
  equal(silence.frames, 2);
  ok(silence.data.every((x) => Math.abs(x - Math.log(1e-6)) < 1e-5));
  equal(logMel(new Float32Array(399)).frames, 0);
});

Deno.test("logMel() adds ln 4 where the amplitude doubles", () => {
  const x = Float32Array.from({ length: 800 }, (_, i) => Math.sin(i * i / 900));
  const [once, twice] = [logMel(x).data, logMel(x.map((v) => 2 * v)).data];
  ok(once.every((v, i) => Math.abs(twice[i]! - v - Math.log(4)) < 1e-4));
});

Deno.test("logMel() refuses bands that hold no frequency, and ranges upside down", () => {
  const x = new Float32Array(400);
  throws(() => logMel(x, { bands: 200 }), /expected every band to hold a frequency/);
  throws(() => logMel(x, { lowHz: 9000 }), /0 ≤ lowHz < highHz ≤ 8000, got 9000 and 8000/);
  throws(() => logMel(x, { hopSeconds: 0 }), /a hop of 1 or more/);
});
