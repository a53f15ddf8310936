/** Labelled rows that a saved model is asked of, and what it reads of them. @module */

import * as datasets from "../datasets/mod.ts";
import type { Extent } from "../encoders/mod.ts";
import { videoOpener } from "../encoders/video_opener.ts";
import * as inference from "../inference/mod.ts";
import { modalities, type Modality } from "../modality.ts";
import { gather } from "../systems/features.ts";
import { polarities } from "../target.ts";
import { keptHashes, tellExtents } from "./corpora.ts";
import { readGivenFeatures } from "./given_features.ts";

/** What {@linkcode readSavedRows} is told. */
export interface SavedRowsOptions {
  /** The folder of the model. */
  readonly model: string;
  /** The table, or of a model that was given its features a file of such. */
  readonly data: string;
  /** A folder from which paths of a table may lead too, beside its own. */
  readonly from?: string | undefined;
  /** What labels of a table count as; by default as those that the model was trained on. */
  readonly labels?: datasets.LabelMap | undefined;
  /** What becomes of rows with several labels. */
  readonly several?: datasets.TableOptions["several"];
  /** Where encoders are. */
  readonly cache: string;
  /** Told what the table was understood to be. */
  readonly onReport?: (report: datasets.TableReport) => void;
  /** Likewise what a feature file was. */
  readonly onFeatureReport?: (report: datasets.FeatureReport) => void;
  readonly onProgress?: (step: string, done?: number, total?: number) => void;
}

/** Rows with labels of the model's target. */
export interface SavedRows extends datasets.PairedCorpora {
  /** What names the groups; null where nothing does. */
  readonly groupedBy: string | null;
  /** What the model reads of some of `pairs`. */
  encode(pairs: readonly datasets.Pair[]): Promise<inference.SampleFeatures[]>;
}

/**
 * Reads the rows, by the encoders of the model, or the features of a file as the model was given some.
 *
 * @throws {RangeError} What `readPairedTable` or `readMmsa` refuses; the model was given its features
 * and the data are none, or the other way round; the features are of another width.
 */
export async function readSavedRows(
  description: inference.ModelDescription,
  options: SavedRowsOptions,
): Promise<SavedRows> {
  const isGiven = description.encoders.choice === "given";
  if (isGiven !== datasets.isFeatureFile(options.data)) {
    const [wanted, got] = isGiven ? ["features (.pkl)", "samples"] : ["samples", "features"];
    throw new RangeError(
      `Cannot evaluate on "${options.data}": expected ${wanted}, as the model was trained on, got ${got}`,
    );
  }
  return await (isGiven ? readFeatureFile : readTable)(description, options);
}

async function readTable(
  { data: { valence }, encoders: records, model: { target = polarities } }:
    inference.ModelDescription,
  { model: folder, data, from, labels, several, cache, onReport, onProgress = () => {} }:
    SavedRowsOptions,
): Promise<SavedRows> {
  onProgress("reading the table");
  const { corpora, pairs, report } = await datasets.readPairedTable(data, {
    ...{ from, valence, target, labels, several, openVideo: videoOpener(cache) },
    hashes: keptHashes(cache, onProgress),
    onProgress: (done, total) => onProgress("reading files", done, total),
  });
  onReport?.(report);
  return {
    ...{ corpora, pairs, groupedBy: report.groups.by },
    async encode(asked) {
      const encoders = inference.openInputEncoders(records, { cache, folder });
      try {
        const features: inference.SampleFeatures[] = [];
        const extents: Record<Modality, Extent[]> = { text: [], image: [], audio: [] };
        for (let at = 0; at < asked.length; at += batch) {
          const some = asked.slice(at, at + batch).map((pair) => samplesOf(corpora, pair));
          const read = await encoders.readAll(some.map(inputOf), (i) => some[i]![0]!.id);
          for (const { features: own, extents: taken } of read) {
            features.push(own);
            for (const m of modalities) if (taken[m]) extents[m].push(taken[m]);
          }
          onProgress("encoding rows", features.length, asked.length);
        }
        tellExtents(extents, onProgress);
        return features;
      } finally {
        await encoders.dispose();
      }
    },
  };
}

const batch = 32;

/** The samples of a row. */
export function samplesOf(
  corpora: datasets.PairedCorpora["corpora"],
  pair: datasets.Pair,
): datasets.Sample[] {
  return datasets.shownBy(pair).map((m) => corpora[m].samples[pair[m]!]!);
}

function inputOf(samples: readonly datasets.Sample[]): inference.SampleInput {
  return Object.fromEntries(
    samples.map(({ modality, source }) => [modality, "text" in source ? source.text : source.path]),
  );
}

async function readFeatureFile(
  { encoders, model: { inputs, target = polarities } }: inference.ModelDescription,
  { data, onFeatureReport, onProgress = () => {} }: SavedRowsOptions,
): Promise<SavedRows> {
  const { corpora, pairs, features, report } = await readGivenFeatures(data, {
    ...{ target, segments: encoders.text.segments },
    onProgress: (m, done, total) => onProgress(`reading features of ${m}`, done, total),
  });
  onFeatureReport?.(report);
  for (const m of modalities) {
    const width = features[m].tables.states!.shape[2]!;
    if (corpora[m].samples.length === 0 || width === inputs[m].width) continue;
    throw new RangeError(
      `Cannot evaluate on "${data}": expected ${inputs[m].width} numbers a step of ${m}, as the ` +
        `model was trained on, got ${width}`,
    );
  }
  const tablesOf = (pair: datasets.Pair) =>
    Object.fromEntries(
      datasets.shownBy(pair).map((m) => [
        m,
        Object.fromEntries(
          Object.entries(features[m].tables).map(([name, table]) => [
            name,
            gather(table, [pair[m]!]),
          ]),
        ),
      ]),
    );
  return {
    ...{ corpora, pairs, groupedBy: "video" },
    encode: (asked) => Promise.resolve(asked.map(tablesOf)),
  };
}
