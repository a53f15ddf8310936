/** The page that explains what a saved model says of one sample. @module */

import { join } from "node:path";
import type { Explanation } from "../inference/explain.ts";
import type { SampleFeatures } from "../inference/exported_model.ts";
import type { SampleInput } from "../inference/input_encoders.ts";
import { type ModelFolder, modelFromSafetensors } from "../inference/model_folder.ts";
import { modalities } from "../modality.ts";
import { explainedPage } from "./explained_page.ts";
import { openExplainer } from "./explainer.ts";
import { readSample } from "./read_sample.ts";
import { standardiseSample } from "./standardise_sample.ts";
import { loadWordCutter, trainedParts, wholeMessage } from "./words.ts";

/**
 * The HTML page of a sample. The ONNX file has no gradients: they are those of its parameters.
 *
 * @throws {RangeError} An image or clip that is none.
 */
export async function verdictPage(
  sample: SampleInput,
  { features, explanation, opened, folder, cache }: {
    readonly features: SampleFeatures;
    readonly explanation: Explanation;
    readonly opened: ModelFolder;
    /** The model's. */
    readonly folder: string;
    /** Where encoders are kept. */
    readonly cache: string;
  },
): Promise<string> {
  const { description, safetensors } = opened;
  const path = join(folder, "model.safetensors");
  const trained = modelFromSafetensors(safetensors, { path, config: description.model });
  const present = modalities.filter((m) => sample[m] !== undefined);
  const explainer = await openExplainer(trained, { present });
  const explained = await explainer.explain(standardiseSample(features, trained.standardisation));
  await explainer.dispose();
  const { data, seed, encoders, model } = description;
  const isTrained = encoders.choice === "trained";
  const place = { model: encoders.text.id, root: join(cache, "models") };
  const note = isTrained ? ` ${trainedParts}` : "";
  return explainedPage(await readSample(sample), {
    features,
    explanation,
    explained,
    explainer,
    sizes: model.inputs,
    ...sample.text !== undefined && {
      cutWords: isTrained ? wholeMessage(model.inputs.text.segments) : await loadWordCutter(place),
    },
    words: {
      title: "Why this verdict?",
      caption: `The model in ${folder}, trained on ${data.label} data with seed ${seed}.${note}`,
      faithfulness:
        "Whether such explanations are faithful, deno task reproduce explanations tests.",
    },
  });
}
