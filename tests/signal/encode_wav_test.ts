import { deepEqual, equal, throws } from "node:assert/strict";
import { encodeWav } from "../../lib/signal/encode_wav.ts";

Deno.test("encodeWav() writes the bytes of a one-sample file as the format defines them", () => {
  const hex = encodeWav(Float32Array.of(0.5), { sampleRate: 16_000 }).toHex();
  equal(
    hex,
    // "RIFF", 38 bytes to come, "WAVE", "fmt ", 16 bytes: PCM, 1 channel, 16,000 Hz, 32,000 bytes
    // a second, 2 bytes a frame, 16 bits; "data", 2 bytes: 16,384 = 0x4000, low byte first.
    "52494646" + "26000000" + "57415645" + "666d7420" + "10000000" + "0100" + "0100" +
      "803e0000" + "007d0000" + "0200" + "1000" + "64617461" + "02000000" + "0040",
  );
});

Deno.test("encodeWav() rounds to the nearest step and clips what is too loud", () => {
  const samples = Float32Array.of(0, 1 / 32768, -1, 1, 7, -7, 0.6 / 32768, -0.6 / 32768);
  const bytes = encodeWav(samples, { sampleRate: 8_000 });
  const steps = [...new Int16Array(bytes.buffer, 44)];
  deepEqual(steps, [0, 1, -32768, 32767, 32767, -32768, 1, -1]);
});

Deno.test("encodeWav() refuses a sample rate or a sample that no file can hold", () => {
  throws(() => encodeWav(Float32Array.of(0), { sampleRate: 44_100.5 }), {
    name: "RangeError",
    message: "Cannot encode a WAV file: expected a sample rate in whole Hz from 1, got 44100.5",
  });
  throws(() => encodeWav(Float32Array.of(0, NaN), { sampleRate: 8_000 }), {
    message: "Cannot encode a WAV file: expected finite samples, got NaN at sample 1",
  });
});
