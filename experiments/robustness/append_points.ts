/** Which noise is tried, and noisy samples as rows behind the clean ones. @module */

import {
  babbleCorruption,
  type Corruption,
  type Corruptions,
  corruptions,
  trainedKinds,
} from "../../lib/corruptions/mod.ts";
import { byModality, type Modality } from "../../lib/modality.ts";
import { appendRows } from "../../lib/study/append_rows.ts";
import type { EncoderInput } from "../../lib/encoders/mod.ts";
import type { CorpusFeatures, Table } from "../../lib/systems/features.ts";
import type { Samples } from "../../lib/study/splits.ts";

// Those that training meets, and some that it does not. Of the others of the held-out kinds, salt and
// pepper is like pixel noise and pink noise like white, so that they would hold out little.
const heldOut: Readonly<Record<Modality, readonly string[]>> = {
  text: ["swapped words"],
  image: ["compression", "low contrast"],
  audio: ["clipping"],
};
const chosen = byModality((m) => [...trainedKinds[m], ...heldOut[m]]);

/** Says whether systems that train on noise meet this kind. */
export function isTrained(modality: Modality, corruption: string): boolean {
  return trainedKinds[modality].includes(corruption);
}

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
  const { firsts, ...appended } = appendRows(
    { samples, features },
    points.map(({ modality, rows, tables, corruption, level }) => ({
      ...{ modality, rows, tables },
      note: `${corruption.name} ${level}`,
    })),
  );
  const noisy = points.map(({ rows, tables: _, ...point }, at): NoisyRows => ({
    ...point,
    rowOf: new Map(rows.map((row, i) => [row, firsts[at]! + i])),
  }));
  return { noisy, ...appended };
}
