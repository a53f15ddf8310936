/** Samples that belong together: rows of a corpus with a text, an image and a clip, or some of them. @module */

import { byModality, modalities, type Modality } from "../modality.ts";
import type { Key } from "../tensor/random.ts";
import { auditSplit, type SplitReport } from "./audit.ts";
import { sha256 } from "../files.ts";
import type { Corpus, Sample } from "./sample.ts";
import { groupedSplit } from "./split.ts";
import { byPart, type Part, type Split } from "./parts.ts";

/** The places of a row's samples in the corpus of each modality; it has one sample or more. */
export type Pair = { readonly [M in Modality]?: number };

/** Three corpora of one set, and what belongs together. */
export interface PairedCorpora {
  /** By modality; of one that no row has, without samples. */
  readonly corpora: Readonly<Record<Modality, Corpus>>;
  /** Rows in the order of the set. No sample is in two. */
  readonly pairs: readonly Pair[];
  /** The part of each row, where the set says so. */
  readonly given?: readonly Part[];
}

/** The modalities that a row has. */
export function shownBy(pair: Pair): Modality[] {
  return modalities.filter((m) => pair[m] !== undefined);
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
  return [...Map.groupBy(pairs, (pair) => shownBy(pair).join()).values()].map((own) => {
    const shown = shownBy(own[0]!);
    return {
      shown,
      rows: Object.fromEntries(shown.map((m) => [m, own.map((pair) => pair[m]!)])),
      labels: own.map((pair) => labelOfPair(pair, labels)),
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
 * set gives are used as they are, and what they share is in the report; with `drawn`, they are drawn
 * anew.
 *
 * @throws {RangeError} As {@linkcode groupedSplit}.
 * @throws {Error} A split that leaks, or a part of one class.
 */
export function splitPairs(
  { corpora, pairs, given }: PairedCorpora,
  { drawn = false, ...options }: {
    readonly key: Key;
    readonly testFraction?: number;
    readonly validationFraction?: number;
    readonly drawn?: boolean;
  },
): { split: Record<Modality, Split>; report: SplitReport } {
  const rows = rowSamples({ corpora, pairs });
  const isGiven = given !== undefined && !drawn;
  const ofRows = isGiven ? splitOfParts(given) : groupedSplit(rows, options);
  const report = auditSplit(rows, ofRows, { mayLeak: isGiven });
  const part = (m: Modality, name: Part) =>
    ofRows[name].flatMap((row) => pairs[row]![m] ?? []).sort((a, b) => a - b);
  const split = byModality((m) => byPart((name) => part(m, name)));
  return { split, report };
}

/** A split of rows by the part of each. */
export function splitOfParts(given: readonly Part[]): Split {
  return byPart((part) => [...given.keys()].filter((row) => given[row] === part));
}

/** Each row as one sample, for a split and its audit. */
export function rowSamples({ corpora, pairs }: Omit<PairedCorpora, "given">): Sample[] {
  return pairs.map((pair) => rowOf(corpora, pair));
}

// What a row shows is in its hash.
function rowOf(corpora: PairedCorpora["corpora"], pair: Pair): Sample {
  const samples = shownBy(pair).map((m) => corpora[m].samples[pair[m]!]!);
  const { id, modality, emotion, label, group } = samples[0]!;
  const hash = sha256(samples.map((sample) => `${sample.modality} ${sample.hash}`).join("\n"));
  // No text, or the audit would compare it by itself.
  return { id, modality, emotion, label, group, hash, source: { path: id } };
}

/** The label of a row, which all of its samples have. */
export function labelOfPair(
  pair: Pair,
  labels: Readonly<Record<Modality, ArrayLike<number>>>,
): number {
  const m = shownBy(pair)[0]!;
  return labels[m][pair[m]!]!;
}
