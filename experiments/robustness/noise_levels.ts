/** Which corruptions are gone through, and at which levels. @module */

import { babbleCorruption, type Corruptions, corruptions } from "../../lib/corruptions/mod.ts";
import type { Modality } from "../../lib/modality.ts";

// One of each kind. Among those left out, salt and pepper is like pixel noise, pink noise like white.
const chosen: Readonly<Record<Modality, readonly string[]>> = {
  text: ["typos", "dropped words", "swapped words"],
  image: ["blur", "compression", "pixel noise", "occlusion"],
  audio: ["white noise", "reverberation"],
};

/** The corruptions that the experiment goes through, babble of `voices` among them. */
export function chosenCorruptions(voices: readonly Float32Array[]): Corruptions {
  const named = <C extends { readonly name: string }>(m: Modality, all: readonly C[]) =>
    all.filter(({ name }) => chosen[m].includes(name));
  const { text, image, audio } = corruptions;
  return {
    text: named("text", text),
    image: named("image", image),
    audio: [...named("audio", audio), babbleCorruption(voices)],
  };
}

/** The first noisy level, the last, and what is evenly between: `count` in all, or one, the last. */
export function thinLevels(levels: readonly number[], count: number): number[] {
  const noisy = levels.slice(1);
  if (count >= noisy.length) return noisy;
  const step = count > 1 ? (noisy.length - 1) / (count - 1) : 0;
  return Array.from({ length: count }, (_, i) => noisy[noisy.length - 1 - Math.floor(step * i)]!)
    .reverse();
}
