/** CREMA-D: 91 actors say twelve sentences in six emotions. @module */

import { namedClips } from "./named_clips.ts";

const pattern = /^(1\d{3})_([A-Z]{3})_(ANG|DIS|FEA|HAP|NEU|SAD)_(XX|X|LO|MD|HI)$/i;

/** CREMA-D (Cao et al., *IEEE Trans. Affective Computing* 5(4), 2014), by what the actors intended. */
export const cremaD = namedClips({
  name: "CREMA-D",
  looksLike: "file names such as 1001_DFA_ANG_XX.wav: actor, sentence, emotion, intensity",
  read(stem) {
    const [clip, actor, , label] = pattern.exec(stem) ?? [];
    return clip === undefined
      ? undefined
      : { clip: clip.toUpperCase(), label: label!.toUpperCase(), group: `actor ${actor}` };
  },
  groupedBy: "actor",
  numbering: {
    ...{ ANG: "angry", DIS: "disgust", FEA: "fear", HAP: "happy", NEU: "neutral", SAD: "sad" },
  },
});
