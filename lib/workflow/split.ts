/** The third step: samples divided so that nothing crosses from training to test, and the audit of it. @module */

import * as checks from "../checks.ts";
import { type LeakChoice, leakChoices, type SplitReport } from "../datasets/mod.ts";
import { byModality } from "../modality.ts";
import { defaults } from "../study/settings.ts";
import { divideAll, divideRows, type Samples, type Splits } from "../study/splits.ts";
import { assertUnmet } from "../study/study_encoders.ts";
import type { Dataset } from "./dataset.ts";
import type { EncodedDataset } from "./encode.ts";

/** How data are divided. */
export interface SplitOptions {
  /** Another division for each whole number; 1 by default. */
  readonly seed?: number;
  /** Share of the test part, 0.2 by default: the paper's 2,000 of 10,000. */
  readonly testFraction?: number;
  /** Share of the validation part, 0.1 by default; the paper mentions none. */
  readonly validationFraction?: number;
  /** Draws the parts of a table even if its column `split` gives them; no by default. */
  readonly drawn?: boolean;
  /**
   * What becomes of samples that training shares with the test part of a table that gives its parts:
   * `keep` reports them, by default; `drop` takes the copies out of training and validation; `refuse`
   * is an error.
   */
  readonly leaks?: LeakChoice;
}

/** Data divided. */
export interface DividedDataset {
  /** What the division was drawn from. */
  readonly seed: number;
  /** Rows of the features by modality and part. */
  readonly parts: Splits;
  /** What the audit found: sizes, groups, shares of both polarities. */
  readonly audit: Readonly<Record<string, SplitReport>>;
}

const optionChecks = checks.record({
  seed: checks.whole(0),
  testFraction: checks.between(0, 1, { open: true }),
  validationFraction: checks.between(0, 1, { open: true }),
  drawn: checks.flag,
  leaks: checks.choice(leakChoices),
}, { optional: "all" });

/**
 * Divides the samples. No speaker, no group of a table's rows, no normalised text and no image that
 * looks like another is in two parts; corpora are divided as those of Table 1 with the same seed.
 * Parts that a table's column `split` gives are used as they are; what they share is in the audit.
 *
 * @throws {Error} The division leaks, a part has one class only, or encoders that were trained before
 * have met its test part.
 * @throws {RangeError} There are too few groups, fractions of parts that are given, or an option is
 * unknown.
 */
export function split(data: Dataset | EncodedDataset, options: SplitOptions = {}): DividedDataset {
  optionChecks(options, "the options of split");
  const { seed = 1, drawn = false, leaks, ...fractions } = options;
  if (leaks && (!data.given || drawn)) {
    throw new RangeError(
      "Cannot split: expected a table that gives its parts with leaks, got parts that are drawn",
    );
  }
  if (data.given && !drawn && Object.keys(fractions).length > 0) {
    throw new RangeError(
      `Cannot split: expected drawn: true with ${Object.keys(fractions).join(", ")}, ` +
        "got a table that gives its parts",
    );
  }
  const settings = { ...defaults.data, ...fractions };
  const samples = "samples" in data ? data.samples : byModality((m) => data.corpora[m].samples);
  const divided = data.pairs
    ? splitRows(data, seed, { ...settings, drawn, leaks })
    : splitCorpora(samples, seed, settings);
  if ("trained" in data && data.trained) {
    const job = { split: divided.parts, ...data.pairs && { pairs: data.pairs } };
    assertUnmet(data.trained, samples, [job]);
  }
  return divided;
}

function splitRows(
  { corpora, pairs, given, target }: Dataset,
  seed: number,
  { testFraction, validationFraction, drawn, leaks }:
    & Required<Omit<SplitOptions, "seed" | "leaks">>
    & { readonly leaks: LeakChoice | undefined },
): DividedDataset {
  const { split: parts, report } = divideRows({ corpora, pairs: pairs!, ...given && { given } }, {
    ...{ seed, testFraction, validationFraction, drawn, leaks, target },
  });
  return { seed, parts, audit: { rows: report } };
}

function splitCorpora(
  samples: Samples,
  seed: number,
  fractions: typeof defaults.data,
): DividedDataset {
  const { split: parts, reports } = divideAll(samples, { seed, data: fractions });
  return { seed, parts, audit: reports };
}
