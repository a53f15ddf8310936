/** EmoDB: ten German actors say ten sentences in seven emotions. @module */

import { namedClips } from "./named_clips.ts";

const pattern = /^(\d\d)([ab]\d\d)([WLEAFTN])([a-f])$/;

/** EmoDB (Burkhardt et al., *A database of German emotional speech*, Interspeech 2005). */
export const emodb = namedClips({
  name: "EmoDB",
  looksLike: "file names such as 03a01Fa.wav: speaker, sentence, letter of the emotion, version",
  read(stem) {
    const [clip, speaker, , label] = pattern.exec(stem) ?? [];
    return clip === undefined ? undefined : { clip, label: label!, group: `speaker ${speaker}` };
  },
  groupedBy: "speaker",
  // Wut, Langeweile, Ekel, Angst, Freude, Trauer.
  numbering: {
    ...{ W: "angry", L: "boredom", E: "disgust", A: "fear", F: "happy", T: "sad", N: "neutral" },
  },
});
