/** What the labels of a table count as. @module */

import { isNumber, labelWords, type Meaning } from "./label_words.ts";
import { numberingsThatFit } from "./numberings.ts";
import type { TableReport } from "./table_report.ts";
import { isMapped, listCounts, type ValenceMap } from "./valence.ts";

/** The labels of a table's rows, and what they count as. */
export interface TableLabels {
  /** One a row: an emotion of `valence`. */
  readonly emotions: readonly string[];
  /** The map that was given, with `labels`. */
  readonly valence: ValenceMap;
  /** For the report: the labels in the order in which they come first. */
  readonly counts: TableReport["labels"];
}

/** The pairs of numbers that stand for negative and positive where there is no other. */
const pairs: readonly ValenceMap[] = [
  { 0: "negative", 1: "positive" },
  { "-1": "negative", 1: "positive" },
];

/** Whether words are the numbers of one such pair, both of them. */
export function areTwoPolarities(words: readonly string[]): boolean {
  const there = new Set(words);
  return there.size === 2 && pairs.some((pair) => [...there].every((word) => isMapped(word, pair)));
}

/**
 * Labels as emotions: what they stand for as {@linkcode labelWords} says, and, where no other number is
 * among them, 0 as negative and 1 as positive, or −1 and 1.
 *
 * @throws {RangeError} Labels that none of these has, with their counts; an entry of `labels` that
 * is no valence and no emotion.
 */
export function readLabels(
  raw: readonly string[],
  { path, ...meaning }: Meaning & { readonly path: string },
): TableLabels {
  const { words, plain, valence: all } = labelWords(raw, { ...meaning, as: "polarity" });
  const numbers =
    pairs.find((pair) =>
      words.every((label) => isMapped(label, { ...all, ...pair }) || !isNumber(label))
    ) ?? {};
  const emotions = words.map((label) =>
    !isMapped(label, all) && isMapped(label, numbers) ? numbers[label]! : label
  );
  const counted = Map.groupBy(plain.keys(), (i) => plain[i]!);
  const unknown = [...counted].filter(([, [first]]) => !isMapped(emotions[first!]!, all))
    .map(([label, { length }]) => [label, length] as const)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (unknown.length === 0) {
    const counts = [...counted].map(([label, rows]) => {
      const emotion = emotions[rows[0]!]!;
      return { label, emotion, meaning: all[emotion]!, rows: rows.length };
    });
    return { emotions, valence: all, counts };
  }
  const fitting = unknown.every(([label]) => /^\d+$/.test(label))
    ? numberingsThatFit([...counted.keys()])
    : [];
  const hint = [
    fitting.length > 0 ? `; as numbers of emotions, --labels ${fitting.join(" or ")}` : "",
    unknown.some(([label]) => isNumber(label))
      ? "; --target score learns numbers as scores"
      : "; --target classes learns every label as a class",
  ].join("");
  throw new RangeError(
    `Cannot read "${path}": expected labels positive and negative, 0 and 1 alone, or some of ` +
      `${Object.keys(meaning.valence).slice(0, 14).join(", ")}, got also ${
        listCounts(unknown)
      }${hint}. ` +
      "The option labels (--labels FILE.json) says what each counts as, positive, negative, " +
      `excluded or an emotion: ${JSON.stringify({ [unknown[0]![0].slice(0, 20)]: "positive" })}`,
  );
}
