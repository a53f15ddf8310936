import { deepEqual, equal, throws } from "node:assert/strict";
import { decodeWav } from "../../lib/signal/decode_wav.ts";
import { encodeWav } from "../../lib/signal/encode_wav.ts";

interface Parts {
  tag: number;
  channels: number;
  bits: number;
  data: Uint8Array;
  extensible?: boolean;
  before?: Uint8Array;
}

/** A WAV file at 8 kHz, built by hand. */
function wav({ tag, channels, bits, data, extensible, before = new Uint8Array() }: Parts) {
  const number = (value: number, bytes: number) =>
    Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);
  const chunk = (name: string, content: Iterable<number>) => {
    const bytes = [...content];
    return [...new TextEncoder().encode(name), ...number(bytes.length, 4), ...bytes];
  };
  const frame = channels * bits / 8;
  const format = [
    ...number(extensible ? 0xfffe : tag, 2),
    ...number(channels, 2),
    ...number(8000, 4),
    ...number(8000 * frame, 4),
    ...number(frame, 2),
    ...number(bits, 2),
    ...extensible
      ? [
        ...number(22, 2),
        ...number(bits, 2),
        ...number(0, 4),
        ...number(tag, 2),
        ...Array(14).fill(9),
      ]
      : [],
  ];
  const body = [
    ...new TextEncoder().encode("WAVE"),
    ...before,
    ...chunk("fmt ", format),
    ...chunk("data", data),
  ];
  return Uint8Array.from(chunk("RIFF", body));
}

const path = "clip.wav";
const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer);
const decoded = (parts: Parts) => [...decodeWav(wav(parts), { path }).samples];

Deno.test("decodeWav() scales each format by its largest negative number", () => {
  const mono = { tag: 1, channels: 1 };
  deepEqual(decoded({ ...mono, bits: 8, data: Uint8Array.of(0, 128, 192) }), [-1, 0, 0.5]);
  const data16 = bytesOf(Int16Array.of(-32768, 1, 16384));
  deepEqual(decoded({ ...mono, bits: 16, data: data16 }), [-1, 2 ** -15, 0.5]);
  const data24 = Uint8Array.of(0, 0, 0x80, 1, 0, 0, 0, 0, 0x40, 0xff, 0xff, 0xff);
  deepEqual(decoded({ ...mono, bits: 24, data: data24 }), [-1, 2 ** -23, 0.5, -(2 ** -23)]);
  const data32 = bytesOf(Int32Array.of(-(2 ** 31), 2 ** 30));
  deepEqual(decoded({ ...mono, bits: 32, data: data32 }), [-1, 0.5]);
  const float = { tag: 3, channels: 1 };
  deepEqual(decoded({ ...float, bits: 32, data: bytesOf(Float32Array.of(0.25, -1.5)) }), [
    0.25,
    -1.5,
  ]);
  deepEqual(decoded({ ...float, bits: 64, data: bytesOf(Float64Array.of(0.25)) }), [0.25]);
});

Deno.test("decodeWav() averages the channels", () => {
  const data = bytesOf(Int16Array.of(8192, 16384, 0, -8192));
  deepEqual(decoded({ tag: 1, channels: 2, bits: 16, data }), [0.375, -0.125]);
});

Deno.test("decodeWav() reads extensible headers and passes over other chunks, of odd length too", () => {
  const data = bytesOf(Int16Array.of(16384));
  const before = Uint8Array.of(...new TextEncoder().encode("LIST"), 3, 0, 0, 0, 1, 2, 3, 0);
  deepEqual(decoded({ tag: 1, channels: 1, bits: 16, data, extensible: true, before }), [0.5]);
});

Deno.test("decodeWav() undoes encodeWav()", () => {
  const samples = Float32Array.from({ length: 99 }, (_, i) => (i * 643 % 65536 - 32768) / 32768);
  const wave = decodeWav(encodeWav(samples, { sampleRate: 48000 }), { path });
  deepEqual(wave.samples, samples);
  equal(wave.sampleRateHz, 48000);
});

Deno.test("decodeWav() refuses a file that is not whole, and names it", () => {
  const whole = encodeWav(new Float32Array(100).fill(0.1), { sampleRate: 16000 });
  const reading = (bytes: Uint8Array) => () => decodeWav(bytes, { path });
  throws(reading(whole.subarray(0, 150)), {
    name: "RangeError",
    message: 'Cannot read "clip.wav": expected 200 bytes of samples, got 106: the file is cut off',
  });
  throws(reading(whole.subarray(0, 40)), /"clip.wav": expected a chunk of samples, got none/);
  throws(reading(whole.subarray(0, 0)), /"clip.wav": .* got an empty file/);
  throws(reading(new TextEncoder().encode("not sound at all")), /expected a WAV file/);
  throws(reading(encodeWav(new Float32Array(), { sampleRate: 16000 })), /at least one sample/);
});

Deno.test("decodeWav() refuses other formats and samples that are not finite", () => {
  const reading = (parts: Parts) => () => decodeWav(wav(parts), { path });
  const data = bytesOf(Float32Array.of(0, NaN));
  throws(reading({ tag: 3, channels: 1, bits: 32, data }), /finite samples, got NaN at sample 1/);
  throws(reading({ tag: 7, channels: 1, bits: 8, data }), /got format 7 of 8 bits/);
  throws(reading({ tag: 1, channels: 0, bits: 16, data }), /0 channels/);
  throws(
    reading({ tag: 1, channels: 2, bits: 16, data: data.subarray(0, 6) }),
    /frames of 4 bytes/,
  );
});
