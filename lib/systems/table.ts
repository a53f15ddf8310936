/** One feature of all samples, in memory or where it is read row by row. @module */

import type { RowReader } from "../encoders/feature_store.ts";

export type { RowReader } from "../encoders/feature_store.ts";

/** One feature of all samples: rows first, `[N, …]`. */
export interface Table {
  /** `[N, …]`. */
  readonly shape: readonly number[];
  /**
   * In row-major order. Of a table with `rows` all of it is read at the first look, and kept: what needs
   * no more than some rows at a time asks {@linkcode gather} or {@linkcode eachRow}.
   */
  readonly data: Float32Array;
  /** Reads rows of a table that is not in memory; absent of one that is. */
  readonly rows?: RowReader;
}

/** A table of rows that are read when they are asked for. */
export function tableOfRows(rows: RowReader): Table {
  let whole: Float32Array | undefined;
  return {
    shape: rows.shape,
    rows,
    get data() {
      if (whole === undefined) {
        whole = new Float32Array(rows.shape[0]! * sizeOfRow(rows));
        rows.read(Array.from({ length: rows.shape[0]! }, (_, i) => i), whole);
      }
      return whole;
    },
  };
}

/** How many numbers a row has. */
export function sizeOfRow({ shape }: Pick<Table, "shape">): number {
  return shape.slice(1).reduce((a, b) => a * b, 1);
}

/** The rows of a table at `indices`, one after another. */
export function gather(table: Table, indices: ArrayLike<number>): Float32Array {
  const size = sizeOfRow(table);
  const found = new Float32Array(indices.length * size);
  if (table.rows) {
    table.rows.read(indices, found);
    return found;
  }
  const { data } = table;
  for (let i = 0; i < indices.length; i++) {
    found.set(data.subarray(indices[i]! * size, (indices[i]! + 1) * size), i * size);
  }
  return found;
}

// Numbers that are in memory at a time of a table that is not: 32 MB. The more, the more of them are of
// one file of the store.
const blockLength = 2 ** 23;

/** The rows of a table at `indices`, one by one. Each is there until the next is asked for. */
export function* eachRow(table: Table, indices: ArrayLike<number>): Generator<Float32Array> {
  const size = sizeOfRow(table), { rows } = table;
  if (rows === undefined) {
    const { data } = table;
    for (let i = 0; i < indices.length; i++) {
      yield data.subarray(indices[i]! * size, (indices[i]! + 1) * size);
    }
    return;
  }
  const most = Math.max(1, Math.floor(blockLength / size));
  for (let first = 0; first < indices.length; first += most) {
    const some = Array.prototype.slice.call(indices, first, first + most);
    const block = new Float32Array(some.length * size);
    rows.read(some, block);
    for (let i = 0; i < some.length; i++) yield block.subarray(i * size, (i + 1) * size);
  }
}
