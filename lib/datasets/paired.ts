/** Samples that belong together: rows of a corpus with a text, an image and a clip, or some of them. @module */

import { byModality, modalities, type Modality } from "../modality.ts";
import type { Key } from "../tensor/random.ts";
import type { Target } from "../target.ts";
import { auditSplit, type SplitReport } from "./audit.ts";
import { groupsWithCopies, type LeakChoice, useGivenSplit } from "./given_split.ts";
import { groupFolds, leaveOneGroupOut } from "./group_folds.ts";
import { sha256 } from "../files.ts";
import type { Corpus, Sample } from "./sample.ts";
import { groupedSplit } from "./split.ts";
import { byPart, type Part, type Split } from "./parts.ts";

/** The places of a row's samples in the corpus of each modality; it has one sample or more. */
export type Pair = { readonly [M in Modality]?: number };

/** Where a row is among those of its group. */
export interface RowOrder {
  /** As the set names it, be it joined with others or not. */
  readonly group: string;
  /** A number, or what is ordered like a word; empty where the set does not say. */
  readonly segment: string;
  /** For errors: a line, or the name of the row. */
  readonly place: number | string;
}

/** Three corpora of one set, and what belongs together. */
export interface PairedCorpora {
  /** By modality; of one that no row has, without samples. */
  readonly corpora: Readonly<Record<Modality, Corpus>>;
  /** Rows in the order of the set. No sample is in two. */
  readonly pairs: readonly Pair[];
  /** Where each row is among those of its group, where the set says so. */
  readonly order?: readonly RowOrder[];
  /** The part of each row, where the set says so; undefined of a row in no part. */
  readonly given?: readonly (Part | undefined)[];
}

/** The modalities that a row has. */
export function shownBy(pair: Pair): Modality[] {
  return modalities.filter((m) => pair[m] !== undefined);
}

/** What a row has of some modalities. */
export function onlyOf(pair: Pair, some: readonly Modality[]): Pair {
  return Object.fromEntries(shownBy(pair).filter((m) => some.includes(m)).map((m) => [m, pair[m]]));
}

/** The modalities that can be learnt: those that the training part has. */
export function learntOf(
  split: { readonly [M in Modality]: Pick<Split, "train"> },
): Modality[] {
  return modalities.filter((m) => split[m].train.length > 0);
}

/** Rows that show the same modalities. */
export interface ShownPairs {
  /** In their usual order. */
  readonly shown: readonly Modality[];
  /** Places by modality: row i is `text[i]`, `image[i]`, `audio[i]`, as far as it is shown. */
  readonly rows: { readonly [M in Modality]?: readonly number[] };
  /** One a row. */
  readonly labels: readonly number[];
}

/** The rows by what they show, since a system is asked of samples that show one set of modalities. */
export function pairsByShown(
  pairs: readonly Pair[],
  labels: Readonly<Record<Modality, ArrayLike<number>>>,
): ShownPairs[] {
  return [...Map.groupBy(pairs, (pair) => shownBy(pair).join()).values()].map((alike) => {
    const shown = shownBy(alike[0]!);
    return {
      shown,
      rows: Object.fromEntries(shown.map((m) => [m, alike.map((pair) => pair[m]!)])),
      labels: alike.map((pair) => labelOfPair(pair, labels)),
    };
  });
}

/** The rows whose samples are all among `indices`: those of one part of a split. */
export function pairsAmong(
  pairs: readonly Pair[],
  indices: Readonly<Record<Modality, readonly number[]>>,
): Pair[] {
  const sets = byModality((m) => new Set(indices[m]));
  return pairs.filter((pair) => shownBy(pair).every((m) => sets[m].has(pair[m]!)));
}

/**
 * Divides rows, and with them the samples of each modality, so that no group is on two sides. A
 * corpus of some modalities only is divided as well. The audit is of rows: two rows may share
 * a text, as speakers share a sentence, but no two parts share a row's whole content. Parts that the
 * set gives are used as {@linkcode useGivenSplit} does; with `drawn`, they are drawn anew.
 *
 * @throws {RangeError} As {@linkcode groupedSplit}.
 * @throws {Error} A split that leaks, or a part of one class.
 */
export function splitPairs(
  { corpora, pairs, given }: PairedCorpora,
  { drawn = false, leaks, ...options }: {
    readonly key: Key;
    readonly testFraction?: number;
    readonly validationFraction?: number;
    readonly drawn?: boolean;
    /** Of parts that the set gives. @default "keep" */
    readonly leaks?: LeakChoice | undefined;
    /** What labels are. @default polarities */
    readonly target?: Target | undefined;
  },
): DividedRows {
  const rows = rowsToDivide({ corpora, pairs, ...given && { given } }, { drawn });
  const { split, report } = given !== undefined && !drawn
    ? useGivenSplit(rows, splitOfParts(given), { ...options, leaks })
    : audited(rows, groupedSplit(rows, options), options.target);
  return withUnlearnt({ split: ofModalities(split, pairs), report });
}

/** The same, saying in the report which modalities are in other parts than training alone. */
function withUnlearnt({ split, report }: DividedRows): DividedRows {
  const learnt = learntOf(split);
  const unlearnt = modalities.filter((m) =>
    !learnt.includes(m) && split[m].validation.length + split[m].test.length > 0
  );
  return { split, report: { ...report, ...unlearnt.length > 0 && { unlearnt } } };
}

/** Rows and their division. */
export interface DividedRows {
  /** Of the samples of each modality. */
  readonly split: Readonly<Record<Modality, Split>>;
  /** Of the rows. */
  readonly report: SplitReport;
}

/**
 * Divides rows into folds of groups, or leaves out one group at a time, and with them the samples of
 * each modality: every row is tested once. Parts that the set gives are not used.
 *
 * @throws {RangeError} As {@linkcode groupFolds} and {@linkcode leaveOneGroupOut}.
 * @throws {Error} A split that leaks, or a part of one score throughout.
 */
export function foldPairs(
  paired: PairedCorpora,
  { folds, key, target }: {
    /** How many, or each group by itself. */
    readonly folds: number | "groups";
    readonly key: Key;
    /** What labels are. @default polarities */
    readonly target?: Target | undefined;
  },
): DividedRows[] {
  const rows = rowsToDivide(paired, { drawn: true });
  const splits = folds === "groups"
    ? leaveOneGroupOut(rows, { key, target })
    : groupFolds(rows, { k: folds, key, target });
  return splits.map((split) =>
    withUnlearnt({
      split: ofModalities(split, paired.pairs),
      // A group, or a small fold, may have one class: scores are of all folds together.
      report: auditSplit(rows, split, { target, mayLackInTest: true }),
    })
  );
}

// Where parts are given, groups are as the set names them: copies are in several.
function rowsToDivide(paired: PairedCorpora, { drawn }: { readonly drawn: boolean }): Sample[] {
  const rows = rowSamples(paired);
  if (paired.given === undefined || !drawn) return rows;
  const groups = groupsWithCopies(rows);
  return rows.map((row, i) => ({ ...row, group: groups[i]! }));
}

function ofModalities(split: Split, pairs: readonly Pair[]): Record<Modality, Split> {
  const part = (m: Modality, name: Part) =>
    split[name].flatMap((row) => pairs[row]![m] ?? []).sort((a, b) => a - b);
  return byModality((m) => byPart((name) => part(m, name)));
}

function audited(rows: readonly Sample[], split: Split, target: Target | undefined) {
  return { split, report: auditSplit(rows, split, { target }) };
}

/** A split of rows by the part of each. */
export function splitOfParts(given: readonly (Part | undefined)[]): Split {
  return byPart((part) => [...given.keys()].filter((row) => given[row] === part));
}

/** Each row as one sample, for a split and its audit. */
export function rowSamples({ corpora, pairs }: Omit<PairedCorpora, "given">): Sample[] {
  return pairs.map((pair) => rowOf(corpora, pair));
}

// What a row shows is in its hash.
function rowOf(corpora: PairedCorpora["corpora"], pair: Pair): Sample {
  const samples = shownBy(pair).map((m) => corpora[m].samples[pair[m]!]!);
  const { id, modality, emotion, label, group, source } = samples[0]!;
  const near = samples.find(({ nearDuplicates }) => nearDuplicates !== undefined)?.nearDuplicates;
  const hash = sha256(samples.map((sample) => `${sample.modality} ${sample.hash}`).join("\n"));
  return {
    ...{ id, modality, emotion, label, group, hash },
    // A text beside others is left out, or the audit would compare it by itself.
    source: samples.length === 1 ? source : { path: id },
    ...near !== undefined && { nearDuplicates: near },
    ...samples[0]!.post !== undefined && { post: samples[0]!.post },
    ...samples.length > 1 && pair.audio !== undefined &&
      { clip: corpora.audio.samples[pair.audio]!.hash },
  };
}

/** The label of a row, which all of its samples have. */
export function labelOfPair(
  pair: Pair,
  labels: Readonly<Record<Modality, ArrayLike<number>>>,
): number {
  const m = shownBy(pair)[0]!;
  return labels[m][pair[m]!]!;
}
