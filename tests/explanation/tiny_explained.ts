/** The tiny trained model and one sample of its test part, as the model takes it. @module */

import { standardiseSample } from "../../lib/explanation/standardise_sample.ts";
import type { SampleFeatures } from "../../lib/inference/mod.ts";
import type { TrainedModel } from "../../lib/systems/system.ts";
import { sampleFeatures, tinyModel } from "../inference/tiny_model.ts";

/** Four tiles of four frames by two bands. */
export const tinyTiles = { time: 2, pitch: 2 } as const;

/** The model, and the features of a sample before and after standardisation; clip 23 is half as long as it may be. */
export async function tinyExplained({ audio = 23 } = {}): Promise<{
  trained: TrainedModel;
  raw: SampleFeatures;
  features: SampleFeatures;
}> {
  const { trained } = await tinyModel();
  const raw = sampleFeatures({ text: 20, image: 21, audio });
  return { trained, raw, features: standardiseSample(raw, trained.standardisation) };
}

/** The features with one number of a table changed. */
export function changed(
  features: SampleFeatures,
  [m, name]: readonly ["text" | "image" | "audio", string],
  change: (value: number, i: number) => number,
): SampleFeatures {
  return { ...features, [m]: { ...features[m], [name]: features[m]![name]!.map(change) } };
}
