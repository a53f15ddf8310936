import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { resample } from "../../lib/signal/resample.ts";

const sine = (hz: number, rate: number, n: number) =>
  Float32Array.from({ length: n }, (_, i) => 0.5 * Math.sin(2 * Math.PI * hz * i / rate));

/** The greatest difference away from the ends. */
function worst(a: Float32Array, b: Float32Array): number {
  return Math.max(...a.subarray(400, -400).map((x, i) => Math.abs(x - b[i + 400]!)));
}

for (const fromHz of [48_000, 44_100, 22_050, 8_000]) {
  Deno.test(`resample() takes a sine from ${fromHz} Hz to the same sine at 16 kHz`, async () => {
    const toHz = 16_000;
    const y = await resample(sine(1000, fromHz, fromHz / 2), { fromHz, toHz });
    equal(y.length, 8000);
    ok(worst(y, sine(1000, toHz, 8000)) < 1e-5);
  });
}

Deno.test("resample() removes what the new rate cannot hold", async () => {
  const y = await resample(sine(10_000, 48_000, 24_000), { fromHz: 48_000, toHz: 16_000 });
  ok(worst(y, new Float32Array(8000)) < 1e-5);
});

Deno.test("resample() rounds the length up and keeps what it is given", async () => {
  const x = sine(100, 48_000, 1000);
  equal((await resample(x, { fromHz: 48_000, toHz: 16_000 })).length, 334);
  deepEqual(await resample(x, { fromHz: 16_000, toHz: 16_000 }), x);
  deepEqual(x, sine(100, 48_000, 1000));
});

Deno.test("resample() refuses rates that no sound has, and what memory can't hold", async () => {
  const x = new Float32Array(6000);
  const refuses = (fromHz: number, toHz: number, message: RegExp) =>
    rejects(resample(x, { fromHz, toHz }), { name: "RangeError", message });
  await refuses(0, 16_000, /expected rates in whole Hz from 1 to 768000, got 0/);
  await refuses(48_000, 1.5, /got 1.5$/);
  await refuses(2 ** 32 - 1, 16_000, /got 4294967295$/);
  await refuses(768_000, 2_999, /at least a 256th of the rate, got 768000 Hz to 2999 Hz/);
  await refuses(1, 768_000, /fits into memory, got 4608000000 samples/);
  equal((await resample(x, { fromHz: 768_000, toHz: 16_000 })).length, 125);
});
