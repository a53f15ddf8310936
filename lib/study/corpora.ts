/** The three corpora on disk, and their features. @module */

import { createHash } from "node:crypto";
import {
  balancedSubset,
  type Corpus,
  type CorpusFile,
  type FileHashes,
  holdsRows,
  naturalSubset,
  openFileHashes,
  readPairedTable,
  type Sample,
  type ValenceMap,
} from "../datasets/mod.ts";
import { videoOpener } from "../encoders/video_opener.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { fold, key } from "../tensor/random.ts";
import { noCorpus, readCorpus, samplesInParts } from "./read_corpus.ts";
import { capOf, type DataConfig } from "./settings.ts";
import type { Failure } from "./encode_samples.ts";

export * from "./encode_samples.ts";

/** The corpora of a run, by modality. */
export type Corpora = Readonly<Record<Modality, Corpus>>;

/** How {@linkcode openCorpora} reads. */
export interface ReadCorporaOptions {
  readonly valence: ValenceMap;
  /** For captions: what these data are. */
  readonly label: string;
  /** A folder from which paths of a table may lead too, beside its own. */
  readonly from?: string | undefined;
  /** What earlier commands have read of files: {@linkcode keptHashes}. */
  readonly hashes?: FileHashes | undefined;
  /** Told of each corrupt file, which is then left out; without it, the first is thrown. */
  readonly onFailure?: ((failure: Failure) => void) | undefined;
  /** Where the parts of videos are kept; without it, a row of a table is what it has besides. */
  readonly cache?: string | undefined;
  /** The modalities to read: other corpora are empty, and need not be there. @default all */
  readonly present?: readonly Modality[] | undefined;
  /** Whether samples are read with the parts that their corpora were published in; no by default. */
  readonly inParts?: boolean | undefined;
  /** Called as files are read: how many of a modality's, or kilobytes of its messages. */
  readonly onProgress?: (step: string, done: number, total: number) => void;
}

/** The manifest of files that commands keep in a cache folder, whatever the data. */
export function keptHashes(cache: string, onDamage: (message: string) => void): FileHashes {
  return openFileHashes(`${cache}/manifest`, { onDamage });
}

/** Reads `emotions/`, `faces/` and `ravdess/` in `folder`, or a table or set as `readPairedTable` does. */
export async function openCorpora(
  folder: string,
  { valence, label, from, hashes, onFailure, cache, ...options }: ReadCorporaOptions,
): Promise<Corpora> {
  const { present = modalities, inParts = false, onProgress = () => {} } = options;
  const named = (corpus: Corpus) => ({ ...corpus, name: `${corpus.name} (${label})` });
  if (await holdsRows(folder)) {
    const told = (done: number, total: number) => onProgress("reading files", done, total);
    const openVideo = cache === undefined ? undefined : videoOpener(cache);
    const read = await readPairedTable(folder, {
      ...{ from, valence, target: "polarity", openVideo, hashes, onProgress: told },
    });
    return byModality((m) => {
      if (!present.includes(m)) return noCorpus(m);
      const samples = inParts ? samplesInParts(read, m) : read.corpora[m].samples;
      return named({ ...read.corpora[m], samples });
    });
  }
  const told = (modality: Modality) => ({
    ...{ valence, hashes, inParts },
    onProgress: (done: number, total: number) => onProgress(steps[modality], done, total),
    ...onFailure && {
      onCorrupt: ({ message }: Error, { id, path }: CorpusFile) =>
        onFailure({ modality, id, path, reason: message }),
    },
  });
  const corpora: Record<Modality, Corpus> = byModality(noCorpus);
  for (const m of present) corpora[m] = named(await readCorpus(folder, m, told(m)));
  return corpora;
}

const steps: Readonly<Record<Modality, string>> = {
  text: "reading messages (kB)",
  image: "reading images",
  audio: "reading clips",
};

/**
 * The paper's balanced subset of each corpus that is `present`, or one as frequent as classes are; the
 * same for every seed of a run.
 */
export function subsets(
  corpora: Corpora,
  { unbalanced = false, ...data }: Pick<DataConfig, "cap" | "unbalanced">,
  present: readonly Modality[] = modalities,
): Record<Modality, Sample[]> {
  const draw = unbalanced ? naturalSubset : balancedSubset;
  const cap = capOf(data);
  return byModality((m) =>
    present.includes(m) ? draw(corpora[m].samples, { cap, key: fold(key(0), "subset", m) }) : []
  );
}

/** SHA-256 over the ids, contents and labels of the samples that a result was made from. */
export function dataHash(samples: Readonly<Record<Modality, readonly Sample[]>>): string {
  const hash = createHash("sha256");
  for (const m of modalities) {
    for (const { id, hash: content, label } of samples[m]) {
      hash.update(`${m}\0${id}\0${content}\0${label}\n`);
    }
  }
  return hash.digest("hex");
}
