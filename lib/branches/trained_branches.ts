/** The branches that are trained for each modality, and encoders made of them. @module */

import type { Modality } from "../modality.ts";
import { trainedImage } from "./image_branch.ts";
import { trainedSpeech } from "./speech_branch.ts";
import { trainedText } from "./text_branch.ts";
import type { InputOf } from "../encoders/encoder.ts";
import { pixelFeatures } from "./pixel_features.ts";
import { speechSpectrogram } from "./speech_spectrogram.ts";
import { type BranchParts, loadTrainedEncoder, type TrainedEncoder } from "./trained_encoder.ts";
import { wordFeatures } from "./word_features.ts";

/** Each modality's branch in its usual sizes, and what it reads. */
export const trainedBranches: {
  readonly [M in Modality]: () => BranchParts<InputOf[M]>;
} = {
  text: () => ({ raw: wordFeatures(), branch: trainedText() }),
  image: () => ({ raw: pixelFeatures(), branch: trainedImage() }),
  audio: () => ({ raw: speechSpectrogram(), branch: trainedSpeech() }),
};

/** An encoder of each modality that has learnt. */
export type TrainedEncoders = { readonly [M in Modality]: TrainedEncoder<InputOf[M]> };

/**
 * The encoder of {@linkcode trainedBranches} whose `trainedEncoderFiles` are in `folder/<modality>`.
 *
 * @throws {RangeError} It is not there, damaged, or of other code.
 */
export function loadTrainedBranch<M extends Modality>(
  folder: string,
  m: M,
): Promise<TrainedEncoder<InputOf[M]>> {
  return loadTrainedEncoder(`${folder}/${m}`, trainedBranches[m]());
}

/**
 * The encoders of all modalities in `folder`, as a model trained upon them keeps them.
 *
 * @throws {RangeError} One is not there, damaged, or of other code.
 */
export async function loadTrainedEncoders(folder: string): Promise<TrainedEncoders> {
  return {
    text: await loadTrainedBranch(folder, "text"),
    image: await loadTrainedBranch(folder, "image"),
    audio: await loadTrainedBranch(folder, "audio"),
  };
}
