/** A file of the feature store with thousands of samples, each of which is read by itself. @module */

import { join } from "node:path";
import { neededNodeModule } from "../deps/node.ts";
import { sha256 } from "../files.ts";
import { safetensorsHeader } from "../tensor/safetensors.ts";
import { keyBytes } from "./sample_keys.ts";
import { type Shard, shardMetadata, sumsName } from "./shard.ts";
import { removeFile } from "./shard_files.ts";
import { crc32, type KeptFiles, readShardRows, type RowPlace } from "./shard_rows.ts";

/** The rows of a packed shard, in the order of their keys, in shards with features of one kind. */
export interface RowsToPack {
  /** Of the encoder. */
  readonly digest: string;
  readonly id: string | undefined;
  readonly keys: Uint8Array<ArrayBuffer>;
  readonly rows: readonly { readonly shard: Shard; readonly row: number }[];
  /** Of what is packed at a time. */
  readonly kept: KeptFiles;
}

/** Thrown where a shard that is packed is damaged or gone; the cause says which. */
export class SourceError extends Error {
  /** Names the shard. */
  constructor(readonly shard: Shard, cause: unknown) {
    super(`Cannot pack "${shard.path}": ${(cause as Error).message}`, { cause });
  }
}

// Of one feature; so much is in memory at a time.
const chunkBytes = 16 << 20;

/**
 * Writes a packed shard into `folder`, which is there, and returns its name. It is there whole or not at
 * all, and on the disk: what it is made of may go. Equal rows give equal bytes, and a name that is theirs.
 *
 * It is a safetensors file with a `key` a row and `row_sums`, CRC-32 of the row in each feature by the
 * order of their names; the header has SHA-256 of these two, `index`, and of all that follows it.
 *
 * @throws {SourceError} A row can't be read.
 */
export function writePackedShard(folder: string, content: RowsToPack): string {
  const { keys, rows, digest, id } = content;
  const { bySample, places } = rows[0]!.shard;
  const names = Object.keys(places);
  const sums = new Uint8Array(rows.length * names.length * 4);
  const arrays = [
    ...names.map((name) => {
      const { dtype, shape } = places[name]!;
      return { name, dtype, shape: [rows.length, ...shape.slice(1)] };
    }).sort((a, b) => Number(a.dtype === "F16") - Number(b.dtype === "F16")),
    { name: "key", dtype: "U8" as const, shape: [rows.length, keyBytes] },
    { name: sumsName, dtype: "U8" as const, shape: [rows.length, names.length, 4] },
  ];
  const header = (index: string, all: string) =>
    safetensorsHeader(arrays, {
      ...shardMetadata({ digest, id, bySample }),
      index,
      sha256: all,
    });
  const noDigest = "0".repeat(64);
  const partial = join(folder, `safetensors.${crypto.randomUUID()}.partial`);
  try {
    using file = Deno.openSync(partial, { write: true, createNew: true });
    const hash = neededNodeModule("node:crypto").createHash("sha256");
    const put = (bytes: Uint8Array) => {
      hash.update(bytes);
      writeAll(file, bytes);
    };
    writeAll(file, header(noDigest, noDigest));
    for (const { name } of arrays.slice(0, -2)) {
      for (const chunk of chunksOf(content, name)) {
        put(chunk.bytes);
        const view = new DataView(sums.buffer);
        const column = names.indexOf(name);
        for (let i = 0; i < chunk.count; i++) {
          const own = chunk.bytes.subarray(i * chunk.size, (i + 1) * chunk.size);
          view.setUint32(4 * ((chunk.first + i) * names.length + column), crc32(own), true);
        }
      }
    }
    put(keys);
    put(sums);
    const index = new Uint8Array(keys.length + sums.length);
    index.set(keys);
    index.set(sums, keys.length);
    const whole = header(sha256(index), hash.digest("hex"));
    file.seekSync(0, Deno.SeekMode.Start);
    writeAll(file, whole);
    file.syncSync();
    const name = `${sha256(whole).slice(0, 32)}.safetensors`;
    Deno.renameSync(partial, join(folder, name));
    return name;
  } catch (error) {
    removeFile(partial); // A full disk: what it held is worth more.
    throw error;
  }
}

interface Chunk {
  readonly first: number;
  readonly count: number;
  /** The bytes of a row. */
  readonly size: number;
  readonly bytes: Uint8Array;
}

/** A feature's rows, some at a time. */
function* chunksOf({ rows, kept }: RowsToPack, name: string): Generator<Chunk> {
  const { places, count } = rows[0]!.shard;
  const size = (places[name]!.end - places[name]!.begin) / count;
  const most = Math.max(1, Math.floor(chunkBytes / size));
  for (let first = 0; first < rows.length; first += most) {
    const some = rows.slice(first, first + most);
    const bytes = new Uint8Array(some.length * size);
    const byShard = new Map<Shard, RowPlace[]>();
    some.forEach(({ shard, row }, to) => {
      const own = byShard.get(shard);
      if (own === undefined) byShard.set(shard, [{ row, to }]);
      else own.push({ row, to });
    });
    for (const [shard, own] of byShard) {
      try {
        readShardRows(
          shard,
          { rows: own, names: [name], kept },
          (_, to, row) => bytes.set(row, to * size),
        );
      } catch (error) {
        throw new SourceError(shard, error);
      }
    }
    yield { first, count: some.length, size, bytes };
  }
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    written += file.writeSync(bytes.subarray(written));
  }
}
