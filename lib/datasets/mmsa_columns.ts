/** Columns of a feature file: a value a sample, be it a list or an array. @module */

import { PickledArray } from "./pickle/array.ts";
import { decodeUtf8 } from "./pickle/dtype.ts";
import { Bytes, textOf } from "./pickle/values.ts";
import type { StepsOf } from "./feature_sequences.ts";

type Dict = ReadonlyMap<unknown, unknown>;

/** Which column, and of how many samples. */
export interface Column {
  readonly dict: Dict;
  readonly key: string;
  readonly count: number;
  /** The beginning of errors. */
  readonly where: string;
}

function assertCount(count: number, { key, count: wanted, where }: Column): void {
  if (count === wanted) return;
  throw new RangeError(`${where}, ${key}: expected ${wanted}, one a sample, got ${count}`);
}

/**
 * A number a sample; undefined where the file has no such column. What is missing is NaN.
 *
 * @throws {RangeError} They are others, or others in number.
 */
export function numbersOf(column: Column): Float64Array | undefined {
  const { dict, key, where } = column;
  const value = dict.get(key);
  if (value === undefined || value === null) return undefined;
  const numbers = value instanceof PickledArray ? value.numbers() : numbersOfList(value);
  if (numbers === undefined) throw new RangeError(`${where}, ${key}: expected numbers, got others`);
  assertCount(numbers.length, column);
  return Float64Array.from(numbers);
}

function numbersOfList(value: unknown): number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const numbers: number[] = [];
  for (const item of value) {
    if (typeof item === "number" || typeof item === "boolean") numbers.push(Number(item));
    else if (item === null) numbers.push(NaN);
    // As [[0.5], [1.0]] or arrays of one number.
    else if (Array.isArray(item) && item.length === 1 && typeof item[0] === "number") {
      numbers.push(item[0]);
    } else if (item instanceof PickledArray && item.length * item.rowSize === 1) {
      numbers.push(item.numbers()[0]!);
    } else return undefined;
  }
  return numbers;
}

/**
 * A text a sample. An id of several columns, as `[video, start, end]`, is joined by `$_$`.
 *
 * @throws {RangeError} They are no texts, or others in number.
 */
export function textsOf({ single = false, ...column }: Column & {
  /** Whether the value is that of one sample. */
  readonly single?: boolean;
}): string[] {
  const { dict, key, where } = column;
  const value = dict.get(key);
  const list = single ? [value] : value;
  const texts = list instanceof PickledArray
    ? textsOfArray(list)
    : Array.isArray(list)
    ? list.map(oneText)
    : undefined;
  if (texts === undefined) throw new RangeError(`${where}, ${key}: expected texts, got others`);
  assertCount(texts.length, column);
  return texts.map((text, i) => {
    if (text !== undefined) return text;
    throw new RangeError(`${where}, ${key}, sample ${i}: expected a text, got another value`);
  });
}

function textsOfArray(array: PickledArray): (string | undefined)[] {
  const { rowSize, length } = array;
  const items = array.objects ??
    (/[US]/.test(array.dtype) ? array.texts() : Array.from(array.numbers()));
  return Array.from(
    { length },
    (_, i) => oneText(items.slice(i * rowSize, (i + 1) * rowSize)),
  );
}

function oneText(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const parts = value.map(oneText);
    return value.length === 0 || parts.includes(undefined) ? undefined : parts.join("$_$");
  }
  if (value instanceof Bytes && value.source.length < 1 << 20) {
    return decodeUtf8(value.source.read(0, value.source.length));
  }
  if (value instanceof PickledArray) return oneText(textsOfArray(value));
  return Number.isSafeInteger(value) ? String(value) : textOf(value);
}

/**
 * How many steps of each sample count, by a column of lengths.
 *
 * @throws {RangeError} They are no whole numbers from 0.
 */
export function lengthsOf(dict: Dict, key: string, where: string): StepsOf | undefined {
  const value = dict.get(key);
  if (value === undefined || value === null) return undefined;
  const count = value instanceof PickledArray || Array.isArray(value) ? value.length : 0;
  const lengths = numbersOf({ dict, key, count, where })!;
  const wrong = lengths.findIndex((length) => !Number.isInteger(length) || length < 0);
  if (wrong < 0) return (sample) => lengths[sample];
  throw new RangeError(
    `${where}, ${key}, sample ${wrong}: expected a whole number from 0, got ${lengths[wrong]}`,
  );
}

/** How many steps of each text count, by the mask that is the second of three rows of `text_bert`. */
export function maskLengths(
  value: unknown,
  { single }: { readonly single: boolean },
): StepsOf | undefined {
  if (!(value instanceof PickledArray) || value.objects) return undefined;
  const [rows, length] = value.shape.slice(-2);
  if (value.shape.length !== (single ? 2 : 3) || rows !== 3 || length === undefined) {
    return undefined;
  }
  const kept = { start: -1, numbers: new Float64Array(0) as ArrayLike<number> };
  const block = single ? 3 : 1024;
  return (sample) => {
    const row = single ? 0 : sample;
    if (row >= value.length) return undefined;
    const start = Math.floor(row / block) * block;
    if (kept.start !== start) {
      kept.start = start;
      kept.numbers = value.numbers(start, Math.min(value.length, start + block));
    }
    const from = ((row - start) * 3 + 1) * length;
    let steps = 0;
    for (let i = 0; i < length; i++) if (kept.numbers[from + i]! > 0) steps = i + 1;
    return steps;
  };
}
