/** A file of the feature store: the features of some samples, and the keys they are found by. @module */

import { sha256 } from "../files.ts";
import {
  headerEnd,
  type NamedArray,
  readSafetensors,
  readSafetensorsHeader,
  writeSafetensors,
} from "../tensor/safetensors.ts";
import type { Encoder, Features } from "./encoder.ts";

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
export interface ShardIndex {
  readonly path: string;
  /** A key a row. */
  readonly keys: readonly string[];
  /** Whether some of its features are halves. */
  readonly half: boolean;
  /** Of the encoder, if the writer knew it. */
  readonly id: string | undefined;
  /** The size of the file. */
  readonly bytes: number;
}

const keyBytes = 32;

/** What a sample's features are kept under: SHA-256(sample hash, encoder digest). */
export function keyOf(hash: string, { digest }: Pick<EncoderIdentity, "digest">): string {
  return sha256(`${hash} ${digest}`);
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

/** Copies row `from.row` of a table or a shard to row `to.row` of another table. */
export function copyRow(
  from: { readonly table: Readonly<Record<string, StoredArray>>; readonly row: number },
  to: { readonly table: FeatureTable; readonly row: number },
): void {
  for (const [name, { data, shape }] of Object.entries(to.table)) {
    const size = product(shape.slice(1));
    const values = from.table[name]!.data.subarray(from.row * size, (from.row + 1) * size);
    data.set(values, to.row * size);
  }
}

/** An array of a shard. */
export interface StoredArray {
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
  const keys = new Uint8Array(rows.length * keyBytes);
  rows.forEach(({ hash, features }, i) => {
    setRow(table, i, features);
    keys.set(Uint8Array.fromHex(keyOf(hash, encoder)), i * keyBytes);
  });
  const arrays: Record<string, StoredArray> = precision === "float32"
    ? table
    : mapValues(table, ({ shape, data }) => ({ shape, data: halved(data) }));
  const { digest, id } = encoder;
  const bytes = writeSafetensors(
    { ...arrays, key: { shape: [rows.length, keyBytes], data: keys } },
    { metadata: { encoder: digest, ...id !== undefined && { id } } },
  );
  const stored = mapValues(arrays, ({ shape, data }) => ({
    shape,
    data: data instanceof Float32Array ? data : new Float32Array(data),
  }));
  return { bytes, stored };
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
 * Reads the keys of a shard and little else. With an encoder, its features have to be that encoder's.
 * Only {@linkcode readShard} sees whether the numbers are whole.
 *
 * @throws {RangeError} The file is cut off or no shard.
 * @throws {Deno.errors.NotFound} It is gone.
 */
export async function readShardIndex(path: string, encoder?: EncoderIdentity): Promise<ShardIndex> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  const place = { path, size };
  const start = await readBytes(file, { begin: 0, end: Math.min(size, 8) });
  const head = await readBytes(file, { begin: 0, end: headerEnd(start, place) });
  const { places: { key, ...places }, metadata } = readSafetensorsHeader(head, place);
  if (key?.dtype !== "U8" || key.shape.length !== 2 || key.shape[1] !== keyBytes) {
    throw unlike(path, `"key" of [rows,${keyBytes}]`, `[${key?.shape}]`);
  }
  assertShapes(places, { path, encoder, count: key.shape[0]! });
  const bytes = await readBytes(file, key);
  return {
    path,
    keys: Array.from(
      { length: key.shape[0]! },
      (_, i) => bytes.subarray(i * keyBytes, (i + 1) * keyBytes).toHex(),
    ),
    half: Object.values(places).some(({ dtype }) => dtype === "F16"),
    id: metadata.id,
    bytes: size,
  };
}

/**
 * Reads the features of a shard, whose SHA-256 is checked, as they lie on disk.
 *
 * @throws {RangeError} The file is damaged, or its features are not the encoder's.
 * @throws {Deno.errors.NotFound} It is gone.
 */
export async function readShard(
  path: string,
  encoder: EncoderIdentity,
): Promise<Readonly<Record<string, StoredArray>>> {
  const { arrays: { key, ...table } } = readSafetensors(await Deno.readFile(path), { path });
  const places = mapValues(table, ({ shape, data }: NamedArray) => {
    const dtype = data instanceof Float32Array ? "F32" : data instanceof Float16Array ? "F16" : "";
    return { shape, dtype };
  });
  assertShapes(places, { path, encoder, count: key?.shape[0] ?? 0 });
  return table as Record<string, StoredArray>;
}

function assertShapes(
  places: Readonly<Record<string, { readonly dtype: string; readonly shape: readonly number[] }>>,
  { path, encoder, count }: {
    readonly path: string;
    readonly encoder: EncoderIdentity | undefined;
    readonly count: number;
  },
): void {
  for (const [name, shape] of Object.entries(encoder?.shapes ?? {})) {
    const found = places[name];
    const wanted = `${[count, ...shape]}`;
    if (!["F32", "F16"].includes(found?.dtype ?? "") || `${found!.shape}` !== wanted) {
      throw unlike(path, `"${name}" of [${wanted}]`, `[${found?.shape}]`);
    }
  }
}

async function readBytes(
  file: Deno.FsFile,
  { begin, end }: { readonly begin: number; readonly end: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(end - begin);
  await file.seek(begin, Deno.SeekMode.Start);
  for (let filled = 0; filled < bytes.length;) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) return bytes.subarray(0, filled); // Cut off since it was measured.
    filled += count;
  }
  return bytes;
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
