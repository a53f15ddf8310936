/** Rows of a shard, each checked when it is read. @module */

import { neededNodeModule } from "../deps/node.ts";
import { type ArrayPlace, readSafetensors } from "../tensor/safetensors.ts";
import { readBytes, type Shard } from "./shard.ts";

/** A row of a shard, and what the reader knows it by. */
export interface RowPlace {
  readonly row: number;
  readonly to: number;
}

/** What is to be read of a shard. */
export interface RowsWanted {
  readonly rows: readonly RowPlace[];
  /** Of features. */
  readonly names: readonly string[];
  /** Files that were read as a whole stay here, as long as there is room. */
  readonly kept?: KeptFiles;
}

/** Files in memory, of those that are read as a whole: who reads them often keeps them. */
export interface KeptFiles {
  readonly contents: Map<Shard, Uint8Array<ArrayBuffer>>;
  /** Bytes that are left. */
  room: number;
}

// Rows with less than so much between them are read at once, and not more than so many bytes of them.
const gapBytes = 16 << 10, runBytes = 4 << 20;

/**
 * Gives `take` the bytes of rows as they lie on disk, in the order of the file. Of a packed shard each
 * row has a checksum; of another the whole file is read and checked the first time.
 *
 * @throws {RangeError} The file is damaged. What was taken before is right.
 * @throws {Deno.errors.NotFound} It is gone.
 */
export function readShardRows(
  shard: Shard,
  { rows, names, kept }: RowsWanted,
  take: (name: string, to: number, bytes: Uint8Array<ArrayBuffer>) => void,
): void {
  const { sums, path, count, places } = shard;
  using source = openSource(shard, kept);
  const sorted = rows.toSorted((a, b) => a.row - b.row);
  const all = Object.keys(places);
  const checks = sums && new DataView(sums.buffer, sums.byteOffset, sums.byteLength);
  for (const name of names) {
    const { begin, end } = places[name]!;
    const size = (end - begin) / count;
    const column = all.indexOf(name);
    for (const run of runsOf(sorted, size)) {
      const start = begin + run[0]!.row * size;
      const bytes = source.read(start, begin + (run.at(-1)!.row + 1) * size);
      for (const { row, to } of run) {
        const offset = begin + row * size - start;
        const own = bytes.subarray(offset, offset + size);
        const sum = checks?.getUint32(4 * (row * all.length + column), true);
        if (own.length < size || sum !== undefined && crc32(own) !== sum) {
          throw new RangeError(
            `Cannot read "${path}": expected row ${row} of "${name}" with its checksum, got ` +
              `another: the file is damaged`,
          );
        }
        take(name, to, own);
      }
    }
  }
}

/** CRC-32 of bytes: it tells every damage of 32 bits in a row or less, and of others all but one in 4e9. */
export function crc32(bytes: Uint8Array): number {
  return neededNodeModule("node:zlib").crc32(bytes);
}

/** Numbers as they lie on disk. */
export function numbersOf(
  { dtype }: Pick<ArrayPlace, "dtype">,
  bytes: Uint8Array<ArrayBuffer>,
): Float32Array | Float16Array {
  const type = dtype === "F16" ? Float16Array : Float32Array;
  const { buffer, byteOffset, length } = bytes.byteOffset % type.BYTES_PER_ELEMENT === 0
    ? bytes
    : bytes.slice();
  return new type(buffer, byteOffset, length / type.BYTES_PER_ELEMENT);
}

interface Source extends Disposable {
  read(begin: number, end: number): Uint8Array<ArrayBuffer>;
}

function openSource(shard: Shard, kept: KeptFiles | undefined): Source {
  const inMemory = kept?.contents.get(shard);
  if (inMemory) return sourceOf(inMemory);
  if (shard.sums || shard.isVerified) {
    const file = Deno.openSync(shard.path);
    return {
      read: (begin, end) => readBytes(file, { begin, end }),
      [Symbol.dispose]: () => file.close(),
    };
  }
  const content = Deno.readFileSync(shard.path);
  readSafetensors(content, { path: shard.path });
  shard.isVerified = true;
  if (kept && content.length <= kept.room) {
    kept.contents.set(shard, content);
    kept.room -= content.length;
  }
  return sourceOf(content);
}

function sourceOf(content: Uint8Array<ArrayBuffer>): Source {
  return { read: (begin, end) => content.subarray(begin, end), [Symbol.dispose]: () => {} };
}

function* runsOf(sorted: readonly RowPlace[], size: number): Generator<RowPlace[]> {
  let run: RowPlace[] = [];
  for (const place of sorted) {
    const last = run.at(-1);
    const follows = last !== undefined && (place.row - last.row - 1) * size <= gapBytes &&
      (place.row + 1 - run[0]!.row) * size <= runBytes;
    if (!follows && run.length > 0) {
      yield run;
      run = [];
    }
    run.push(place);
  }
  if (run.length > 0) yield run;
}
