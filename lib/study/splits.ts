/** How the corpora are divided, and the audit of it. @module */

import * as datasets from "../datasets/mod.ts";
import { groupsWithCopies } from "../datasets/given_split.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { fold, key } from "../tensor/random.ts";
import type { DataConfig } from "./settings.ts";

/** The samples of each modality. */
export type Samples = Readonly<Record<Modality, readonly datasets.Sample[]>>;

/** Train, validation and test indices of each modality. */
export type Splits = Readonly<Record<Modality, datasets.Split>>;

/** A named division of a corpus: samples of one name stay together. */
export interface Division {
  readonly by: (sample: datasets.Sample) => string;
  readonly name: string;
}

/** Nothing of a group is on two sides: a sentence, an icon set, an actor. */
export function byGroup(name: string): Division {
  return { by: ({ group }) => group, name };
}

/**
 * Anything may be on two sides but copies and what looks like them: the random split of the literature,
 * over distinct contents.
 */
export const byContent: Division = {
  by: ({ hash, nearDuplicates }) => nearDuplicates ?? hash,
  name: "content hash",
};

/** How each corpus is divided unless an experiment says otherwise. */
export const divisions: Readonly<Record<Modality, Division>> = {
  text: byGroup("normalised text"),
  // The random split of the literature, over distinct images; the held-out rows say what it hides.
  image: { ...byContent, name: "image hash" },
  audio: byGroup("actor"),
};

/**
 * One corpus divided with a seed, and the audit's report.
 *
 * @throws {Error} a split that leaks.
 */
export function divide(
  samples: Samples,
  m: Modality,
  { seed, data, division = divisions[m] }: {
    seed: number;
    data: DataConfig;
    division?: Division;
  },
): { split: datasets.Split; report: datasets.SplitReport } {
  const split = datasets.groupedSplit(samples[m], {
    ...data,
    key: fold(key(seed), "split", m, division.name),
    by: division.by,
  });
  const report = datasets.auditSplit(samples[m], split, { by: division.by, byName: division.name });
  return { split, report };
}

/**
 * Rows divided with a seed, as every command and every script divides them.
 *
 * @throws {Error} As `splitPairs`.
 */
export function divideRows(
  paired: datasets.PairedCorpora,
  { seed, ...options }:
    & Omit<Parameters<typeof datasets.splitPairs>[1], "key">
    & { readonly seed: number },
): datasets.DividedRows {
  return datasets.splitPairs(paired, { ...options, key: fold(key(seed), "natural split") });
}

/** What jobs are planned with: a split per seed, and how the data are divided. */
export interface Draws {
  readonly seeds: readonly number[];
  readonly data: DataConfig;
}

/** All three corpora divided with a seed. */
export function divideAll(
  samples: Samples,
  options: { seed: number; data: DataConfig },
): { split: Splits; reports: Readonly<Record<Modality, datasets.SplitReport>> } {
  const divided = byModality((m) => divide(samples, m, options));
  return {
    split: byModality((m) => divided[m].split),
    reports: byModality((m) => divided[m].report),
  };
}

/**
 * Samples of one table, each by itself: no group is on two sides, be it of another modality, nor are
 * copies and texts that are equal.
 *
 * @throws {RangeError} Too few groups, be it of all or of those of a class.
 */
export function divideTable(
  samples: Samples,
  { seed, data: { testFraction, validationFraction } }: { seed: number; data: DataConfig },
): { split: Splits; report: datasets.SplitReport } {
  const all = modalities.flatMap((m) => samples[m]);
  const groups = groupsWithCopies(all);
  const whole = all.map((sample, i) => ({ ...sample, group: groups[i]! }));
  const divided = datasets.groupedSplit(whole, {
    ...{ testFraction, validationFraction },
    key: fold(key(seed), "table split"),
  });
  const places = modalities.flatMap((m) => [...samples[m].keys()].map((i) => [m, i] as const));
  const split = byModality((m) =>
    datasets.byPart((part) =>
      divided[part].map((at) => places[at]!).filter(([of]) => of === m).map(([, i]) => i)
    )
  );
  return { split, report: datasets.auditSplit(whole, divided) };
}

/** Says whether the images have groups that can be held out, beyond copies and near-duplicates. */
export function hasImageGroups({ image }: Samples): boolean {
  return new Set(image.map(({ group }) => group)).size < new Set(image.map(byContent.by)).size;
}

/** What no two parts share, in words. */
export function divisionNames(present: readonly Modality[] = modalities): string {
  return present.map((m) => divisions[m].name).join(", ");
}
