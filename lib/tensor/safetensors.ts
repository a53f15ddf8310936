/**
 * Reads and writes safetensors files: named arrays behind a JSON header, and
 * nothing that could run. (https://huggingface.co/docs/safetensors)
 *
 * @module
 */

import { createHash } from "node:crypto";

const arrays = {
  F64: Float64Array,
  F32: Float32Array,
  I64: BigInt64Array,
  I32: Int32Array,
  U8: Uint8Array,
} as const;

type Dtype = keyof typeof arrays;

/** The numbers of an array; their type decides the `dtype` in the file. */
export type ArrayData = Float64Array | Float32Array | BigInt64Array | Int32Array | Uint8Array;

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
  const header: Record<string, unknown> = {};
  let offset = 0;
  for (const [name, { shape, data }] of entries) {
    if (product(shape) !== data.length) {
      throw new RangeError(
        `Cannot write "${name}": expected ${product(shape)} numbers for [${shape}], ` +
          `got ${data.length}`,
      );
    }
    payload.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    const end = offset + data.byteLength;
    header[name] = { dtype: dtypeOf(data), shape, data_offsets: [offset, end] };
    offset = end;
  }
  header.__metadata__ = { ...metadata, sha256: sha256(payload) };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + payload.length).fill(0x20, 8, 8 + headerLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, 8);
  bytes.set(payload, 8 + headerLength);
  return bytes;
}

/**
 * What a safetensors file holds. The arrays may share memory with `bytes`.
 * `path` names the file in errors.
 *
 * @throws {RangeError} The file is cut off, its header makes no sense, its `sha256` (if it has
 * one) differs from its content's, or an array's type is none of F64, F32, I64, I32 and U8.
 */
export function readSafetensors(
  bytes: Uint8Array<ArrayBuffer>,
  { path }: { readonly path: string },
): SafetensorsFile {
  const fail = (wanted: string, got: string): never => {
    throw new RangeError(`Cannot read "${path}": expected ${wanted}, got ${got}`);
  };
  const { header, start } = readHeader(bytes, fail);
  const payload = bytes.subarray(start);
  const { __metadata__: { sha256: digest, ...metadata } = {}, ...rest } = header;
  const entries = Object.entries(rest as Record<string, HeaderEntry>)
    .sort(([, a], [, b]) => a.data_offsets?.[0] - b.data_offsets?.[0]);
  const content: Record<string, NamedArray> = {};
  let offset = 0;
  for (const [name, { dtype, shape, data_offsets: range }] of entries) {
    if (!Array.isArray(shape)) fail(`a shape for "${name}"`, `${shape}`);
    const type = Object.hasOwn(arrays, dtype)
      ? arrays[dtype]
      : fail("F64, F32, I64, I32 or U8", dtype);
    const end = offset + product(shape) * type.BYTES_PER_ELEMENT;
    if (range?.[0] !== offset || range[1] !== end) {
      fail(`"${name}" at bytes ${offset} to ${end}`, `${range?.join(" to ")}`);
    }
    if (end > payload.length) fail(`${end} bytes of data or more`, `${payload.length}`);
    content[name] = { shape, data: view(type, payload, offset, product(shape)) };
    offset = end;
  }
  if (offset !== payload.length) fail(`${offset} bytes of data`, `${payload.length}`);
  if (digest !== undefined && digest !== sha256(payload)) {
    fail(`data of SHA-256 ${digest}`, `${sha256(payload)}: the file is damaged`);
  }
  return { arrays: content, metadata };
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

function readHeader(
  bytes: Uint8Array<ArrayBuffer>,
  fail: (wanted: string, got: string) => never,
): { header: Header; start: number } {
  if (bytes.length < 8) fail("a safetensors header", `${bytes.length} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - 8) fail(`a header of ${length} bytes`, `${bytes.length - 8}`);
  const json = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  try {
    const header: unknown = JSON.parse(json);
    if (typeof header === "object" && header !== null) {
      return { header: header as Header, start: 8 + length };
    }
  } catch {
    // Said below, as for JSON that is no object.
  }
  return fail("a header of JSON", json.slice(0, 20));
}

function view(
  type: (typeof arrays)[Dtype],
  payload: Uint8Array<ArrayBuffer>,
  offset: number,
  length: number,
): ArrayData {
  const at = payload.byteOffset + offset;
  if (at % type.BYTES_PER_ELEMENT === 0) return new type(payload.buffer, at, length);
  return new type(payload.slice(offset, offset + length * type.BYTES_PER_ELEMENT).buffer);
}

function dtypeOf(data: ArrayData): Dtype {
  return (Object.keys(arrays) as Dtype[]).find((dtype) => data instanceof arrays[dtype])!;
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
