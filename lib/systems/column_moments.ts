/** Mean and deviation of a table's columns over the steps that are data. @module */

/** One feature of all samples: rows first, `[N, …]`. */
export interface Table {
  /** `[N, …]`. */
  readonly shape: readonly number[];
  /** In row-major order. */
  readonly data: Float32Array;
}

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

/** The moments of each column over the steps of `rows` that are data. */
export function columnMoments(
  { shape, data }: Table,
  valid: Valid,
  rows: readonly number[],
): Moments {
  const { steps, columns } = stepsOf(shape);
  // Sums of differences from the first row: a column that never changes then has a deviation of
  // exactly 0, which squares of a large number lose to rounding.
  let origin: Float32Array | undefined;
  const sum = new Float64Array(columns), squares = new Float64Array(columns);
  let count = 0;
  for (const row of rows) {
    for (let step = 0; step < steps; step++) {
      if (!valid(row, step)) continue;
      count++;
      const at = (row * steps + step) * columns;
      origin ??= data.subarray(at, at + columns);
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

/**
 * (x - mean) scale, at most `limit` from 0 (none by default), of the given rows (all by default). What
 * is no data becomes 0; other rows of `into` stay.
 */
export function applyMoments(
  { shape, data }: Table,
  valid: Valid,
  { mean, scale, limit = Infinity, rows: some, into }: Moments & {
    readonly limit?: number;
    readonly rows?: Iterable<number>;
    readonly into?: Float32Array;
  },
): Table {
  const { rows, steps, columns } = stepsOf(shape);
  const result = into ?? new Float32Array(data.length);
  for (const row of some ?? Array(rows).keys()) {
    for (let step = 0; step < steps; step++) {
      if (!valid(row, step)) continue;
      const at = (row * steps + step) * columns;
      for (let c = 0; c < columns; c++) {
        const z = (data[at + c]! - mean[c]!) * scale[c]!;
        result[at + c] = z > limit ? limit : z < -limit ? -limit : z;
      }
    }
  }
  return { shape, data: result };
}
