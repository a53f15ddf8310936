/** Rows of a text and a picture, or some of them, without files. @module */

import type { Pair, PairedCorpora, Part, Sample } from "../../../lib/datasets/mod.ts";
import { byModality, type Modality } from "../../../lib/modality.ts";

/** One row; what it lacks is not there. */
export interface TinyRow {
  readonly text?: string;
  /** What the picture looks like. */
  readonly image?: string;
  readonly label: number;
  readonly group?: string;
  readonly part?: Part;
}

/** The rows as a set; a row is a group unless it names one. */
export function tinyRows(rows: readonly TinyRow[]): PairedCorpora {
  const samples: Record<Modality, Sample[]> = { text: [], image: [], audio: [] };
  const pairs = rows.map(({ text, image, label, group }, i): Pair => {
    const of = { emotion: String(label), label, group: group ?? `group ${i}` };
    const id = `row ${i}`;
    return {
      ...text !== undefined && {
        text: samples.text.push({
          ...{ ...of, id, modality: "text", source: { text }, hash: `text ${text}` },
        }) - 1,
      },
      ...image !== undefined && {
        image: samples.image.push({
          ...{ ...of, id, modality: "image", source: { path: id }, hash: `image ${i}` },
          nearDuplicates: image,
        }) - 1,
      },
    };
  });
  return {
    corpora: byModality((m) => ({ modality: m, name: "set", samples: samples[m], excluded: {} })),
    pairs,
    ...rows.some(({ part }) => part) && { given: rows.map(({ part }) => part) },
  };
}
