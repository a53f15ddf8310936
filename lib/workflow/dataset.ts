/** The first step: samples read from disk, and which of them belong together. @module */

import * as checks from "../checks.ts";
import { defaultValence, type Pair, readPairedCsv, type ValenceMap } from "../datasets/mod.ts";
import { byModality } from "../modality.ts";
import { type Corpora, type Failure, openCorpora, subsets } from "../study/corpora.ts";
import { defaults } from "../study/settings.ts";

/** What was read: samples by modality, and the rows that they belong to. */
export interface Dataset {
  /** For captions. */
  readonly name: string;
  /** By modality; of one that the data lack, without samples. */
  readonly corpora: Corpora;
  /** Of a table, what belongs together; corpora of their own have none. */
  readonly pairs?: readonly Pair[];
  /** What each emotion counts as. */
  readonly valence: ValenceMap;
}

/** How data are read. */
export interface ReadOptions {
  /** For captions; the path by default. */
  readonly name?: string;
  /** What each emotion counts as; {@linkcode defaultValence} by default. */
  readonly valence?: ValenceMap;
  /** Told how far reading is. */
  readonly onProgress?: (step: string, done: number, total: number) => void;
}

/** How folders of corpora are read. */
export interface ReadCorporaOptions extends ReadOptions {
  /** Most samples of a modality, half of each polarity; the paper's 10,000 by default. */
  readonly cap?: number;
  /** Told of each file that can't be read, which is then left out; by default the first is thrown. */
  readonly onFailure?: (failure: Failure) => void;
}

const common = { name: checks.text, valence: checks.anything, onProgress: checks.callable };
const tableChecks = checks.record(common, { optional: "all" });
const corporaChecks = checks.record(
  { ...common, cap: checks.whole(2), onFailure: checks.callable },
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
  const { name = folder, valence = defaultValence, cap = defaults.data.cap, ...told } = options;
  const corpora = await openCorpora(folder, { valence, label: name, ...told });
  const drawn = subsets(corpora, cap);
  return { name, valence, corpora: byModality((m) => ({ ...corpora[m], samples: drawn[m] })) };
}

/**
 * Reads a table of samples that belong together: a CSV file with the columns `text`, `image`,
 * `audio`, `label` and, if it has it, `group`. See {@linkcode readPairedCsv}.
 *
 * @throws {RangeError} By file and line: what is missing or can't be read; or an option is unknown.
 */
export async function readTable(path: string, options: ReadOptions = {}): Promise<Dataset> {
  tableChecks(options, "the options of readTable");
  const { name = path, valence = defaultValence, onProgress } = options;
  onProgress?.("reading rows and their files", 0, 1);
  const { corpora, pairs } = await readPairedCsv(path, { valence });
  return { name, valence, corpora, pairs };
}
