/** What linear models read of samples: the mean of an encoder's states. @module */

import type { Modality } from "../modality.ts";
import {
  type CorpusFeatures,
  eachRow,
  type ModalityFeatures,
  type Table,
} from "../systems/features.ts";

/** Mean states of one modality's samples. */
interface ModalityMeans {
  readonly width: number;
  /** `[N, width]`. */
  readonly rows: Float32Array;
}

/** Of the modalities that a system reads. */
export type Means = Readonly<Record<Modality, ModalityMeans>>;

/**
 * The mean of each sample's states over the segments that its mask keeps, and over layers if there
 * are several. Where `target` tells the sample's own segments from those of its neighbours, the mean of
 * its own and, as further columns, that of its neighbours, which of one without any is its own again.
 */
export function meanStates({ tables }: ModalityFeatures): ModalityMeans {
  const { states, mask, target } = tables as Record<"states" | "mask", Table> & { target?: Table };
  if (target === undefined) return maskedMeans(states, mask.data);
  const own = maskedMeans(states, target.data);
  const others = mask.data.map((kept, i) => kept - target.data[i]!);
  const near = maskedMeans(states, others);
  const { width } = own, segments = states.shape[1]!;
  const rows = new Float32Array(2 * own.rows.length);
  for (let i = 0; i < states.shape[0]!; i++) {
    const isAlone = others.subarray(i * segments, (i + 1) * segments).every((kept) => kept === 0);
    rows.set(own.rows.subarray(i * width, (i + 1) * width), 2 * i * width);
    const { rows: beside } = isAlone ? own : near;
    rows.set(beside.subarray(i * width, (i + 1) * width), (2 * i + 1) * width);
  }
  return { width: 2 * width, rows };
}

function maskedMeans(states: Table, mask: Float32Array): ModalityMeans {
  const [count, segments, ...state] = states.shape as [number, number, ...number[]];
  const width = state.at(-1)!, layers = state.length > 1 ? state[0]! : 1;
  const rows = new Float32Array(count * width);
  let i = 0;
  for (const data of eachRow(states, Array.from({ length: count }, (_, row) => row))) {
    const kept = mask.subarray(i * segments, (i + 1) * segments);
    const total = kept.reduce((a, b) => a + b, 0) || 1;
    for (let s = 0; s < segments; s++) {
      const share = kept[s]! / (total * layers);
      if (share === 0) continue;
      const from = s * layers * width;
      for (let c = 0; c < layers * width; c++) {
        rows[i * width + c % width]! += data[from + c]! * share;
      }
    }
    i++;
  }
  return { width, rows };
}

/** The mean states of some modalities. */
export function meansOf(features: CorpusFeatures, of: readonly Modality[]): Means {
  return Object.fromEntries(of.map((m) => [m, meanStates(features[m])])) as Means;
}

/** Samples by modality; a row that lacks one has undefined in its place. */
export type ShownRows = { readonly [M in Modality]?: ArrayLike<number | undefined> };

/** The means of a row's modalities, one after the other, `[N, width]`; `absent` stands for what a row lacks. */
export function joinMeans(
  means: Means,
  rows: ShownRows,
  subset: readonly Modality[],
  absent: { readonly [M in Modality]?: Float32Array } = {},
): { inputs: Float32Array; width: number } {
  const count = rows[subset.find((m) => rows[m])!]!.length;
  const widths = subset.map((m) => absent[m]?.length ?? means[m].width);
  const width = widths.reduce((sum, columns) => sum + columns, 0);
  const inputs = new Float32Array(count * width);
  for (let i = 0; i < count; i++) {
    let at = i * width;
    subset.forEach((m, k) => {
      const columns = widths[k]!, row = rows[m]?.[i];
      inputs.set(
        row === undefined ? absent[m]! : means[m].rows.subarray(row * columns, (row + 1) * columns),
        at,
      );
      at += columns;
    });
  }
  return { inputs, width };
}
