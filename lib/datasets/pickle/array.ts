/** A NumPy array whose numbers stay in the file until they are read. @module */

import type { ByteSource } from "./byte_source.ts";
import { decodeNumbers, decodeTexts, type ElementType, type Numbers, typeName } from "./dtype.ts";

/** An array's elements and where they lie. */
export interface ArrayContent {
  /** What each is. */
  readonly type: ElementType;
  /** Elements along each axis. */
  readonly shape: readonly number[];
  /** How many elements further the next along each axis is. */
  readonly strides: readonly number[];
  /** Of a type that has bytes. */
  readonly bytes?: ByteSource;
  /** Of the type O, the elements in row-major order. */
  readonly objects?: readonly unknown[];
}

/** A NumPy array of a pickle. Its file has to stay open while numbers are read. */
export class PickledArray {
  #content: ArrayContent;

  /** Of no elements, until it is filled. */
  constructor(content: ArrayContent = empty) {
    this.#content = content;
  }

  /** Gives it its elements, once they are known. */
  fill(content: ArrayContent): void {
    this.#content = content;
  }

  /** Elements along each axis. */
  get shape(): readonly number[] {
    return this.#content.shape;
  }

  /** The type of the elements as NumPy writes it: `<f4`. */
  get dtype(): string {
    return typeName(this.#content.type);
  }

  /** Whether the elements lie row by row (C), column by column (F), or in another order of the axes (K). */
  get order(): "C" | "F" | "K" {
    const { shape, strides } = this.#content;
    if (sameOrder(strides, stridesOf(shape, "C"), shape)) return "C";
    return sameOrder(strides, stridesOf(shape, "F"), shape) ? "F" : "K";
  }

  /** Rows along the first axis; 1 of a single number. */
  get length(): number {
    return this.shape[0] ?? 1;
  }

  /** Elements of a row. */
  get rowSize(): number {
    return this.shape.slice(1).reduce((a, b) => a * b, 1);
  }

  /**
   * The numbers of rows `start` up to `end` in row-major order, read from the file: halves and singles
   * as `Float32Array`, all others, true and false too, as `Float64Array`.
   *
   * @throws {RangeError} There are no such rows, the elements are no numbers, or one is a whole number
   * that a double can't hold.
   */
  numbers(start = 0, end = this.length): Numbers {
    this.#assertRows(start, end);
    const { type, objects } = this.#content;
    if (!objects) return decodeNumbers(type, this.#gather(start, end));
    return Float64Array.from(objects.slice(start * this.rowSize, end * this.rowSize), (value) => {
      if (typeof value === "number" || typeof value === "boolean") return Number(value);
      throw new RangeError(`Cannot read numbers: expected some, got ${typeof value} in an array`);
    });
  }

  /**
   * The texts of rows `start` up to `end` in row-major order.
   *
   * @throws {RangeError} There are no such rows, or the elements are no texts.
   */
  texts(start = 0, end = this.length): string[] {
    this.#assertRows(start, end);
    return decodeTexts(this.#content.type, this.#gather(start, end));
  }

  /** The elements of an array of any values, in row-major order; undefined of other arrays. */
  get objects(): readonly unknown[] | undefined {
    return this.#content.objects;
  }

  #assertRows(start: number, end: number): void {
    if (Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end) {
      if (end <= this.length) return;
    }
    throw new RangeError(
      `Cannot read rows ${start} to ${end}: expected some of ${this.length}, got others`,
    );
  }

  // The bytes of rows, one element after another in row-major order.
  #gather(start: number, end: number): Uint8Array<ArrayBuffer> {
    const { type: { size }, bytes, shape, strides } = this.#content;
    const count = (end - start) * this.rowSize;
    if (count === 0 || size === 0 || !bytes) return new Uint8Array(count * size);
    const offset = start * (strides[0] ?? 0);
    if (this.order === "C") return bytes.read(offset * size, (offset + count) * size);
    const block = shape.map((extent, axis) => axis === 0 ? end - start : extent);
    return gatherStrided({ bytes, size, offset, shape: block, strides });
  }
}

const empty: ArrayContent = {
  type: { kind: "f", size: 8, little: true },
  ...{ shape: [0], strides: [1] },
};

// Axes of one element or none may have any stride.
function sameOrder(a: readonly number[], b: readonly number[], shape: readonly number[]): boolean {
  return a.every((stride, axis) => stride === b[axis] || shape[axis]! < 2);
}

/** How many elements further the next along each axis is: of rows (C) or of columns (F) after another. */
export function stridesOf(shape: readonly number[], order: "C" | "F"): number[] {
  const strides = shape.map(() => 1);
  const axes = order === "C" ? [...shape.keys()].reverse() : [...shape.keys()];
  let step = 1;
  for (const axis of axes) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

// Elements that lie further apart are read one by one rather than with all between them.
const mostApart = 64;

// Runs of elements that lie near each other are read one after another and put in their places.
function gatherStrided({ bytes, size, offset, shape, strides }: {
  readonly bytes: ByteSource;
  readonly size: number;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}): Uint8Array<ArrayBuffer> {
  const target = stridesOf(shape, "C");
  const axes = [...shape.keys()].filter((axis) => shape[axis]! > 1)
    .sort((a, b) => strides[b]! - strides[a]!);
  const [run] = axes.length > 0 && strides[axes.at(-1)!]! <= mostApart ? axes.splice(-1) : [];
  const length = run === undefined ? 1 : shape[run]!;
  const [step, apart] = run === undefined ? [1, 1] : [target[run]!, strides[run]!];
  const result = new Uint8Array(shape.reduce((a, b) => a * b, size));
  const place = (depth: number, from: number, to: number) => {
    const axis = axes[depth];
    if (axis !== undefined) {
      for (let i = 0; i < shape[axis]!; i++) {
        place(depth + 1, from + i * strides[axis]!, to + i * target[axis]!);
      }
      return;
    }
    const part = bytes.read(from * size, (from + (length - 1) * apart + 1) * size);
    for (let i = 0; i < length; i++) {
      for (let byte = 0; byte < size; byte++) {
        result[(to + i * step) * size + byte] = part[i * apart * size + byte]!;
      }
    }
  };
  place(0, offset, 0);
  return result;
}
