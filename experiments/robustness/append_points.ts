/** Which noise is tried, and noisy samples as rows behind the clean ones. @module */

import {
  babbleCorruption,
  type Corruption,
  type Corruptions,
  corruptions,
} from "../../lib/corruptions/mod.ts";
import { byModality, type Modality } from "../../lib/modality.ts";
import type { EncoderInput } from "../../lib/encoders/mod.ts";
import type { CorpusFeatures, Table } from "../../lib/systems/features.ts";
import type { Samples } from "../../lib/study/splits.ts";

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
      labels: allSamples[m].map(({ label }) => label),
      emotions: allSamples[m].map(({ emotion }) => emotion),
    })),
  };
}

export function mapTables(
  tables: Readonly<Record<string, Table>>,
  of: (table: Table, name: string) => Table,
): Record<string, Table> {
  return Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, of(table, name)]));
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
