/** From a trained model and one raw sample to the page that explains its verdict. @module */

import { type Clip, clipRateHz, type ImageFile } from "../encoders/encoder.ts";
import { framesAFrame } from "../encoders/spectral_features.ts";
import { spectrogramSettings } from "../encoders/spectrogram_picture.ts";
import type { Explanation } from "../inference/explain.ts";
import type { SampleFeatures } from "../inference/exported_model.ts";
import { signed } from "../numbers.ts";
import type { InputSizes } from "../model/mod.ts";
import type { Modality } from "../modality.ts";
import { completenessTolerance, sumOfAttributions } from "./attributor.ts";
import type { Explainer, ExplanationMethod, PartScores, SampleExplanation } from "./explainer.ts";
import { clipDataUri, imageDataUri, spectrogramDataUri, waveform } from "./sample_media.ts";
import type { AudioPart, ImagePart } from "./input_sections.ts";
import { type SamplePage, samplePage } from "./sample_page.ts";
import { gridOf } from "./units.ts";
import { spreadOverWords, type WordCutter } from "./words.ts";

/** A sample as it came; any of the three. */
export interface RawSample {
  /** The message. */
  readonly text?: string;
  /** The image file. */
  readonly image?: ImageFile;
  /** The clip, mono at 16 kHz. */
  readonly audio?: Clip;
}

/** What stands on the page beside the sample. */
export type PageWords = Pick<
  SamplePage,
  "title" | "caption" | "notes" | "truth" | "faithfulness"
>;

const waveColumns = 640;

/**
 * The HTML page of one sample. `features` are as the encoders deliver them,
 * `explained` is of the same sample after standardisation, by `explainer`.
 * ExplainedParts are coloured by `method`, integrated gradients by default.
 *
 * @throws {RangeError} An image or clip that is none.
 */
export async function explainedPage(
  sample: RawSample,
  { features, explanation, explained, explainer, sizes, heardSeconds, cutWords, words, method }: {
    readonly features: SampleFeatures;
    readonly explanation: Explanation;
    readonly explained: SampleExplanation;
    readonly explainer: Pick<Explainer, "places" | "tileGrid">;
    readonly sizes: InputSizes;
    /** How much of the clip the encoder hears, from its beginning; all by default. */
    readonly heardSeconds?: number | undefined;
    /** For samples with text. */
    readonly cutWords?: WordCutter;
    readonly words: PageWords;
    readonly method?: ExplanationMethod;
  },
): Promise<string> {
  const name = method ?? "integrated gradients";
  const { places, tileGrid } = explainer;
  const scores = scoresOf(explained.segments, { method: name, places: places.length });
  const segments = (m: Modality) => scores.filter((_, i) => places[i]!.modality === m);
  const { attention } = explained.attribution.inside;
  return samplePage({
    ...words,
    explanation,
    method: { name, check: checkOf(explained, name) },
    ...attention && { attention },
    ...sample.text !== undefined && cutWords && {
      text: spreadOverWords(cutWords(sample.text), segments("text").map((score) => score ?? 0)),
    },
    ...sample.image && { image: await imagePart(sample.image, segments("image")) },
    ...sample.audio && {
      audio: await audioPart(sample.audio, {
        segments: segments("audio"),
        logMel: features.audio!.logMel!,
        frames: features.audio!.frames![0]!,
        sizes: sizes.audio,
        heardSeconds,
        grid: tileGrid,
        tiles: scoresOf(explained.tiles!, { method: name, places: tileGrid.time * tileGrid.pitch }),
      }),
    },
  });
}

// The scores of all places in order, null where the sample has none.
function scoresOf(
  { there, scores }: PartScores,
  { method, places }: { readonly method: ExplanationMethod; readonly places: number },
): (number | null)[] {
  const all = new Array<number | null>(places).fill(null);
  there.forEach((place, i) => all[place] = scores[method][i]!);
  return all;
}

function checkOf(
  { attribution, completeness }: SampleExplanation,
  method: ExplanationMethod,
): string {
  if (method === "occlusion") {
    return "It is what the verdict loses without that part alone, and adds up to nothing.";
  }
  const { values, logOdds, baseline } = attribution;
  const sum = signed(sumOfAttributions(values[method]));
  const wanted = `the verdict less that on the average sample is ${signed(logOdds - baseline)}`;
  if (method === "gradient × input") return `All together are ${sum}; ${wanted}.`;
  const verdict = completeness <= completenessTolerance ? "within" : "beyond";
  return `All together are ${sum}; ${wanted}: ${verdict} the tolerance of ` +
    `${100 * completenessTolerance} %.`;
}

async function imagePart(
  image: ImageFile,
  scores: readonly (number | null)[],
): Promise<ImagePart> {
  return { source: await imageDataUri(image), ...gridOf(scores.length), scores };
}

async function audioPart(
  clip: Clip,
  { segments, logMel, frames, sizes, heardSeconds, grid, tiles }: {
    readonly segments: readonly (number | null)[];
    readonly logMel: Float32Array;
    readonly frames: number;
    readonly sizes: InputSizes["audio"];
    readonly heardSeconds: number | undefined;
    readonly grid: AudioPart["spectrogram"]["grid"];
    readonly tiles: readonly (number | null)[];
  },
): Promise<AudioPart> {
  const seconds = clip.samples.length / clipRateHz;
  // Of a long clip a frame is of several.
  const hopSeconds = framesAFrame(clip) * spectrogramSettings.hopSeconds;
  return {
    source: clipDataUri(clip),
    seconds,
    waveform: waveform(clip.samples, waveColumns),
    segments,
    heardSeconds: Math.min(seconds, heardSeconds ?? seconds),
    spectrogram: {
      source: await spectrogramDataUri(logMel, { bands: sizes.bands!, shown: frames }),
      seconds: frames * hopSeconds,
      grid,
      gridSeconds: sizes.frames! * hopSeconds,
      scores: tiles,
    },
  };
}
