/** A split that was given, made fit to train on: with a validation part, and as its copies are to be treated. @module */

import type { Key } from "../tensor/random.ts";
import type { Target } from "../target.ts";
import { auditSplit, type SplitReport } from "./audit.ts";
import { divideGroups, indicesByGroup } from "./divide_groups.ts";
import { copyLikenesses, dropCopies, leakText } from "./leaks.ts";
import { joinGroups } from "./near_duplicates.ts";
import type { Split } from "./parts.ts";
import type { Sample } from "./sample.ts";
import { strataOf } from "./strata.ts";

/**
 * What becomes of samples that training and validation share with the test part of a split that was
 * given: `keep` uses the split as it is, and reports them; `drop` takes the copies out of training and
 * validation; `refuse` ends the run.
 */
export const leakChoices = ["keep", "drop", "refuse"] as const;

/** One of {@linkcode leakChoices}. */
export type LeakChoice = (typeof leakChoices)[number];

/** How {@linkcode useGivenSplit} makes do. */
export interface GivenSplitOptions {
  /** Decides which groups of training validate, where no validation part is given. */
  readonly key: Key;
  /** What becomes of what training shares with the test part. @default "keep" */
  readonly leaks?: LeakChoice | undefined;
  /** What labels are. @default polarities */
  readonly target?: Target | undefined;
  /** Share of the training part that validates where no validation part is given. @default 0.125 */
  readonly validationShare?: number;
}

/**
 * The split, audited. An official split is used as it is unless `leaks` says otherwise: its scores are
 * then those that others report, and what flatters them is in the report. Where it has no validation
 * part, whole groups of training are drawn for one, copies with their originals and each class with
 * its share.
 *
 * @throws {RangeError} There are too few groups in training to draw from.
 * @throws {Error} A part has no sample, or one class only; or the split leaks, where that is refused.
 */
export function useGivenSplit(
  samples: readonly Sample[],
  given: Split,
  { key, leaks = "keep", target, validationShare = 0.125 }: GivenSplitOptions,
): { split: Split; report: SplitReport } {
  const { split: left, dropped } = leaks === "drop"
    ? dropCopies(samples, given)
    : { split: given, dropped: undefined };
  const isDrawn = given.validation.length === 0 && left.train.length > 0;
  const split = isDrawn
    ? drawValidation(samples, left, { key, target, share: validationShare })
    : left;
  const report = auditSplit(samples, split, { mayLeak: leaks !== "refuse", target });
  return {
    split,
    report: {
      ...report,
      ...dropped && { dropped },
      ...isDrawn && { validationDrawn: split.validation.length },
    },
  };
}

/** The group of each sample, where copies of one another are of one group. */
export function groupsWithCopies(samples: readonly Sample[]): string[] {
  const clusters = copyLikenesses.flatMap(({ of }) => {
    const having = [...samples.keys()].filter((i) => of(samples[i]!) !== undefined);
    return [...Map.groupBy(having, (i) => of(samples[i]!)!).values()];
  });
  return joinGroups(samples.map(({ group }) => group), clusters);
}

function drawValidation(
  samples: readonly Sample[],
  { train, test }: Split,
  { key, target, share }: { key: Key; target: Target | undefined; share: number },
): Split {
  const training = train.map((i) => samples[i]!);
  const [kept, drawn] = divideGroups(indicesByGroup(groupsWithCopies(training)), {
    strata: strataOf(training.map(({ label }) => label), target),
    fractions: [1 - share, share],
    key,
  });
  return { train: kept!.map((i) => train[i]!), validation: drawn!.map((i) => train[i]!), test };
}

/** What a report of a split has for those who train on it, a sentence a matter. */
export function splitNotes(
  { leaks = [], lacking = [], dropped, validationDrawn, unused, unlearnt = [], ...report }:
    SplitReport,
): string[] {
  const copies = dropped ? dropped.train + dropped.validation : 0;
  const inNone = unused - copies;
  const { leakingFeatures = [] } = report;
  return [
    ...leakingFeatures.map((found) =>
      `the features know the labels, and every score is of that: ${found}`
    ),
    ...leaks.map((leak) => `the split leaks: ${leakText(leak)}`),
    ...lacking.length > 0 ? [`the split lacks ${lacking.join(", ")}`] : [],
    ...unlearnt.map((m) => `no row of the training part has ${m}: it is not learnt, and not shown`),
    ...copies > 0
      ? [
        `${copies} copies of test samples are left out: ${dropped!.train} of train, ` +
        `${dropped!.validation} of validation`,
      ]
      : [],
    ...validationDrawn !== undefined
      ? [
        `the split has no validation part: ${validationDrawn} samples are drawn from train, by group`,
      ]
      : [],
    ...inNone > 0 ? [`${inNone} samples are in no part`] : [],
  ];
}
