/** NumPy's types of an array's elements. @module */

/** What each element of an array is. */
export interface ElementType {
  /** `f` float, `i` and `u` whole numbers, `b` true or false, `U` text, `S` bytes of text, `O` any value. */
  readonly kind: "f" | "i" | "u" | "b" | "U" | "S" | "O";
  /** Bytes an element. */
  readonly size: number;
  /** Whether the least byte comes first. */
  readonly little: boolean;
}

/** `numpy.dtype` as a pickle builds it: named first, then told its byte order. */
export class DType {
  /** What it is so far. */
  type: ElementType;

  /** As its name says, with the least byte first unless that says otherwise. */
  constructor(type: ElementType) {
    this.type = type;
  }
}

const sizes: Readonly<Record<string, readonly number[]>> = {
  f: [2, 4, 8],
  i: [1, 2, 4, 8],
  u: [1, 2, 4, 8],
  b: [1],
};

/** The type that NumPy calls `f4`, `<i8`, `U12`, `O`; undefined for one that no array here has. */
export function elementType(name: string): ElementType | undefined {
  const [, order, letter, digits] = /^([<>=|]?)([fiubUSaO])(\d{0,9})$/.exec(name) ?? [];
  if (letter === undefined) return undefined;
  const kind = (letter === "a" ? "S" : letter) as ElementType["kind"];
  const little = order !== ">";
  if (kind === "O") return { kind, size: 8, little };
  const size = Number(digits || "0") * (kind === "U" ? 4 : 1);
  if (sizes[kind] && !sizes[kind].includes(size)) return undefined;
  return { kind, size, little };
}

/** As NumPy writes it: `<f4`. */
export function typeName({ kind, size, little }: ElementType): string {
  if (kind === "O") return "|O";
  const order = kind === "b" || kind === "S" || size === 1 ? "|" : little ? "<" : ">";
  return `${order}${kind}${kind === "U" ? size / 4 : size}`;
}

/** Numbers of an array: halves and singles as they are in `Float32Array`, all others doubles. */
export type Numbers = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/**
 * Numbers out of their bytes.
 *
 * @throws {RangeError} They are text or other values, or a whole number that a double can't hold.
 */
export function decodeNumbers(type: ElementType, bytes: Uint8Array<ArrayBuffer>): Numbers {
  const { kind, size, little } = type;
  const count = size === 0 ? 0 : bytes.length / size;
  // Typed arrays are of the machine's own byte order, which is this everywhere that Deno runs.
  if (kind === "f" && little && size === 4) return new Float32Array(bytes.buffer, 0, count);
  if (kind === "f" && little && size === 8) return new Float64Array(bytes.buffer, 0, count);
  const read = reader(type, new DataView(bytes.buffer, 0, bytes.length));
  const numbers = kind === "f" && size < 8 ? new Float32Array(count) : new Float64Array(count);
  for (let i = 0; i < count; i++) numbers[i] = read(i * size);
  return numbers;
}

function reader(type: ElementType, view: DataView): (at: number) => number {
  const { kind, size, little } = type;
  const name = `${kind}${size}`;
  const readers: Record<string, (at: number) => number> = {
    f2: (at) => view.getFloat16(at, little),
    f4: (at) => view.getFloat32(at, little),
    f8: (at) => view.getFloat64(at, little),
    b1: (at) => Number(view.getUint8(at) !== 0),
    i1: (at) => view.getInt8(at),
    i2: (at) => view.getInt16(at, little),
    i4: (at) => view.getInt32(at, little),
    i8: (at) => exact(view.getBigInt64(at, little)),
    u1: (at) => view.getUint8(at),
    u2: (at) => view.getUint16(at, little),
    u4: (at) => view.getUint32(at, little),
    u8: (at) => exact(view.getBigUint64(at, little)),
  };
  const found = readers[name];
  if (found) return found;
  throw new RangeError(`Cannot read numbers: expected some, got elements of ${typeName(type)}`);
}

function exact(value: bigint): number {
  const number = Number(value);
  if (BigInt(number) === value) return number;
  throw new RangeError(`Cannot read numbers: expected some that a double holds, got ${value}`);
}

/**
 * Texts out of their bytes, without the zeros that fill them up.
 *
 * @throws {RangeError} They are not text, or not well-formed.
 */
export function decodeTexts(type: ElementType, bytes: Uint8Array<ArrayBuffer>): string[] {
  const { kind, size } = type;
  if (kind !== "U" && kind !== "S") {
    throw new RangeError(`Cannot read texts: expected some, got elements of ${typeName(type)}`);
  }
  if (size === 0) return [];
  return Array.from({ length: bytes.length / size }, (_, i) => {
    const text = bytes.subarray(i * size, (i + 1) * size);
    return kind === "U" ? decodeUcs4(text, type) : decodeUtf8(text.subarray(0, lastUsed(text) + 1));
  });
}

function lastUsed(bytes: Uint8Array): number {
  return bytes.findLastIndex((byte) => byte !== 0);
}

function decodeUcs4(bytes: Uint8Array, { little }: ElementType): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const used = Math.floor((lastUsed(bytes) + 4) / 4);
  let text = "";
  for (let i = 0; i < used; i++) {
    const code = view.getUint32(4 * i, little);
    if (code > 0x10ffff) {
      throw new RangeError(`Cannot read texts: expected characters, got the number ${code}`);
    }
    text += String.fromCodePoint(code);
  }
  return text;
}

// A mark of order at the beginning is part of the text.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @throws {RangeError} The bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new RangeError("Cannot read texts: expected UTF-8, got other bytes");
  }
}
