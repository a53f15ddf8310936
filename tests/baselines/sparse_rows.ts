/** Dense rows as sparse ones. @module */

import type { SparseRows } from "../../lib/baselines/feature_rows.ts";

/** The same rows with zeros left out. */
export function sparse(inputs: Float32Array, width: number): SparseRows {
  const kept = [...inputs.keys()].filter((i) => inputs[i] !== 0);
  return {
    values: Float32Array.from(kept, (i) => inputs[i]!),
    columns: Uint32Array.from(kept, (i) => i % width),
    starts: Uint32Array.from(
      { length: inputs.length / width + 1 },
      (_, n) => kept.filter((i) => i < n * width).length,
    ),
  };
}
