import { deepEqual, throws } from "node:assert/strict";
import { oggPackets } from "../../lib/signal/ogg_packets.ts";

interface PageParts {
  flags?: number;
  granule?: number;
  serial?: number;
  number: number;
  /** The table of lengths; 255 says that a packet goes on. */
  lacing: number[];
  data: number[];
}

/** A page of Ogg, built by hand. */
function page({ flags = 0, granule = 0, serial = 1, number, lacing, data }: PageParts): number[] {
  const four = (x: number) => [x & 255, (x >> 8) & 255, (x >> 16) & 255, x >>> 24];
  const position = [...four(granule), ...four(granule < 0 ? -1 : 0)];
  const head = [0x4f, 0x67, 0x67, 0x53, 0, flags, ...position, ...four(serial), ...four(number)];
  const bytes = [...head, 0, 0, 0, 0, lacing.length, ...lacing, ...data];
  // The checksum, a bit at a time.
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  }
  bytes.splice(22, 4, ...four(crc));
  return bytes;
}

const [continued, first, last] = [1, 2, 4];
const path = "a.ogg";
const read = (...pages: number[][]) => oggPackets(Uint8Array.from(pages.flat()), { path });
const long = Array.from({ length: 300 }, (_, i) => i % 256);

Deno.test("oggPackets() joins packets over segments and pages", () => {
  const { packets, granule } = read(
    page({ flags: first, number: 0, lacing: [2, 0], data: [7, 8] }),
    page({ granule: -1, number: 1, lacing: [255], data: long.slice(0, 255) }),
    page({
      flags: continued | last,
      granule: 9,
      number: 2,
      lacing: [45, 255, 0],
      data: [...long.slice(255), ...long.slice(0, 255)],
    }),
  );
  deepEqual(packets.map((packet) => [...packet]), [[7, 8], [], long, long.slice(0, 255)]);
  deepEqual(granule, 9);
});

Deno.test("oggPackets() refuses a file that misses a page or has one too many", () => {
  const begin = page({ flags: first, number: 0, lacing: [1], data: [1] });
  const end = page({ flags: last, number: 1, lacing: [1], data: [2] });
  deepEqual(read(begin, end).packets.length, 2);
  const refuses = (pages: number[][], message: RegExp) => throws(() => read(...pages), message);
  refuses([begin, end.slice(0, 20)], /whole pages, got a part of one: the file is cut off/);
  refuses([begin, end.slice(0, -1)], /whole pages, got a part of one: the file is cut off/);
  refuses([begin, page({ flags: last, number: 2, lacing: [1], data: [2] })], /page 1 .+got page 2/);
  refuses([begin, page({ flags: last | continued, number: 1, lacing: [1], data: [2] })], /page 1/);
  refuses([begin, page({ flags: last, number: 1, lacing: [255], data: long.slice(45) })], /a part/);
  refuses([begin, page({ flags: first, serial: 2, number: 0, lacing: [1], data: [2] })], /several/);
  refuses([begin, end, begin, end], /one stream, got more after its end/);
  const damaged = end.toSpliced(-1, 1, 3);
  refuses([begin, damaged], /pages as they were written, got a damaged one at byte 29/);
});

Deno.test("oggPackets() reads a stream whose last page has no mark", () => {
  const begin = page({ flags: first, number: 0, lacing: [1], data: [1] });
  const end = page({ granule: 7, number: 1, lacing: [1], data: [2] });
  const { packets, granule } = read(begin, end);
  deepEqual([packets.map((packet) => [...packet]), granule], [[[1], [2]], 7]);
});
