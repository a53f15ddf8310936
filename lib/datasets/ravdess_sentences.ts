/** RAVDESS with what its actors say: a control in which the text can't tell anything. @module */

import { byModality } from "../modality.ts";
import { sha256 } from "../files.ts";
import type { PairedCorpora } from "./paired.ts";
import { parseRavdessName, type RavdessOptions, readRavdess } from "./ravdess.ts";
import type { Corpus, Sample } from "./sample.ts";

/** What a clip of RAVDESS says, by statement. */
export const ravdessSentences: Readonly<Record<number, string>> = {
  1: "Kids are talking by the door",
  2: "Dogs are sitting by the door",
};

/**
 * The clips of {@linkcode readRavdess}, each paired with the sentence that it speaks. Actors
 * say both sentences in every emotion equally often, so by design a text says nothing of its
 * label: what a model reads in it, it has read in something else. There are no images.
 *
 * @throws {RangeError} As {@linkcode readRavdess}.
 */
export async function ravdessWithSentences(
  directory: string,
  options: RavdessOptions = {},
): Promise<PairedCorpora> {
  const audio = await readRavdess(directory, options);
  const texts = audio.samples.map((clip): Sample => {
    const text = ravdessSentences[parseRavdessName(clip.id).statement]!;
    const { id, emotion, label, group } = clip;
    return { id, modality: "text", source: { text }, emotion, label, group, hash: sha256(text) };
  });
  const corpora: Record<string, Corpus> = {
    text: { modality: "text", name: `Sentences of ${audio.name}`, samples: texts, excluded: {} },
    image: { modality: "image", name: "No images", samples: [], excluded: {} },
    audio,
  };
  return {
    corpora: byModality((m) => corpora[m]!),
    pairs: audio.samples.map((_, i) => ({ text: i, audio: i })),
  };
}
