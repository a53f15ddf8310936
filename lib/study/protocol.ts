/** Which modalities an experiment learns, and how their corpora are divided. @module */

import { emoboxFolds, type LeakChoice, type Split, type SplitReport } from "../datasets/mod.ts";
import { auditSplit, foldSplit, type Sample, useGivenSplit } from "../datasets/mod.ts";
import { splitOfParts } from "../datasets/paired.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { fold, key } from "../tensor/random.ts";
import type { DataConfig } from "./settings.ts";
import { divide, divisions, type Samples, type Splits } from "./splits.ts";

/**
 * How corpora are divided, unless with the seed: `folds` tests speech on each of EmoBox's folds in
 * turn; `own` takes the parts that a corpus was published in, of RAVDESS these folds.
 */
export const splitChoices = ["folds", "own"] as const;

/** One of {@linkcode splitChoices}. */
export type SplitChoice = (typeof splitChoices)[number];

/** What a command asks of its corpora. */
export interface Protocol {
  /** The modalities that are read, learnt and judged. */
  readonly present: readonly Modality[];
  /** How they are divided. @default with the seed */
  readonly split?: SplitChoice | undefined;
  /** What becomes of samples that training shares with the test part that a corpus has. @default "keep" */
  readonly leaks?: LeakChoice | undefined;
}

/** The protocol unless another is asked for: all modalities, each divided with the seed. */
export const usualProtocol: Protocol = { present: modalities };

/** The modalities that a command has. */
export function presentIn(
  { protocol = usualProtocol }: { readonly protocol?: Protocol | undefined },
): readonly Modality[] {
  return protocol.present;
}

/** One division of the corpora. */
export interface Divided {
  /** A modality that is not present has no sample in any part. */
  readonly split: Splits;
  /** What the audits of the modalities that are present found. */
  readonly reports: Readonly<Record<string, SplitReport>>;
  /** The fold of speech that is tested on, counted from 1; absent where there are no folds. */
  readonly fold?: number;
}

/** How {@linkcode divideBy} divides. */
export interface DivideOptions {
  readonly seed: number;
  readonly data: DataConfig;
  readonly protocol?: Protocol | undefined;
}

/**
 * The corpora of a protocol divided with a seed: once, or once for each fold of speech, the other
 * modalities then always alike.
 *
 * @throws {RangeError} A corpus has no parts of its own, or no two folds.
 * @throws {Error} A split that leaks.
 */
export function divideBy(
  samples: Samples,
  { seed, data, protocol = usualProtocol }: DivideOptions,
): Divided[] {
  const { present, split: choice, leaks } = protocol;
  const all = present.map((m): readonly [Modality, readonly Division[]] => {
    const own = samples[m];
    if (choice === "own" && own.some(({ part }) => part !== undefined)) {
      const given = splitOfParts(own.map(({ part }) => part));
      return [m, [useGivenSplit(own, given, { key: fold(key(seed), "own split", m), leaks })]];
    }
    if (choice !== undefined && m === "audio") return [m, speechFolds(own, seed)];
    if (choice !== "own") return [m, [divide(samples, m, { seed, data })]];
    throw new RangeError(
      `Cannot divide ${m}: expected a corpus in parts, such as FER2013's or CARER's, got one without`,
    );
  });
  const divisions = new Map(all);
  const most = Math.max(...all.map(([, own]) => own.length));
  return Array.from({ length: most }, (_, at): Divided => {
    const of = (m: Modality) => {
      const own = divisions.get(m);
      return own && (own[at] ?? own[0]!);
    };
    const number = of("audio")?.fold;
    return {
      split: byModality((m) => of(m)?.split ?? nothing),
      reports: Object.fromEntries(present.map((m) => [m, of(m)!.report])),
      ...number !== undefined && { fold: number },
    };
  });
}

type Division = { readonly split: Split; readonly report: SplitReport; readonly fold?: number };

const nothing: Split = { train: [], validation: [], test: [] };

/**
 * A division for each of EmoBox's folds that has clips. With all six, the next fold validates; with
 * fewer, which would leave little to train on, a fifth of the other actors, one at least, drawn with
 * the seed.
 */
function speechFolds(clips: readonly Sample[], seed: number): Division[] {
  const actors = new Set(clips.map(({ group }) => group));
  const there = [...emoboxFolds.keys()]
    .filter((at) => emoboxFolds[at]!.some((actor) => actors.has(actor)));
  if (there.length < 2) {
    throw new RangeError(
      `Cannot divide audio: expected actors of two of EmoBox's folds or more, got ${there.length}`,
    );
  }
  return there.map((at) => {
    const number = at + 1;
    const others = [...actors].filter((actor) => !emoboxFolds[at]!.includes(actor)).length;
    const drawn = {
      groups: Math.max(1, Math.round(others / 5)),
      key: fold(key(seed), "validation actors", number),
    };
    const isWhole = there.length === emoboxFolds.length;
    const split = foldSplit(clips, { fold: number, ...!isWhole && { validation: drawn } });
    const { by, name } = divisions.audio;
    return { split, report: auditSplit(clips, split, { by, byName: name }), fold: number };
  });
}
