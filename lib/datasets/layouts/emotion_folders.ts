/** Images in folders named by emotion: FER2013's images, CK+, and others like them. @module */

import type { CorpusFile } from "../corpus_files.ts";
import { emotionOf } from "../emotion_names.ts";
import type { Rows } from "../rows.ts";
import { defaultValence, isMapped } from "../valence.ts";
import {
  imageRows,
  labelledShare,
  partByFolder,
  partByName,
  type Placed,
} from "./image_folders.ts";
import { foldersOf, type Layout, type Seen, stemOf } from "./layout.ts";

const leastShare = 0.5;

/**
 * A folder per emotion, at any depth, within folders `train`, `test` and maybe `validation` if there
 * are any: FER2013 as images. Where there are none but the names are FER2013's, these say the part.
 */
export const emotionFolders: Layout = {
  name: "folders of emotions",
  looksLike: "images in folders named by emotion, maybe within train, validation and test",
  fit: (seen) => fitOf(seen, placeOf),
  rows: (seen) => Promise.resolve(rowsOf(seen, placeOf, "folders of emotions", null)),
};

/**
 * CK+ (Lucey et al., CVPR Workshops 2010): `happy/S005_001_00000011.png`; the name begins with
 * whose face it is.
 */
export const ckPlus: Layout = {
  name: "CK+",
  looksLike: "images such as contempt/S138_008_00000009.png: emotion, subject, sequence, frame",
  fit: (seen) => fitOf(seen, placeInCk),
  rows: (seen) => Promise.resolve(rowsOf(seen, placeInCk, "CK+", "subject")),
};

function placeOf(file: CorpusFile): Placed | undefined {
  const folders = foldersOf(file);
  const label =
    folders.find((folder) => isMapped(emotionOf(folder, defaultValence), defaultValence)) ??
      folders.find((folder) => partByFolder({ ...file, id: `${folder}/x` }) === undefined);
  return label === undefined ? undefined : { label };
}

function placeInCk(file: CorpusFile): Placed | undefined {
  const subject = /^(S\d{3})_\d{3}_\d{8}/.exec(stemOf(file.id))?.[1];
  const placed = subject === undefined ? undefined : placeOf(file);
  return placed && { ...placed, group: subject! };
}

function fitOf(seen: Seen, place: (file: CorpusFile) => Placed | undefined): number {
  const share = labelledShare(seen, (file) => {
    const placed = place(file);
    const isKnown = placed && isMapped(emotionOf(placed.label, defaultValence), defaultValence);
    return isKnown ? placed : undefined;
  });
  return share >= leastShare ? 1 : share;
}

function rowsOf(
  seen: Seen,
  place: (file: CorpusFile) => Placed | undefined,
  layout: string,
  groupedBy: string | null,
): Rows {
  const inFolders = seen.files.some((file) => partByFolder(file) !== undefined);
  const read = imageRows(seen, { place, partOf: inFolders ? partByFolder : partByName });
  const isFer = seen.files.some((file) => partByName(file) !== undefined);
  return { ...read, layout: isFer ? "FER2013 as images" : layout, groupedBy };
}
