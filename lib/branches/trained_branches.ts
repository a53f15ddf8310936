/** The branches that are trained for each modality, and encoders made of them. @module */

import { join } from "node:path";
import { kindOf } from "../files.ts";
import { modalities, type Modality } from "../modality.ts";
import { trainedImage } from "./image_branch.ts";
import { trainedSpeech } from "./speech_branch.ts";
import { trainedText } from "./text_branch.ts";
import type { InputOf } from "../encoders/encoder.ts";
import { pixelFeatures } from "./pixel_features.ts";
import { speechSpectrogram } from "./speech_spectrogram.ts";
import {
  type BranchParts,
  loadTrainedEncoder,
  type TrainedEncoder,
  type TrainedEncoderGraph,
  trainedEncoderGraph,
} from "./trained_encoder.ts";
import { wordFeatures } from "./word_features.ts";

/** Each modality's branch in its usual sizes, and what it reads. */
export const trainedBranches: {
  readonly [M in Modality]: () => BranchParts<InputOf[M]>;
} = {
  text: () => ({ raw: wordFeatures(), branch: trainedText() }),
  image: () => ({ raw: pixelFeatures(), branch: trainedImage() }),
  audio: () => ({ raw: speechSpectrogram(), branch: trainedSpeech() }),
};

/** The encoders that have learnt, of some modalities or of all. */
export type TrainedEncoders = { readonly [M in Modality]?: TrainedEncoder<InputOf[M]> };

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

/** The graph of {@linkcode loadTrainedBranch}'s network. */
export function trainedBranchGraph(folder: string, m: Modality): Promise<TrainedEncoderGraph> {
  return trainedEncoderGraph(`${folder}/${m}`, trainedBranches[m]() as BranchParts<never>);
}

/**
 * The encoders in `folder`, as a model trained upon them keeps them: of all modalities, or of those
 * that it trained.
 *
 * @throws {RangeError} There is none, or one is damaged or of other code.
 */
export async function loadTrainedEncoders(folder: string): Promise<TrainedEncoders> {
  const there = await trainedIn(folder);
  // Without any, what is missing is said of the first.
  const load = async <M extends Modality>(m: M) =>
    there.includes(m) || there.length === 0
      ? { [m]: await loadTrainedBranch(folder, m) } as Pick<TrainedEncoders, M>
      : {};
  return { ...await load("text"), ...await load("image"), ...await load("audio") };
}

/** The modalities of which a folder has trained encoders. */
export async function trainedIn(folder: string): Promise<Modality[]> {
  const kinds = await Promise.all(modalities.map((m) => kindOf(join(folder, m))));
  return modalities.filter((_, i) => kinds[i] === "folder");
}
