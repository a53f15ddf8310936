/** Samples under noise: corrupted before they are encoded, and added as rows after the clean ones. @module */

import {
  babbleCorruption,
  type Corruption,
  type Corruptions,
  corruptions,
  corruptionTransform,
} from "../../lib/corruptions/mod.ts";
import type { Clip, EncoderInput } from "../../lib/encoders/mod.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { type CorpusFeatures, gather, type Table } from "../../lib/systems/features.ts";
import type { Samples } from "../../lib/study/splits.ts";
import { loadInput } from "../../lib/encoders/load_input.ts";
import { fold, key, permutation } from "../../lib/tensor/random.ts";
import { encodeSamples, type Transforms } from "../../lib/study/corpora.ts";
import type { Study } from "../../lib/study/study.ts";

/** One corruption at one level, for the test samples of one seed. */
export interface NoisePoint {
  readonly seed: number;
  readonly modality: Modality;
  readonly corruption: Corruption<EncoderInput>;
  readonly level: number;
  /** The clean samples, each once. */
  readonly rows: readonly number[];
}

/** A point, and where its noisy samples are. */
export interface NoisyRows extends Omit<NoisePoint, "rows"> {
  /** From a clean sample's row to that of its noisy version. */
  readonly rowOf: ReadonlyMap<number, number>;
}

/** Clean samples and, after them, noisy ones, which have the clean ones' labels and groups. */
export interface NoisyStudy {
  readonly features: CorpusFeatures;
  readonly samples: Samples;
  /** In the order of the points. */
  readonly noisy: readonly NoisyRows[];
}

/** A point and the tables of its samples, rows in the order of `rows`. */
export type EncodedPoint = NoisePoint & { readonly tables: Readonly<Record<string, Table>> };

/** Samples and features with the points' rows after them, a point after the other. */
export function appendPoints({ samples, features, points }: {
  readonly samples: Samples;
  readonly features: CorpusFeatures;
  readonly points: readonly EncodedPoint[];
}): NoisyStudy {
  const next = byModality((m) => samples[m].length);
  const noisy = points.map(({ rows, tables: _, ...point }): NoisyRows => {
    const first = next[point.modality];
    next[point.modality] += rows.length;
    return { ...point, rowOf: new Map(rows.map((row, i) => [row, first + i])) };
  });
  const pointsOf = (m: Modality) => points.filter(({ modality }) => modality === m);
  const allSamples = byModality((m) => [
    ...samples[m],
    ...pointsOf(m).flatMap(({ rows, corruption: { name }, level }) =>
      rows.map((row) => {
        const sample = samples[m][row]!;
        return { ...sample, id: `${sample.id} (${name} ${level})` };
      })
    ),
  ]);
  return {
    noisy,
    samples: allSamples,
    features: byModality((m) => ({
      tables: mapTables(
        features[m].tables,
        (table, name) => joinTables([table, ...pointsOf(m).map(({ tables }) => tables[name]!)]),
      ),
      labels: allSamples[m].map(({ polarity }) => polarity),
      emotions: allSamples[m].map(({ emotion }) => emotion),
    })),
  };
}

function mapTables(
  tables: Readonly<Record<string, Table>>,
  of: (table: Table, name: string) => Table,
): Record<string, Table> {
  return Object.fromEntries(
    Object.entries(tables).map(([name, table]) => [name, of(table, name)]),
  );
}

function joinTables(tables: readonly Table[]): Table {
  const data = new Float32Array(tables.reduce((sum, table) => sum + table.data.length, 0));
  let at = 0;
  for (const table of tables) {
    data.set(table.data, at);
    at += table.data.length;
  }
  const rows = tables.reduce((sum, { shape }) => sum + shape[0]!, 0);
  return { shape: [rows, ...tables[0]!.shape.slice(1)], data };
}

// One of each kind. Among those left out, salt and pepper is like pixel noise, pink noise like white.
const chosen: Readonly<Record<Modality, readonly string[]>> = {
  text: ["typos", "dropped words", "swapped words"],
  image: ["blur", "compression", "pixel noise", "occlusion"],
  audio: ["white noise", "reverberation"],
};

/** The corruptions that the experiment goes through, babble of `voices` among them. */
export function chosenCorruptions(voices: readonly Float32Array[]): Corruptions {
  const named = <C extends { readonly name: string }>(m: Modality, all: readonly C[]) =>
    all.filter(({ name }) => chosen[m].includes(name));
  const { text, image, audio } = corruptions;
  return {
    text: named("text", text),
    image: named("image", image),
    audio: [...named("audio", audio), babbleCorruption(voices)],
  };
}

/** The first noisy level, the last, and what is evenly between: `count` in all, or one, the last. */
export function thinLevels(levels: readonly number[], count: number): number[] {
  const noisy = levels.slice(1);
  if (count >= noisy.length) return noisy;
  const step = count > 1 ? (noisy.length - 1) / (count - 1) : 0;
  return Array.from({ length: count }, (_, i) => noisy[noisy.length - 1 - Math.floor(step * i)]!)
    .reverse();
}

const babbleVoices = 20;

/** Clips of the training part to make babble of: nobody who is judged speaks in it. */
export async function trainingVoices(
  { audio }: Samples,
  { seed, train }: { readonly seed: number; readonly train: readonly number[] },
): Promise<Float32Array[]> {
  const order = permutation(fold(key(seed), "babble"), train.length).slice(0, babbleVoices);
  const clips = await Promise.all(order.map((i) => loadInput(audio[train[i]!]!)));
  return clips.map((clip) => (clip as Clip).samples);
}

// A sample meets the same noise under every seed, so that it is encoded once.
const noiseSeed = 1;

/** Encodes the samples of all points, or finds them in the store, and adds them as rows. */
export async function addNoisySamples(
  { samples, features, encoders, store, options }: Pick<
    Study,
    "samples" | "features" | "encoders" | "store" | "options"
  >,
  points: readonly NoisePoint[],
): Promise<NoisyStudy> {
  const clean = ofEncoders(features);
  const encoded: EncodedPoint[] = [];
  for (const [i, point] of points.entries()) {
    const { modality: m, corruption, level, rows } = point;
    const { features: noisy } = await encodeSamples(samples, {
      encoders,
      store,
      transforms: {
        [m]: corruptionTransform(corruption, { level, seed: noiseSeed }),
      } as Transforms,
      indices: { [m]: rows },
      clean,
      onProgress: () => options.onProgress(`encoding ${m}, ${corruption.name}`, i, points.length),
    });
    const tables = mapTables(noisy[m].tables, (table) => ({
      shape: [rows.length, ...table.shape.slice(1)],
      data: gather(table, rows),
    }));
    encoded.push({ ...point, tables });
  }
  return appendPoints({ samples, features: clean, points: encoded });
}

// Texts and CLIP's vectors stay behind: nobody who is asked here reads words or CLIP.
function ofEncoders(features: CorpusFeatures): CorpusFeatures {
  return byModality((m) => {
    const { tables: { clip: _, ...tables }, labels } = features[m];
    return { tables, labels };
  });
}

/** The points of a seed: every chosen corruption at `levels` levels, of the first `count` triples. */
export function noisePoints(
  { seed, rows, voices }: {
    readonly seed: number;
    /** Of the test triples. */
    readonly rows: Readonly<Record<Modality, readonly number[]>>;
    readonly voices: readonly Float32Array[];
  },
  { count, levels }: { readonly count: number; readonly levels: number },
): NoisePoint[] {
  const all: Record<Modality, readonly Corruption<EncoderInput>[]> = chosenCorruptions(voices);
  return modalities.flatMap((modality) => {
    const own = [...new Set(rows[modality].slice(0, count))];
    return all[modality].flatMap((corruption) =>
      thinLevels(corruption.levels, levels)
        .map((level) => ({ seed, modality, corruption, level, rows: own }))
    );
  });
}
