/** One corpus on disk, maybe in the parts that it was published in. @module */

import {
  type Corpus,
  layoutOf,
  readEmotions,
  readFaces,
  readPairedTable,
  readRavdess,
  type Sample,
  tablesIn,
} from "../datasets/mod.ts";
import type { PairedCorpora } from "../datasets/paired.ts";
import type { Modality } from "../modality.ts";

/** What readers of all corpora are told. */
export type ReadingOptions = NonNullable<Parameters<typeof readFaces>[1]>;

const readers: Readonly<
  Record<Modality, (folder: string, options: ReadingOptions) => Promise<Corpus>>
> = {
  text: (folder, options) => readEmotions(`${folder}/emotions`, options),
  image: (folder, options) => readFaces(`${folder}/faces`, options),
  audio: (folder, options) => readRavdess(`${folder}/ravdess`, options),
};

/**
 * The corpus of a modality, one of `emotions/`, `faces/` and `ravdess/` in `folder`. With `inParts`
 * texts and images have the part of each, and copies stay where the parts have them: what a split makes
 * of them is another matter.
 *
 * @throws {RangeError} As the readers do; or the corpus is to be read in parts, and has none.
 */
export async function readCorpus(
  folder: string,
  m: Modality,
  { inParts, ...options }: ReadingOptions & { readonly inParts: boolean },
): Promise<Corpus> {
  if (!inParts || m === "audio") return await readers[m](folder, options);
  return await readInParts(`${folder}/${m === "text" ? "emotions" : "faces"}`, m, options);
}

/** The corpus of a modality that a run leaves out. */
export function noCorpus(modality: Modality): Corpus {
  return { modality, name: "no corpus", samples: [], excluded: {} };
}

/** What the parts of a corpus look like. */
const looks: Readonly<Record<Exclude<Modality, "audio">, string>> = {
  text: "train, val and test as .txt, or as tables of text and label, or one table with a split",
  image: "folders train and test, or names such as Training_1.jpg and PrivateTest_2.jpg",
};

async function readInParts(
  folder: string,
  m: Exclude<Modality, "audio">,
  { onCorrupt: _, ...options }: ReadingOptions,
): Promise<Corpus> {
  const [table, ...others] = await tablesIn(folder);
  const isTable = m === "text" && table !== undefined && others.length === 0;
  const path = await layoutOf(folder) ? folder : isTable ? table : undefined;
  const read = path !== undefined && await readPairedTable(path, {
    ...{ ...options, target: "polarity" },
    // Of CARER's one table, as of its file on Kaggle.
    ...path !== folder && { labels: "carer" },
  });
  if (read && read.given && read.corpora[m].samples.length > 0) {
    const { layout, notes } = read.report;
    const corpus = read.corpora[m];
    const name = layout ?? corpus.name;
    return { ...corpus, name, samples: samplesInParts(read, m), notes };
  }
  throw new RangeError(
    `Cannot read "${folder}" in parts: expected ${looks[m]}, got a folder without`,
  );
}

/** The samples of a modality, each with the part of its row, if it has one. */
export function samplesInParts(
  { corpora, pairs, given = [] }: PairedCorpora,
  m: Modality,
): readonly Sample[] {
  const rows = new Map(pairs.map((pair, row) => [pair[m], row]));
  return corpora[m].samples.map((sample, at) => {
    const part = given[rows.get(at)!];
    return part === undefined ? sample : { ...sample, part };
  });
}
