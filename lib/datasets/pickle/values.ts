/** What a pickle holds, beside JavaScript's own values. @module */

import type { ByteSource } from "./byte_source.ts";
import { bytesInMemory, bytesOfLatin1 } from "./byte_source.ts";
import type { PickledArray } from "./array.ts";
import { decodeUtf8, type DType } from "./dtype.ts";

/**
 * A value of Python: `None` is null, a list an array, a tuple a {@linkcode Tuple}, a dict a `Map`, a
 * set a `Set`, whole numbers that a double can't hold are `bigint`.
 */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | LongText
  | Bytes
  | PickledArray
  | DType
  | Global
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | Set<PickleValue>;

/** A tuple of Python, which unlike a list can be a key. */
export class Tuple extends Array<PickleValue> {}

/** `bytes` and `bytearray`, read where they are asked for. */
export class Bytes {
  /** Where they are. */
  readonly source: ByteSource;

  /** Of bytes that are somewhere. */
  constructor(source: ByteSource) {
    this.source = source;
  }
}

/** A text so long that it stays in the file until it is read. */
export class LongText {
  /** Its bytes in UTF-8. */
  readonly source: ByteSource;

  #latin1: ByteSource | undefined;

  /** `source` is UTF-8. */
  constructor(source: ByteSource) {
    this.source = source;
  }

  /** The bytes that it stands for; found once, however often a pickle asks. */
  get latin1(): ByteSource {
    return this.#latin1 ??= bytesOfLatin1(this.source);
  }
}

/** A name of Python that the pickle asks for, and what a call of it gives. */
export interface Global {
  /** Module and name: `numpy.ndarray`. */
  readonly global: string;
  /** The value of a call; undefined where the name stands for itself alone. */
  readonly call: ((args: readonly PickleValue[]) => PickleValue) | undefined;
}

const longest = 1 << 26;

/**
 * The text that a value is, be it long or not; undefined of other values.
 *
 * @throws {RangeError} It is more than 64 MB, or not UTF-8.
 */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (!(value instanceof LongText)) return undefined;
  const { source } = value;
  if (source.length > longest) {
    throw new RangeError(`Cannot read a text: expected at most 64 MB, got ${source.length} bytes`);
  }
  return decodeUtf8(source.read(0, source.length));
}

/**
 * The bytes that a value is, or that its text stands for as Python's protocols 0 to 2 have it;
 * undefined of other values.
 *
 * @throws {RangeError} The text has a character that is no byte.
 */
export function bytesOf(value: PickleValue): ByteSource | undefined {
  if (value instanceof Bytes) return value.source;
  if (value instanceof LongText) return value.latin1;
  if (typeof value !== "string") return undefined;
  const bytes = new Uint8Array(value.length);
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code > 0xff) throw new RangeError("a character that is no byte");
    bytes[i] = code;
  }
  return bytesInMemory(bytes);
}

/** A value in a few words, for errors. */
export function describe(value: PickleValue | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "None";
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (value instanceof Tuple) return `a tuple of ${value.length}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Map) return `a dict of ${value.size}`;
  if (value instanceof Set) return `a set of ${value.size}`;
  if (typeof value !== "object") return String(value).slice(0, 40);
  if (value instanceof Bytes) return `${value.source.length} bytes`;
  if (value instanceof LongText) return `a text of ${value.source.length} bytes`;
  if ("global" in value) return value.global;
  if ("shape" in value) {
    return `an array of ${value.dtype}, [${value.shape.slice(0, 8).join(", ")}]`;
  }
  return "a dtype";
}
