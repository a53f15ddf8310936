/** The rows of a table, of which a fusion learns. @module */

import { labelOfPair, type Pair, pairsAmong } from "../datasets/paired.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import type { Problem } from "../systems/system.ts";

/** Rows, and their labels. */
export interface NaturalRows {
  readonly pairs: readonly Pair[];
  /** One a row. */
  readonly labels: readonly number[];
}

/** The rows of a part: those all of whose samples are in it. */
export function naturalRows(
  { features, pairs = [], ...parts }: Problem,
  part: "train" | "validation",
): NaturalRows {
  const rows = pairsAmong(pairs, parts[part]);
  const labels = byModality((m) => features[m].labels);
  return { pairs: rows, labels: rows.map((pair) => labelOfPair(pair, labels)) };
}

/**
 * The training part's rows.
 *
 * @throws {RangeError} There are none.
 */
export function trainingRows(name: string, problem: Problem): NaturalRows {
  const rows = naturalRows(problem, "train");
  if (rows.pairs.length > 0) return rows;
  throw new RangeError(`Cannot fit ${name}: expected rows in the training part, got none`);
}

/** The modalities to learn that the training part has. */
export function learntModalities({ present, train }: Problem): Modality[] {
  return modalities.filter((m) => present.includes(m) && train[m].length > 0);
}
