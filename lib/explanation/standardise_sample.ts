/** One sample's features as a trained model takes them. @module */

import type { SampleFeatures } from "../inference/exported_model.ts";
import { modalities } from "../modality.ts";
import { applyStandardisation, type Standardisation } from "../systems/features.ts";

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
      const tables = Object.entries(features[m]!).map(([name, data]) => {
        // A column for each of the moments; what has none is a mask or, a single number, a count.
        const columns = standardisation[m]?.[name]?.mean.length;
        const steps = data.length === 1 ? [] : [data.length];
        return [
          name,
          { shape: [1, ...columns ? [data.length / columns, columns] : steps], data },
        ] as const;
      });
      const scaled = applyStandardisation(m, Object.fromEntries(tables), standardisation[m]);
      const values = Object.entries(scaled).map(([name, { data }]) => [name, data]);
      return [m, Object.fromEntries(values)];
    }),
  );
}
