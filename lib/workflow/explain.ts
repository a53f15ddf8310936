/** Why a verdict is what it is. @module */

import * as checks from "../checks.ts";
import * as explanation from "../explanation/mod.ts";
import { modelFromSafetensors, type SampleInput } from "../inference/mod.ts";
import { modalities } from "../modality.ts";
import { key } from "../random/mod.ts";
import type { Target } from "../target.ts";
import type { TrainedModel } from "../systems/system.ts";
import type { Model } from "./fit.ts";
import { openEncodersOf, predict, sampleChecks, type Verdict } from "./predict.ts";
import type { SavedModel } from "./save.ts";

/** How a verdict is explained. */
export interface ExplainOptions {
  /** What stands on the page beside the sample. */
  readonly words?: Partial<explanation.PageWords>;
  /** Of the random orders that removal is compared with; 1 by default. */
  readonly seed?: number;
}

/** A verdict with its reasons, from coarse to fine. */
export interface ExplainedVerdict extends Required<Verdict> {
  /** What segments of all modalities, and tiles of the spectrogram, did. */
  readonly parts: explanation.SampleExplanation;
  /** What becomes of the verdict as segments are removed, by each method's order and at random. */
  readonly removal: explanation.DeletionTest<explanation.ExplanationMethod>;
  /** HTML: the sample, its words, cells and moments coloured by integrated gradients. */
  readonly page: string;
}

const optionChecks = checks.record(
  {
    words: checks.record(
      { title: checks.text, caption: checks.text, truth: checks.text, faithfulness: checks.text },
      { optional: "all" },
    ),
    seed: checks.whole(0),
  },
  { optional: "all" },
);

/**
 * Judges one sample by the proposed model, and says what its modalities and their parts did.
 *
 * @throws {RangeError} The model is another system, an option is unknown, or as `predict`.
 */
export async function explain(
  model: Model | SavedModel,
  sample: SampleInput,
  options: ExplainOptions = {},
): Promise<ExplainedVerdict> {
  optionChecks(options, "the options of explain");
  sampleChecks([sample], "the samples");
  const { words = {}, seed = 1 } = options;
  const trained = trainedOf(model);
  const [verdict] = await predict(model, [sample]);
  const { encoders, cache } = "fitted" in model
    ? model.data
    : { encoders: model.description.encoders, cache: model.cache };
  const opened = openEncodersOf(model);
  const features = await opened.encode(sample).finally(() => opened.dispose());
  const standardised = explanation.standardiseSample(features, trained.standardisation);
  const explainer = await explanation.openExplainer(trained, {
    present: modalities.filter((m) => sample[m] !== undefined),
    favoured: placeOf(verdict!, trained.config.target),
  });
  try {
    const parts = await explainer.explain(standardised);
    const { there, scores } = parts.segments;
    const sizes = trained.config.inputs;
    const areTrained = encoders.choice === "trained";
    const tokenizer = { model: encoders.text.id, root: `${cache}/models` };
    return {
      ...verdict as Required<Verdict>,
      parts,
      removal: await explainer.test(standardised, { parts: "segments", there, scores }, {
        key: key(seed),
      }),
      page: await explanation.explainedPage(await explanation.readSample(sample), {
        ...{ features, explained: parts, explainer, sizes },
        explanation: verdict!.explanation!,
        ...sample.text !== undefined && {
          cutWords: areTrained
            ? explanation.wholeMessage(sizes.text.segments)
            : await explanation.loadWordCutter(tokenizer),
        },
        words: {
          title: "Why this verdict?",
          caption: `${captionOf(model)}${areTrained ? ` ${explanation.trainedParts}` : ""}`,
          ...words,
        },
      }),
    };
  } finally {
    await explainer.dispose();
  }
}

// Of more than two classes, the one that is predicted.
function placeOf({ label }: Verdict, target: Target | undefined): number | undefined {
  return target?.kind === "classes" ? target.classes.indexOf(label) : undefined;
}

function captionOf(model: Model | SavedModel): string {
  const { name, seed } = "fitted" in model
    ? { name: model.data.name, seed: model.seed }
    : { name: model.description.data.label, seed: model.description.seed };
  return `A model fitted on ${name} data with seed ${seed}.`;
}

function trainedOf(model: Model | SavedModel): TrainedModel {
  if (!("fitted" in model)) {
    const { folder, safetensors, description } = model;
    const path = `${folder}/model.safetensors`;
    return modelFromSafetensors(safetensors, { path, config: description.model });
  }
  if (model.fitted.model) return model.fitted.model;
  throw new RangeError(
    `Cannot explain ${model.system}: expected the proposed model, got a system without gradients`,
  );
}
