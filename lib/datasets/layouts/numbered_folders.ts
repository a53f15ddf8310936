/** Images in folders of numbers: AffectNet and RAF-DB as they are most often passed on. @module */

import type { CorpusFile } from "../corpus_files.ts";
import { countLeftOut } from "../rows.ts";
import { imageRows, labelledShare, type Placed } from "./image_folders.ts";
import { foldersOf, type Layout, type Seen, stemOf } from "./layout.ts";
import { isNoEmotion, noEmotion } from "./listed_images.ts";

/**
 * A folder per number, at any depth, within folders of parts if there are any. Folders 0 to 7 are read
 * as AffectNet's, 1 to 7, or names such as `train_00001_aligned.jpg`, as RAF-DB's; what others count
 * is for the caller to say, since FER2013 and the seven emotions of AffectNet have 0 to 6 alike.
 */
export const numberedFolders: Layout = {
  name: "numbered folders (AffectNet, RAF-DB)",
  looksLike: "images in folders 0 to 7 (AffectNet) or 1 to 7 (RAF-DB), maybe within train and test",
  fit(seen) {
    const share = labelledShare(seen, placeOf);
    return share >= 0.5 ? 1 : share;
  },
  rows(seen) {
    const read = imageRows(seen, { place: placeOf });
    const numbering = numberingOf(seen, new Set(read.rows.map(({ label }) => Number(label))));
    const layout = numbering === "affectnet"
      ? "AffectNet, numbered folders"
      : numbering === "raf-db"
      ? "RAF-DB, numbered folders"
      : "numbered folders";
    const isOut = (label: string) => numbering === "affectnet" && isNoEmotion(label);
    const out = read.rows.filter(({ label }) => isOut(label));
    return Promise.resolve({
      rows: read.rows.filter(({ label }) => !isOut(label)),
      leftOut: [...read.leftOut, ...countLeftOut(out.map(({ place }) => [place, noEmotion]))],
      ...{ notes: read.notes, layout, groupedBy: null },
      ...numbering && {
        numbering,
        notes: [
          ...read.notes,
          `numbers as ${numbering} has them; --labels names another numbering`,
        ],
      },
    });
  },
};

function placeOf(file: CorpusFile): Placed | undefined {
  const label = foldersOf(file).find((folder) => /^\d{1,2}$/.test(folder));
  return label === undefined ? undefined : { label };
}

function numberingOf(
  { files }: Seen,
  labels: ReadonlySet<number>,
): "affectnet" | "raf-db" | undefined {
  const isRaf = files.some(({ id }) => /^(train|test)_\d+(_aligned)?$/.test(stemOf(id)));
  const all = [...labels];
  if (all.every((label) => label >= 1 && label <= 7) && (isRaf || labels.size === 7)) {
    return "raf-db";
  }
  return labels.has(0) && labels.has(7) && all.every((label) => label <= 10)
    ? "affectnet"
    : undefined;
}
