/** The features of three corpora as the model takes them: standardised, and gathered into batches. @module */

import { byModality, modalities, type Modality } from "../modality.ts";
import type { InputSizes } from "../model/mod.ts";

/** One feature of all samples: rows first, `[N, …]`. */
export interface Table {
  /** `[N, …]`. */
  readonly shape: readonly number[];
  /** In row-major order. */
  readonly data: Float32Array;
}

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
}

/** All three corpora. */
export type CorpusFeatures = Readonly<Record<Modality, ModalityFeatures>>;

/** Mean and scale by column of each table that is standardised: what inference needs again. */
export type Standardisation = {
  readonly [M in Modality]?: Readonly<
    Record<string, { readonly mean: number[]; readonly scale: number[] }>
  >;
};

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
 * Modalities that are not `present` stay as they are.
 */
export function standardiseFeatures(
  features: CorpusFeatures,
  train: Readonly<Record<Modality, readonly number[]>>,
  { present = modalities }: { present?: readonly Modality[] } = {},
): { features: CorpusFeatures; standardisation: Standardisation } {
  const scaled: Partial<Record<Modality, ModalityFeatures>> = {};
  const statistics: Partial<Record<Modality, Record<string, { mean: number[]; scale: number[] }>>> =
    {};
  for (const m of present) {
    const tables = { ...features[m].tables };
    statistics[m] = {};
    for (const [name, extent] of Object.entries(standardised[m])) {
      const table = tables[name];
      if (table === undefined) continue;
      const valid = validity(table, extent === undefined ? undefined : tables[extent]);
      const moments = columnMoments(table, valid, train[m]);
      statistics[m][name] = moments;
      tables[name] = applyMoments(table, valid, moments);
    }
    scaled[m] = { ...features[m], tables };
  }
  return { features: { ...features, ...scaled }, standardisation: statistics };
}

// Says of row i whether step t is data: by a mask [N, T], or a count of steps [N]; without, all are.
function validity(
  table: Table,
  extent: Table | undefined,
): (row: number, step: number) => boolean {
  if (!extent) return () => true;
  const steps = table.shape[1]!;
  if (extent.shape.length === 1) return (row, step) => step < extent.data[row]!;
  return (row, step) => extent.data[row * steps + step]! > 0;
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
    const extent = standardised[modality][name];
    const table = tables[name]!;
    return [
      name,
      applyMoments(table, validity(table, extent === undefined ? undefined : tables[extent]), own),
    ];
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

// What a step (a segment, a frame) holds is its columns, whatever their axes.
function stepsOf(shape: readonly number[]): { rows: number; steps: number; columns: number } {
  const [rows, steps, ...rest] = shape as [number, number, ...number[]];
  return { rows, steps, columns: rest.reduce((a, b) => a * b, 1) };
}

function columnMoments(
  { shape, data }: Table,
  valid: (row: number, step: number) => boolean,
  rows: readonly number[],
): { mean: number[]; scale: number[] } {
  const { steps, columns } = stepsOf(shape);
  // Sums of differences from the first row: a column that never changes then has a deviation of
  // exactly 0, which squares of a large number lose to rounding.
  let origin: Float32Array | undefined;
  const sum = new Float64Array(columns), squares = new Float64Array(columns);
  let count = 0;
  for (const row of rows) {
    for (let step = 0; step < steps; step++) {
      if (!valid(row, step)) continue;
      count++;
      const at = (row * steps + step) * columns;
      origin ??= data.subarray(at, at + columns);
      for (let c = 0; c < columns; c++) {
        const x = data[at + c]! - origin[c]!;
        sum[c]! += x;
        squares[c]! += x * x;
      }
    }
  }
  // Of a modality that no sample has, every mean is 0.
  const some = Math.max(1, count);
  const mean = Array.from(sum, (s, c) => (origin?.[c] ?? 0) + s / some);
  const scale = Array.from(squares, (s, c) => {
    const deviation = Math.sqrt(Math.max(0, s / some - (sum[c]! / some) ** 2));
    // A column that never changes says nothing.
    return deviation > 1e-6 ? 1 / deviation : 0;
  });
  return { mean, scale };
}

function applyMoments(
  { shape, data }: Table,
  valid: (row: number, step: number) => boolean,
  { mean, scale }: { mean: number[]; scale: number[] },
): Table {
  const { rows, steps, columns } = stepsOf(shape);
  const result = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let step = 0; step < steps; step++) {
      if (!valid(row, step)) continue;
      const at = (row * steps + step) * columns;
      for (let c = 0; c < columns; c++) {
        const z = (data[at + c]! - mean[c]!) * scale[c]!;
        result[at + c] = z > limit ? limit : z < -limit ? -limit : z;
      }
    }
  }
  return { shape, data: result };
}

/** The rows of a table at `indices`, one after another. */
export function gather({ shape, data }: Table, indices: ArrayLike<number>): Float32Array {
  const size = shape.slice(1).reduce((a, b) => a * b, 1);
  const rows = new Float32Array(indices.length * size);
  for (let i = 0; i < indices.length; i++) {
    rows.set(data.subarray(indices[i]! * size, (indices[i]! + 1) * size), i * size);
  }
  return rows;
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
