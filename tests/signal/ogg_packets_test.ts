import { deepEqual, throws } from "node:assert/strict";
import { oggStreams } from "../../lib/signal/ogg_packets.ts";
import { page } from "./ogg_pages.ts";

const [continued, first, last] = [1, 2, 4];
const path = "a.ogg";
const readAll = (...pages: number[][]) => oggStreams(Uint8Array.from(pages.flat()), { path });
const read = (...pages: number[][]) => readAll(...pages)[0]!;
const long = Array.from({ length: 300 }, (_, i) => i % 256);

Deno.test("oggStreams() joins packets over segments and pages", () => {
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

Deno.test("oggStreams() refuses a file that misses a page or has one too many", () => {
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
  refuses([begin, end, end], /one stream at a time, got a part of one/);
  const damaged = end.toSpliced(-1, 1, 3);
  refuses([begin, damaged], /pages as they were written, got a damaged one at byte 29/);
});

Deno.test("oggStreams() reads a stream whose last page has no mark", () => {
  const begin = page({ flags: first, number: 0, lacing: [1], data: [1] });
  const end = page({ granule: 7, number: 1, lacing: [1], data: [2] });
  const { packets, granule } = read(begin, end);
  deepEqual([packets.map((packet) => [...packet]), granule], [[[1], [2]], 7]);
});

Deno.test("oggStreams() tells streams apart that follow each other, marked or not", () => {
  const stream = (serial: number, flags: number) => [
    page({ flags: first, serial, number: 0, lacing: [1], data: [serial] }),
    page({ flags, granule: 5, serial, number: 1, lacing: [1, 1], data: [2, 3] }),
  ];
  for (const flags of [last, 0]) {
    for (const serial of [1, 9]) { // A program may give each stream the same number.
      const streams = readAll(...stream(1, flags), ...stream(serial, last));
      deepEqual(streams.map(({ packets }) => packets.map(([byte]) => byte)), [
        [1, 2, 3],
        [serial, 2, 3],
      ]);
      deepEqual(streams.map(({ granule }) => granule), [5, 5]);
    }
  }
});

Deno.test("oggStreams() reads a stream whose sound was under way when it was recorded", () => {
  const begin = page({ flags: first, number: 0, lacing: [1], data: [1] });
  const late = page({ flags: continued, granule: 900, number: 7, lacing: [2, 1], data: [8, 8, 2] });
  const next = page({ granule: 1000, number: 8, lacing: [1], data: [3] });
  const { packets, granule, start } = read(begin, late, next);
  // What began before the recording is no packet.
  deepEqual([packets.map((packet) => [...packet]), granule, start], [
    [[1], [2], [3]],
    1000,
    { granule: 900, packets: 2 },
  ]);
  const gap = page({ granule: 1200, number: 10, lacing: [1], data: [3] });
  throws(() => read(begin, late, next, gap), /page 9 .+got page 10/);
});
