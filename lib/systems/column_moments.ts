/** Mean and deviation of a table's columns over the steps that are data. @module */

import { eachRow, type RowReader, sizeOfRow, type Table } from "./table.ts";

/** Of each column (a unit of an encoder, of each layer if there are several, a mel band). */
export interface Moments {
  /** Over the steps. */
  readonly mean: number[];
  /** 1 / deviation; 0 of a column that never changes, which says nothing. */
  readonly scale: number[];
}

/** Says of row i whether step t (a segment, a frame) is data, and no padding. */
export type Valid = (row: number, step: number) => boolean;

/** Which steps are data: by a mask `[N, T]`, or a count of steps `[N]`; without, all are. */
export function validity(table: Table, extent: Table | undefined): Valid {
  if (!extent) return () => true;
  const steps = table.shape[1]!;
  if (extent.shape.length === 1) return (row, step) => step < extent.data[row]!;
  return (row, step) => extent.data[row * steps + step]! > 0;
}

// What a step (a segment, a frame) holds is its columns, whatever their axes.
function stepsOf(shape: readonly number[]): { rows: number; steps: number; columns: number } {
  const [rows, steps, ...rest] = shape as [number, number, ...number[]];
  return { rows, steps, columns: rest.reduce((a, b) => a * b, 1) };
}

/** The moments of each column over the steps of `rows` that are data, in one pass over the table. */
export function columnMoments(
  table: Table,
  valid: Valid,
  rows: readonly number[],
): Moments {
  const { steps, columns } = stepsOf(table.shape);
  // Sums of differences from the first row: a column that never changes then has a deviation of
  // exactly 0, which squares of a large number lose to rounding.
  let origin: Float32Array | undefined;
  const sum = new Float64Array(columns), squares = new Float64Array(columns);
  let count = 0, i = 0;
  for (const data of eachRow(table, rows)) {
    const row = rows[i++]!;
    for (let step = 0; step < steps; step++) {
      if (!valid(row, step)) continue;
      count++;
      const at = step * columns;
      origin ??= data.slice(at, at + columns);
      for (let c = 0; c < columns; c++) {
        const x = data[at + c]! - origin[c]!;
        sum[c]! += x;
        squares[c]! += x * x;
      }
    }
  }
  // Of a modality that no sample has, every mean is 0.
  const some = Math.max(1, count);
  const mean = Array.from(sum, (s, c) => (origin?.[c] ?? 0) + s / some);
  const scale = Array.from(squares, (s, c) => {
    const deviation = Math.sqrt(Math.max(0, s / some - (sum[c]! / some) ** 2));
    // A column that never changes says nothing.
    return deviation > 1e-6 ? 1 / deviation : 0;
  });
  return { mean, scale };
}

/** What is done to a table's rows: z = (x - mean) scale, at most `limit` from 0 (none by default). */
export interface Scaling extends Moments {
  readonly limit?: number;
}

/**
 * {@linkcode Scaling} of the given rows (all by default). What is no data becomes 0; other rows of `into`
 * stay.
 */
export function applyMoments(
  table: Table,
  valid: Valid,
  { rows: some, into, ...scaling }: Scaling & {
    readonly rows?: readonly number[];
    readonly into?: Float32Array;
  },
): Table {
  const { shape } = table;
  const size = sizeOfRow(table);
  const rows = some ?? Array.from({ length: shape[0]! }, (_, row) => row);
  const result = into ?? new Float32Array(shape[0]! * size);
  const scale = scaleRow(table, valid, scaling);
  let i = 0;
  for (const data of eachRow(table, rows)) {
    const row = rows[i++]!;
    scale(row, data, result.subarray(row * size, (row + 1) * size));
  }
  return { shape, data: result };
}

/** The same of rows that are read when they are asked for: each is scaled then. */
export function scaledRows(
  rows: RowReader,
  valid: Valid,
  scaling: Scaling,
): RowReader {
  const size = sizeOfRow(rows), scale = scaleRow(rows, valid, scaling);
  return {
    shape: rows.shape,
    read(asked, into) {
      rows.read(asked, into);
      for (let i = 0; i < asked.length; i++) {
        const own = into.subarray(i * size, (i + 1) * size);
        scale(asked[i]!, own, own);
      }
    },
  };
}

/** Scales a row of a table into another, which may be itself. */
function scaleRow(
  { shape }: Pick<Table, "shape">,
  valid: Valid,
  { mean, scale, limit = Infinity }: Scaling,
) {
  const { steps, columns } = stepsOf(shape);
  return (row: number, data: Float32Array, into: Float32Array) => {
    for (let step = 0; step < steps; step++) {
      const at = step * columns;
      if (!valid(row, step)) {
        into.fill(0, at, at + columns);
        continue;
      }
      for (let c = 0; c < columns; c++) {
        const z = (data[at + c]! - mean[c]!) * scale[c]!;
        into[at + c] = z > limit ? limit : z < -limit ? -limit : z;
      }
    }
  };
}
