/** Why a verdict is what it is. @module */

import * as checks from "../checks.ts";
import * as explanation from "../explanation/mod.ts";
import type { SampleInput } from "../inference/mod.ts";
import { modalities, type Modality } from "../modality.ts";
import { key } from "../random/mod.ts";
import type { Target } from "../target.ts";
import type { TrainedModel } from "../systems/system.ts";
import type { Model } from "./fit.ts";
import {
  openEncodersOf,
  predict,
  sampleChecks,
  spokenChecks,
  spokenIn,
  trainedOf,
  type Verdict,
} from "./predict.ts";
import type { SavedModel } from "./save.ts";

/** How a verdict is explained. */
export interface ExplainOptions {
  /** What stands on the page beside the sample. */
  readonly words?: Partial<explanation.PageWords>;
  /** Of the random orders that removal is compared with; 1 by default. */
  readonly seed?: number;
  /** As `predict` has it; the page then says that the verdict is withheld. */
  readonly abstain?: number;
  /** As `predict` has it: further sound files of the clip's speaker. */
  readonly speakerClips?: readonly string[];
  /** Likewise the name of a speaker who is known from training. */
  readonly speaker?: string;
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
      {
        title: checks.text,
        caption: checks.text,
        notes: checks.list(checks.text),
        truth: checks.text,
        faithfulness: checks.text,
      },
      { optional: "all" },
    ),
    seed: checks.whole(0),
    abstain: checks.between(0, 1, { open: true }),
    speakerClips: spokenChecks.speakerClips,
    speaker: spokenChecks.speaker,
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
  const { words = {}, seed = 1, abstain, ...whose } = options;
  const trained = "fitted" in model ? fittedOf(model) : trainedOf(model);
  const [verdict] = await predict(model, [sample], {
    ...whose,
    ...abstain !== undefined && { abstain },
  });
  const { explanation: reasons, notes } = verdict!;
  if (reasons === undefined) {
    throw new RangeError(`Cannot explain a verdict: expected one, got none: ${notes.join("; ")}`);
  }
  const { encoders, cache } = "fitted" in model
    ? model.data
    : { encoders: model.description.encoders, cache: model.cache };
  const opened = openEncodersOf(model);
  const read = await opened.readOne(sample, { spoken: spokenIn(model, whose) })
    .finally(() => opened.dispose());
  const { extents, heard } = read;
  const shown = modalities.filter((m) => sample[m] !== undefined && !extents[m]?.blank);
  const only = <Value>(from: { readonly [M in Modality]?: Value }) =>
    Object.fromEntries(shown.map((m) => [m, from[m]!])) as { [M in Modality]?: Value };
  const features = only(read.features);
  const standardised = explanation.standardiseSample(features, trained.standardisation);
  const explainer = await explanation.openExplainer(trained, {
    present: shown,
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
      page: await explanation.explainedPage(await explanation.readSample(only(sample)), {
        // The picture is of the clip as it is.
        ...{ features: { ...features, ...features.audio && heard && { audio: heard } } },
        ...{ explained: parts, explainer, sizes },
        explanation: reasons,
        heardSeconds: extents.audio?.taken,
        ...shown.includes("text") && {
          cutWords: areTrained
            ? explanation.wholeMessage(sizes.text.segments)
            : await explanation.loadWordCutter(tokenizer),
        },
        words: {
          title: "Why this verdict?",
          caption: areTrained
            ? `${captionOf(model)} ${
              explanation.trainedParts({ ofSpeech: !encoders.audio.choice })
            }`
            : captionOf(model),
          ...words,
          notes: [...words.notes ?? [], ...notes],
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
  const { name, seed, encoders: { bySpeaker } } = "fitted" in model
    ? { name: model.data.name, seed: model.seed, encoders: model.data.encoders }
    : { name: model.description.data.label, ...model.description };
  const under = bySpeaker ? ` Under ${bySpeaker.protocol}.` : "";
  return `A model fitted on ${name} data with seed ${seed}.${under}`;
}

function fittedOf({ fitted, system }: Model): TrainedModel {
  if (fitted.model) return fitted.model;
  throw new RangeError(
    `Cannot explain ${system}: expected the proposed model, got a system without gradients`,
  );
}
