/** The first step: samples read from disk, and which of them belong together. @module */

import * as checks from "../checks.ts";
import * as datasets from "../datasets/mod.ts";
import { videoOpener } from "../encoders/video_opener.ts";
import { byModality, type Modality } from "../modality.ts";
import { type Corpora, type Failure, keptHashes, openCorpora, subsets } from "../study/corpora.ts";
import { dataChecks, defaults } from "../study/settings.ts";
import { polarities, type Target } from "../target.ts";

/** What was read: samples by modality, and the rows that they belong to. */
export interface Dataset {
  /** For captions. */
  readonly name: string;
  /** By modality; of one that the data lack, without samples. */
  readonly corpora: Corpora;
  /** Of a table, what belongs together; corpora of their own have none. */
  readonly pairs?: readonly datasets.Pair[];
  /** Of a table with a column `split`, the part of each of `pairs`. */
  readonly given?: readonly (datasets.Part | undefined)[];
  /** Of a table, what it was understood to be: `datasets.printTableReport` prints it. */
  readonly report?: datasets.TableReport;
  /** Of rows whose features of some modalities came with them, the file of each. */
  readonly numbersFrom?: { readonly [M in Modality]?: string };
  /** What is learnt. */
  readonly target: Target;
  /** What each emotion counts as, of two polarities. */
  readonly valence: datasets.ValenceMap;
}

/** How data are read. */
export interface ReadOptions {
  /** For captions; the path by default. */
  readonly name?: string;
  /** What each emotion counts as; {@linkcode datasets.defaultValence} by default. */
  readonly valence?: datasets.ValenceMap;
  /** Where hashes of files are kept between runs, such as `.cache`; nowhere by default. */
  readonly cache?: string;
  /** Told how far reading is. */
  readonly onProgress?: (step: string, done: number, total: number) => void;
}

/** How folders of corpora are read. */
export interface ReadCorporaOptions extends ReadOptions {
  /** Most samples of a modality, half of each polarity; the paper's 10,000 by default, `none` for all. */
  readonly cap?: number | "none";
  /** Draws samples as frequent as their polarities are; no by default. See `classesAlike` of `fit`. */
  readonly unbalanced?: boolean;
  /** Told of each file that can't be read, which is then left out; by default the first is thrown. */
  readonly onFailure?: (failure: Failure) => void;
}

/** How a table is read. */
export interface ReadTableOptions extends ReadOptions {
  /**
   * What labels stand for that are neither 0 and 1 nor in `valence`: the name of one of
   * `datasets.numberings`, or a map such as `{ "4": "positive", "5": "joy" }`.
   */
  readonly labels?: datasets.LabelMap;
  /**
   * What becomes of rows with several labels, as in `joy, love`: `agree` takes the first if all are of
   * one class, `first` takes it in any case, `none` leaves such rows out; by default `agree`, or what
   * the set's usual reading does.
   */
  readonly several?: datasets.Several;
  /** A folder from which the paths of the table may lead too, beside its own. */
  readonly from?: string;
  /** Where the parts of videos are kept between runs, `.cache` by default. */
  readonly cache?: string;
  /**
   * What is learnt: `polarity`, `classes` (each label is one), `score`, or
   * `{ kind: "score", low, high }`; by default what the labels look like.
   */
  readonly target?: datasets.TargetChoice;
}

const common = {
  name: checks.text,
  valence: checks.anything,
  cache: checks.text,
  onProgress: checks.callable,
};
/** The check of what is to be learnt. */
export const targetCheck: checks.Check = checks.orObject(
  checks.choice(["polarity", "classes", "score"], ", or { kind, low, high }"),
  checks.record({ kind: checks.choice(["score"]), low: checks.anything, high: checks.anything }),
);
const several = checks.choice(["agree", "first", "none"]);
const tableChecks = checks.record({
  ...common,
  from: checks.text,
  labels: checks.anything,
  target: targetCheck,
  several,
  cache: checks.text,
}, {
  optional: "all",
});
const corporaChecks = checks.record(
  {
    ...common,
    cap: dataChecks.cap,
    unbalanced: checks.flag,
    onFailure: checks.callable,
  },
  { optional: "all" },
);

/**
 * Reads `emotions/`, `faces/` and `ravdess/` in `folder`, as the README describes them: the corpora
 * of the paper, which share no samples. Of each at most `cap` samples are used, half of each polarity.
 *
 * @throws {RangeError} A folder is not there, a file can't be read, or an option is unknown.
 */
export async function readCorpora(
  folder: string,
  options: ReadCorporaOptions = {},
): Promise<Dataset> {
  corporaChecks(options, "the options of readCorpora");
  const { name = folder, valence = datasets.defaultValence, cap = defaults.data.cap } = options;
  const { cache, unbalanced = false, onFailure, onProgress } = options;
  const corpora = await openCorpora(folder, {
    ...{ valence, label: name, onFailure },
    ...onProgress && { onProgress },
    ...cache !== undefined && { hashes: hashesIn(cache, onProgress) },
  });
  const drawn = subsets(corpora, { cap, unbalanced });
  return {
    name,
    target: polarities,
    valence,
    corpora: byModality((m) => ({ ...corpora[m], samples: drawn[m] })),
  };
}

/**
 * Reads a table of samples that belong together: CSV, TSV or JSON lines with the column `label` and
 * some of `text`, `image`, `audio` and `video`, and, if it has them, `group`, `split` and `id`; or
 * a set in one of the field's {@linkcode datasets.layouts}. See {@linkcode
 * datasets.readPairedTable}; `report` says what was understood.
 *
 * @throws {RangeError} By file and line: what is missing or can't be read; or an option is unknown.
 */
export async function readTable(path: string, options: ReadTableOptions = {}): Promise<Dataset> {
  tableChecks(options, "the options of readTable");
  const { name = path, cache = ".cache", onProgress, ...meaning } = options;
  return {
    name,
    ...await datasets.readPairedTable(path, {
      ...meaning,
      openVideo: videoOpener(cache),
      ...options.cache !== undefined && { hashes: hashesIn(cache, onProgress) },
      ...onProgress && {
        onProgress: (done: number, total: number) => onProgress("reading files", done, total),
      },
    }),
  };
}

function hashesIn(cache: string, onProgress: ReadOptions["onProgress"]): datasets.FileHashes {
  return keptHashes(cache, (message) => onProgress?.(message, 0, 1));
}
