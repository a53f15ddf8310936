/** The features of three corpora as the model takes them: standardised, and gathered into batches. @module */

import { byModality, modalities, type Modality } from "../modality.ts";
import type { InputSizes } from "../model/mod.ts";
import {
  applyMoments,
  columnMoments,
  type Moments,
  scaledRows,
  type Valid,
  validity,
} from "./column_moments.ts";
import { gather, type Table } from "./table.ts";

export type { Moments, Valid } from "./column_moments.ts";
export { eachRow, gather, type RowReader, type Table, tableOfRows } from "./table.ts";

/** The tables of one corpus by the name that the model gives them, and the samples' labels. */
export interface ModalityFeatures {
  /** By the name of the model's input. */
  readonly tables: Readonly<Record<string, Table>>;
  /** `[N]`, 1 for positive. */
  readonly labels: ArrayLike<number>;
  /** What each sample counts in training, 0 or more, where the set says so; one a label. */
  readonly weights?: ArrayLike<number>;
  /** The samples' emotions as their corpus names them, one a label. */
  readonly emotions?: readonly string[];
  /** The samples' texts as their corpus has them, one a label: for systems that read words themselves. */
  readonly texts?: readonly string[];
  /** The samples' groups, no one of which is in two parts, one a label: what folds keep whole. */
  readonly groups?: readonly string[];
}

/** All three corpora. */
export type CorpusFeatures = Readonly<Record<Modality, ModalityFeatures>>;

/** Mean and scale by column of each table that is standardised: what inference needs again. */
export type Standardisation = { readonly [M in Modality]?: Readonly<Record<string, Moments>> };

// Which tables are standardised where there are such, and the table that says how many of their rows
// (segments, frames) count; of one vector per sample, and of parts that all exist, there is no padding.
const standardised: Record<Modality, Record<string, string | undefined>> = {
  text: { states: "mask", clip: undefined },
  image: { states: "mask", clip: undefined },
  audio: {
    states: "mask",
    logMel: "frames",
    speech: "speechFrames",
    speechProsody: undefined,
    speechSummary: undefined,
    prosody: "mask",
    clip: undefined,
  },
};

// A frozen encoder's rare extremes would dominate a batch: beyond six deviations all are alike.
const limit = 6;

/**
 * The sizes of `ModelConfig.inputs`, read off the tables `states` and, if they are there, `logMel`
 * and `prosody`.
 */
export function inputSizes({ text, image, audio }: CorpusFeatures): InputSizes {
  const shape = (features: ModalityFeatures, name: string) => features.tables[name]!.shape;
  const [, frames, bands] = audio.tables.logMel?.shape ?? [];
  const [, segments, ...state] = shape(audio, "states") as [number, number, ...number[]];
  return {
    text: { segments: shape(text, "states")[1]!, width: shape(text, "states")[2]! },
    image: { segments: shape(image, "states")[1]!, width: shape(image, "states")[2]! },
    audio: {
      segments,
      width: state.at(-1)!,
      ...(state.length > 1 ? { layers: state[0]! } : {}),
      ...frames !== undefined && {
        frames,
        bands: bands!,
        prosody: shape(audio, "prosody")[2]!,
      },
    },
  };
}

/**
 * Standardises each column (a unit of an encoder, of each layer if there are
 * several, a mel band, a prosody value) by its mean and deviation over the training samples' segments:
 *
 *     z = clip((x - mean) / deviation, -6, 6)
 *
 * Padding takes no part in the statistics and is 0 afterwards. `train` holds
 * the indices of the training samples; no other sample is looked at.
 * Modalities that are not `present` stay as they are. A table is standardised once it is read: a
 * spectrogram takes more memory than all else, and most systems do without it. One whose rows are read
 * as they are asked for gives standardised rows, and there is no second table.
 */
export function standardiseFeatures(
  features: CorpusFeatures,
  train: Readonly<Record<Modality, readonly number[]>>,
  { present = modalities }: { present?: readonly Modality[] } = {},
): { features: CorpusFeatures; standardisation: Standardisation } {
  const scaled: Partial<Record<Modality, ModalityFeatures>> = {};
  const statistics: Partial<Record<Modality, Record<string, Moments>>> = {};
  for (const m of present) {
    const tables = { ...features[m].tables };
    statistics[m] = {};
    for (const name of Object.keys(standardised[m])) {
      const table = tables[name];
      if (table === undefined) continue;
      const valid = stepsThere(tables, m, name);
      const moments = columnMoments(table, valid, train[m]);
      statistics[m][name] = moments;
      tables[name] = whenRead(table, valid, moments);
    }
    scaled[m] = { ...features[m], tables };
  }
  return { features: { ...features, ...scaled }, standardisation: statistics };
}

/** A table whose numbers are standardised at the first look at them, or row by row if they are so read. */
function whenRead(table: Table, valid: Valid, moments: Moments): Table {
  let made: Float32Array | undefined;
  const { shape, rows } = table, scaling = { ...moments, limit };
  return {
    shape,
    ...rows && { rows: scaledRows(rows, valid, scaling) },
    get data() {
      return made ??= applyMoments(table, valid, scaling).data;
    },
  };
}

/** Which steps of a table, by its name, are data. */
export function stepsThere(
  tables: Readonly<Record<string, Table>>,
  modality: Modality,
  name: string,
): Valid {
  const extent = standardised[modality][name];
  return validity(tables[name]!, extent === undefined ? undefined : tables[extent]);
}

/**
 * The tables of one modality, standardised by moments that {@linkcode standardiseFeatures} took
 * before, of other samples. Moments of tables that these samples lack are passed over.
 */
export function applyStandardisation(
  modality: Modality,
  tables: Readonly<Record<string, Table>>,
  moments: Standardisation[Modality] = {},
): Record<string, Table> {
  const scaled = Object.entries(moments).filter(([name]) => tables[name]).map(([name, own]) => {
    const valid = stepsThere(tables, modality, name);
    return [name, whenRead(tables[name]!, valid, own)];
  });
  return { ...tables, ...Object.fromEntries(scaled) };
}

/** {@linkcode applyStandardisation} of all modalities that have moments. */
export function standardiseLike(
  features: CorpusFeatures,
  standardisation: Standardisation,
): CorpusFeatures {
  return byModality((m) => ({
    ...features[m],
    tables: applyStandardisation(m, features[m].tables, standardisation[m]),
  }));
}

/**
 * A table by its name.
 *
 * @throws {RangeError} a table that the features do not have.
 */
export function tableOf(features: CorpusFeatures, modality: Modality, name: string): Table {
  const { tables } = features[modality];
  const table = tables[name];
  if (table) return table;
  const known = Object.keys(tables).join(", ");
  throw new RangeError(`Cannot read ${modality} features: expected one of ${known}, got ${name}`);
}

/** Rows of tables, by modality and table, one sample after another. */
export type GatheredInputs = Record<string, Record<string, Float32Array>>;

/**
 * The given rows of the tables that `named` names, by modality.
 *
 * @throws {RangeError} a table that the features do not have.
 */
export function gatherInputs(
  features: CorpusFeatures,
  named: { readonly [modality: string]: { readonly [table: string]: unknown } },
  rows: { readonly [M in Modality]?: ArrayLike<number> },
): GatheredInputs {
  return Object.fromEntries(
    modalities.filter((m) => named[m]).map((m) => {
      const tables = Object.keys(named[m]!).map((name) => [
        name,
        gather(tableOf(features, m, name), rows[m]!),
      ]);
      return [m, Object.fromEntries(tables)];
    }),
  );
}
