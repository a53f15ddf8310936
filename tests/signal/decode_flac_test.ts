import { deepEqual, equal, throws } from "node:assert/strict";
import { createHash } from "node:crypto";
import { decodeFlac } from "../../lib/signal/decode_flac.ts";

/** A number of so many bits, the most significant first, as two's complement. */
type Field = readonly [value: number, bits: number];

function bytesOf(fields: readonly Field[]): number[] {
  const bits = fields.map(([value, count]) =>
    (BigInt(value) & (1n << BigInt(count)) - 1n).toString(2).padStart(count, "0")
  ).join("");
  return bits.match(/.{1,8}/g)!.map((byte) => parseInt(byte.padEnd(8, "0"), 2));
}

const zeros = new Array<number>(16).fill(0);

/** A stream's head: 32 kHz, the MD5 sixteen bytes. */
function head(
  { channels, bits, total, md5 = zeros }: {
    channels: number;
    bits: number;
    total: number;
    md5?: number[];
  },
): number[] {
  const sizes: Field[] = [[16, 16], [16, 16], [0, 24], [0, 24]];
  const stream: Field[] = [[32_000, 20], [channels - 1, 3], [bits - 1, 5], [total, 36]];
  return [...new TextEncoder().encode("fLaC"), 0x80, 0, 0, 34, ...bytesOf([...sizes, ...stream])]
    .concat(md5);
}

/** A frame of `count` samples with its checksum. */
function frame(
  { count, assignment, bitsCode, fields }: {
    count: number;
    assignment: number;
    bitsCode: number;
    fields: Field[];
  },
): number[] {
  const start: Field[] = [[0x7ffc, 15], [0, 1], [6, 4], [8, 4], [assignment, 4], [bitsCode, 3]];
  const bytes = bytesOf([...start, [0, 1], [0, 8], [count - 1, 8], [0, 8], ...fields]);
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x8000 ? 0x18005 : 0);
  }
  return [...bytes, crc >> 8, crc & 255];
}

const verbatim = (samples: number[], bits: number): Field[] => [
  [2, 8], // Kind 1, nothing wasted.
  ...samples.map((x): Field => [x, bits]),
];
const decode = (...parts: number[][]) =>
  decodeFlac(Uint8Array.from(parts.flat()), { path: "a.flac" });

Deno.test("decodeFlac() reads 32 bits, and differences of 33, worked by hand", () => {
  const largest = 2 ** 31;
  const left = [-largest, largest - 1, 0];
  const side = [1 - 2 * largest, 2 * largest - 1, 3]; // Left less right.
  const fields = [...verbatim(left, 32), ...verbatim(side, 33)];
  const stream = head({ channels: 2, bits: 32, total: 3 });
  const { samples, sampleRateHz } = decode(
    stream,
    frame({ count: 3, assignment: 8, bitsCode: 7, fields }),
  );
  equal(sampleRateHz, 32_000);
  // Right is largest − 1, −largest and −3.
  deepEqual([...samples], [-1, -1, -3].map((sum) => Math.fround(sum / 2 / largest)));
});

Deno.test("decodeFlac() undoes a mean and a difference", () => {
  // Left and right 5, 2 and −3, 4: means 3 (the half lost) and 0, differences 3 and −7.
  const fields = [...verbatim([3, 0], 8), ...verbatim([3, -7], 9)];
  const stream = head({ channels: 2, bits: 8, total: 2 });
  const { samples } = decode(stream, frame({ count: 2, assignment: 10, bitsCode: 1, fields }));
  deepEqual([...samples], [3.5 / 128, 0.5 / 128]);
});

Deno.test("decodeFlac() reads to the end where the count is not known", () => {
  const stream = head({ channels: 1, bits: 8, total: 0 });
  const part = (samples: number[]) =>
    frame({ count: samples.length, assignment: 0, bitsCode: 1, fields: verbatim(samples, 8) });
  deepEqual([...decode(stream, part([64, -64]), part([32])).samples], [0.5, -0.5, 0.25]);
  throws(() => decode(stream), /expected at least one sample, got none/);
});

Deno.test("decodeFlac() compares the samples with their MD5 and their number", () => {
  const part = frame({ count: 2, assignment: 0, bitsCode: 1, fields: verbatim([1, 255], 8) });
  const md5 = [...createHash("md5").update(Uint8Array.of(1, 255)).digest()];
  equal(decode(head({ channels: 1, bits: 8, total: 2, md5 }), part).samples.length, 2);
  const wrong = md5.with(0, md5[0]! ^ 1);
  throws(
    () => decode(head({ channels: 1, bits: 8, total: 2, md5: wrong }), part),
    /^RangeError: Cannot read "a.flac": expected samples with MD5 [0-9a-f]{32}, got [0-9a-f]{32}$/,
  );
  throws(() => decode(head({ channels: 1, bits: 8, total: 1 }), part), /1 samples, got 2/);
});

Deno.test("decodeFlac() refuses frames of another format, and damaged ones", () => {
  const stream = head({ channels: 1, bits: 8, total: 1 });
  const fields = verbatim([1], 16);
  throws(
    () => decode(stream, frame({ count: 1, assignment: 0, bitsCode: 4, fields })),
    /format of the stream, got 1 channels of 16 bits, 32000 Hz at byte 42/,
  );
  throws(
    () => decode(stream, frame({ count: 1, assignment: 11, bitsCode: 1, fields })),
    /a reserved code/,
  );
  const good = frame({ count: 1, assignment: 0, bitsCode: 1, fields: verbatim([1], 8) });
  const damaged = good.with(-3, 9);
  throws(() => decode(stream, damaged), /frames as they were written, got a damaged one/);
  throws(() => decode(stream, good.with(0, 0)), /got other bytes at byte 42/);
});
