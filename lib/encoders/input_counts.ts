/** What encoders took in of many inputs: counted, and said. @module */

import { modalities, type Modality } from "../modality.ts";
import type { Extent } from "./encoder.ts";

/** Of an encoder that does not tell. */
export const wholeExtent: Extent = { given: 1, taken: 1, windows: 1, unknown: 0, blank: false };

/** Inputs of one modality. */
export interface InputCounts {
  /** All of them. */
  readonly inputs: number;
  /** Those longer than a window of the encoder, which are taken in whole, window by window. */
  readonly long: number;
  /** The longest, in tokens (words, where the encoder reads words) or seconds; 1 of images. */
  readonly longest: number;
  /** Those of which the encoder takes in a part. */
  readonly cut: number;
  /** Words or seconds of those that are cut. */
  readonly cutFrom: number;
  /** Of these, what is taken in. */
  readonly cutTo: number;
  /** Tokens of all texts. */
  readonly tokens: number;
  /** Tokens that the encoder knows nothing of. */
  readonly unknown: number;
  /** Texts with such. */
  readonly withUnknown: number;
  /** Those with nothing to judge: no known token, a picture of one colour, silence. */
  readonly blank: number;
}

/** Whether less is taken in than was given, by more than rounding. */
function isCut({ given, taken }: Extent): boolean {
  return taken < given * (1 - 1e-6);
}

/** Of an input that several encoders take in, the extent of the one that takes in least. */
export function leastExtent(extents: readonly Extent[]): Extent {
  const share = ({ given, taken }: Extent) => given === 0 ? 1 : taken / given;
  return extents.reduce((least, extent) => share(extent) < share(least) ? extent : least);
}

/** Counts extents of one modality. */
export function countInputs(extents: readonly Extent[]): InputCounts {
  const sum = (of: (extent: Extent) => number, some = extents) =>
    some.reduce((total, extent) => total + of(extent), 0);
  const cut = extents.filter(isCut);
  return {
    inputs: extents.length,
    long: extents.filter(({ windows }) => windows > 1).length,
    longest: extents.reduce((longest, { given }) => Math.max(longest, given), 0),
    cut: cut.length,
    cutFrom: sum(({ given }) => given, cut),
    cutTo: sum(({ taken }) => taken, cut),
    tokens: sum(({ given }) => given),
    unknown: sum(({ unknown }) => unknown),
    withUnknown: extents.filter(({ unknown }) => unknown > 0).length,
    blank: extents.filter(({ blank }) => blank).length,
  };
}

/** Why nothing is to be judged of a modality's input. */
const blankReasons: Readonly<Record<Modality, string>> = {
  text: "no token of the text is known",
  image: "the picture is of one colour",
  audio: "the clip is silent",
};

/** What one input lost, or lacks, in a line each; none where all of it is heard, read and seen. */
export function describeExtent(m: Modality, extent: Extent): string[] {
  const { given, taken, unknown, windows, blank } = extent;
  if (blank) {
    const but = m === "text" && unknown < given ? " but punctuation" : "";
    return [`${m}: ${blankReasons[m]}${but}: nothing to judge`];
  }
  const lines: string[] = [];
  if (isCut(extent)) {
    lines.push(
      m === "audio"
        ? `audio: ${taken.toFixed(1)} of ${given.toFixed(1)} s heard`
        : `text: ${taken} of ${given} words read`,
    );
  }
  if (windows > 1) {
    lines.push(
      m === "audio"
        ? `audio: ${given.toFixed(1)} s, heard whole in ${windows} windows`
        : `text: ${given} tokens, read whole in ${windows} windows`,
    );
  }
  if (unknown > 0) lines.push(`text: ${unknown} of ${given} tokens unknown to the encoder`);
  return lines;
}

/** The same of many inputs, a line a matter; none where there is nothing to say. */
export function describeInputCounts(
  counts: { readonly [M in Modality]?: InputCounts },
): string[] {
  return modalities.flatMap((m) => counts[m] === undefined ? [] : describeCounts(m, counts[m]));
}

function describeCounts(m: Modality, counts: InputCounts): string[] {
  const { inputs, long, longest, cut, cutFrom, cutTo, tokens, unknown, withUnknown, blank } =
    counts;
  const [unit, verb] = m === "audio" ? ["s", "heard"] : ["tokens", "read"];
  const length = (value: number) => m === "audio" ? value.toFixed(1) : String(value);
  const lines: string[] = [];
  if (long > 0) {
    lines.push(
      `${m}: ${long} of ${inputs} longer than a window, ${verb} whole; the longest ` +
        `${length(longest)} ${unit}`,
    );
  }
  if (cut > 0) {
    const words = m === "audio" ? "s" : "words";
    lines.push(
      `${m}: ${cut} of ${inputs} cut, ${length(cutTo)} of their ${
        length(cutFrom)
      } ${words} ${verb}`,
    );
  }
  if (unknown > 0) {
    lines.push(
      `${m}: ${unknown} of ${tokens} tokens unknown to the encoder, in ${withUnknown} of ` +
        `${inputs} texts`,
    );
  }
  if (blank > 0) lines.push(`${m}: ${blank} of ${inputs} with nothing to judge, ${reasons[m]}`);
  return lines;
}

const reasons: Readonly<Record<Modality, string>> = {
  text: "no token of which is known",
  image: "pictures of one colour",
  audio: "silent clips",
};
