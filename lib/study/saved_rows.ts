/** Labelled rows that a saved model is asked of, and what it reads of them. @module */

import * as datasets from "../datasets/mod.ts";
import type { Extent } from "../encoders/mod.ts";
import * as inference from "../inference/mod.ts";
import { modalities, type Modality } from "../modality.ts";
import { onlyOf } from "../datasets/paired.ts";
import { withContext } from "../systems/context.ts";
import { gather } from "../systems/features.ts";
import { polarities } from "../target.ts";
import { tellExtents } from "./corpora.ts";
import type { GivenTables } from "./row_features.ts";
import { readRows, type RowMeaning, type RowReports } from "./read_rows.ts";

/** What {@linkcode readSavedRows} is told. */
export interface SavedRowsOptions
  extends RowReports, Pick<RowMeaning, "from" | "labels" | "several"> {
  /** The folder of the model. */
  readonly model: string;
  /** The table, or of a model that was given its features a file of such. */
  readonly data: string;
  /** Where encoders are. */
  readonly cache: string;
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
  const isGiven = inference.givenModalities(description.encoders).length > 0;
  if (isGiven !== await datasets.holdsFeatures(options.data)) {
    const [wanted, got] = isGiven ? ["features (.pkl)", "samples"] : ["samples", "features"];
    throw new RangeError(
      `Cannot evaluate on "${options.data}": expected ${wanted}, as the model was trained on, got ${got}`,
    );
  }
  const { data, from, labels, several, cache, onReport, onFeatureReport } = options;
  const { onProgress = () => {} } = options;
  const { data: { valence }, encoders: { text: { segments } }, model } = description;
  const { features, ...rows } = await readRows(data, {
    ...{ from, valence, target: model.target ?? polarities, labels, several, segments, cache },
    ...{ onReport, onFeatureReport, onProgress },
  });
  const { encoders: { bySpeaker } } = description;
  if (bySpeaker && rows.corpora.audio.samples.length > 0) inference.recordBySpeaker(rows.groupedBy);
  const { encoders: { context = 0 } } = description;
  const encodeRows = encoderOf(features, { rows, description, options });
  if (context === 0) return { ...rows, encode: encodeRows };
  const neighbours = datasets.neighboursOf({ pairs: rows.pairs, order: rows.order }, context);
  return {
    ...rows,
    async encode(asked) {
      const all = await encodeRows(rows.pairs);
      const tables = tablesOf(all, { rows, context, model });
      const inContext = withContext(tables, { pairs: rows.pairs, neighbours });
      return asked.map((pair) => at(inContext, pair));
    },
  };
}

interface Asked {
  readonly rows: datasets.PairedCorpora;
  readonly description: inference.ModelDescription;
  readonly options: SavedRowsOptions;
}

/** What encodes rows, of which some modalities may be given. */
function encoderOf(features: GivenTables | undefined, asked: Asked): SavedRows["encode"] {
  const { rows, description, options: { data } } = asked;
  if (features === undefined) return (pairs) => encode(pairs, asked);
  assertGivenAlike(features, { rows, data, description });
  const given = modalities.filter((m) => features[m]);
  const others = modalities.filter((m) => !given.includes(m));
  return async (pairs) => {
    const own = pairs.map((pair) => at(features, onlyOf(pair, given)));
    const toEncode = pairs.map((pair) => onlyOf(pair, others));
    if (toEncode.every((pair) => datasets.shownBy(pair).length === 0)) return own;
    const encoded = await encode(toEncode, asked);
    return encoded.map((features, i) => ({ ...features, ...own[i]! }));
  };
}

/** The states of rows as tables, a row a sample. */
function tablesOf(
  all: readonly inference.SampleFeatures[],
  { rows: { corpora, pairs }, context, model: { inputs } }: {
    readonly rows: datasets.PairedCorpora;
    readonly context: number;
    readonly model: inference.ModelDescription["model"];
  },
): GivenTables {
  const there = modalities.filter((m) => all.some((features) => features[m] !== undefined));
  return Object.fromEntries(there.map((m) => {
    const { [m]: { samples } } = corpora;
    const segments = inputs[m].segments - 2 * context;
    const tableOf = (name: "states" | "mask") => {
      const size = all.find((features) => features[m])![m]![name]!.length;
      const data = new Float32Array(samples.length * size);
      pairs.forEach((pair, row) => {
        if (pair[m] !== undefined) data.set(all[row]![m]![name]!, pair[m] * size);
      });
      const rest = name === "mask" ? [] : [size / segments];
      return { shape: [samples.length, segments, ...rest], data };
    };
    const labels = samples.map(({ label }) => label);
    return [m, { tables: { states: tableOf("states"), mask: tableOf("mask") }, labels }];
  }));
}

const atOnce = 32;

async function encode(
  asked: readonly datasets.Pair[],
  { rows: { corpora }, description, options: { model: folder, cache, onProgress = () => {} } }:
    Asked,
): Promise<inference.SampleFeatures[]> {
  const { context: _, ...records } = description.encoders;
  const encoders = inference.openInputEncoders(records, { cache, folder });
  try {
    const features: inference.SampleFeatures[] = [];
    const extents: Record<Modality, Extent[]> = { text: [], image: [], audio: [] };
    // By speaker, all of their clips have to be heard before any is judged.
    const spoken = description.encoders.bySpeaker !== undefined;
    const batch = spoken ? Math.max(1, asked.length) : atOnce;
    for (let from = 0; from < asked.length; from += batch) {
      const some = asked.slice(from, from + batch).map((pair) => samplesOf(corpora, pair));
      const read = await encoders.readAll(some.map(inputOf), {
        nameOf: (i) => some[i]![0]!.id,
        ...spoken && { spoken: { speakers: some.map(speakerAmong) } },
      });
      for (const { features: ofRow, extents: taken } of read) {
        features.push(ofRow);
        for (const m of modalities) if (taken[m]) extents[m].push(taken[m]);
      }
      onProgress("encoding rows", features.length, asked.length);
    }
    tellExtents(extents, onProgress);
    return features;
  } finally {
    await encoders.dispose();
  }
}

/** The samples of a row. */
export function samplesOf(
  corpora: datasets.PairedCorpora["corpora"],
  pair: datasets.Pair,
): datasets.Sample[] {
  return datasets.shownBy(pair).map((m) => corpora[m].samples[pair[m]!]!);
}

function speakerAmong(samples: readonly datasets.Sample[]): string | undefined {
  const clip = samples.find(({ modality }) => modality === "audio");
  return clip && datasets.speakerOf(clip);
}

function inputOf(samples: readonly datasets.Sample[]): inference.SampleInput {
  return Object.fromEntries(
    samples.map(({ modality, source }) => [modality, "text" in source ? source.text : source.path]),
  );
}

function assertGivenAlike(
  features: GivenTables,
  { rows: { corpora }, data, description }: {
    readonly rows: datasets.PairedCorpora;
    readonly data: string;
    readonly description: inference.ModelDescription;
  },
): void {
  const { inputs } = description.model;
  const given = inference.givenModalities(description.encoders);
  for (const m of inference.learntModalities(description)) {
    if (corpora[m].samples.length === 0) continue;
    const own = features[m];
    if ((own !== undefined) !== given.includes(m)) {
      const [wanted, got] = own ? [`${m} to encode`, "features"] : [`features of ${m}`, "samples"];
      throw new RangeError(
        `Cannot evaluate on "${data}": expected ${wanted}, as the model was trained on, got ${got}`,
      );
    }
    const width = own && own.tables.states!.shape[2];
    if (width === undefined || width === inputs[m].width) continue;
    throw new RangeError(
      `Cannot evaluate on "${data}": expected ${inputs[m].width} numbers a step of ${m}, as the ` +
        `model was trained on, got ${width}`,
    );
  }
}

/** The features of a row. */
function at(features: GivenTables, pair: datasets.Pair): inference.SampleFeatures {
  const tablesOf = (m: Modality) =>
    Object.entries(features[m]!.tables).map(([name, table]) => [name, gather(table, [pair[m]!])]);
  return Object.fromEntries(
    datasets.shownBy(pair).map((m) => [m, Object.fromEntries(tablesOf(m))]),
  );
}
