/** What the parts of a split share, and how copies are taken out. @module */

import { normaliseText } from "./normalise_text.ts";
import { byPart, type Part, parts, type Split } from "./parts.ts";
import type { Sample } from "./sample.ts";

/** Something that two parts share. */
export interface Leak {
  /** `group` or another key, `hash`, `clip`, `near-duplicates` or `normalised text`. */
  readonly what: string;
  /** How many groups, hashes or the like are in two parts or more. */
  readonly values: number;
  /** How many samples of each part have one of these. */
  readonly samples: Readonly<Record<Part, number>>;
  /** The first few, with a sample of either part. */
  readonly examples: readonly string[];
}

/** A way in which samples may be the same. */
export interface Likeness {
  /** For the report, such as `hash`. */
  readonly what: string;
  /** What samples of a kind have in common; undefined of one that has nothing. */
  readonly of: (sample: Sample) => string | undefined;
}

/**
 * Equal content, be it of a clip alone, pictures that look alike, and messages of one text: what a
 * copy has in common with its original.
 */
export const copyLikenesses: readonly Likeness[] = [
  { what: "hash", of: ({ hash }) => hash },
  { what: "clip", of: ({ clip }) => clip },
  { what: "near-duplicates", of: ({ nearDuplicates }) => nearDuplicates },
  { what: "normalised text", of: normalisedText },
  { what: "text beside a picture", of: ({ post }) => post },
];

function normalisedText({ source, group }: Sample): string | undefined {
  if (!("text" in source)) return undefined;
  const text = normaliseText(source.text);
  return text === group ? group : text; // One string for both, as the reader has it.
}

/** What the parts of a split share, by each likeness in turn; nothing of one that they don't. */
export function findLeaks(
  samples: readonly Sample[],
  split: Split,
  likenesses: readonly Likeness[],
): Leak[] {
  return likenesses.flatMap((likeness) => leakOf(samples, split, likeness) ?? []);
}

/** A leak in words: `hash in two parts, 2 times (3 of train, 2 of test): "…" (a in train, b in test)`. */
export function leakText({ what, values, samples, examples }: Leak): string {
  const counts = parts.filter((part) => samples[part] > 0)
    .map((part) => `${samples[part]} of ${part}`);
  const more = values > examples.length ? "; …" : "";
  return `${what} in two parts, ${values} times (${counts.join(", ")}): ${
    examples.join("; ")
  }${more}`;
}

const few = 3;

function leakOf(
  samples: readonly Sample[],
  split: Split,
  { what, of }: Likeness,
): Leak | undefined {
  // Of hundreds of thousands of samples: numbers, and no object for each.
  const first = new Map<string, number>();
  const partOf = new Uint8Array(samples.length);
  parts.forEach((part, p) => {
    for (const index of split[part]) partOf[index] = p;
  });
  const place = (index: number) => `${samples[index]!.id} in ${parts[partOf[index]!]}`;
  const crossing = new Map<string, string>();
  for (const part of parts) {
    for (const index of split[part]) {
      const value = of(samples[index]!);
      if (value === undefined || crossing.has(value)) continue;
      const earlier = first.get(value);
      if (earlier === undefined) first.set(value, index);
      else if (partOf[earlier] !== partOf[index]) {
        const example = crossing.size < few;
        const text = example ? `"${shorten(value)}" (${place(earlier)}, ${place(index)})` : "";
        crossing.set(value, text);
      }
    }
  }
  if (crossing.size === 0) return undefined;
  const crosses = (index: number) => {
    const value = of(samples[index]!);
    return value !== undefined && crossing.has(value);
  };
  return {
    what,
    values: crossing.size,
    samples: byPart((part) => split[part].filter(crosses).length),
    examples: [...crossing.values()].slice(0, few),
  };
}

function shorten(value: string): string {
  return value.length > 40 ? `${value.slice(0, 39)}…` : value;
}

/**
 * The split without what training and validation have of the test part: copies by content, pictures
 * that look alike, messages of one text. Samples of one group stay, since that may be all of them.
 */
export function dropCopies(
  samples: readonly Sample[],
  split: Split,
): { split: Split; dropped: Readonly<Record<"train" | "validation", number>> } {
  const tested = copyLikenesses.map(({ of }) => new Set(split.test.map((i) => of(samples[i]!))));
  const isCopy = (index: number) =>
    copyLikenesses.some(({ of }, kind) => {
      const value = of(samples[index]!);
      return value !== undefined && tested[kind]!.has(value);
    });
  const without = (part: Part) => split[part].filter((index) => !isCopy(index));
  const left = { train: without("train"), validation: without("validation"), test: split.test };
  const count = (part: Part) => split[part].length - left[part].length;
  return { split: left, dropped: { train: count("train"), validation: count("validation") } };
}
