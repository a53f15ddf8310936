/** A file of the feature store: the features of some samples, and the keys they are found by. @module */

import { sha256 } from "../files.ts";
import {
  type ArrayPlace,
  headerEnd,
  readSafetensorsHeader,
  writeSafetensors,
} from "../tensor/safetensors.ts";
import type { Encoder, Features } from "./encoder.ts";
import { keyBytes, sampleKeys } from "./sample_keys.ts";

/** The features of N samples: each name's numbers as one array, a row per sample. */
export type FeatureTable = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>
>;

/** What the store needs to know of an encoder. An id is noted in the files, for people. */
export type EncoderIdentity =
  & Pick<Encoder<never>, "digest" | "shapes">
  & Partial<Pick<Encoder<never>, "id">>;

/** How features lie on disk. */
export type Precision = "float32" | "float16";

/** What a shard is said to hold, by its first and last bytes. */
export interface Shard {
  readonly path: string;
  readonly count: number;
  /** By the sample's hash alone; those of older versions by the hash and the encoder's digest. */
  readonly bySample: boolean;
  /** Whether some of its features are halves. */
  readonly half: boolean;
  /** Of the encoder, if the writer knew it. */
  readonly id: string | undefined;
  /** The size of the file. */
  readonly bytes: number;
  /** Where its features are, by name in alphabetical order. */
  readonly places: Readonly<Record<string, ArrayPlace>>;
  /**
   * CRC-32 of each row of each feature, `[count, features, 4]`, little-endian; only a packed shard has
   * them, of the others the file has one digest.
   */
  readonly sums: Uint8Array<ArrayBuffer> | undefined;
  /** Whether the digest of the file was found right. */
  isVerified: boolean;
}

/** A shard and its keys, 8 words each. */
export interface ShardIndex {
  readonly shard: Shard;
  readonly keys: Uint32Array<ArrayBuffer>;
}

/** A table of `count` rows of zeros. */
export function emptyTable(
  { shapes }: Pick<EncoderIdentity, "shapes">,
  count: number,
): FeatureTable {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, {
      shape: [count, ...shape],
      data: new Float32Array(count * product(shape)),
    }]),
  );
}

/** Puts one sample's features into row `index`. */
export function setRow(table: FeatureTable, index: number, features: Features): void {
  for (const [name, { data, shape }] of Object.entries(table)) {
    const size = product(shape.slice(1));
    const values = features[name];
    if (values?.length !== size) {
      throw new RangeError(
        `Cannot store "${name}": expected ${size} numbers a sample, got ${values?.length}`,
      );
    }
    data.set(values, index * size);
  }
}

/** Copies row `from.row` of a table to row `to.row` of another. */
export function copyRow(
  from: { readonly table: FeatureTable; readonly row: number },
  to: { readonly table: FeatureTable; readonly row: number },
): void {
  for (const [name, { data, shape }] of Object.entries(to.table)) {
    const size = product(shape.slice(1));
    const values = from.table[name]!.data.subarray(from.row * size, (from.row + 1) * size);
    data.set(values, to.row * size);
  }
}

interface StoredArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float16Array;
}

/** A shard as bytes, and its rows as they will be read. */
export function makeShard(
  encoder: EncoderIdentity,
  rows: readonly { readonly hash: string; readonly features: Features }[],
  precision: Precision,
): { bytes: Uint8Array<ArrayBuffer>; stored: FeatureTable } {
  const table = emptyTable(encoder, rows.length);
  rows.forEach(({ features }, i) => setRow(table, i, features));
  const keys = sampleKeys(rows.map(({ hash }) => hash));
  const arrays: Record<string, StoredArray> = precision === "float32"
    ? table
    : mapValues(table, ({ shape, data }) => ({ shape, data: halved(data) }));
  const { digest, id } = encoder;
  const bytes = writeSafetensors(
    { ...arrays, key: { shape: [rows.length, keyBytes], data: keys } },
    { metadata: shardMetadata({ digest, id, bySample: true }) },
  );
  const stored = mapValues(arrays, ({ shape, data }) => ({
    shape,
    data: data instanceof Float32Array ? data : new Float32Array(data),
  }));
  return { bytes, stored };
}

/** What a shard notes beside its arrays. */
export function shardMetadata(
  { digest, id, bySample }: {
    readonly digest: string;
    readonly id: string | undefined;
    readonly bySample: boolean;
  },
): Record<string, string> {
  return {
    encoder: digest,
    ...id !== undefined && { id },
    ...bySample && { keys: "sample" },
  };
}

// A number of 65520 or more would become infinite, and integers may stand for something, such as words.
function halved(data: Float32Array): Float32Array | Float16Array {
  const half = new Float16Array(data);
  const exact = data.every(Number.isInteger);
  const serves = (x: number, i: number) =>
    exact ? x === data[i] : Number.isFinite(x) || !Number.isFinite(data[i]);
  return half.every(serves) ? half : data;
}

/**
 * Reads the keys of a shard and little else. It has to be that of the encoder of this digest, and to
 * have its shapes, if these are known.
 *
 * @throws {RangeError} The file is cut off or no shard.
 * @throws {Deno.errors.NotFound} It is gone.
 */
export function readShardIndex(
  path: string,
  { digest, shapes = {} }: Pick<EncoderIdentity, "digest"> & Partial<EncoderIdentity>,
): ShardIndex {
  using file = Deno.openSync(path);
  const { size } = file.statSync();
  const place = { path, size };
  let head = readBytes(file, { begin: 0, end: Math.min(size, usualHeader) });
  const end = headerEnd(head, place);
  if (end > head.length) head = readBytes(file, { begin: 0, end });
  const { places: { key, [sumsName]: sums, ...places }, metadata } = readSafetensorsHeader(
    head,
    place,
  );
  const count = key?.shape[0] ?? 0;
  if (key?.dtype !== "U8" || key.shape.length !== 2 || key.shape[1] !== keyBytes) {
    throw unlike(path, `"key" of [rows,${keyBytes}]`, `[${key?.shape}]`);
  }
  const { encoder = digest, keys: kind } = metadata;
  const bySample = kind === "sample";
  // What is found by the hash alone has no other trace of its encoder.
  if (encoder !== digest || !bySample && kind !== undefined) {
    throw unlike(path, `features of ${digest.slice(0, 16)}`, `${encoder.slice(0, 16)} ${kind}`);
  }
  const names = Object.keys(places).sort();
  for (const [name, shape] of Object.entries(shapes)) {
    assertShape(places[name], `${[count, ...shape]}`, { path, name });
  }
  const isPacked = sums !== undefined && sums.begin === key.end && metadata.index !== undefined;
  const index = readBytes(file, { begin: key.begin, end: isPacked ? sums.end : key.end });
  if (isPacked && sha256(index) !== metadata.index) {
    throw unlike(path, `an index of SHA-256 ${metadata.index}`, "another: the file is damaged");
  }
  const split = count * keyBytes;
  return {
    shard: {
      ...{ path, count, bySample, bytes: size, id: metadata.id },
      half: names.some((name) => places[name]!.dtype === "F16"),
      places: Object.fromEntries(names.map((name) => [name, places[name]!])),
      sums: isPacked ? index.slice(split) : undefined,
      isVerified: false,
    },
    keys: new Uint32Array(index.buffer, 0, split / 4),
  };
}

// Of a handful of features; a longer one is read again.
const usualHeader = 2048;

/** What the checksums of the rows of a packed shard are called among its arrays. */
export const sumsName = "row_sums";

/** The bytes from `begin` to `end` of a file, or as many as there are. */
export function readBytes(
  file: Deno.FsFile,
  { begin, end }: { readonly begin: number; readonly end: number },
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(end - begin);
  file.seekSync(begin, Deno.SeekMode.Start);
  for (let filled = 0; filled < bytes.length;) {
    const count = file.readSync(bytes.subarray(filled));
    if (count === null) return bytes.subarray(0, filled); // Cut off since it was measured.
    filled += count;
  }
  return bytes;
}

function assertShape(
  found: ArrayPlace | undefined,
  wanted: string,
  { path, name }: { readonly path: string; readonly name: string },
): void {
  if (!["F32", "F16"].includes(found?.dtype ?? "") || `${found!.shape}` !== wanted) {
    throw unlike(path, `"${name}" of [${wanted}]`, `[${found?.shape}]`);
  }
}

function unlike(path: string, wanted: string, got: string): RangeError {
  return new RangeError(`Cannot read "${path}": expected ${wanted}, got ${got}`);
}

function mapValues<A, B>(
  values: Readonly<Record<string, A>>,
  f: (value: A) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, f(value)]));
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
