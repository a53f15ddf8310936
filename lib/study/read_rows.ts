/** Rows that belong together: of a table, of a set in its own layout, or of a feature file. @module */

import * as datasets from "../datasets/mod.ts";
import { videoOpener } from "../encoders/video_opener.ts";
import type { Target } from "../target.ts";
import { byModality, type Modality } from "../modality.ts";
import { keptHashes } from "./corpora.ts";
import { readGivenFeatures } from "./given_features.ts";
import { type GivenTables, givenTables } from "./row_features.ts";

/** Who is told of rows as they are read. */
export interface RowReports {
  /** Told what a table was understood to be, before anything is made of it. */
  readonly onReport?: ((report: datasets.TableReport) => void) | undefined;
  /** Likewise what a feature file was. */
  readonly onFeatureReport?: ((report: datasets.FeatureReport) => void) | undefined;
}

/** Where paths lead from, what labels stand for, what is learnt of them, and in which parts. */
export type RowMeaning = Pick<
  datasets.TableOptions,
  "from" | "valence" | "labels" | "several" | "target" | "split"
>;

/** How rows are read. */
export interface ReadRowsOptions extends RowReports, RowMeaning {
  /** Where hashes of files and the parts of videos are kept between runs. */
  readonly cache: string;
  /** Of features, as `readGivenFeatures` takes it. */
  readonly segments?: number | undefined;
  readonly onProgress: (step: string, done?: number, total?: number) => void;
}

/** Rows, and what is learnt of them. */
export interface ReadRows extends datasets.PairedCorpora {
  readonly target: Target;
  readonly valence: datasets.ValenceMap;
  /** What names the groups; null where nothing does. */
  readonly groupedBy: string | null;
  readonly report: datasets.TableReport | datasets.FeatureReport;
  /** Of modalities whose features came with the rows, these; of a feature file all three. */
  readonly features?: GivenTables;
  /** The file of each of these. */
  readonly numbersFrom?: { readonly [M in Modality]?: string };
}

/**
 * Reads what `path` is, and tells what it was understood to be.
 *
 * @throws {RangeError | SyntaxError} As `readPairedTable` or {@linkcode readGivenFeatures}.
 */
export async function readRows(path: string, options: ReadRowsOptions): Promise<ReadRows> {
  return await (datasets.isFeatureFile(path) ? readFeatureFile : readTable)(path, options);
}

async function readTable(
  path: string,
  { from, valence, labels, several, target, split, cache, onReport, onProgress }: ReadRowsOptions,
): Promise<ReadRows> {
  const rows = await datasets.readPairedTable(path, {
    ...{ ...valence && { valence }, from, labels, several, target, split },
    hashes: keptHashes(cache, onProgress),
    openVideo: videoOpener(cache),
    onProgress: (done, total) => onProgress("reading files", done, total),
  });
  onReport?.(rows.report);
  const { numbersFrom, corpora } = rows;
  const samples = byModality((m) => corpora[m].samples);
  return {
    ...rows,
    groupedBy: rows.report.groups.by,
    ...numbersFrom && { features: givenTables(samples, numbersFrom) },
  };
}

async function readFeatureFile(
  path: string,
  { target, segments, onFeatureReport, onProgress }: ReadRowsOptions,
): Promise<ReadRows> {
  const rows = await readGivenFeatures(path, {
    ...{ target, segments },
    onProgress: (m, done, total) => onProgress(`reading features of ${m}`, done, total),
  });
  onFeatureReport?.(rows.report);
  return { ...rows, valence: datasets.defaultValence, groupedBy: "video" };
}
