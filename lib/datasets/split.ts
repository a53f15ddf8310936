/** Training, validation and test parts that no group crosses. @module */

import { type Key, permutation } from "../tensor/random.ts";
import type { Sample } from "./sample.ts";

/** The parts of a {@linkcode Split}. */
export const parts = ["train", "validation", "test"] as const;

/** One of {@linkcode parts}. */
export type Part = (typeof parts)[number];

/** Indices of samples, ascending, by part. */
export type Split = Readonly<Record<Part, readonly number[]>>;

/** How {@linkcode groupedSplit} divides. */
export interface GroupedSplitOptions {
  /** Decides the order in which groups are placed. */
  readonly key: Key;
  /** Share of all samples, in (0, 1). The default is the paper's 2,000 of 10,000. @default 0.2 */
  readonly testFraction?: number;
  /**
   * Share of all samples, in (0, 1). The paper has no validation part: ours is carved from its 8,000
   * training samples. @default 0.1
   */
  readonly validationFraction?: number;
  /** What must not be divided. @default the sample's group */
  readonly by?: (sample: Sample) => string;
}

/**
 * Divides samples so that no group is on two sides, the parts' sizes are near the fractions asked
 * for, and the share of each polarity is near the same in all three.
 *
 * Groups come in random order, and each goes where it keeps this cost lowest, over parts p and
 * polarities c with n counted and t wanted (the part's fraction of all samples of c):
 *
 *     Σ_p Σ_c (n_pc − t_pc)² / t_pc
 *
 * For groups of one size that is apportionment by Sainte-Laguë. Every part gets a group at least.
 *
 * @throws {RangeError} A fraction outside (0, 1), fractions that leave nothing to train on, or fewer
 * than three groups.
 */
export function groupedSplit(
  samples: readonly Sample[],
  { key, testFraction = 0.2, validationFraction = 0.1, by = ({ group }) => group }:
    GroupedSplitOptions,
): Split {
  const fractions = {
    train: 1 - testFraction - validationFraction,
    validation: validationFraction,
    test: testFraction,
  };
  // What is asked for before what is left.
  for (const part of parts.toReversed()) {
    if (!(fractions[part] > 0 && fractions[part] < 1)) {
      throw new RangeError(
        `Cannot split: expected a ${part} fraction between 0 and 1, got ${fractions[part]}`,
      );
    }
  }
  const groups = [...Map.groupBy(samples.keys(), (i) => by(samples[i]!)).values()];
  if (groups.length < parts.length) {
    throw new RangeError(
      `Cannot split ${samples.length} samples: expected ${parts.length} groups or more, ` +
        `got ${groups.length}`,
    );
  }
  const polarities = samples.map(({ polarity }) => polarity);
  const order = permutation(key, groups.length).map((i) => groups[i]!);
  return assign(order, { polarities, fractions });
}

function assign(
  groups: readonly (readonly number[])[],
  { polarities, fractions }: {
    readonly polarities: readonly number[];
    readonly fractions: Readonly<Record<Part, number>>;
  },
): Split {
  const all = countPolarities(polarities);
  const counts = { train: [0, 0], validation: [0, 0], test: [0, 0] };
  const split: Record<Part, number[]> = { train: [], validation: [], test: [] };
  // What the cost grows by, up to a constant. A polarity that no sample has adds nothing.
  const growth = (part: Part, added: readonly number[]) =>
    added.reduce((sum, n, c) => {
      return n === 0 ? sum : sum + n * (n + 2 * counts[part][c]!) / (fractions[part] * all[c]!);
    }, 0);
  groups.forEach((group, i) => {
    const added = countPolarities(group.map((index) => polarities[index]!));
    const empty = parts.filter((part) => split[part].length === 0);
    const open = groups.length - i > empty.length ? parts : empty;
    const part = open.reduce((a, b) => (growth(b, added) < growth(a, added) ? b : a));
    for (const index of group) split[part].push(index);
    added.forEach((n, c) => counts[part][c]! += n);
  });
  for (const part of parts) split[part].sort((a, b) => a - b);
  return split;
}

function countPolarities(polarities: readonly number[]): number[] {
  return [0, 1].map((polarity) => polarities.filter((p) => p === polarity).length);
}

/**
 * The six test folds of RAVDESS in EmoBox (Ma et al., *EmoBox*, Interspeech 2024), four actors each,
 * as groups of {@linkcode Sample}.
 */
export const emoboxFolds: readonly (readonly string[])[] = [
  ["actor 01", "actor 11", "actor 20", "actor 21"],
  ["actor 04", "actor 10", "actor 12", "actor 14"],
  ["actor 08", "actor 09", "actor 19", "actor 23"],
  ["actor 03", "actor 05", "actor 07", "actor 24"],
  ["actor 02", "actor 15", "actor 16", "actor 18"],
  ["actor 06", "actor 13", "actor 17", "actor 22"],
];

/**
 * Tests on one fold of groups, validates on the next (the first, after the last), trains on the rest.
 *
 * EmoBox has no validation part and trains on all five other folds; giving one of them up lets
 * training choose its checkpoint without a look at the test actors.
 *
 * @throws {RangeError} `fold` is not from 1 to the number of folds, a sample's group is in no fold or
 * a part has no sample.
 */
export function foldSplit(
  samples: readonly Sample[],
  { fold, folds = emoboxFolds }: {
    /** Counted from 1, as EmoBox does. */
    readonly fold: number;
    readonly folds?: readonly (readonly string[])[];
  },
): Split {
  if (!Number.isInteger(fold) || fold < 1 || fold > folds.length) {
    throw new RangeError(`Cannot split: expected a fold from 1 to ${folds.length}, got ${fold}`);
  }
  const foldOf = new Map(folds.flatMap((groups, i) => groups.map((group) => [group, i])));
  const split: Record<Part, number[]> = { train: [], validation: [], test: [] };
  samples.forEach(({ group, id }, index) => {
    const of = foldOf.get(group);
    if (of === undefined) {
      throw new RangeError(
        `Cannot split: expected "${id}" in a fold, got group "${group}" in none`,
      );
    }
    const part = of === fold - 1 ? "test" : of === fold % folds.length ? "validation" : "train";
    split[part].push(index);
  });
  const empty = parts.find((part) => split[part].length === 0);
  if (empty !== undefined) {
    throw new RangeError(`Cannot split at fold ${fold}: expected ${empty} samples, got none`);
  }
  return split;
}
