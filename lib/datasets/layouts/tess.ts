/** TESS: two women say 200 words each in seven emotions. @module */

import { namedClips } from "./named_clips.ts";

const pattern = /^(O|Y)AF?_([a-z'-]+)_(angry|disgust|fear|happy|neutral|ps|sad)$/i;

/**
 * TESS (Pichora-Fuller & Dupuis, *Toronto emotional speech set*, 2020): `OAF_back_angry.wav`. `ps` is
 * pleasant surprise.
 */
export const tess = namedClips({
  name: "TESS",
  looksLike: "file names such as OAF_back_angry.wav: speaker, word, emotion",
  read(stem) {
    const [clip, speaker, , label] = pattern.exec(stem) ?? [];
    return clip === undefined ? undefined : {
      clip: clip.toLowerCase(),
      label: label!.toLowerCase(),
      group: /^o/i.test(speaker!) ? "older speaker" : "younger speaker",
    };
  },
  groupedBy: "speaker",
  numbering: { ps: "surprise" },
  notes: (rows) => [
    `${
      new Set(rows.map(({ group }) => group)).size
    } of 2 speakers: no three parts have speakers of ` +
    "their own, and published systems are all near 100 % on this set, so it tells none apart",
  ],
});
