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
  throws(reading({ tag: 9, channels: 1, bits: 8, data }), /got format 9 of 8 bits/);
  throws(reading({ tag: 1, channels: 0, bits: 16, data }), /0 channels/);
  throws(
    reading({ tag: 1, channels: 2, bits: 16, data: data.subarray(0, 6) }),
    /frames of 4 bytes/,
  );
});

Deno.test("decodeWav() expands A-law and mu-law, worked by hand", () => {
  const law = (tag: number, ...codes: number[]) =>
    decoded({ tag, channels: 1, bits: 8, data: Uint8Array.from(codes) }).map((x) => 2 ** 15 * x);
  // Least and largest of both signs, and segment 2, step 5: 2 (16 · 5 + 264).
  deepEqual(law(6, 0xd5, 0x55, 0xaa, 0x2a, 0x80 ^ 0x25 ^ 0x55), [8, -8, 32_256, -32_256, 688]);
  // Two zeros, and segment 2, step 5: 4 (8 · 5 + 132) − 132.
  deepEqual(law(7, 0xff, 0x7f, 0x80, 0x00, 0xff ^ 0x25), [0, -0, 32_124, -32_124, 556]);
  const codes = Uint8Array.from({ length: 256 }, (_, i) => i);
  // Σ (7 i mod 31) x of all codes, by audioop of Python 3.11.
  const weighted = (tag: number) =>
    law(tag, ...codes).reduce((sum, x, i) => sum + 7 * i % 31 * x, 0);
  deepEqual([weighted(6), weighted(7)], [79_176, 592_536]);
});

/** A file of four 16-bit samples, with the sizes of the file and of the samples as given. */
function sized(riff: number, data: number, behind: Uint8Array = new Uint8Array()) {
  const steps = bytesOf(Int16Array.of(16384, -16384, 8192, 0));
  const bytes = Uint8Array.of(...wav({ tag: 1, channels: 1, bits: 16, data: steps }), ...behind);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, riff, true);
  view.setUint32(40, data, true);
  return bytes;
}

Deno.test("decodeWav() reads to the end where the writer left the size open", () => {
  const all = [0.5, -0.5, 0.25, 0];
  const sizes: [number, number][] = [
    [0xffffffff, 0xffffffff],
    [0x7fffffff, 0x7fffffdb],
    [0x7ffff024, 0x7ffff000],
    [0x80000024, 0x80000000],
    [0, 0],
    [36, 0], // The header was written, and never again.
    [0xffffffff, 0],
  ];
  for (const [riff, data] of sizes) {
    const read = (bytes: Uint8Array) => [...decodeWav(bytes, { path }).samples];
    deepEqual(read(sized(riff, data)), all, `${riff} ${data}`);
    // A sample that was begun.
    deepEqual(read(sized(riff, data, Uint8Array.of(1))), all, `${riff} ${data}`);
  }
  const reading = (bytes: Uint8Array) => () => decodeWav(bytes, { path });
  // A size beyond the whole that the header states was never the right one.
  deepEqual([...decodeWav(sized(44, 10), { path }).samples], all);
  deepEqual([...decodeWav(sized(36, 1e6), { path }).samples], all);
  throws(reading(sized(46, 10)), /expected 10 bytes of samples, got 8: the file is cut off/);
  // No samples, and another chunk.
  throws(reading(sized(44, 0)), /at least one sample, got none/);
  throws(reading(sized(0, 0).subarray(0, 45)), /at least one sample, got none/);
});

Deno.test("decodeWav() reads RF64 and BW64, whose sizes are in a chunk before", () => {
  const file = (name: string, size: bigint) => {
    const ds64 = new DataView(new ArrayBuffer(36));
    [...new TextEncoder().encode("ds64")].forEach((byte, i) => ds64.setUint8(i, byte));
    ds64.setUint32(4, 28, true);
    ds64.setBigUint64(8, size + 72n, true); // Of the file.
    ds64.setBigUint64(16, size, true);
    const riff = sized(0xffffffff, 0xffffffff, new TextEncoder().encode("LIST\x01\0\0\0a"));
    riff.set(new TextEncoder().encode(name));
    return Uint8Array.of(...riff.subarray(0, 12), ...bytesOf(ds64), ...riff.subarray(12));
  };
  for (const name of ["RF64", "BW64"]) {
    deepEqual([...decodeWav(file(name, 8n), { path }).samples], [0.5, -0.5, 0.25, 0]);
    throws(() => decodeWav(file(name, 100n), { path }), /expected 100 bytes of samples, got 17/);
  }
});

Deno.test("decodeWav() refuses a rate that no sound has, and names codecs that it does not read", () => {
  const bytes = sized(44, 8);
  new DataView(bytes.buffer).setUint32(24, 2 ** 32 - 1, true);
  throws(() => decodeWav(bytes, { path }), {
    name: "RangeError",
    message: 'Cannot read "clip.wav": expected a sample rate of 1 to 768000 Hz, got 4294967295 Hz',
  });
  const data = new Uint8Array(8);
  throws(
    () => decodeWav(wav({ tag: 0x31, channels: 1, bits: 4, data }), { path }),
    /A-law, mu-law or ADPCM, got GSM 6.10: ffmpeg -i "clip.wav" clip.flac converts it/,
  );
  throws(
    () => decodeWav(wav({ tag: 1, channels: 65, bits: 8, data: new Uint8Array(65) }), { path }),
    {
      name: "RangeError",
      message: 'Cannot read "clip.wav": expected 64 channels or fewer, got 65',
    },
  );
});

Deno.test("decodeWav() reads chunks of odd length that are not filled up", () => {
  const data = bytesOf(Int16Array.of(16384));
  const before = Uint8Array.of(...new TextEncoder().encode("LIST"), 3, 0, 0, 0, 1, 2, 3);
  deepEqual(decoded({ tag: 1, channels: 1, bits: 16, data, before }), [0.5]);
});
