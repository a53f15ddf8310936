/** What NumPy's own functions make of their arguments in a pickle, and of an object's state. @module */

import { PickledArray, stridesOf } from "./array.ts";
import type { ByteSource } from "./byte_source.ts";
import {
  decodeNumbers,
  decodeTexts,
  DType,
  type ElementType,
  elementType,
  typeName,
} from "./dtype.ts";
import { costs, type Machine } from "./machine.ts";
import { bytesOf, describe, type PickleValue, Tuple } from "./values.ts";

const mostAxes = 64;

/** `numpy.dtype("f4", False, True)`. */
export function makeDType(machine: Machine, [name]: readonly PickleValue[]): DType {
  const type = typeof name === "string" ? elementType(name) : undefined;
  if (type) return new DType(type);
  throw machine.error(
    "numbers, true and false, texts or objects",
    `an array of dtype ${describe(name)}`,
    RangeError,
  );
}

/** The state of a dtype: `(3, "<", None, None, None, -1, -1, 0)`. */
export function dtypeState(machine: Machine, dtype: DType, state: PickleValue): void {
  if (!(state instanceof Tuple) || state.length < 5) {
    throw machine.error("the state of a dtype", describe(state));
  }
  const [, order, ...parts] = state;
  if (typeof order !== "string" || !"<>|=".includes(order) || order.length !== 1) {
    throw machine.error("a byte order of <, >, | or =", describe(order));
  }
  if (parts.slice(0, 3).some((part) => part !== null)) {
    throw machine.error("elements without fields", "a structured dtype", RangeError);
  }
  dtype.type = { ...dtype.type, little: order !== ">" };
}

/**
 * `numpy.core.multiarray._reconstruct(numpy.ndarray, (0,), b"b")`: an array that {@linkcode
 * arrayState} fills.
 */
export function reconstruct(machine: Machine, [kind]: readonly PickleValue[]): PickledArray {
  const name = kind !== null && typeof kind === "object" && "global" in kind ? kind.global : "";
  if (name === "numpy.ndarray") return new PickledArray();
  throw machine.error("numpy.ndarray to be made", name || describe(kind));
}

/** The state of an array: `(1, shape, dtype, isFortran, bytes or a list)`. */
export function arrayState(machine: Machine, array: PickledArray, state: PickleValue): void {
  if (!(state instanceof Tuple) || state.length < 4) {
    throw machine.error("the state of an array", describe(state));
  }
  const [shape, dtype, isFortran, data] = state.slice(-4);
  const { type } = dtypeOf(machine, dtype);
  const sizes = shapeOf(machine, shape);
  if (type.kind !== "O") {
    const order = isFortran === true || isFortran === 1 ? "F" : "C";
    const bytes = contentOf(machine, data, type, sizes);
    array.fill({ type, shape: sizes, strides: stridesOf(sizes, order), bytes });
    return;
  }
  // Objects are listed row by row, whatever their order was.
  if (!Array.isArray(data) || data.length !== countOf(sizes)) {
    throw machine.error(`a list of ${countOf(sizes)} elements`, describe(data));
  }
  array.fill({ type, shape: sizes, strides: stridesOf(sizes, "C"), objects: data });
}

/** `numpy.core.numeric._frombuffer(bytes, dtype, shape, order, axes)`, of protocol 5. */
export function fromBuffer(
  machine: Machine,
  [data, dtype, shape, order, axes]: readonly PickleValue[],
): PickledArray {
  const { type } = dtypeOf(machine, dtype);
  if (type.kind === "O") throw machine.error("elements that have bytes", "objects");
  const sizes = shapeOf(machine, shape);
  const bytes = contentOf(machine, data, type, sizes);
  if (order === "C" || order === "F") {
    return new PickledArray({ type, shape: sizes, strides: stridesOf(sizes, order), bytes });
  }
  // Axis i of the array is axis axes[i] of `shape`, which lies row by row.
  const places = order === "K" ? shapeOf(machine, axes) : [];
  if (new Set(places).size !== sizes.length || places.some((axis) => axis >= sizes.length)) {
    throw machine.error("an order of C, F, or K with its axes", describe(order));
  }
  const strides = stridesOf(sizes, "C");
  return new PickledArray({
    ...{ type, bytes },
    shape: places.map((axis) => sizes[axis]!),
    strides: places.map((axis) => strides[axis]!),
  });
}

/** `numpy.core.multiarray.scalar(dtype, bytes)`: the number or text itself. */
export function scalar(machine: Machine, [dtype, data]: readonly PickleValue[]): PickleValue {
  const { type } = dtypeOf(machine, dtype);
  if (type.kind === "O") throw machine.error("a number or a text", "an object as a scalar");
  const bytes = contentOf(machine, data, type, []);
  machine.charge(bytes.length);
  const content = bytes.read(0, bytes.length);
  if (type.size === 0) return "";
  if (type.kind === "U" || type.kind === "S") return decodeTexts(type, content)[0]!;
  const number = decodeNumbers(type, content)[0]!;
  return type.kind === "b" ? number === 1 : number;
}

function dtypeOf(machine: Machine, value: PickleValue | undefined): DType {
  if (value instanceof DType) return value;
  throw machine.error("a dtype", describe(value));
}

function shapeOf(machine: Machine, value: PickleValue | undefined): number[] {
  const isShape = Array.isArray(value) && value.length <= mostAxes &&
    value.every((size) => Number.isSafeInteger(size) && size as number >= 0);
  if (isShape) {
    machine.charge(costs.value * value.length);
    return Array.from(value as readonly number[]);
  }
  throw machine.error(`at most ${mostAxes} sizes, whole numbers from 0`, describe(value));
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function contentOf(
  machine: Machine,
  data: PickleValue | undefined,
  type: ElementType,
  shape: readonly number[],
): ByteSource {
  const bytes = data === undefined ? undefined : bytesThere(machine, data);
  const wanted = countOf(shape) * type.size;
  if (bytes?.length === wanted) return bytes;
  throw machine.error(
    `${wanted} bytes for an array of ${typeName(type)}, [${shape.join(", ")}]`,
    bytes ? `${bytes.length}` : describe(data),
  );
}

/** `_codecs.encode(text, "latin1")`: how protocols 0 to 2 write bytes. */
export function encodeLatin1(
  machine: Machine,
  [text, encoding]: readonly PickleValue[],
): ByteSource {
  if (typeof encoding === "string" && /^latin[-_]?1$/i.test(encoding)) {
    const bytes = text === undefined ? undefined : bytesThere(machine, text);
    if (bytes) return bytes;
    throw machine.error("a text to encode", describe(text));
  }
  throw machine.error('the encoding "latin1"', describe(encoding));
}

function bytesThere(machine: Machine, value: PickleValue): ByteSource | undefined {
  if (typeof value === "string") machine.charge(value.length);
  try {
    return bytesOf(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw machine.error("a text that stands for bytes", error.message);
  }
}
