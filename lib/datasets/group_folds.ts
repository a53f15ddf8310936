/** Protocols that test on every group once: k folds of groups, or one group at a time. @module */

import { fold, type Key } from "../tensor/random.ts";
import type { Target } from "../target.ts";
import { divideGroups, indicesByGroup } from "./divide_groups.ts";
import type { Split } from "./parts.ts";
import type { Sample } from "./sample.ts";
import { strataOf } from "./strata.ts";

/** How {@linkcode groupFolds} and {@linkcode leaveOneGroupOut} divide. */
export interface GroupFoldsOptions {
  /** Decides which groups make a fold, and which of the others validate. */
  readonly key: Key;
  /** Share of the samples outside the test fold that validates, in (0, 1). @default 0.125 */
  readonly validationShare?: number;
  /** What must not be divided. @default the sample's group */
  readonly by?: (sample: Sample) => string;
  /** What labels are. @default polarities */
  readonly target?: Target | undefined;
}

/**
 * A split for each of `k` folds: every group is tested on once, and each fold has its share of every
 * class, or third of the scores, as far as groups allow. Of the other folds, whole groups are drawn to
 * validate on, anew for each fold.
 *
 * @throws {RangeError} `k` is no whole number from 2, or a fold, or what is left to train and validate
 * on, would lack a class: the error says how many samples and groups of it there are.
 */
export function groupFolds(
  samples: readonly Sample[],
  { k, ...options }: GroupFoldsOptions & { readonly k: number },
): Split[] {
  if (!Number.isInteger(k) || k < 2) {
    throw new RangeError(`Cannot split into folds: expected 2 folds or more, got ${k}`);
  }
  const { key, by = byGroup, target } = options;
  const folds = divideGroups(indicesByGroup(samples.map(by)), {
    strata: strataOf(samples.map(({ label }) => label), target),
    fractions: Array<number>(k).fill(1 / k),
    key: fold(key, "folds"),
  });
  return folds.map((test, i) => around(samples, test, { ...options, key: fold(key, "fold", i) }));
}

/**
 * A split for each group, in code-unit order of their names: it is the test part, such as a speaker
 * who is left out. A group may have one class only, so scores are of all verdicts together.
 *
 * @throws {RangeError} There are fewer than three groups, or what is left to train and validate on
 * would lack a class.
 */
export function leaveOneGroupOut(
  samples: readonly Sample[],
  options: GroupFoldsOptions,
): Split[] {
  const { key, by = byGroup } = options;
  const names = samples.map(by);
  const groups = Map.groupBy(samples.keys(), (i) => names[i]!);
  return [...groups.keys()].sort().map((name) =>
    around(samples, groups.get(name)!, { ...options, key: fold(key, "group", name) })
  );
}

/** Tests on these samples, and divides the others into groups to train and to validate on. */
function around(
  samples: readonly Sample[],
  test: readonly number[],
  { key, validationShare = 0.125, by = byGroup, target }: GroupFoldsOptions,
): Split {
  if (!(validationShare > 0 && validationShare < 1)) {
    throw new RangeError(
      `Cannot split: expected a validation share between 0 and 1, got ${validationShare}`,
    );
  }
  const tested = new Set(test);
  const others = [...samples.keys()].filter((i) => !tested.has(i));
  const [train, validation] = divideGroups(indicesByGroup(others.map((i) => by(samples[i]!))), {
    strata: strataOf(others.map((i) => samples[i]!.label), target),
    fractions: [1 - validationShare, validationShare],
    key,
  });
  return {
    train: train!.map((at) => others[at]!),
    validation: validation!.map((at) => others[at]!),
    test: [...test],
  };
}

function byGroup({ group }: Sample): string {
  return group;
}
