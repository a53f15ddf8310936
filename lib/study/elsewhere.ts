/** Texts of another corpus, with their polarity: to ask about what was never learnt from. @module */

import { type FileHashes, normaliseText, readPairedTable, type Sample } from "../datasets/mod.ts";
import { otherThanPolarities, type Target } from "../target.ts";

/** Another corpus. */
export interface Elsewhere {
  /** Of its file. */
  readonly name: string;
  /** Its texts that are negative or positive. */
  readonly samples: readonly Sample[];
  /** Texts of a score in the middle of the range, which are left out. */
  readonly neutral: number;
}

/**
 * The texts of a table as `readPairedTable` reads it. Of scores the side of the middle of their range
 * is the polarity, and the middle itself is left out.
 *
 * @throws {RangeError} As `readPairedTable`; labels that are neither polarities nor scores; no texts,
 * or those of one polarity.
 */
export async function readElsewhere(
  path: string,
  options: { readonly from?: string | undefined; readonly hashes?: FileHashes } = {},
): Promise<Elsewhere> {
  const { corpora: { text: { name, samples } }, target } = await readPairedTable(path, options);
  const sideOf = sides(path, target);
  const polar = samples.flatMap((sample): Sample[] => {
    const label = sideOf(sample.label);
    return label === undefined ? [] : [{ ...sample, label, id: `${name}/${sample.id}` }];
  });
  if (new Set(polar.map(({ label }) => label)).size < 2) {
    throw new RangeError(
      `Cannot ask about "${path}": expected negative and positive texts, ` +
        `got ${polar.length === 0 ? "none" : "those of one polarity"}`,
    );
  }
  return { name, samples: polar, neutral: samples.length - polar.length };
}

function sides(path: string, target: Target): (label: number) => number | undefined {
  if (target.kind === "score") {
    const middle = (target.low + target.high) / 2;
    return (score) => score === middle ? undefined : score > middle ? 1 : 0;
  }
  if (otherThanPolarities(target) === undefined) return (label) => label;
  throw new RangeError(
    `Cannot ask about "${path}": expected labels that are negative or positive, or scores, ` +
      `got ${target.classes.join(", ")}`,
  );
}

/** Says which of `asked` have the same text as one of `learnt`, as `normaliseText` compares them. */
export function areKnown(
  asked: readonly Sample[],
  learnt: readonly Sample[],
): (sample: Sample) => boolean {
  const known = new Set(learnt.map(wordsOf));
  const met = new Set(asked.filter((sample) => known.has(wordsOf(sample))));
  return (sample) => met.has(sample);
}

function wordsOf({ source, hash }: Sample): string {
  return "text" in source ? normaliseText(source.text) : hash;
}
