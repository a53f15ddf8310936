/** The check that nothing leaks between the parts of a split. @module */

import type { Target } from "../target.ts";
import { copyLikenesses, findLeaks, type Leak, leakText } from "./leaks.ts";
import type { Sample } from "./sample.ts";
import { byPart, type Part, parts, type Split } from "./parts.ts";
import { type Strata, strataOf } from "./strata.ts";

/** What {@linkcode auditSplit} found, for results files. */
export interface SplitReport {
  /** The key that no two parts share: `group`, or the name of another. */
  readonly by: string;
  /** Samples by part and class, or by third of the scores. */
  readonly samples: Readonly<Record<Part, Readonly<Record<string, number>>>>;
  /** Distinct keys by part. */
  readonly groups: Readonly<Record<Part, number>>;
  /** Samples in no part. */
  readonly unused: number;
  /** Of a split that was given: what its parts share, if anything. */
  readonly leaks?: readonly Leak[];
  /** Of a split that was given: classes that a part lacks, such as `fear in test`. */
  readonly lacking?: readonly string[];
  /** Of a split that was given: copies of test samples that were taken out, if they were. */
  readonly dropped?: Readonly<Record<"train" | "validation", number>>;
  /** Of rows: modalities that they have, but none of the training part, so that nothing learns them. */
  readonly unlearnt?: readonly string[];
  /** Of a split that was given without: samples that were drawn from training to validate on. */
  readonly validationDrawn?: number;
  /** Of rows whose features were given: what an audit found of such as know the labels, where they are used all the same. */
  readonly leakingFeatures?: readonly string[];
  /** Clusters of near-duplicates, none of them in two parts; absent where none were looked for or found. */
  readonly nearDuplicates?: number;
}

/** The key that a split was made by, where that is not the samples' group. */
export interface SplitKey {
  /** The key of a sample. */
  readonly by: (sample: Sample) => string;
  /** For the report, such as `hash`. */
  readonly byName: string;
}

/**
 * Refuses a split that leaks: run it before training.
 *
 * No two parts may share an index, a group (or the key given instead, for a split that was made by
 * another), a hash, near-duplicates of an image, or the normalised text of a message; and each part
 * needs all classes, since a part of one class has no AUC, or two scores that differ. A split by a key
 * other than the group is a contrast, and its report says so. A split that `mayLeak`, since others have
 * made it, has in its report what its parts share, and which of more than two classes they lack.
 *
 * @throws {RangeError} All samples are of one class.
 * @throws {Error} Lists everything that is wrong, with the first few samples of each.
 */
export function auditSplit(
  samples: readonly Sample[],
  split: Split,
  { by = byGroup, byName = "group", mayLeak = false, mayLackInTest = false, target }:
    & Partial<SplitKey>
    & {
      readonly mayLeak?: boolean;
      /** Whether the test part may have one class, as a fold may: scores are then of all folds. */
      readonly mayLackInTest?: boolean;
      /** What labels are. @default polarities */
      readonly target?: Target | undefined;
    } = {},
): SplitReport {
  const faults = indexFaults(samples.length, split);
  const isSound = faults.length === 0;
  const strata = strataOf(samples.map(({ label }) => label), target);
  assertTwo(strata);
  const lacking = isSound ? lackingClasses(strata, split) : [];
  const mayLack = mayLeak && strata.names.length > 2;
  const needed = parts.filter((part) => part !== "test" || !mayLackInTest);
  if (isSound) faults.push(...emptyParts(samples, split, strata, needed));
  if (!mayLack) {
    faults.push(
      ...lacking.filter(({ part }) => needed.includes(part)).map(({ fault }) => fault),
    );
  }
  const leaks = isSound ? splitLeaks(samples, split, { by, byName }) : [];
  if (!mayLeak) faults.push(...leaks.map(leakText));
  if (faults.length > 0) {
    throw new Error(
      `Cannot use the split: expected parts that share nothing, got\n- ${faults.join("\n- ")}`,
    );
  }
  const used = parts.flatMap((part) => split[part].map((i) => samples[i]!));
  const clusters = new Set(used.flatMap((sample) => nearDuplicatesOf(sample) ?? []));
  return {
    by: byName,
    samples: byPart((part) => countStrata(strata, split[part])),
    groups: byPart((part) => new Set(split[part].map((i) => by(samples[i]!))).size),
    unused: samples.length - parts.reduce((sum, part) => sum + split[part].length, 0),
    ...clusters.size > 0 && { nearDuplicates: clusters.size },
    ...leaks.length > 0 && { leaks },
    ...lacking.length > 0 && { lacking: lacking.map(({ name, part }) => `${name} in ${part}`) },
  };
}

/** What the parts of a split share, by {@linkcode auditSplit}'s rules. */
export function splitLeaks(
  samples: readonly Sample[],
  split: Split,
  { by, byName }: SplitKey = { by: byGroup, byName: "group" },
): Leak[] {
  return findLeaks(samples, split, [{ what: byName, of: by }, ...copyLikenesses]);
}

function byGroup({ group }: Sample): string {
  return group;
}

/**
 * Refuses to test an encoder on what it has learnt from: no sample of the test part may be one of
 * `trainedOn`, or share its group (or the key given instead) with one, or look like one.
 *
 * @throws {Error} Lists what the encoder has met, with the first few samples.
 */
export function auditEncoder(
  samples: readonly Sample[],
  { test }: Pick<Split, "test">,
  { id, trainedOn }: {
    /** Of the encoder, for the error. */
    readonly id: string;
    /** SHA-256 of the samples that it was trained on or chosen by. */
    readonly trainedOn: ReadonlySet<string>;
  },
  { by, byName }: SplitKey = { by: byGroup, byName: "group" },
): void {
  const known = samples.filter(({ hash }) => trainedOn.has(hash));
  const keys = new Set(known.map(by));
  const looks = new Set(known.flatMap((sample) => nearDuplicatesOf(sample) ?? []));
  const met = (what: string, is: (sample: Sample) => boolean) => {
    const ids = test.map((i) => samples[i]!).filter(is).map(({ id }) => id);
    return ids.length === 0 ? [] : [`${what}, ${ids.length} of ${test.length}: ${firstFew(ids)}`];
  };
  const faults = [
    ...met("trained on themselves", ({ hash }) => trainedOn.has(hash)),
    ...met(`trained on their ${byName}`, (sample) => keys.has(by(sample))),
    ...met(
      "trained on near-duplicates",
      ({ nearDuplicates }) => nearDuplicates !== undefined && looks.has(nearDuplicates),
    ),
  ];
  if (faults.length === 0) return;
  throw new Error(
    `Cannot test encoder "${id}": expected samples that it has not met, got\n- ${
      faults.join("\n- ")
    }`,
  );
}

function nearDuplicatesOf({ nearDuplicates }: Sample): string | undefined {
  return nearDuplicates;
}

function countStrata({ names, of }: Strata, indices: readonly number[]): Record<string, number> {
  const counts = names.map(() => 0);
  for (const index of indices) counts[of[index]!]!++;
  return Object.fromEntries(names.map((name, c) => [name, counts[c]!]));
}

function indexFaults(count: number, split: Split): string[] {
  const faults: string[] = [];
  const seen = new Set<number>();
  const again = new Set<number>();
  for (const index of parts.flatMap((part) => split[part])) {
    (seen.has(index) ? again : seen).add(index);
  }
  const outside = [...seen].filter((i) => !Number.isInteger(i) || i < 0 || i >= count);
  if (outside.length > 0) {
    faults.push(`${outside.length} indices outside 0 to ${count - 1}: ${firstFew(outside)}`);
  }
  if (again.size > 0) {
    const owners = (index: number) =>
      parts.flatMap((part) => split[part].filter((i) => i === index).map(() => part));
    const examples = [...again].map((index, i) =>
      i < few ? `${index} (${owners(index).join(", ")})` : ""
    );
    faults.push(`${again.size} indices more than once: ${firstFew(examples)}`);
  }
  return faults;
}

/** Of one class nothing can be learnt, however it is divided. */
function assertTwo({ names, of, areNeeded }: Strata): void {
  const there = names.filter((_, c) => of.includes(c));
  if (!areNeeded || of.length === 0 || there.length > 1) return;
  throw new RangeError(
    `Cannot split: expected samples of ${names.slice(0, 12).join(", ")}, got ${of.length} ${
      there[0]
    }`,
  );
}

/** Parts without a sample, or with one score throughout. */
function emptyParts(
  samples: readonly Sample[],
  split: Split,
  { areNeeded }: Strata,
  needed: readonly Part[],
): string[] {
  return parts.flatMap((part) => {
    if (split[part].length === 0) return [`no sample in ${part}`];
    const scores = new Set(split[part].map((i) => samples[i]!.label));
    return areNeeded || scores.size > 1 || !needed.includes(part)
      ? []
      : [`no two scores that differ in ${part}`];
  });
}

/** Classes that a part lacks, of those that there are; of two, both have to be there. */
function lackingClasses({ names, of, areNeeded }: Strata, split: Split) {
  const isThere = names.map((_, c) => names.length === 2 || of.includes(c));
  return parts.flatMap((part) => {
    if (!areNeeded || split[part].length === 0) return [];
    const counts = countStrata({ names, of, areNeeded }, split[part]);
    const others = names.filter((name) => counts[name]! > 0)
      .map((name) => `${counts[name]} ${name}`).join(", ");
    return names.filter((name, c) => isThere[c] && counts[name] === 0).map((name) => {
      return { name, part, fault: `no ${name} sample in ${part}, ${others}` };
    });
  });
}

const few = 3;

function firstFew(examples: readonly (string | number)[]): string {
  return examples.slice(0, few).join("; ") + (examples.length > few ? "; …" : "");
}
