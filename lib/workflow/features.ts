/** The first and second step in one, where others have extracted the features. @module */

import * as checks from "../checks.ts";
import { defaultValence, type FeatureReport, type TargetChoice } from "../datasets/mod.ts";
import { byModality } from "../modality.ts";
import { readGivenFeatures } from "../study/given_features.ts";
import { recordGiven } from "../study/row_features.ts";
import type { EncodedDataset } from "./encode.ts";
import { targetCheck } from "./dataset.ts";

/** How a feature file is read. */
export interface ReadFeaturesOptions {
  /**
   * What is learnt: `score`, `classes`, `polarity` (of scores their sign, without those of 0), or
   * `{ kind: "score", low, high }`; by default the scores, if the file has such, else the classes.
   */
  readonly target?: TargetChoice;
  /** Segments that the steps of each sequence are averaged into, 8 by default. */
  readonly segments?: number;
  /** For captions; the path by default. */
  readonly name?: string;
  /** Told how far reading is. */
  readonly onProgress?: (step: string, done: number, total: number) => void;
}

/** A feature file: what `split` and `fit` take, and what the file was understood to be. */
export interface GivenDataset extends EncodedDataset {
  /** `datasets.printFeatureReport` prints it. */
  readonly featureReport: FeatureReport;
}

const optionChecks = checks.record({
  name: checks.text,
  target: targetCheck,
  segments: checks.whole(1),
  onProgress: checks.callable,
}, { optional: "all" });

/**
 * Reads features that others have extracted: a pickle of MMSA or MMSA-FET, as `datasets.readMmsa`
 * describes it, of which nothing is run. Rows belong together, and the file's parts are used as they
 * are. What is fitted on them is asked of the file's own samples alone: there are no encoders for
 * others.
 *
 * @throws {SyntaxError} It is no pickle, or is cut off or damaged, by the byte.
 * @throws {RangeError} It asks for something to be run, and for what; by part and key, what is missing
 * or of another shape; or an option is unknown.
 */
export async function readFeatures(
  path: string,
  options: ReadFeaturesOptions = {},
): Promise<GivenDataset> {
  optionChecks(options, "the options of readFeatures");
  const { name = path, onProgress, ...settings } = options;
  const { corpora, features, numbersFrom, report, ...set } = await readGivenFeatures(path, {
    ...settings,
    ...onProgress && {
      onProgress: (m, done, total) => onProgress(`reading features of ${m}`, done, total),
    },
  });
  const samples = byModality((m) => corpora[m].samples);
  return {
    ...set,
    ...{ name, corpora, samples, features, valence: defaultValence, cache: ".cache" },
    encoders: recordGiven(samples, { features, numbersFrom }),
    featureReport: report,
  };
}
