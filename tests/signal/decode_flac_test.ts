import { deepEqual, equal, rejects } from "node:assert/strict";
import { decodeFlac } from "../../lib/signal/decode_flac.ts";

/** A number of so many bits, the most significant first, as two's complement. */
type Field = readonly [value: number, bits: number];

function bytesOf(fields: readonly Field[]): number[] {
  const bits = fields.map(([value, count]) =>
    (BigInt(value) & (1n << BigInt(count)) - 1n).toString(2).padStart(count, "0")
  ).join("");
  return bits.match(/.{1,8}/g)!.map((byte) => parseInt(byte.padEnd(8, "0"), 2));
}

/** The checksum of `width` bits after `bytes`, a bit at a time. */
function crc(bytes: number[], width: number, polynomial: number): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << (width - 8);
    for (let bit = 0; bit < 8; bit++) sum = (sum << 1) ^ (sum >> (width - 1) & 1 ? polynomial : 0);
  }
  return sum;
}

/** A stream's head: 32 kHz, the MD5 not known. */
function head({ channels, bits, total }: { channels: number; bits: number; total: number }) {
  const sizes: Field[] = [[16, 16], [16, 16], [0, 24], [0, 24]];
  const stream: Field[] = [[32_000, 20], [channels - 1, 3], [bits - 1, 5], [total, 36]];
  return [...new TextEncoder().encode("fLaC"), 0x80, 0, 0, 34, ...bytesOf([...sizes, ...stream])]
    .concat(new Array<number>(16).fill(0));
}

/** A frame of `count` samples, the first of which has a number, with its checksums. */
function frame(
  { count, number = 0, assignment, bitsCode, fields }: {
    count: number;
    number?: number;
    assignment: number;
    bitsCode: number;
    fields: Field[];
  },
): number[] {
  const start: Field[] = [[0x7ffc, 15], [1, 1], [6, 4], [8, 4], [assignment, 4], [bitsCode, 3]];
  const header = bytesOf([...start, [0, 1], [number, 8], [count - 1, 8]]);
  const bytes = [...header, crc(header, 8, 0x107), ...bytesOf(fields)];
  const sum = crc(bytes, 16, 0x18005);
  return [...bytes, sum >> 8, sum & 255];
}

const verbatim = (samples: number[], bits: number): Field[] => [
  [2, 8], // Kind 1, nothing wasted.
  ...samples.map((x): Field => [x, bits]),
];
const decode = (...parts: number[][]) =>
  decodeFlac(Uint8Array.from(parts.flat()), { path: "a.flac" });

Deno.test("decodeFlac() undoes a mean and a difference of 8, 16 and 24 bits", async () => {
  for (const [bits, bitsCode] of [[8, 1], [16, 4], [24, 6]] as const) {
    // Left and right 5, 2 and −3, 4: means 3 (the half lost) and 0, differences 3 and −7.
    const fields = [...verbatim([3, 0], bits), ...verbatim([3, -7], bits + 1)];
    const stream = head({ channels: 2, bits, total: 2 });
    const { samples } = await decode(
      stream,
      frame({ count: 2, assignment: 10, bitsCode, fields }),
    );
    deepEqual([...samples], [3.5 * 2 ** (1 - bits), 0.5 * 2 ** (1 - bits)]);
  }
});

Deno.test("decodeFlac() gives back every integer of 8 bits, and the ends of 16, 24 and 32", async () => {
  for (const [bits, bitsCode] of [[8, 1], [16, 4], [24, 6], [32, 7]] as const) {
    const most = 2 ** (bits - 1);
    const ends = [-most, 1 - most, most - 1, most - 2, -1, 0, 1, most / 2 + 1];
    const written = bits === 8 ? Array.from({ length: 256 }, (_, i) => i - 128) : ends;
    const fields = verbatim(written, bits);
    const { samples, sampleRateHz } = await decode(
      head({ channels: 1, bits, total: written.length }),
      frame({ count: written.length, assignment: 0, bitsCode, fields }),
    );
    equal(sampleRateHz, 32_000);
    deepEqual([...samples], written.map((x) => Math.fround(x / most)));
  }
});

Deno.test("decodeFlac() refuses other numbers of bits, and says what reads them", async () => {
  for (const [bits, bitsCode] of [[12, 2], [20, 5]] as const) {
    const fields = verbatim([1, 2], bits);
    const part = frame({ count: 2, assignment: 0, bitsCode, fields });
    await rejects(decode(head({ channels: 1, bits, total: 2 }), part), {
      name: "RangeError",
      message:
        `Cannot read "a.flac": expected FLAC of 8, 16, 24 or 32 bits, got ${bits}: ffmpeg -i "a.flac" clip.wav converts it`,
    });
  }
});

const part = (samples: number[], number = 0) =>
  frame({
    count: samples.length,
    number,
    assignment: 0,
    bitsCode: 1,
    fields: verbatim(samples, 8),
  });

Deno.test("decodeFlac() averages eight channels", async () => {
  const fields = Array.from({ length: 8 }, (_, c) => verbatim([16 * c, -c], 8)).flat();
  const stream = head({ channels: 8, bits: 8, total: 2 });
  const { samples } = await decode(stream, frame({ count: 2, assignment: 7, bitsCode: 1, fields }));
  deepEqual([...samples], [56 / 128, -3.5 / 128]);
});

Deno.test("decodeFlac() reads to the end where the count is not known", async () => {
  const stream = head({ channels: 1, bits: 8, total: 0 });
  deepEqual([...(await decode(stream, part([64, -64]), part([32], 2))).samples], [0.5, -0.5, 0.25]);
  await rejects(decode(stream), /expected at least one sample, got none/);
  const damaged = part([64, -64]).with(-3, 9);
  await rejects(decode(stream, part([1]), damaged, part([32], 2)), /damaged or cut off at byte 53/);
});

Deno.test("decodeFlac() compares the number of samples", async () => {
  const stream = head({ channels: 1, bits: 8, total: 3 });
  equal((await decode(stream, part([1, 2]), part([3], 2))).samples.length, 3);
  await rejects(decode(stream, part([1, 2])), /expected 3 samples, got 2: the file is cut off/);
  await rejects(decode(stream, part([1, 2]), part([3, 4], 2)), /expected 3 samples, got 4/);
});

Deno.test("decodeFlac() refuses a wrong bit in any byte of a frame", async () => {
  const stream = head({ channels: 1, bits: 8, total: 8 });
  const good = [part([1, 255, 3]), part([4, 5], 3), part([0, 0, 7], 5)].flat();
  equal((await decode(stream, good)).samples.length, 8);
  for (let at = 0; at < good.length; at++) {
    const damaged = good.with(at, good[at]! ^ 4);
    await rejects(decode(stream, damaged), /^RangeError: Cannot read "a.flac": expected /);
  }
});

Deno.test("decodeFlac() refuses frames of another format, and what is no frame", async () => {
  const stream = head({ channels: 1, bits: 8, total: 1 });
  const other = frame({ count: 1, assignment: 0, bitsCode: 4, fields: verbatim([1], 16) });
  await rejects(
    decode(stream, other),
    /format of the stream, got 1 channels of 16 bits, 32000 Hz at byte 42/,
  );
  await rejects(
    decode(stream, part([1]).with(0, 0)),
    /a frame of FLAC, got other bytes at byte 42/,
  );
  await rejects(decode(stream.slice(0, 30)), /a whole file, got one that is cut off/);
  await rejects(decode(stream.with(18, 0).with(19, 0).with(20, 0)), /with STREAMINFO, got none/);
});
