import { deepEqual, equal, throws } from "node:assert/strict";
import { assertLimits, mixChannels, unreadable } from "../../lib/signal/waveform.ts";

Deno.test("mixChannels() is the mean of the channels, scaled", () => {
  deepEqual([...mixChannels([[1, 2], [3, -4]])], [2, -1]);
  deepEqual([...mixChannels([[-128, 64]], 2 ** -7)], [-1, 0.5]);
});

Deno.test("assertLimits() allows ten minutes by default, and what lasts just as long", () => {
  const path = "a.wav";
  assertLimits({ samples: 6000, sampleRateHz: 10 }, { path });
  throws(() => assertLimits({ samples: 6001, sampleRateHz: 10 }, { path }), {
    name: "RangeError",
    message: 'Cannot read "a.wav": expected 600 s of sound or less, got 601 s',
  });
  throws(
    () => assertLimits({ samples: 21, sampleRateHz: 10 }, { path, maxSeconds: 2 }),
    /expected 2 s of sound or less, got 3 s/,
  );
});

Deno.test("unreadable() names the file, what was wanted and what is there", () => {
  equal(unreadable("a.wav", "x", "y").message, 'Cannot read "a.wav": expected x, got y');
});

Deno.test("assertLimits() refuses rates that no sound has", () => {
  assertLimits({ samples: 1, sampleRateHz: 768_000 }, { path: "a.wav" });
  for (const sampleRateHz of [0, 768_001]) {
    throws(() => assertLimits({ samples: 1, sampleRateHz }, { path: "a.wav" }), {
      name: "RangeError",
      message:
        `Cannot read "a.wav": expected a sample rate of 1 to 768000 Hz, got ${sampleRateHz} Hz`,
    });
  }
});
