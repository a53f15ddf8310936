/** Fewer segments per modality than the encoders gave, for the ablation of their number. @module */

import { byModality } from "../modality.ts";
import type { CorpusFeatures, ModalityFeatures, Table } from "../systems/features.ts";

/**
 * Features in which runs of neighbouring segments are replaced by their mean,
 * so that no modality has more than `most`; padding takes no part, and a run
 * of nothing but padding stays padding.
 *
 * @throws {RangeError} a number of segments that is not a multiple of `most`.
 */
export function poolSegments(features: CorpusFeatures, most: number): CorpusFeatures {
  return byModality((m) => pooled(features[m], most));
}

function pooled(features: ModalityFeatures, most: number): ModalityFeatures {
  const { tables } = features;
  const { shape: [rows, segments] } = tables.mask! as Table & { shape: [number, number] };
  if (segments <= most) return features;
  if (segments % most !== 0) {
    throw new RangeError(`Cannot pool segments: expected a divisor of ${segments}, got ${most}`);
  }
  const run = segments / most;
  const mask = tables.mask!.data;
  const counts = Float32Array.from({ length: rows * most }, (_, i) => {
    let count = 0;
    for (let s = 0; s < run; s++) count += mask[i * run + s]!;
    return count;
  });
  const mean = ({ shape, data }: Table): Table => {
    const width = shape.slice(2).reduce((a, b) => a * b, 1);
    const result = new Float32Array(rows * most * width);
    for (let i = 0; i < mask.length; i++) {
      const to = Math.floor(i / run);
      const share = mask[i]! / Math.max(counts[to]!, 1);
      for (let c = 0; share > 0 && c < width; c++) {
        result[to * width + c]! += share * data[i * width + c]!;
      }
    }
    return { shape: [rows, most, ...shape.slice(2)], data: result };
  };
  const replaced: Record<string, Table> = {
    mask: { shape: [rows, most], data: counts.map((count) => count > 0 ? 1 : 0) },
  };
  for (const name of ["states", "prosody"]) {
    if (tables[name]) replaced[name] = mean(tables[name]);
  }
  return { ...features, tables: { ...tables, ...replaced } };
}
