/** Noisy copies of samples to train on: kind and level are drawn for each. @module */

import type { EncoderInput, InputTransform } from "../encoders/encoder.ts";
import type { Modality } from "../modality.ts";
import { fold, type Key, key as seedKey, uniforms } from "../tensor/random.ts";
import { type Corruption, type Corruptions, corruptions, namedCorruptions } from "./corruptions.ts";
import { withTransformOrigin } from "./transform_origin.ts";

/** The corruptions that training may meet; of all others it knows nothing. */
export const trainedKinds: Readonly<Record<Modality, readonly string[]>> = {
  text: ["typos", "dropped words"],
  image: ["blur", "pixel noise", "occlusion"],
  audio: ["white noise", "reverberation", "lost packets"],
};

/** The corruptions of {@linkcode trainedKinds}. */
export const trainedCorruptions: Corruptions = {
  text: corruptions.text.filter(({ name }) => trainedKinds.text.includes(name)),
  image: corruptions.image.filter(({ name }) => trainedKinds.image.includes(name)),
  audio: corruptions.audio.filter(({ name }) => trainedKinds.audio.includes(name)),
};

/** Which copy of a sample. */
export interface Copy {
  /** Counted from 0. */
  readonly copy: number;
  /** Another number is other noise. */
  readonly seed: number;
}

// Takes part in the address of the copies' features: to be raised when they are drawn otherwise.
const recipe = 1;

/**
 * One noisy copy of each sample: one of `kinds`, each as likely, at a level that is drawn, too, both by
 * the sample's content alone, so that a copy is encoded once for all splits. Levels are uniform on the
 * way from the first noisy level of a kind's list to the last, straight from each to the next:
 * those between the listed ones are met as often.
 */
export function copyTransform<Input extends EncoderInput>(
  kinds: readonly Corruption<Input>[],
  { copy, seed }: Copy,
): InputTransform<Input> {
  const parent = fold(seedKey(seed), "noisy copy", copy);
  const named = kinds.map(({ name, source = "" }) => `${name} ${source}`).join(", ");
  const ofProject = namedCorruptions(kinds);
  return withTransformOrigin<Input>({
    id: `copy ${copy} of ${named}; seed ${seed}; recipe ${recipe}`,
    apply(input, { hash }) {
      const key = fold(parent, hash);
      const { kind, level } = drawNoise(kinds, key);
      return kind.apply(input, level, fold(key, "noise"));
    },
  }, ofProject && { ...ofProject, seed, made: { copy } });
}

/** The kind of a copy, and its level. */
export function drawNoise<Input extends EncoderInput>(
  kinds: readonly Corruption<Input>[],
  key: Key,
): { readonly kind: Corruption<Input>; readonly level: number } {
  const draw = uniforms(fold(key, "kind and level"));
  const kind = kinds[Math.floor(draw() * kinds.length)]!;
  const noisy = kind.levels.slice(1);
  const place = draw() * (noisy.length - 1);
  const first = Math.floor(place);
  const from = noisy[first]!, to = noisy[first + 1] ?? from;
  return { kind, level: from + (place - first) * (to - from) };
}
