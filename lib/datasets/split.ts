/** Training, validation and test parts that no group crosses. @module */

import { type Key, permutation } from "../tensor/random.ts";
import type { Target } from "../target.ts";
import { divideGroups, indicesByGroup } from "./divide_groups.ts";
import { type Part, parts, type Split } from "./parts.ts";
import type { Sample } from "./sample.ts";
import { strataOf } from "./strata.ts";

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
  /** What labels are. @default polarities */
  readonly target?: Target | undefined;
}

/**
 * Divides samples so that no group is on two sides, the parts' sizes are near the fractions asked
 * for, and the share of each class, or of each third of the scores, is near the same in all three.
 *
 * {@linkcode divideGroups} says how. Every part gets a group at least, and one of each class that
 * three groups or more have.
 *
 * @throws {RangeError} A fraction outside (0, 1), fractions that leave nothing to train on, or fewer
 * than three groups, be it of all samples or of those of a class.
 */
export function groupedSplit(
  samples: readonly Sample[],
  { key, testFraction = 0.2, validationFraction = 0.1, by = ({ group }) => group, target }:
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
  const divided = divideGroups(indicesByGroup(samples.map(by)), {
    strata: strataOf(samples.map(({ label }) => label), target),
    fractions: parts.map((part) => fractions[part]),
    key,
  });
  return Object.fromEntries(parts.map((part, i) => [part, divided[i]!])) as Record<Part, number[]>;
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

/** How {@linkcode foldSplit} divides. */
export interface FoldSplitOptions {
  /** The fold to test on, counted from 1, as EmoBox does. */
  readonly fold: number;
  /** Groups by fold. @default emoboxFolds */
  readonly folds?: readonly (readonly string[])[];
  /**
   * Draws so many groups of the other folds for validation, and trains on all that are left of them;
   * without it, the next fold is the validation part.
   */
  readonly validation?: { readonly groups: number; readonly key: Key };
}

/**
 * Tests on one fold of groups, validates on the next (the first, after the last), trains on the rest.
 *
 * EmoBox has no validation part and trains on all five other folds. A whole fold given up, or a few
 * actors of the five, lets training choose its checkpoint without a look at the test actors. The
 * group is the actor, whose speech and song come together.
 *
 * @throws {RangeError} `fold` is not from 1 to the number of folds, a sample's group is in no fold or
 * a part has no sample.
 */
export function foldSplit(
  samples: readonly Sample[],
  { fold, folds = emoboxFolds, validation }: FoldSplitOptions,
): Split {
  if (!Number.isInteger(fold) || fold < 1 || fold > folds.length) {
    throw new RangeError(`Cannot split: expected a fold from 1 to ${folds.length}, got ${fold}`);
  }
  const others = samples.map(({ group }) => group).filter((g) => !folds[fold - 1]!.includes(g));
  const drawn = validation && new Set(drawGroups(others, validation));
  const foldOf = new Map(folds.flatMap((groups, i) => groups.map((group) => [group, i])));
  const split: Record<Part, number[]> = { train: [], validation: [], test: [] };
  samples.forEach(({ group, id }, index) => {
    const of = foldOf.get(group);
    if (of === undefined) {
      throw new RangeError(
        `Cannot split: expected "${id}" in a fold, got group "${group}" in none`,
      );
    }
    const validates = drawn?.has(group) ?? of === fold % folds.length;
    split[of === fold - 1 ? "test" : validates ? "validation" : "train"].push(index);
  });
  return whole(split, `at fold ${fold}`);
}

/** So many distinct groups; drawn from their sorted names, so that the order of samples says nothing. */
function drawGroups(
  groups: readonly string[],
  { groups: count, key }: { readonly groups: number; readonly key: Key },
): string[] {
  const names = [...new Set(groups)].sort();
  if (!Number.isInteger(count) || count < 1 || count >= names.length) {
    throw new RangeError(
      `Cannot split: expected from 1 to ${names.length - 1} groups to validate on, got ${count}`,
    );
  }
  return [...permutation(key, names.length)].slice(0, count).map((i) => names[i]!);
}

function whole(split: Split, where: string): Split {
  const empty = parts.find((part) => split[part].length === 0);
  if (empty === undefined) return split;
  throw new RangeError(`Cannot split ${where}: expected ${empty} samples, got none`);
}

/** How {@linkcode statementSplit} divides. */
export interface StatementSplitOptions {
  /** What a sample says, such as the sentence that an actor speaks. */
  readonly statementOf: (sample: Sample) => number | string;
  /** The statement to test on. */
  readonly test: number | string;
  /** Of the other statements, so many groups validate and the rest train. */
  readonly validation: { readonly groups: number; readonly key: Key };
  /** Tests on these groups only, and neither trains nor validates on them. */
  readonly testGroups?: readonly string[];
}

/**
 * Tests on a statement that training never hears; validates on groups that training never hears.
 *
 * RAVDESS has two sentences, and models that have heard both from other actors score higher than
 * those that have not (Atmaja and Sasou, arXiv 2210.14501, 2022). Without `testGroups` the voices
 * of the test part are known from the other sentence; with them, such as a fold of {@linkcode
 * emoboxFolds}, neither voice nor sentence is, and what is left over of both is unused.
 *
 * @throws {RangeError} Too few groups to validate on, or a part has no sample.
 */
export function statementSplit(
  samples: readonly Sample[],
  { statementOf, test, validation, testGroups }: StatementSplitOptions,
): Split {
  const isTest = (sample: Sample) => statementOf(sample) === test;
  const held = new Set(testGroups);
  const others = samples.filter((sample) => !isTest(sample) && !held.has(sample.group));
  const drawn = new Set(drawGroups(others.map(({ group }) => group), validation));
  const split: Record<Part, number[]> = { train: [], validation: [], test: [] };
  samples.forEach((sample, index) => {
    const isHeld = held.has(sample.group);
    if (isTest(sample)) {
      if (isHeld || testGroups === undefined) split.test.push(index);
    } else if (!isHeld) {
      split[drawn.has(sample.group) ? "validation" : "train"].push(index);
    }
  });
  return whole(split, `by statement ${test}`);
}
