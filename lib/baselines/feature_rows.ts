/** Rows of features, dense or sparse, as a linear model reads them. @module */

/** Rows of which most numbers are zero (compressed sparse rows, CSR). */
export interface SparseRows {
  /** The numbers that are not zero, row after row. */
  readonly values: Float32Array;
  /** The column of each value. */
  readonly columns: Uint32Array;
  /** `[N + 1]`: row n owns the values from `starts[n]` up to `starts[n + 1]`. */
  readonly starts: Uint32Array;
}

/** `[N, width]`: every number, row after row, or those that are not zero. */
export type FeatureRows = Float32Array | SparseRows;

/** What a linear model does with a row x. */
export interface RowReader {
  /** N. */
  readonly count: number;
  /** weight · x, with `weight` `[width]`. */
  dot(row: number, weight: Float64Array): number;
  /** target += scale x, for the first `width` numbers of `target`. */
  add(row: number, scale: number, target: Float64Array): void;
}

/** Reads rows that {@linkcode checkRows} has let pass. */
export function readRows(rows: FeatureRows, width: number): RowReader {
  return rows instanceof Float32Array ? denseReader(rows, width) : sparseReader(rows);
}

function denseReader(rows: Float32Array, width: number): RowReader {
  return {
    count: rows.length / width,
    // Four sums at a time, since each addition of a single sum waits for the one before.
    dot: (row, weight) => {
      const at = row * width;
      let a = 0, b = 0, c = 0, d = 0, j = 0;
      for (; j + 3 < width; j += 4) {
        a += rows[at + j]! * weight[j]!;
        b += rows[at + j + 1]! * weight[j + 1]!;
        c += rows[at + j + 2]! * weight[j + 2]!;
        d += rows[at + j + 3]! * weight[j + 3]!;
      }
      for (; j < width; j++) a += rows[at + j]! * weight[j]!;
      return (a + b) + (c + d);
    },
    add: (row, scale, target) => {
      const at = row * width;
      for (let j = 0; j < width; j++) target[j]! += scale * rows[at + j]!;
    },
  };
}

function sparseReader({ values, columns, starts }: SparseRows): RowReader {
  return {
    count: starts.length - 1,
    dot: (row, weight) => {
      let sum = 0;
      for (let i = starts[row]!; i < starts[row + 1]!; i++) {
        sum += values[i]! * weight[columns[i]!]!;
      }
      return sum;
    },
    add: (row, scale, target) => {
      for (let i = starts[row]!; i < starts[row + 1]!; i++) {
        target[columns[i]!]! += scale * values[i]!;
      }
    },
  };
}

/**
 * Refuses what {@linkcode readRows} would misread; `action` is what the rows are for.
 *
 * @throws {RangeError} No rows, rows that do not fit the width, or a number that is not finite.
 */
export function checkRows(action: string, rows: FeatureRows, width: number): void {
  checkShape(action, rows, width);
  const values = rows instanceof Float32Array ? rows : rows.values;
  const wrong = values.findIndex((x) => !Number.isFinite(x));
  if (wrong < 0) return;
  const [row, column] = rows instanceof Float32Array
    ? [Math.floor(wrong / width), wrong % width]
    : [rows.starts.findLastIndex((start) => start <= wrong), rows.columns[wrong]];
  throw new RangeError(
    `Cannot ${action}: expected a finite number in row ${row}, feature ${column}, ` +
      `got ${values[wrong]}`,
  );
}

/**
 * Refuses rows of another width, or none.
 *
 * @throws {RangeError} As said.
 */
export function checkShape(action: string, rows: FeatureRows, width: number): void {
  if (!Number.isInteger(width) || width < 1) {
    throw new RangeError(`Cannot ${action}: expected a width of at least 1, got ${width}`);
  }
  if (!(rows instanceof Float32Array)) return checkSparse(action, rows, width);
  if (rows.length === 0 || rows.length % width !== 0) {
    throw new RangeError(
      `Cannot ${action}: expected whole rows of ${width} features, got ${rows.length} numbers`,
    );
  }
}

function checkSparse(
  action: string,
  { values, columns, starts }: SparseRows,
  width: number,
): void {
  const whole = starts.length > 1 && starts[0] === 0 && starts.at(-1) === values.length &&
    columns.length === values.length &&
    starts.every((start, n) => n === 0 || start >= starts[n - 1]!);
  if (!whole) {
    throw new RangeError(
      `Cannot ${action}: expected a row or more, whose starts rise from 0 to ${values.length}, ` +
        `and ${values.length} columns, got ${starts.length} starts from ${starts[0]} ` +
        `to ${starts.at(-1)} and ${columns.length} columns`,
    );
  }
  const wrong = columns.findIndex((column) => column >= width);
  if (wrong >= 0) {
    throw new RangeError(
      `Cannot ${action}: expected columns below ${width}, got columns[${wrong}] = ${
        columns[wrong]
      }`,
    );
  }
}
