/** Small made-up sets that people judged, in the layouts of EmotionTalk and CREMA-D. @module */

import { key, uniforms } from "../../../../lib/tensor/random.ts";
import { withFolder } from "../../../datasets/temporary_folder.ts";
import { cremaDTables, emotionTalkTables } from "../../../datasets/people/tables.ts";

const emotions = ["angry", "disgusted", "fearful", "happy", "neutral", "sad", "surprised"];
const codes = ["ANG", "DIS", "FEA", "HAP", "NEU", "SAD"];
const letters = [..."ADFHNS"];

/** Runs with a folder of 8 groups of 21 utterances and, unless it is left out, 21 actors of 6 clips. */
export function withMadeUpPeople<T>(
  run: (folder: string) => Promise<T>,
  { clips: withClips = true }: { readonly clips?: boolean } = {},
): Promise<T> {
  const next = uniforms(key(1));
  const near = (place: number, right: number, all: number) =>
    next() < right ? place : Math.floor(next() * all);
  const utterances = [1, 2, 3, 4, 5, 6, 12, 15].flatMap((group) => {
    const name = `G${String(group).padStart(5, "0")}`;
    return Array.from({ length: 21 }, (_, i) => {
      const place = i % 7;
      const said = [0.3, 0.6, 0.6, 1].map((right) => emotions[near(place, right, 7)]!);
      return [`${name}/${name}_1/u${i}`, ...said] as const;
    });
  });
  const votes = (place: number, right: number) => {
    const counts: Record<string, number> = {};
    for (let i = 0; i < 9; i++) {
      const letter = letters[near(place, right, 6)]!;
      counts[letter] = (counts[letter] ?? 0) + 1;
    }
    return counts;
  };
  const clips = Array.from({ length: 21 * 6 }, (_, i) => {
    const place = i % 6, name = `${1001 + Math.floor(i / 6)}_DFA_${codes[place]}_XX`;
    return [name, votes(place, 0.3), votes(place, 0.5), votes(place, 0.7)] as const;
  });
  const inFolder = (folder: string, tables: Record<string, string>) =>
    Object.fromEntries(Object.entries(tables).map(([name, text]) => [`${folder}/${name}`, text]));
  return withFolder({
    ...inFolder("emotiontalk", emotionTalkTables(utterances)),
    ...withClips && inFolder("crema_d", cremaDTables(clips)),
  }, run);
}
