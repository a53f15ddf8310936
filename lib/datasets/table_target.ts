/** What is learnt from the labels of a table. @module */

import { shown } from "../checks.ts";
import { isNumber, labelWords, type Meaning, plainLabel, severalLabels } from "./label_words.ts";
import {
  type ClassTarget,
  otherThanPolarities,
  polarities,
  type ScoreTarget,
  type Target,
} from "../target.ts";
import { areTwoPolarities, readLabels, type TableLabels } from "./table_labels.ts";
import { isMapped, listCounts, polarityOf } from "./valence.ts";

/** What a caller may ask for: by name, or the very classes or range, such as those of a model. */
export type TargetChoice = "polarity" | "classes" | "score" | Target;

/** The labels of a table's rows as a target has them. */
export interface TableTarget extends Pick<TableLabels, "emotions" | "valence"> {
  readonly target: Target;
  /** One a row: a place among the classes, or a score; undefined of a row that is left out. */
  readonly values: readonly (number | undefined)[];
  /** For the report: each label in the order in which it comes first. Scores have none. */
  readonly counts: readonly {
    readonly label: string;
    /** What it stands for, by a numbering or a map. */
    readonly emotion: string;
    readonly meaning: string;
    readonly rows: number;
  }[];
}

/** How {@linkcode readTarget} reads. */
export interface TargetOptions extends Meaning {
  /** By default what the labels look like. */
  readonly target?: TargetChoice | undefined;
  readonly path: string;
}

/**
 * Labels as what is to be learnt:
 *
 * - `polarity`: as {@linkcode readLabels}.
 * - `classes`: every label is a class of its own, but for those that `labels` excludes or renames.
 *   Classes are in the order negative, neutral, positive where they are of these, in that of numbers
 *   where they are numbers, else in that of the alphabet. Where classes are given, every label
 *   is of one of them.
 * - `score`: every label is a number. The range is the usual one that holds all of them: −1 to 1
 *   (CH-SIMS), −3 to 3 (CMU-MOSI, CMU-MOSEI), 0 to 1, 1 to 5; else from the least whole number to the
 *   greatest. A range that is given must hold all.
 *
 * By default polarity where all labels have one, or are −1 and 1; a score where all are numbers
 * otherwise, one of them negative or with a fraction; and classes where there are two, under any names. Whole numbers may be places
 * in a list or stars, so their meaning has to be said.
 *
 * @throws {RangeError} What the labels are is not clear, one is no number or out of range, or there
 * is one class.
 */
export function readTarget(raw: readonly string[], options: TargetOptions): TableTarget {
  const { target = usualTarget(raw, options) } = options;
  if (target === "polarity") return readPolarity(raw, options);
  if (target === "classes") return readClasses(raw, options);
  if (target === "score") return readScores(raw, undefined, options);
  if (target.kind === "score") return readScores(raw, target, options);
  return otherThanPolarities(target)
    ? readClasses(raw, options, target)
    : readPolarity(raw, options);
}

function usualTarget(raw: readonly string[], options: TargetOptions): TargetChoice {
  if (options.labels !== undefined || options.numbering !== undefined) return "polarity";
  const { words, valence } = labelWords(raw, { ...options, as: "polarity" });
  if (words.length > 0 && words.every(isNumber)) {
    const areScores = !areTwoPolarities(words) && words.some((label) => !/^\d+$/.test(label));
    return areScores ? "score" : "polarity";
  }
  const distinct = new Set(words);
  const isOpen = distinct.size === 2 &&
    ![...distinct].some((label) => label === "" || isNumber(label) || isMapped(label, valence));
  return isOpen ? "classes" : "polarity";
}

function readPolarity(raw: readonly string[], options: TargetOptions): TableTarget {
  const { emotions, valence, counts } = readLabels(raw, options);
  const values = emotions.map((emotion) => polarityOf(emotion, valence));
  return { target: polarities, emotions, valence, values, counts };
}

function readClasses(
  raw: readonly string[],
  options: TargetOptions,
  wanted?: ClassTarget,
): TableTarget {
  const { valence, path } = options;
  const { plain, words: emotions } = labelWords(raw, { ...options, as: "classes" });
  const isOut = (name: string) => ["excluded", "", severalLabels].includes(name);
  const there = new Set(emotions.filter((name) => !isOut(name)));
  const classes = wanted?.classes ?? inOrder(there);
  const strange = plain.filter((_, i) =>
    there.has(emotions[i]!) && !classes.includes(emotions[i]!)
  );
  if (strange.length > 0) {
    throw new RangeError(
      `Cannot read "${path}": expected labels of ${classes.join(", ")}, got also ${
        listCounts(counted(strange))
      }`,
    );
  }
  if (classes.length < 2) {
    throw new RangeError(
      `Cannot read "${path}": expected labels of two classes or more, got ${
        listCounts(counted(plain))
      }`,
    );
  }
  const values = emotions.map((name) => {
    const place = classes.indexOf(name);
    return place < 0 ? undefined : place;
  });
  const rows = Map.groupBy(plain.keys(), (i) => plain[i]!);
  const counts = [...rows].map(([label, alike]) => {
    const emotion = emotions[alike[0]!]!;
    return { label, emotion, meaning: isOut(emotion) ? "excluded" : emotion, rows: alike.length };
  });
  return { target: { kind: "classes", classes }, emotions, valence, values, counts };
}

const sentiments = ["negative", "neutral", "positive"];

function inOrder(names: ReadonlySet<string>): string[] {
  const all = [...names];
  if (all.every((name) => sentiments.includes(name))) {
    return sentiments.filter((name) => names.has(name));
  }
  if (all.every(isNumber)) return all.sort((a, b) => Number(a) - Number(b));
  return all.sort();
}

const usualRanges: readonly (readonly [low: number, high: number])[] = [
  [0, 1],
  [-1, 1],
  [1, 5],
  [-3, 3],
];

function readScores(
  raw: readonly string[],
  range: ScoreTarget | undefined,
  { valence, path }: TargetOptions,
): TableTarget {
  const values = raw.map((label) => Number(plainLabel(label)));
  const wrong = raw.map((label) => label.trim()).filter((label) => !isNumber(plainLabel(label)));
  if (wrong.length > 0) {
    throw new RangeError(
      `Cannot read "${path}": expected a number as every label, got also ${
        listCounts(counted(wrong))
      }`,
    );
  }
  const target = range ?? rangeOf(values);
  const outside = values.find((value) => value < target.low || value > target.high);
  if (outside !== undefined) {
    throw new RangeError(
      `Cannot read "${path}": expected scores from ${target.low} to ${target.high}, got ${
        shown(outside)
      }`,
    );
  }
  if (new Set(values).size < 2) {
    throw new RangeError(`Cannot read "${path}": expected scores that differ, got ${values[0]}`);
  }
  return { target, emotions: values.map(String), valence, values, counts: [] };
}

function rangeOf(values: readonly number[]): ScoreTarget {
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const [low, high] = usualRanges.find(([low, high]) => low <= least && most <= high) ??
    [Math.floor(least), Math.ceil(most)];
  return { kind: "score", low, high };
}

function counted(labels: readonly string[]): (readonly [string, number])[] {
  return [...Map.groupBy(labels, (label) => label)]
    .map(([label, { length }]) => [label, length] as const)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}
