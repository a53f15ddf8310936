/** Small sets whose features came with them, so that nothing is encoded. @module */

import { fold, key, normals } from "../../../lib/tensor/random.ts";

/** A part by its first letter. */
const parts = { t: "train", v: "validation", e: "test" } as const;

/**
 * A folder with a set of two utterances a group: words, their numbers and those of a voice. The letters
 * of `groups` are their parts; `knows` says of a part whether its numbers are the label.
 */
export function tinySet(
  folder: string,
  { groups, noise, knows = () => false, ordered = false }: {
    readonly groups: string;
    /** Of the numbers, beside a signal of ± 1. */
    readonly noise: number;
    readonly knows?: (part: string) => boolean;
    readonly ordered?: boolean;
  },
): Record<string, string> {
  const next = normals(fold(key(5), folder));
  const rows = [...groups].flatMap((letter, g) =>
    [0, 1].map((i) => {
      const part = parts[letter as keyof typeof parts], label = (g + i) % 2;
      const side = knows(part) ? 20 * (2 * label - 1) : 2 * label - 1;
      const numbers = (count: number) =>
        Array.from({ length: count }, () => (side + noise * next()).toFixed(3));
      // The first two groups, of two parts where there are some, say the same.
      const text = g < 2 ? `so ${i}` : `film ${g} ${i}`;
      return { id: `r${g}_${i}`, text, label, group: `g${g}`, segment: i, part, numbers };
    })
  );
  const table = (header: string, cells: (row: typeof rows[0]) => readonly unknown[]) =>
    [header, ...rows.map((row) => cells(row).join(","))].join("\n");
  return {
    [`${folder}/rows.csv`]: table(
      `id,text,label,group,split${ordered ? ",segment" : ""}`,
      ({ id, text, label, group, part, segment }) => [
        ...[id, text, label ? "positive" : "negative", group, part],
        ...ordered ? [segment] : [],
      ],
    ),
    [`${folder}/text_3.csv`]: table("id,a,b,c", ({ id, numbers }) => [id, ...numbers(3)]),
    [`${folder}/audio_2.csv`]: table("id,a,b", ({ id, numbers }) => [id, ...numbers(2)]),
  };
}
