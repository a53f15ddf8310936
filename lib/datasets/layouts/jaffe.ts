/** JAFFE: ten women show seven emotions. @module */

import type { CorpusFile } from "../corpus_files.ts";
import { imageRows, labelledShare, type Placed } from "./image_folders.ts";
import { type Layout, nameOf } from "./layout.ts";

const pattern = /^([A-Z]{2})\.(AN|DI|FE|HA|NE|SA|SU)\d\.\d+\.\w+$/i;

/** JAFFE (Lyons et al., *Coding facial expressions with Gabor wavelets*, 1998): `KA.AN1.39.tiff`. */
export const jaffe: Layout = {
  name: "JAFFE",
  looksLike: "image names such as KA.AN1.39.tiff: subject, emotion and take, number",
  fit(seen) {
    const share = labelledShare(seen, placeOf);
    return share >= 0.5 ? 1 : share;
  },
  rows: (seen) =>
    Promise.resolve({
      ...imageRows(seen, { place: placeOf }),
      layout: "JAFFE",
      groupedBy: "subject",
      numbering: {
        ...{ AN: "angry", DI: "disgust", FE: "fear", HA: "happy", NE: "neutral", SA: "sad" },
        SU: "surprise",
      },
    }),
};

function placeOf({ id }: CorpusFile): Placed | undefined {
  const [, subject, label] = pattern.exec(nameOf(id)) ?? [];
  return subject === undefined
    ? undefined
    : { label: label!.toUpperCase(), group: subject.toUpperCase() };
}
