/** Neighbouring utterances as further segments of a row. @module */

import type { Pair } from "../datasets/paired.ts";
import { modalities, type Modality } from "../modality.ts";
import type { ModalityFeatures, Table } from "./features.ts";

/** Rows and their neighbours, as `neighboursOf` has them. */
export interface RowsInContext {
  readonly pairs: readonly Pair[];
  /** Of each row, places of other rows; undefined where there is none. */
  readonly neighbours: readonly (readonly (number | undefined)[])[];
}

/**
 * Features with the mean state of each neighbour as one more segment, behind those of the row itself:
 * of n segments and k neighbours `states` is `[N, n + k, …]`, `mask` `[N, n + k]`, 0 where there is no
 * neighbour or it lacks the modality, and `target` `[N, n + k]` is 1 where a segment is of the row
 * itself. What reads segments alike hears its neighbours as loud as the row; `target` is for what reads
 * out the row. The spectral path of audio, which has no neighbours, is left out.
 */
export function withContext<Of extends { readonly [M in Modality]?: ModalityFeatures }>(
  features: Of,
  { pairs, neighbours }: RowsInContext,
): Of {
  const changed = modalities.flatMap((m) => {
    const own = features[m];
    if (own === undefined) return [];
    const near: (readonly (number | undefined)[])[] = [];
    pairs.forEach((pair, row) => {
      if (pair[m] === undefined) return;
      near[pair[m]] = neighbours[row]!.map((at) => at === undefined ? undefined : pairs[at]![m]);
    });
    const { logMel: _, frames: __, prosody: ___, ...tables } = own.tables;
    const count = neighbours[0]?.length ?? 0;
    return [[m, { ...own, tables: { ...tables, ...widened(own.tables, near, count) } }] as const];
  });
  return { ...features, ...Object.fromEntries(changed) };
}

function widened(
  { states, mask }: ModalityFeatures["tables"],
  near: readonly (readonly (number | undefined)[])[],
  count: number,
): Record<"states" | "mask" | "target", Table> {
  const [rows, segments, ...rest] = states!.shape as [number, number, ...number[]];
  const width = rest.reduce((a, b) => a * b, 1), all = segments + count;
  const data = new Float32Array(rows * all * width);
  const kept = new Float32Array(rows * all), target = new Float32Array(rows * all);
  for (let row = 0; row < rows; row++) {
    const from = row * segments, to = row * all;
    data.set(states!.data.subarray(from * width, (from + segments) * width), to * width);
    const own = mask!.data.subarray(from, from + segments);
    kept.set(own, to);
    target.set(own, to);
    near[row]?.forEach((other, k) => {
      if (other === undefined) return;
      const mean = meanSegment(states!.data, mask!.data, { row: other, segments, width });
      if (mean === undefined) return;
      data.set(mean, (to + segments + k) * width);
      kept[to + segments + k] = 1;
    });
  }
  return {
    states: { shape: [rows, all, ...rest], data },
    mask: { shape: [rows, all], data: kept },
    target: { shape: [rows, all], data: target },
  };
}

function meanSegment(
  states: Float32Array,
  mask: Float32Array,
  { row, segments, width }: {
    readonly row: number;
    readonly segments: number;
    readonly width: number;
  },
): Float32Array | undefined {
  const mean = new Float32Array(width);
  let total = 0;
  for (let s = row * segments; s < (row + 1) * segments; s++) {
    if (mask[s] === 0) continue;
    total++;
    for (let j = 0; j < width; j++) mean[j]! += states[s * width + j]!;
  }
  return total === 0 ? undefined : mean.map((x) => x / total);
}
