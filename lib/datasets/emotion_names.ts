/** The spellings of emotions. @module */

import { isMapped, type ValenceMap } from "./valence.ts";

// Codes of three letters are those of CREMA-D and IEMOCAP.
const spellings: Readonly<Record<string, readonly string[]>> = {
  angry: ["anger", "ang"],
  happy: ["happiness", "hap"],
  joy: ["joyful"],
  love: ["loving"],
  sad: ["sadness", "sorrow"],
  surprise: ["surprised", "pleasant surprise", "pleasant surprised", "sur"],
  fear: ["fearful", "afraid", "scared", "anxiety", "fea"],
  disgust: ["disgusted", "dis"],
  neutral: ["neutrality", "neu"],
  calm: ["calmness"],
  contempt: ["contemptuous"],
  excitement: ["excited", "exc"],
  positive: ["pos"],
  negative: ["neg"],
};

const usualSpelling = new Map(
  Object.entries(spellings).flatMap(([usual, others]) => others.map((other) => [other, usual])),
);

/**
 * One spelling for each emotion, unless the valence map has the given spelling only. Numbers in front
 * are those of a list, and a last word that says what the files are says nothing: `0_Angry`,
 * `happy faces`.
 */
export function emotionOf(label: string, valence: ValenceMap): string {
  const name = label.trim().toLowerCase();
  if (isMapped(name, valence) && !usualSpelling.has(name)) return name;
  const bare = name.replace(/^\d+[\s._-]*/, "").replace(/[\s_-]+(faces?|images?|emotions?)$/, "")
    .replaceAll("_", " ");
  const usual = usualSpelling.get(bare) ?? bare;
  return [usual, bare].find((spelling) => isMapped(spelling, valence)) ?? name;
}
