/** From a label as a set writes it to the word that it stands for. @module */

import * as checks from "../checks.ts";
import { emotionOf } from "./emotion_names.ts";
import { type NumberingName, numberings } from "./numberings.ts";
import type { Rows, Several } from "./rows.ts";
import { isMapped, type ValenceMap } from "./valence.ts";

/**
 * What labels stand for: the name of a numbering, or a map from each label to `positive`, `negative`,
 * `excluded` or an emotion.
 */
export type LabelMap = NumberingName | Readonly<Record<string, string>>;

/** What labels mean to whoever asks, and to the set. */
export interface Meaning {
  /** What becomes of each emotion. */
  readonly valence: ValenceMap;
  /** What the caller says of labels. */
  readonly labels?: LabelMap | undefined;
  /** What the set says; the caller's word counts where both have one. */
  readonly numbering?: Rows["numbering"] | undefined;
  /**
   * What becomes of a row with several labels, as in `joy, love`: `agree` takes the first if all have
   * one valence, and leaves the row out otherwise; `first` takes the first; `none` leaves it out.
   * @default "agree"
   */
  readonly several?: Several | undefined;
}

/** Labels as words. */
export interface LabelWords {
  /** One a row: an emotion, or else the label itself. */
  readonly words: readonly string[];
  /** The labels, with one way to write a number. */
  readonly plain: readonly string[];
  /** The map that was given, with what the caller says of labels. */
  readonly valence: ValenceMap;
}

/** The word of rows whose several labels are not used, and the reason in the report. */
export const severalLabels = "several labels";

const valences = ["positive", "negative", "excluded"];

/**
 * The words of labels. Case and space around a label do not matter, nor how a whole number is
 * written: `3`, `3.0`, `03`. Of a label that counts `as` a polarity, the map may say which, and the
 * label stays its own word; `as` classes, the map may name any class.
 *
 * @throws {RangeError} The caller's map names neither a valence nor an emotion, where it has to.
 */
export function labelWords(
  raw: readonly string[],
  { valence: known, labels = {}, numbering = {}, several = "agree", as }: Meaning & {
    readonly as: "polarity" | "classes";
  },
): LabelWords {
  const given = Object.entries(entriesOf(labels)).map(([label, value]) =>
    [plainLabel(label), String(value).trim().toLowerCase(), label] as const
  );
  const ofValence = as === "classes" ? [] : given.filter(([, value]) => valences.includes(value));
  const valence = {
    ...known,
    ...Object.fromEntries(ofValence.map(([label, value]) => [label, value])),
  } as ValenceMap;
  const wordFor = (name: string) => isMapped(name, valence) ? name : emotionOf(name, valence);
  for (const [, value, label] of as === "classes" ? [] : given) {
    if (valences.includes(value) || isMapped(wordFor(value), valence)) continue;
    checks.choice(valences, " or an emotion")(value, `the labels, ${label}`);
  }
  const names = new Map<string, string>([
    ...Object.entries(entriesOf(numbering)).map(([label, name]) =>
      [plainLabel(label), name] as const
    ),
    ...given.map(([label, value]) => [label, value] as const),
    // Of these the label itself is the word.
    ...ofValence.map(([label]) => [label, label] as const),
  ]);
  const wordOf = (label: string) =>
    as === "classes" && names.has(label) ? names.get(label)! : wordFor(names.get(label) ?? label);
  const isKnown = (label: string) => names.has(label) || isMapped(wordOf(label), valence);
  const kindOf = (word: string) => as === "classes" ? word : valence[word];
  const plain = raw.map(plainLabel);
  const words = plain.map((label) => {
    if (isKnown(label)) return wordOf(label);
    const parts = partsOf(label);
    if (parts.length === 0 || !parts.every(isKnown)) return label;
    const all = parts.map(wordOf);
    const isClear = several === "first" || new Set(all).size === 1 ||
      several === "agree" && new Set(all.map(kindOf)).size === 1;
    return isClear ? all[0]! : severalLabels;
  });
  const isOut = words.includes(severalLabels);
  return {
    words,
    plain,
    valence: isOut ? { ...valence, [severalLabels]: "excluded" } : valence,
  };
}

// As in `joy, love`, and as programs write lists: `[2 14]`, `['joy', 'love']`.
function partsOf(label: string): string[] {
  const list = /^\[(.*)\]$/s.exec(label)?.[1];
  if (list === undefined) return label.split(/[,;|/]/).map(plainLabel);
  return list.split(/[,;|\s]+/).filter((part) => part !== "")
    .map((part) => plainLabel(part.replace(/^(['"])(.*)\1$/, "$2")));
}

function entriesOf(map: LabelMap | Readonly<Record<string, string>>) {
  if (typeof map !== "string") return map;
  checks.choice(Object.keys(numberings))(map, "the labels");
  return numberings[map];
}

function plainLabel(label: string): string {
  const plain = label.trim().toLowerCase();
  return isNumber(plain) ? String(Number(plain)) : plain;
}

/** Whether a plain label is a number. */
export function isNumber(label: string): boolean {
  return /^[+-]?\d{1,9}(\.\d{1,20})?(e[+-]?\d{1,2})?$/i.test(label);
}
