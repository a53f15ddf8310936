/** Images in folders that are their labels. @module */

import type { CorpusFile } from "../corpus_files.ts";
import type { Part } from "../parts.ts";
import { countLeftOut, type LeftOut, partNamed, type Row, testedOnValidation } from "../rows.ts";
import { foldersOf, isAbout, mediumOf, type Seen, stemOf } from "./layout.ts";

/** What a file's place says. */
export interface Placed {
  readonly label: string;
  /** Empty where nothing says whose it is. */
  readonly group?: string;
}

/** How {@linkcode imageRows} reads. */
export interface ImageRowsOptions {
  /** What the place of an image says; undefined of an image without a label. */
  readonly place: (file: CorpusFile) => Placed | undefined;
  /** The part of an image; by default that of the innermost folder that names one. */
  readonly partOf?: (file: CorpusFile) => Part | undefined;
}

/** The images of a folder as rows, and what is left out. */
export function imageRows(
  { files }: Pick<Seen, "files">,
  { place, partOf = partByFolder }: ImageRowsOptions,
): { rows: readonly Row[]; leftOut: LeftOut[]; notes: readonly string[] } {
  const out: [place: string, reason: string][] = [];
  const read = files.flatMap((file): Row[] => {
    const isImage = mediumOf(file) === "image";
    const said = isImage ? place(file) : undefined;
    if (said !== undefined) {
      const { label, group = "" } = said;
      const row = { place: file.id, id: "", label, group, part: partOf(file) };
      return [{ ...row, cells: { image: file.path } }];
    }
    if (isImage) out.push([file.id, "an image without a label"]);
    else if (!isAbout(file)) out.push([file.id, "not an image"]);
    return [];
  });
  // Some in a part and some in none: what is in none would be trained on or not by chance. Where no
  // part is to train on, the others are.
  const parts = new Set(read.map(({ part }) => part));
  const isSplit = parts.has("train") || !parts.has(undefined);
  const placed = isSplit
    ? read.filter(({ part }) => part !== undefined)
    : read.map((row) => ({ ...row, part: undefined }));
  for (const { place, part } of read) {
    if (isSplit && part === undefined) out.push([String(place), "in no part of the split"]);
  }
  const { rows, notes } = testedOnValidation(placed);
  const unsplit = read.filter(({ part }) => !isSplit && part !== undefined).length;
  const unheeded = unsplit > 0
    ? [`${unsplit} images are in parts, but none in one to train on: parts are not used`]
    : [];
  return { rows, leftOut: countLeftOut(out), notes: [...notes, ...unheeded] };
}

/** The part that the innermost folder of such a name stands for. */
export function partByFolder(file: CorpusFile): Part | undefined {
  return foldersOf(file).map((folder) => partNamed(folder.replace(/[ _-](set|data|class)$/i, "")))
    .find((part) => part !== undefined);
}

/** The part that FER2013's names stand for, as in `PublicTest_17017376.jpg`. */
export function partByName({ id }: CorpusFile): Part | undefined {
  return partNamed(/^(Training|PublicTest|PrivateTest)_\d+$/.exec(stemOf(id))?.[1] ?? "");
}

/** Of the images that there are, the share with a label. */
export function labelledShare(
  { files }: Pick<Seen, "files">,
  place: (file: CorpusFile) => Placed | undefined,
): number {
  const images = files.filter((file) => mediumOf(file) === "image");
  return images.length === 0
    ? 0
    : images.filter((file) => place(file) !== undefined).length / images.length;
}
