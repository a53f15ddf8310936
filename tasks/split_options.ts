/** A split that somebody else has made, on the command line. @module */

import { leakChoices, readSplitFile, type TableOptions } from "../lib/datasets/mod.ts";
import { choice, count, file, flag, option, type Values } from "./option.ts";

/** The options of tables that say how rows are divided. */
export const splitOptions = {
  split: file(
    'the parts of a table as JSON, in place of its own: {"train": […], "validation": […], ' +
      '"test": […]} or {"folds": [[…], …]}, of ids or groups; a missing validation part is drawn ' +
      "from training (default: the column split, or parts drawn by group)",
  ),
  fold: count("the fold to test on, of a --split with folds, from 1"),
  leaks: choice(
    leakChoices,
    "what becomes of samples that training shares with the test part of a split that is given: keep " +
      "reports them; drop takes the copies out of training and validation; refuse ends the run " +
      "(default: keep)",
  ),
};

/** Features that an audit refuses, all the same. */
export const leakingFeatures = flag(
  "goes on with given features that know the labels of the training part, and marks every result",
);

/** Folds of a table, each tested in turn. */
export const folds = option(
  "K",
  "tests every group once: in K folds of groups, or, as groups, one group at a time, such as a " +
    "speaker; the verdicts of all folds are scored together (default: one split a seed)",
  (text, name): number | "groups" => {
    if (text === "groups") return text;
    if (/^\d{1,4}$/.test(text) && Number(text) >= 2) return Number(text);
    throw new RangeError(`Cannot use ${name}: expected groups or a number from 2, got "${text}"`);
  },
);

/**
 * Refuses options of a split where there is none.
 *
 * @throws {RangeError} `--fold` without `--split`, or either, or `--leaks`, where no rows are
 * learnt; or `--split` of features.
 */
export function assertSplit(
  { split, fold, leaks }: Values<typeof splitOptions>,
  { isRows, isFeatures }: { readonly isRows: boolean; readonly isFeatures: boolean },
): void {
  const given = [split && "--split", fold && "--fold", leaks && "--leaks"].find(Boolean);
  if (given && !isRows) {
    throw new RangeError(
      `Cannot use ${given}: expected rows of a table that are learnt as they are, got none`,
    );
  }
  if (split && isFeatures) {
    throw new RangeError(
      "Cannot use --split: expected a table, got features, whose file has parts",
    );
  }
  if (fold !== undefined && split === undefined) {
    throw new RangeError("Cannot use --fold: expected --split with folds, got none");
  }
}

/** The split that was named, read. */
export async function readSplit(
  { split, fold }: Pick<Values<typeof splitOptions>, "split" | "fold">,
): Promise<TableOptions["split"]> {
  return split === undefined ? undefined : { file: await readSplitFile(split), fold };
}
