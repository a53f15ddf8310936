/** Sequences of features out of a pickle: of each sample so many steps of so many numbers. @module */

import { PickledArray } from "./pickle/array.ts";

/** The steps of one sample that are data. */
export interface Sequence {
  /** How many. */
  readonly rows: number;
  /** Row after row, `[rows, width]`. */
  readonly data: Float32Array;
}

/** What was no number, and is 0 now; and what was not there. */
export interface Repairs {
  /** Values that were infinite, as logarithms of silence are. */
  infinite: number;
  /** Values that were NaN. */
  nan: number;
  /** Samples of which there are fewer steps than their lengths say. */
  cut: number;
}

/** The features of one modality in one part of a set. */
export interface FeatureSequences {
  /** Samples. */
  readonly count: number;
  /** Numbers a step. */
  readonly width: number;
  /** The most steps of a sample, padding among them. */
  readonly steps: number;
  /** Sample after sample, read as they are asked for. */
  read(repairs: Repairs): Iterable<Sequence>;
}

/** How many steps of a sample there are; undefined where its padding has to be found. */
export type StepsOf = (sample: number) => number | undefined;

const blockBytes = 1 << 25;

/**
 * Features as a pickle holds them: an array `[N, steps, width]`, or `[N, width]` of one step each, or N
 * arrays or lists of lists of their own lengths. `stepsOf` says how many steps count; without, steps of
 * zeros at either end of a sample are padding. Infinite values and NaN become 0, and are counted.
 *
 * @throws {RangeError} They are none of these; the message begins with `where`.
 */
export function featureSequences(
  value: unknown,
  { where, stepsOf = () => undefined }: { readonly where: string; readonly stepsOf?: StepsOf },
): FeatureSequences {
  const source = value instanceof PickledArray && !value.objects
    ? wholeArray(value, where)
    : manyArrays(value instanceof PickledArray ? value.objects : value, where);
  const { width } = source;
  return {
    ...source,
    *read(repairs) {
      let sample = 0;
      for (const data of source.samples()) {
        repair(data, repairs);
        const rows = data.length / width, steps = stepsOf(sample++);
        if (steps !== undefined && steps > rows) repairs.cut++;
        yield withoutPadding({ data, rows }, width, steps);
      }
    },
  };
}

interface Source {
  readonly count: number;
  readonly width: number;
  readonly steps: number;
  samples(): Iterable<Float32Array>;
}

function wholeArray(array: PickledArray, where: string): Source {
  const { shape, dtype, rowSize, length: count } = array;
  if (shape.length < 2 || shape.length > 3 || !/[fiub]\d$/.test(dtype)) {
    throw new RangeError(
      `${where}: expected numbers [samples, steps, width], got ${dtype}, [${shape.join(", ")}]`,
    );
  }
  const width = assertWidth(shape.at(-1)!, where);
  return {
    count,
    width,
    steps: rowSize / width,
    *samples() {
      const block = Math.max(1, Math.floor(blockBytes / (4 * rowSize || 1)));
      for (let start = 0; start < count; start += block) {
        const end = Math.min(count, start + block);
        const numbers = array.numbers(start, end);
        for (let i = 0; i < end - start; i++) {
          yield Float32Array.from(numbers.subarray(i * rowSize, (i + 1) * rowSize));
        }
      }
    },
  };
}

function assertWidth(width: number, where: string): number {
  if (width > 0) return width;
  throw new RangeError(`${where}: expected steps of 1 number or more, got none`);
}

function manyArrays(value: unknown, where: string): Source {
  if (!Array.isArray(value)) {
    throw new RangeError(`${where}: expected an array or a list, got neither`);
  }
  const shapes = value.map((item, i) => shapeOf(item, `${where}, sample ${i}`));
  const width = assertWidth(shapes.find(({ steps }) => steps > 0)?.width ?? 1, where);
  const other = shapes.findIndex((shape) => shape.steps > 0 && shape.width !== width);
  if (other >= 0) {
    throw new RangeError(
      `${where}, sample ${other}: expected ${width} numbers a step, got ${shapes[other]!.width}`,
    );
  }
  return {
    count: value.length,
    width,
    steps: shapes.reduce((most, { steps }) => Math.max(most, steps), 0),
    *samples() {
      for (const [i, item] of value.entries()) {
        yield numbersOfSteps(item, { ...shapes[i]!, width, where: `${where}, sample ${i}` });
      }
    },
  };
}

function shapeOf(item: unknown, where: string): { steps: number; width: number } {
  if (item instanceof PickledArray) {
    const { shape } = item;
    if (shape.length === 2) return { steps: shape[0]!, width: shape[1]! };
    if (shape.length === 1) return { steps: Math.min(1, shape[0]!), width: shape[0]! };
    throw new RangeError(`${where}: expected [steps, width], got [${shape.join(", ")}]`);
  }
  if (!Array.isArray(item)) {
    throw new RangeError(`${where}: expected an array or a list of steps, got neither`);
  }
  const [first] = item;
  if (first instanceof PickledArray) return { steps: item.length, width: first.length };
  if (Array.isArray(first)) return { steps: item.length, width: first.length };
  return { steps: Math.min(1, item.length), width: item.length };
}

function numbersOfSteps(
  item: unknown,
  { steps, width, where }: {
    readonly steps: number;
    readonly width: number;
    readonly where: string;
  },
): Float32Array {
  if (item instanceof PickledArray) return Float32Array.from(item.numbers());
  const list = item as readonly unknown[];
  const nested = Array.isArray(list[0]) || list[0] instanceof PickledArray;
  const data = new Float32Array(steps * width);
  for (let step = 0; step < steps; step++) {
    const values = nested ? list[step] : list;
    const numbers = values instanceof PickledArray ? values.numbers() : values;
    if (!(numbers instanceof Float32Array || numbers instanceof Float64Array)) {
      const isStep = Array.isArray(numbers) &&
        numbers.every((x) => typeof x === "number" || typeof x === "boolean");
      if (!isStep) throw new RangeError(`${where}, step ${step}: expected numbers, got others`);
    }
    if (numbers.length !== width) {
      throw new RangeError(
        `${where}, step ${step}: expected ${width} numbers, got ${numbers.length}`,
      );
    }
    data.set(numbers as readonly number[], step * width);
  }
  return data;
}

function repair(data: Float32Array, repairs: Repairs): void {
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i]!)) continue;
    if (Number.isNaN(data[i]!)) repairs.nan++;
    else repairs.infinite++;
    data[i] = 0;
  }
}

function withoutPadding(
  { data, rows }: Sequence,
  width: number,
  steps: number | undefined,
): Sequence {
  if (steps !== undefined) {
    const used = Math.min(steps, rows);
    return { rows: used, data: data.subarray(0, used * width) };
  }
  const first = data.findIndex((x) => x !== 0);
  if (first < 0) return { rows: 0, data: data.subarray(0, 0) };
  const from = Math.floor(first / width);
  const to = Math.floor(data.findLastIndex((x) => x !== 0) / width) + 1;
  return { rows: to - from, data: data.subarray(from * width, to * width) };
}
