/** Averages a varying number of states into a fixed number of segments. @module */

import type { Features } from "./encoder.ts";

/** What to average: `rows` states of `width` numbers, one after another. */
export interface States {
  /** `[rows, width]`. */
  readonly data: Float32Array;
  readonly rows: number;
  readonly width: number;
}

/**
 * The means of `segments` contiguous parts of a sequence:
 *
 *     states[s] = mean of rows ⌊s T / S⌋ … ⌊(s + 1) T / S⌋ − 1
 *
 * `states` is `[S, width]`, `mask` `[S]` with 1 = keep. Of fewer rows than
 * segments each row is a segment and the rest are 0 with mask 0.
 */
export function segmentMeans({ data, rows, width }: States, segments: number): Features {
  const used = Math.min(rows, segments);
  const states = new Float32Array(segments * width);
  const mask = new Float32Array(segments).fill(1, 0, used);
  for (let s = 0; s < used; s++) {
    const [start, end] = [Math.floor(s * rows / used), Math.floor((s + 1) * rows / used)];
    for (let j = 0; j < width; j++) {
      let sum = 0;
      for (let row = start; row < end; row++) sum += data[row * width + j]!;
      states[s * width + j] = sum / (end - start);
    }
  }
  return { states, mask };
}

/** Cuts `length` steps into as few parts of nearly equal length as have `most` or fewer each. */
export function equalParts(length: number, most: number): { start: number; end: number }[] {
  const count = Math.max(1, Math.ceil(length / most));
  return Array.from({ length: count }, (_, i) => ({
    start: Math.floor(i * length / count),
    end: Math.floor((i + 1) * length / count),
  }));
}

/** Rows of several windows, one after another. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let next = 0;
  for (const part of parts) {
    all.set(part, next);
    next += part.length;
  }
  return all;
}

/** A feature map: `[channels, height, width]`. */
export interface FeatureMap {
  readonly data: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * The means of a grid of cells of a feature map, `[segments, channels]`, row
 * after row. The grid is as square as `segments` allows (4 is 2 by 2, 6 is 2 by
 * 3). Cell i of n along a side of length L covers ⌊i L / n⌋ to ⌈(i + 1) L / n⌉,
 * as PyTorch's `adaptive_avg_pool2d` has it: cells may share a border pixel.
 */
export function gridMeans(
  { data, channels, height, width }: FeatureMap,
  segments: number,
): Features {
  const rows = largestDivisor(segments);
  const columns = segments / rows;
  const states = new Float32Array(segments * channels);
  for (let s = 0; s < segments; s++) {
    const [top, bottom] = cell(Math.floor(s / columns), rows, height);
    const [left, right] = cell(s % columns, columns, width);
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) sum += data[(c * height + y) * width + x]!;
      }
      states[s * channels + c] = sum / ((bottom - top) * (right - left));
    }
  }
  return { states, mask: new Float32Array(segments).fill(1) };
}

function cell(index: number, count: number, length: number): [number, number] {
  return [Math.floor(index * length / count), Math.ceil((index + 1) * length / count)];
}

// The largest divisor up to the square root.
function largestDivisor(n: number): number {
  let divisor = Math.floor(Math.sqrt(n));
  while (n % divisor > 0) divisor--;
  return divisor;
}

/** @throws {RangeError} `segments` is not a positive integer. */
export function assertSegments(segments: number): void {
  if (!Number.isInteger(segments) || segments < 1) {
    throw new RangeError(`Cannot cut into segments: expected an integer from 1, got ${segments}`);
  }
}
