/** Folds of the training part, by which a model's word on its own rows is one of rows it has not met. @module */

import { divideGroups, indicesByGroup } from "../datasets/divide_groups.ts";
import { strataOf } from "../datasets/strata.ts";
import type { Modality } from "../modality.ts";
import type { Problem } from "../systems/system.ts";
import { fold } from "../tensor/random.ts";

/** The training rows of a modality, divided. */
export interface EvidenceFolds {
  /** Places in the modality's training rows, a fold each; every place is in one. */
  readonly folds: readonly (readonly number[])[];
  /** Whether groups are kept whole; otherwise rows are divided. */
  readonly areOfGroups: boolean;
}

/**
 * As many folds as `most`, or as there are groups, none of which is divided: a fold that shares its
 * speaker, its text or its picture with what a model has met would have evidence that is too sure of
 * itself. Each fold has its share of every class as far as groups allow. Features that name no groups,
 * or one alone, are divided by rows.
 *
 * @throws {RangeError} The modality has fewer than two training rows.
 */
export function evidenceFolds(
  { features, train, target, key }: Problem,
  modality: Modality,
  most: number,
): EvidenceFolds {
  const rows = train[modality];
  if (rows.length < 2) {
    throw new RangeError(
      `Cannot divide ${modality} into folds: expected 2 training rows or more, got ${rows.length}`,
    );
  }
  const { groups, labels } = features[modality];
  const named = groups && indicesByGroup(rows.map((row) => groups[row]!));
  const areOfGroups = named !== undefined && named.length > 1;
  const whole = areOfGroups ? named : [...rows.keys()].map((place) => [place]);
  const count = Math.min(most, whole.length);
  const folds = divideGroups(whole, {
    // A class of few groups need not be in all folds.
    strata: { ...strataOf(rows.map((row) => labels[row]!), target), areNeeded: false },
    fractions: Array<number>(count).fill(1 / count),
    key: fold(key, "evidence folds", modality),
  });
  return { folds, areOfGroups };
}
