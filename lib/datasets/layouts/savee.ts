/** SAVEE: four men say 120 sentences each in seven emotions. @module */

import { foldersOf } from "./layout.ts";
import { namedClips } from "./named_clips.ts";

const pattern = /^(?:(DC|JE|JK|KL)_?)?(sa|su|a|d|f|h|n)(\d\d)$/i;
const isSpeaker = (name: string) => /^(DC|JE|JK|KL)$/i.test(name);

/** SAVEE (Haq & Jackson, *Machine Audition*, 2010): `DC_a01.wav`, or `DC/a01.wav`. */
export const savee = namedClips({
  name: "SAVEE",
  looksLike: "file names such as DC_a01.wav, or DC/a01.wav: speaker, letter of the emotion, number",
  read(stem, file) {
    const [whole, named, label, number] = pattern.exec(stem) ?? [];
    const speaker = (named ?? foldersOf(file).find(isSpeaker))?.toUpperCase();
    return whole === undefined || speaker === undefined
      ? undefined
      : { clip: `${speaker} ${label}${number}`, label: label!.toLowerCase(), group: speaker };
  },
  groupedBy: "speaker",
  numbering: {
    ...{ a: "angry", d: "disgust", f: "fear", h: "happy", n: "neutral", sa: "sad", su: "surprise" },
  },
});
