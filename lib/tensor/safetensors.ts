/**
 * Reads and writes safetensors files: named arrays behind a JSON header, and
 * nothing that could run. (https://huggingface.co/docs/safetensors)
 *
 * @module
 */

import { sha256 } from "../files.ts";

const arrays = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Float16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  U8: Uint8Array,
} as const satisfies Record<Dtype, unknown>;

/** The types of numbers that are read and written, by the format's names. */
export type Dtype = "F64" | "F32" | "F16" | "I64" | "I32" | "U8";

/** The numbers of an array; their type decides the `dtype` in the file. */
export type ArrayData =
  | Float64Array
  | Float32Array
  | Float16Array
  | BigInt64Array
  | Int32Array
  | Uint8Array;

/** One array of a file. */
export interface NamedArray {
  /** The size of each axis; none for a single number. */
  readonly shape: readonly number[];
  /** In row-major order; as many numbers as `shape` says. */
  readonly data: ArrayData;
}

/** A file's content. */
export interface SafetensorsFile {
  /** By name. */
  readonly arrays: Readonly<Record<string, NamedArray>>;
  /** What the writer noted, beside `sha256`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The bytes of a safetensors file. Equal content gives equal bytes. The header's
 * metadata gets one entry more, `sha256`, the digest of all that follows the
 * header, by which {@linkcode readSafetensors} tells a damaged file.
 *
 * @throws {RangeError} A shape and its data differ, or metadata has its own `sha256`.
 */
export function writeSafetensors(
  content: Readonly<Record<string, NamedArray>>,
  { metadata = {} }: { readonly metadata?: Readonly<Record<string, string>> } = {},
): Uint8Array<ArrayBuffer> {
  if ("sha256" in metadata) {
    throw new RangeError(`Cannot write safetensors: expected no metadata "sha256", got one`);
  }
  // Wide types first, so that every array begins at a multiple of its own width.
  const entries = Object.entries(content).sort(([a, { data: x }], [b, { data: y }]) =>
    y.BYTES_PER_ELEMENT - x.BYTES_PER_ELEMENT || (a < b ? -1 : 1)
  );
  const payload = new Uint8Array(entries.reduce((sum, [, { data }]) => sum + data.byteLength, 0));
  let offset = 0;
  for (const [name, { shape, data }] of entries) {
    if (product(shape) !== data.length) {
      throw new RangeError(
        `Cannot write "${name}": expected ${product(shape)} numbers for [${shape}], ` +
          `got ${data.length}`,
      );
    }
    payload.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  const header = safetensorsHeader(
    entries.map(([name, { shape, data }]) => ({ name, dtype: dtypeOf(data), shape })),
    { ...metadata, sha256: sha256(payload) },
  );
  const bytes = new Uint8Array(header.length + payload.length);
  bytes.set(header);
  bytes.set(payload, header.length);
  return bytes;
}

/** The first bytes of a file, for arrays that follow in this order; what is noted is written as it is. */
export function safetensorsHeader(
  contents: readonly (Pick<ArrayPlace, "dtype" | "shape"> & { readonly name: string })[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = {};
  let offset = 0;
  for (const { name, dtype, shape } of contents) {
    const end = offset + product(shape) * arrays[dtype].BYTES_PER_ELEMENT;
    header[name] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  header.__metadata__ = metadata;
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength).fill(0x20, 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, 8);
  return bytes;
}

/**
 * What a safetensors file holds. The arrays may share memory with `bytes`.
 * `path` names the file in errors.
 *
 * @throws {RangeError} The file is cut off, its header makes no sense, its `sha256` (if it has
 * one) differs from its content's, or an array's type is none of F64, F32, F16, I64, I32 and U8.
 */
export function readSafetensors(
  bytes: Uint8Array<ArrayBuffer>,
  { path }: { readonly path: string },
): SafetensorsFile {
  const { places, metadata: { sha256: digest, ...metadata } } = readSafetensorsHeader(bytes, {
    path,
    size: bytes.length,
  });
  const start = headerEnd(bytes, { path, size: bytes.length });
  if (digest !== undefined) {
    const found = sha256(bytes.subarray(start));
    if (digest !== found) fail(path, `data of SHA-256 ${digest}`, `${found}: the file is damaged`);
  }
  const content = Object.entries(places).map(([name, { dtype, shape, begin, end }]) => [
    name,
    { shape, data: view(arrays[dtype], bytes.subarray(begin, end)) },
  ]);
  return { arrays: Object.fromEntries(content), metadata };
}

/** Where an array is in a file. */
export interface ArrayPlace {
  /** The type of its numbers. */
  readonly dtype: Dtype;
  /** The sizes of its axes. */
  readonly shape: readonly number[];
  /** Its first byte, counted from the beginning of the file. */
  readonly begin: number;
  /** The first byte after it. */
  readonly end: number;
}

/** What the header of a file says. */
export interface SafetensorsHeader {
  /** By name, in the order of the file. */
  readonly places: Readonly<Record<string, ArrayPlace>>;
  /** What the writer noted, `sha256` included. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * How many bytes the header of a file of `size` bytes takes, told by the first 8 of them.
 *
 * @throws {RangeError} The file is too short for the header that it announces.
 */
export function headerEnd(
  bytes: Uint8Array<ArrayBuffer>,
  { path, size }: { readonly path: string; readonly size: number },
): number {
  if (bytes.length < 8) fail(path, "a safetensors header", `${bytes.length} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > size - 8) fail(path, `a header of ${length} bytes`, `${size - 8}`);
  return 8 + length;
}

/**
 * What a file holds and where, from its first bytes: {@linkcode headerEnd} says how many are
 * needed. Nothing is known yet of the data behind the header but that there are as many bytes as
 * the arrays need. `size` is that of the file.
 *
 * @throws {RangeError} As {@linkcode readSafetensors}, but for a `sha256` that differs.
 */
export function readSafetensorsHeader(
  bytes: Uint8Array<ArrayBuffer>,
  { path, size }: { readonly path: string; readonly size: number },
): SafetensorsHeader {
  const start = headerEnd(bytes, { path, size });
  const { __metadata__: metadata = {}, ...rest } = parseHeader(bytes.subarray(8, start), path);
  const entries = Object.entries(rest as Record<string, HeaderEntry>)
    .sort(([, a], [, b]) => a.data_offsets?.[0] - b.data_offsets?.[0]);
  const places: Record<string, ArrayPlace> = {};
  let offset = 0;
  for (const [name, { dtype, shape, data_offsets: range }] of entries) {
    if (!Array.isArray(shape)) fail(path, `a shape for "${name}"`, `${shape}`);
    if (!Object.hasOwn(arrays, dtype)) fail(path, "F64, F32, F16, I64, I32 or U8", dtype);
    const end = offset + product(shape) * arrays[dtype].BYTES_PER_ELEMENT;
    if (range?.[0] !== offset || range[1] !== end) {
      fail(path, `"${name}" at bytes ${offset} to ${end}`, `${range?.join(" to ")}`);
    }
    if (end > size - start) fail(path, `${end} bytes of data or more`, `${size - start}`);
    places[name] = { dtype, shape, begin: start + offset, end: start + end };
    offset = end;
  }
  if (offset !== size - start) fail(path, `${offset} bytes of data`, `${size - start}`);
  return { places, metadata };
}

function fail(path: string, wanted: string, got: string): never {
  throw new RangeError(`Cannot read "${path}": expected ${wanted}, got ${got}`);
}

interface HeaderEntry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

type Header =
  & { readonly __metadata__?: Readonly<Record<string, string>> }
  & Readonly<
    Record<string, HeaderEntry | Readonly<Record<string, string>>>
  >;

function parseHeader(bytes: Uint8Array, path: string): Header {
  const json = new TextDecoder().decode(bytes);
  try {
    const header: unknown = JSON.parse(json);
    if (isObject(header) && Object.values(header).every(isObject)) return header as Header;
  } catch {
    // Said below, as for JSON of other values.
  }
  return fail(path, "a header of JSON", json.slice(0, 20));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function view(type: (typeof arrays)[Dtype], bytes: Uint8Array<ArrayBuffer>): ArrayData {
  const aligned = bytes.byteOffset % type.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  const length = bytes.length / type.BYTES_PER_ELEMENT;
  return new type(aligned.buffer, aligned.byteOffset, length);
}

function dtypeOf(data: ArrayData): Dtype {
  return (Object.keys(arrays) as Dtype[]).find((dtype) => data instanceof arrays[dtype])!;
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
