/** One sample's features as a trained model takes them. @module */

import type { SampleFeatures } from "../inference/exported_model.ts";
import { modalities } from "../modality.ts";
import type { Standardisation } from "../systems/features.ts";

// As in training: see `standardiseFeatures`.
const limit = 6;

/**
 * The features of one sample, as its encoders deliver them, after what
 * `standardiseFeatures` learnt in training:
 *
 *     z = clip((x − mean) / deviation, −6, 6)
 *
 * Padding is 0. Tables of which nothing was learnt stay as they are.
 */
export function standardiseSample(
  features: SampleFeatures,
  standardisation: Standardisation,
): SampleFeatures {
  return Object.fromEntries(
    modalities.filter((m) => features[m]).map((m) => {
      const own = features[m]!;
      const tables = Object.entries(own).map(([name, table]) => {
        const moments = standardisation[m]?.[name];
        if (moments === undefined) return [name, table];
        const { mean, scale } = moments;
        const valid = (step: number) =>
          name === "logMel"
            ? step < own.frames![0]!
            // One vector per sample has no padding.
            : name === "clip" || own.mask![step]! > 0;
        const z = table.map((x, i) => {
          const column = i % mean.length;
          if (!valid(Math.floor(i / mean.length))) return 0;
          return Math.min(limit, Math.max(-limit, (x - mean[column]!) * scale[column]!));
        });
        return [name, z];
      });
      return [m, Object.fromEntries(tables)];
    }),
  );
}
