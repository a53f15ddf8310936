/** The validation part of a set that is published in two parts. @module */

import { fold, key } from "../tensor/random.ts";
import type { Part } from "./parts.ts";
import type { Sample } from "./sample.ts";
import { groupedSplit } from "./split.ts";

// As `groupedSplit` has it by default: a tenth of all rows.
const share = 0.1;

/**
 * The part of each row, where a set without a validation part gets one from its training part: about
 * a tenth of all rows, in whole groups, the same ones whatever the seed of a run. Others stay as they
 * are; the notes say what was done.
 */
export function withValidation(
  given: readonly Part[],
  rows: readonly Sample[],
): { readonly given: readonly Part[]; readonly notes: readonly string[] } {
  const there = new Set(given);
  if (there.has("validation") || !there.has("train") || !there.has("test")) {
    return { given, notes: [] };
  }
  const training = [...given.keys()].filter((i) => given[i] === "train");
  try {
    const fraction = Math.min(0.4, share * given.length / training.length);
    // Of three parts two are training again.
    const { test } = groupedSplit(training.map((i) => rows[i]!), {
      key: fold(key(0), "validation of two parts"),
      testFraction: fraction,
      validationFraction: fraction,
    });
    const drawn = new Set(test.map((i) => training[i]!));
    return {
      given: given.map((part, i) => drawn.has(i) ? "validation" : part),
      notes: [`no validation part is there: ${drawn.size} rows are drawn from the training part`],
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return {
      given,
      notes: [`no validation part is there, nor can one be drawn from training: ${error.message}`],
    };
  }
}
