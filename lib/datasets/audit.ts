/** The check that nothing leaks between the parts of a split. @module */

import { normaliseText } from "./normalise_text.ts";
import type { Sample } from "./sample.ts";
import { byPart, type Part, parts, type Split } from "./parts.ts";

/** What {@linkcode auditSplit} found, for results files. */
export interface SplitReport {
  /** The key that no two parts share: `group`, or the name of another. */
  readonly by: string;
  /** Samples by part and polarity. */
  readonly samples: Readonly<
    Record<Part, { readonly positive: number; readonly negative: number }>
  >;
  /** Distinct keys by part. */
  readonly groups: Readonly<Record<Part, number>>;
  /** Samples in no part. */
  readonly unused: number;
  /** Of a split that was given: what its parts share, if anything. */
  readonly leaks?: readonly string[];
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
 * needs both polarities, since a part of one class has no AUC. A split by a key other than the group
 * is a contrast, and its report says so. A split that `mayLeak`, since others have made it, has in its
 * report what its parts share.
 *
 * @throws {Error} Lists everything that is wrong, with the first few samples of each.
 */
export function auditSplit(
  samples: readonly Sample[],
  split: Split,
  { by = byGroup, byName = "group", mayLeak = false }: Partial<SplitKey> & {
    readonly mayLeak?: boolean;
  } = {},
): SplitReport {
  const faults = indexFaults(samples.length, split);
  const isSound = faults.length === 0;
  if (isSound) faults.push(...classFaults(samples, split));
  const leaks = isSound ? splitLeaks(samples, split, { by, byName }) : [];
  if (!mayLeak) faults.push(...leaks);
  if (faults.length > 0) {
    throw new Error(
      `Cannot use the split: expected parts that share nothing, got\n- ${faults.join("\n- ")}`,
    );
  }
  const used = parts.flatMap((part) => split[part].map((i) => samples[i]!));
  const clusters = new Set(used.flatMap((sample) => nearDuplicatesOf(sample) ?? []));
  return {
    by: byName,
    samples: byPart((part) => countPolarities(samples, split[part])),
    groups: byPart((part) => new Set(split[part].map((i) => by(samples[i]!))).size),
    unused: samples.length - parts.reduce((sum, part) => sum + split[part].length, 0),
    ...clusters.size > 0 && { nearDuplicates: clusters.size },
    ...leaks.length > 0 && { leaks },
  };
}

/** What the parts of a split share, by {@linkcode auditSplit}'s rules: a line each, with the first few samples. */
export function splitLeaks(
  samples: readonly Sample[],
  split: Split,
  { by, byName }: SplitKey = { by: byGroup, byName: "group" },
): string[] {
  return [
    ...crossings(samples, { split, by, what: byName }),
    ...crossings(samples, { split, by: ({ hash }) => hash, what: "hash" }),
    ...crossings(samples, { split, by: nearDuplicatesOf, what: "near-duplicates" }),
    ...crossings(samples, { split, by: normalisedText, what: "normalised text" }),
  ];
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

function normalisedText({ source, group }: Sample): string | undefined {
  if (!("text" in source)) return undefined;
  const text = normaliseText(source.text);
  return text === group ? group : text; // One string for both, as the reader has it.
}

function countPolarities(
  samples: readonly Sample[],
  indices: readonly number[],
): { positive: number; negative: number } {
  const positive = indices.filter((i) => samples[i]!.label === 1).length;
  return { positive, negative: indices.length - positive };
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

function classFaults(samples: readonly Sample[], split: Split): string[] {
  return parts.flatMap((part) => {
    const { positive, negative } = countPolarities(samples, split[part]);
    if (positive + negative === 0) return [`no sample in ${part}`];
    if (positive === 0) return [`no positive sample in ${part}, ${negative} negative`];
    if (negative === 0) return [`no negative sample in ${part}, ${positive} positive`];
    return [];
  });
}

/** One fault if any value of `by` occurs in two parts; `undefined` is no value. */
function crossings(
  samples: readonly Sample[],
  { split, by, what }: {
    readonly split: Split;
    readonly by: (sample: Sample) => string | undefined;
    readonly what: string;
  },
): string[] {
  // Of hundreds of thousands of samples: numbers, and no object for each.
  const first = new Map<string, number>();
  const partOf = new Uint8Array(samples.length);
  parts.forEach((part, p) => {
    for (const index of split[part]) partOf[index] = p;
  });
  const place = (index: number) => `${samples[index]!.id} in ${parts[partOf[index]!]}`;
  const examples = new Map<string, string>();
  for (const part of parts) {
    for (const index of split[part]) {
      const value = by(samples[index]!);
      if (value === undefined || examples.has(value)) continue;
      const known = first.get(value);
      if (known === undefined) first.set(value, index);
      else if (partOf[known] !== partOf[index]) {
        examples.set(value, `"${shorten(value)}" (${place(known)}, ${place(index)})`);
      }
    }
  }
  if (examples.size === 0) return [];
  return [`${what} in two parts, ${examples.size} times: ${firstFew([...examples.values()])}`];
}

const few = 3;

function firstFew(examples: readonly (string | number)[]): string {
  return examples.slice(0, few).join("; ") + (examples.length > few ? "; …" : "");
}

function shorten(value: string): string {
  return value.length > 40 ? `${value.slice(0, 39)}…` : value;
}
