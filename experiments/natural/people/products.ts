/** Products of what people said of several modalities, and what is left of them without. @module */

import type { FeatureRows, SparseRows } from "../../../lib/baselines/mod.ts";
import type { Modality } from "../../../lib/modality.ts";
import type { Inputs } from "./question.ts";

/** What a regression reads: each modality by itself, or also all products of several. */
export type Terms = "additive" | "products";

/** Rows as a regression reads them. */
export interface TermRows {
  readonly inputs: FeatureRows;
  readonly width: number;
}

/**
 * The terms of rows `x_m`, `[n, K]` of each modality: x_m, and with `products` x_a ⊗ x_b of every two
 * modalities and x_a ⊗ x_b ⊗ x_c of three. Zeros are left out.
 */
export function termsOf(
  inputs: Inputs,
  { modalities, width, terms }: {
    readonly modalities: readonly Modality[];
    readonly width: number;
    readonly terms: Terms;
  },
): TermRows {
  const sets = subsets(modalities).filter((set) => terms === "products" || set.length === 1);
  const offsets = sets.map((_, i) =>
    sets.slice(0, i).reduce((sum, s) => sum + width ** s.length, 0)
  );
  const count = inputs[modalities[0]!]!.length / width;
  const values: number[] = [], columns: number[] = [], starts = [0];
  for (let n = 0; n < count; n++) {
    sets.forEach((set, i) => {
      let products: [column: number, value: number][] = [[0, 1]];
      for (const m of set) {
        const own = inputs[m]!.subarray(n * width, (n + 1) * width);
        products = products.flatMap(([column, value]) =>
          Array.from(own, (x, k): [number, number] => [column * width + k, value * x])
            .filter(([, product]) => product !== 0)
        );
      }
      for (const [column, value] of products) {
        columns.push(offsets[i]! + column);
        values.push(value);
      }
    });
    starts.push(values.length);
  }
  const all = offsets.at(-1)! + width ** sets.at(-1)!.length;
  const sparse = {
    values: Float32Array.from(values),
    columns: Uint32Array.from(columns),
    starts: Uint32Array.from(starts),
  };
  return { inputs: 2 * values.length > count * all ? dense(sparse, all) : sparse, width: all };
}

// Rows with few zeros are read faster with them.
function dense({ values, columns, starts }: SparseRows, width: number): Float32Array {
  const rows = new Float32Array((starts.length - 1) * width);
  for (let n = 0; n + 1 < starts.length; n++) {
    for (let i = starts[n]!; i < starts[n + 1]!; i++) rows[n * width + columns[i]!] = values[i]!;
  }
  return rows;
}

// Single modalities first, then pairs, then all three.
function subsets(modalities: readonly Modality[]): Modality[][] {
  return modalities
    .reduce<Modality[][]>((all, m) => [...all, ...all.map((set) => [...set, m])], [[]])
    .filter((set) => set.length > 0)
    .sort((a, b) => a.length - b.length);
}

/**
 * The additive projection (EMAP; Hessel and Lee, EMNLP 2020) of `f`, which is linear in each
 * modality's numbers, over rows whose modalities are drawn independently:
 *
 *     f̂(x) = Σ_m f(x_m, x̄_others) − (M − 1) f(x̄)
 *
 * The authors average f over all pairs of rows; of products of the modalities' numbers the mean over
 * independent rows is the product of the means x̄, so that this is exact. They have two modalities;
 * with three each is drawn by itself. `f` gives `[n, K]` of inputs of n rows.
 */
export function additiveProjection(
  f: (inputs: Inputs) => Float64Array,
  inputs: Inputs,
  { modalities, width }: { readonly modalities: readonly Modality[]; readonly width: number },
): Float64Array {
  const count = inputs[modalities[0]!]!.length / width;
  const means = new Map(modalities.map((m) => [m, meanRow(inputs[m]!, width)]));
  const withMeans = (n: number, own?: Modality): Inputs =>
    Object.fromEntries(
      modalities.map((m) => [m, m === own ? inputs[m]! : repeat(means.get(m)!, n)]),
    );
  const base = f(withMeans(1));
  const sums = new Float64Array(count * base.length);
  for (const m of modalities) {
    f(withMeans(count, m)).forEach((value, i) => sums[i]! += value);
  }
  return sums.map((sum, i) => sum - (modalities.length - 1) * base[i % base.length]!);
}

function meanRow(rows: Float32Array, width: number): Float64Array {
  const mean = new Float64Array(width), count = rows.length / width;
  rows.forEach((x, i) => mean[i % width]! += x / count);
  return mean;
}

function repeat(row: Float64Array, count: number): Float32Array {
  return Float32Array.from({ length: count * row.length }, (_, i) => row[i % row.length]!);
}
