/** The check that nothing leaks between the parts of a split. @module */

import { normaliseText } from "./normalise_text.ts";
import type { Sample } from "./sample.ts";
import { type Part, parts, type Split } from "./split.ts";

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
 * is a contrast, and its report says so.
 *
 * @throws {Error} Lists everything that is wrong, with the first few samples of each.
 */
export function auditSplit(
  samples: readonly Sample[],
  split: Split,
  { by, byName }: SplitKey = { by: ({ group }) => group, byName: "group" },
): SplitReport {
  const faults = indexFaults(samples.length, split);
  if (faults.length === 0) {
    faults.push(
      ...classFaults(samples, split),
      ...crossings(samples, { split, by, what: byName }),
      ...crossings(samples, { split, by: ({ hash }) => hash, what: "hash" }),
      ...crossings(samples, { split, by: nearDuplicatesOf, what: "near-duplicates" }),
      ...crossings(samples, { split, by: normalisedText, what: "normalised text" }),
    );
  }
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
  };
}

function byPart<Value>(valueOf: (part: Part) => Value): Record<Part, Value> {
  return { train: valueOf("train"), validation: valueOf("validation"), test: valueOf("test") };
}

function nearDuplicatesOf({ nearDuplicates }: Sample): string | undefined {
  return nearDuplicates;
}

function normalisedText({ source }: Sample): string | undefined {
  return "text" in source ? normaliseText(source.text) : undefined;
}

function countPolarities(
  samples: readonly Sample[],
  indices: readonly number[],
): { positive: number; negative: number } {
  const positive = indices.filter((i) => samples[i]!.polarity === 1).length;
  return { positive, negative: indices.length - positive };
}

function indexFaults(count: number, split: Split): string[] {
  const faults: string[] = [];
  const owners = new Map<number, Part[]>();
  for (const part of parts) {
    for (const index of split[part]) owners.set(index, [...owners.get(index) ?? [], part]);
  }
  const outside = [...owners.keys()].filter((i) => !Number.isInteger(i) || i < 0 || i >= count);
  if (outside.length > 0) {
    faults.push(`${outside.length} indices outside 0 to ${count - 1}: ${firstFew(outside)}`);
  }
  const shared = [...owners].filter(([, owner]) => owner.length > 1);
  if (shared.length > 0) {
    const examples = shared.map(([index, owner]) => `${index} (${owner.join(", ")})`);
    faults.push(`${shared.length} indices more than once: ${firstFew(examples)}`);
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
  const first = new Map<string, { part: Part; id: string }>();
  const examples = new Map<string, string>();
  for (const part of parts) {
    for (const index of split[part]) {
      const { id } = samples[index]!;
      const value = by(samples[index]!);
      if (value === undefined || examples.has(value)) continue;
      const known = first.get(value);
      if (known === undefined) first.set(value, { part, id });
      else if (known.part !== part) {
        examples.set(value, `"${shorten(value)}" (${known.id} in ${known.part}, ${id} in ${part})`);
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
