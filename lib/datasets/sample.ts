/** What every reader returns: one labelled text, image or clip. @module */

import type { Modality } from "../modality.ts";
import type { Part } from "./parts.ts";

/**
 * Where the raw sample is: the text itself, or a file; or what a file would hold, such as an image
 * whose pixels are in a table, and `path` says where they come from.
 */
export type Source =
  | { readonly text: string }
  | { readonly path: string; readonly bytes?: Uint8Array };

/** One labelled sample of one corpus. */
export interface Sample {
  /** Unique in its corpus and the same on every machine: a path relative to the corpus, or `text.csv:17`. */
  readonly id: string;
  /** Which encoder reads it. */
  readonly modality: Modality;
  /** The text itself, or its file. */
  readonly source: Source;
  /** What others have extracted of it, which then stands in the place of an encoder's states. */
  readonly numbers?: Float32Array;
  /** The emotion as the corpus names it, in lower case: `joy`, `happy`, `fearful`. */
  readonly emotion: string;
  /** The place of its class among those of the target, 1 for positive of two polarities; or its score. */
  readonly label: number;
  /** What must stay on one side of a split: the actor, the icon set, the normalised text. */
  readonly group: string;
  /** Of a clip in a group that was joined with others, as they share a file: whose clip it is. */
  readonly speaker?: string;
  /** What it counts in training, 0 or more, where the set says so; 1 otherwise. */
  readonly weight?: number;
  /** Of a corpus that is read in the parts that it was published in, its own. */
  readonly part?: Part;
  /** SHA-256 of the sample's bytes (of the UTF-8 text for a message), in hexadecimal. */
  readonly hash: string;
  /**
   * Of an image that looks like others of its corpus, the name of all of them, be they in one group or
   * not: the hash of the first. They must stay on one side of every split.
   */
  readonly nearDuplicates?: string;
  /** Of a row of a text and a picture, its normalised words: rows that have them too are copies of one post. */
  readonly post?: string;
  /** Of a row of several samples, the hash of its clip, which other rows may have with another text. */
  readonly clip?: string;
}

/** Whose clip it is: what names its group, before groups were joined. */
export function speakerOf({ speaker, group }: Pick<Sample, "speaker" | "group">): string {
  return speaker ?? group;
}

/** A corpus as read: what is used, and how many samples were left out for which reason. */
export interface Corpus {
  /** Of all samples. */
  readonly modality: Modality;
  /** For captions: `Emotions (embedded)`. */
  readonly name: string;
  /** In an order that does not depend on the machine. */
  readonly samples: readonly Sample[];
  /** Reason to count, such as `{ "neutral": 96, "duplicate": 3 }`. */
  readonly excluded: Readonly<Record<string, number>>;
  /** What a reader of the results has to know of the files, such as how much of the corpus was there. */
  readonly notes?: readonly string[];
}
