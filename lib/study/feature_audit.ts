/** Whether features that were given know the labels of their own training part. @module */

import { meanStates } from "../baselines/mean_states.ts";
import { fitScaledReadout } from "../baselines/readout.ts";
import type { SplitReport } from "../datasets/mod.ts";
import { divideGroups, indicesByGroup } from "../datasets/divide_groups.ts";
import { strataOf } from "../datasets/strata.ts";
import { modalities, type Modality } from "../modality.ts";
import { printNumber } from "../numbers.ts";
import type { ModalityFeatures } from "../systems/features.ts";
import { polarities, type Target } from "../target.ts";
import { fold, key, uniforms } from "../tensor/random.ts";
import { type GroupSums, groupSums, measureOf, summed } from "./group_sums.ts";
import type { GivenTables } from "./row_features.ts";
import type { Samples, Splits } from "./splits.ts";

/** What was found of one modality. */
export interface FeatureAudit {
  readonly modality: Modality;
  /** What both numbers are. */
  readonly measure: "balanced accuracy" | "Pearson r";
  /** Of the training part, each group by a probe of the others. */
  readonly within: number;
  /** Of `part`, by the probe of the training part. */
  readonly beyond: number;
  /** The part, validation unless that was drawn out of a training part that was given. */
  readonly part: "validation" | "test";
  /** `within` less `beyond`. */
  readonly gap: number;
  /** Of the gap: 99.8 %, by drawing groups. */
  readonly interval: readonly [low: number, high: number];
  /** Groups of the training part, and of the other. */
  readonly groups: readonly [training: number, beyond: number];
  /** Whether such features are refused. */
  readonly leaks: boolean;
}

/** What an audit has found, and where it could not look. */
export interface FeatureAudits {
  readonly found: readonly FeatureAudit[];
  readonly skipped: readonly { readonly modality: Modality; readonly reason: string }[];
}

/** Rows whose features were given, and their division. */
export interface AuditedRows {
  readonly samples: Samples;
  readonly split: Splits;
  readonly target?: Target | undefined;
  /** What names the groups; null where nothing does. */
  readonly groupedBy: string | null;
  /** What is known of the split. */
  readonly report?: Pick<SplitReport, "validationDrawn"> | undefined;
}

// By simulation, 2,000 clean sets a setting, whose groups have 5 to 24 rows and differ by 0.06 to 0.15
// (deviation) in accuracy: 0.1 to 0.7 % are refused with 10 to 40 training groups and 3 to 10 of
// validation. Of sets with .98 within and .76 beyond 64 to 91 % are refused with 3 to 6 groups of
// validation, more than nine of ten with 10.
const most = 0.1, tolerated = 0.05, confidence = 0.998;
const fewestTraining = 10, fewestBeyond = 3;
const folds = 5, draws = 4000;

/**
 * Audits features for labels in them. A network that has learnt the labels of its training part gives
 * features that repeat them there, and nowhere else. For each modality, a linear probe (C = 1, on
 * standardised mean states) is
 *
 * - cross-validated by group within the training part, in 5 folds: what honest features would score
 *   on groups that they have not met;
 * - fitted to the whole training part, and tested on validation.
 *
 * Honest features score alike on both, and as validation's probe has more rows, a little better there.
 * `gap` is the balanced accuracy, of scores Pearson's r, of the first less that of the second. Its
 * interval says how far it would be from 0 by chance if groups of validation were like those of
 * training: both parts are drawn, as many groups as they have, out of the cross-validated ones. The
 * features leak if the gap is more than 0.1 and the interval leaves out 0.05 and less.
 *
 * It needs a training part that is the network's own. Where a set gives training and test part alone,
 * validation is drawn out of training, and the audit looks at the test part in its place; where
 * parts are drawn, it sees only what differs between them by chance.
 */
function auditFeatures(
  given: GivenTables,
  { samples, split, target = polarities, groupedBy, report }: AuditedRows,
): FeatureAudits {
  const part = report?.validationDrawn === undefined ? "validation" : "test";
  const found: FeatureAudit[] = [], skipped: { modality: Modality; reason: string }[] = [];
  for (const modality of modalities.filter((m) => given[m] && samples[m].length > 0)) {
    const { train, [part]: beyond } = split[modality];
    const groups = samples[modality].map(({ group }) => group);
    const reason = unfit({ groups, train, beyond, groupedBy, part });
    const audit = reason ?? auditModality(given[modality]!, { groups, train, beyond, target });
    if (typeof audit === "string") skipped.push({ modality, reason: audit });
    else found.push({ modality, part, ...audit });
  }
  return { found, skipped };
}

function unfit(
  { groups, train, beyond, groupedBy, part }: {
    readonly groups: readonly string[];
    readonly train: readonly number[];
    readonly beyond: readonly number[];
    readonly groupedBy: string | null;
    readonly part: string;
  },
): string | undefined {
  if (groupedBy === null) return "nothing names groups";
  const [own, others] = [train, beyond].map((rows) => new Set(rows.map((i) => groups[i]!)).size);
  if (own! >= fewestTraining && others! >= fewestBeyond) return undefined;
  return `too few groups: ${own} of training, ${others} of ${part}, where ${fewestTraining} and ` +
    `${fewestBeyond} are needed`;
}

function auditModality(
  features: ModalityFeatures,
  { groups, train, beyond, target }: {
    readonly groups: readonly string[];
    readonly train: readonly number[];
    readonly beyond: readonly number[];
    readonly target: Target;
  },
): Omit<FeatureAudit, "modality" | "part"> | string {
  const { width, rows } = meanStates(features);
  const part = (indices: readonly number[]) => {
    const inputs = new Float32Array(indices.length * width);
    indices.forEach((i, at) => inputs.set(rows.subarray(i * width, (i + 1) * width), at * width));
    return { inputs, width, labels: indices.map((i) => features.labels[i]!) };
  };
  const said = (learnt: readonly number[], asked: readonly number[]) =>
    fitScaledReadout(
      { train: part(learnt), validation: part([]) },
      { target, maxIterations },
    ).verdicts(part(asked).inputs);
  const sums = (asked: readonly number[], scores: Float64Array) =>
    groupSums({ labels: part(asked).labels, scores, groups: asked.map((i) => groups[i]!) }, target);
  const divided = foldsOf(train, { groups, labels: features.labels, target });
  if (typeof divided === "string") return divided;
  const own = divided.flatMap((asked) => {
    const out = new Set(asked);
    return sums(asked, said(train.filter((i) => !out.has(i)), asked));
  });
  const others = sums(beyond, said(train, beyond));
  const value = measureOf(target);
  const [within, outside] = [value(summed(own)), value(summed(others))];
  if (!Number.isFinite(within - outside)) return "a part has one label";
  const gap = within - outside;
  const [low, high] = chance(own, { beyond: others.length, value });
  const interval = [gap - high, gap - low] as const;
  return {
    ...{ measure: target.kind === "score" ? "Pearson r" : "balanced accuracy" },
    ...{ within, beyond: outside, gap, interval, groups: [own.length, others.length] },
    leaks: gap > most && interval[0] > tolerated,
  };
}

// A probe of hundreds of numbers need not be at its minimum to tell .98 from .76.
const maxIterations = 200;

function foldsOf(
  train: readonly number[],
  { groups, labels, target }: {
    readonly groups: readonly string[];
    readonly labels: ArrayLike<number>;
    readonly target: Target;
  },
): number[][] | string {
  const strata = strataOf(train.map((i) => labels[i]!), target);
  try {
    return divideGroups(indicesByGroup(train.map((i) => groups[i]!)), {
      strata: { ...strata, areNeeded: false },
      fractions: Array<number>(folds).fill(1 / folds),
      key: fold(key(0), "feature audit"),
    }).map((places) => places.map((at) => train[at]!));
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** Quantiles of the gap where both parts are drawn from the groups `own`. */
function chance(
  own: readonly GroupSums[],
  { beyond, value }: { readonly beyond: number; readonly value: (sums: GroupSums) => number },
): readonly [low: number, high: number] {
  const next = uniforms(fold(key(0), "feature audit, chance"));
  const drawn = (count: number) =>
    value(summed(Array.from({ length: count }, () => own[Math.floor(next() * own.length)]!)));
  const gaps = Array.from({ length: draws }, () => drawn(own.length) - drawn(beyond)).filter(
    Number.isFinite,
  ).sort((a, b) => a - b);
  const tail = (1 - confidence) / 2;
  const quantile = (p: number) => gaps[Math.round(p * (gaps.length - 1))]!;
  return [quantile(tail), quantile(1 - tail)];
}

/** What an audit found, in words. */
export function featureAuditLine(
  { modality, within, beyond, part, ...audit }: FeatureAudit,
): string {
  const { measure, gap, interval: [low, high], groups } = audit;
  return `a linear probe of the given features of ${modality} has ${measure} ${
    printNumber(within)
  } within training, cross-validated by group, and ${printNumber(beyond)} on ${part}: a gap of ` +
    `${printNumber(gap)} [${printNumber(low)}, ${printNumber(high)}] over ${groups[0]} and ` +
    `${groups[1]} groups`;
}

/** What {@linkcode withSoundFeatures} is told beside the rows. */
export interface FeatureAuditOptions {
  /** For the error. */
  readonly data: string;
  /** Whether features that leak are used all the same; no by default. */
  readonly leakingFeatures?: boolean | undefined;
  /** Told of each modality that could not be audited. */
  readonly onProgress: (message: string) => void;
}

/**
 * The report of a split, once features that were given are audited upon it ({@linkcode auditFeatures}):
 * where such as leak are wanted, they are a note of it, by which every result is marked.
 *
 * @throws {RangeError} Features leak, and are not wanted; or such are wanted where none are given.
 */
export function withSoundFeatures<Report extends SplitReport | undefined>(
  report: Report,
  { given = {}, ...rows }: Omit<AuditedRows, "report"> & {
    readonly given?: GivenTables | undefined;
  },
  { data, leakingFeatures = false, onProgress }: FeatureAuditOptions,
): { readonly report: Report; readonly audits: FeatureAudits } {
  if (leakingFeatures && Object.keys(given).length === 0) {
    throw new RangeError(
      "Cannot use --leaking-features: expected features that are given, got samples to encode",
    );
  }
  const audits = auditFeatures(given, { ...rows, report });
  for (const { modality, reason } of audits.skipped) {
    onProgress(`the given features of ${modality} are not audited for labels: ${reason}`);
  }
  const found = assertSound(audits, { data, leakingFeatures });
  const marked = found.length > 0 && report ? { ...report, leakingFeatures: found } : report;
  return { report: marked, audits };
}

function assertSound(
  { found }: FeatureAudits,
  { data, leakingFeatures }: { readonly data: string; readonly leakingFeatures: boolean },
): readonly string[] {
  const leaking = found.filter(({ leaks }) => leaks).map(featureAuditLine);
  if (leaking.length === 0 || leakingFeatures) return leaking;
  throw new RangeError(
    `Cannot learn from "${data}": expected features that do not know the labels, got\n- ${
      leaking.join("\n- ")
    }\nWhat made them has met the labels of the training part and repeats them there, so that every ` +
      "score and every difference between systems upon them says what it remembers, and not what the " +
      "samples show. Take features of a network that was not trained on these labels, or leave the " +
      "modality out. --leaking-features goes on, and marks every result",
  );
}
