/** Rows of a table that lack modalities, for any target. @module */

import { type Pair, pairsAmong, pairsByShown, type ShownPairs } from "../../lib/datasets/paired.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { polarities, type Target } from "../../lib/target.ts";
import { fold, key, uniforms } from "../../lib/tensor/random.ts";

/** Three classes. */
export const moods: Target = { kind: "classes", classes: ["bad", "so so", "good"] };
/** CMU-MOSI's range. */
export const score: Target = { kind: "score", low: -3, high: 3 };
/** One target of each kind. */
export const targets: Readonly<Record<string, Target>> = {
  "two classes": polarities,
  "three classes": moods,
  "a score": score,
};

/** What rows show in turn: four ways, so that a label that changes every four rows says nothing of them. */
export const inTurn: readonly (readonly Modality[])[] = [
  ["text", "image", "audio"],
  ["text", "audio"],
  ["image"],
  ["text"],
];

const counts = { train: 80, validation: 40, test: 40 };
const words = [["awful", "sad"], ["plain", "even"], ["happy", "lovely"]];

/** How {@linkcode naturalProblem} differs from its defaults. */
export interface NaturalOptions {
  /** What row i shows. */
  readonly shows?: (row: number) => readonly Modality[];
  /** How far the label moves a feature whose noise is uniform on ±1. */
  readonly signal?: number;
}

/** 80 training, 40 validation and 40 test rows; each sample's features tell the label of its row. */
export function naturalProblem(
  target: Target,
  { shows = (row) => inTurn[row % 4]!, signal = 1.5 }: NaturalOptions = {},
): { problem: Problem; exams: ShownPairs[] } {
  const size = counts.train + counts.validation + counts.test;
  const next = uniforms(fold(key(4), "labels"));
  const labels = Array.from({ length: size }, (_, row) => {
    if (target.kind === "score") return Math.round((6 * next() - 3) * 5) / 5;
    return Math.floor(row / 4) % target.classes.length;
  });
  const rowsOf = byModality((m) => [...labels.keys()].filter((row) => shows(row).includes(m)));
  const pairs: Pair[] = labels.map((_, row) =>
    Object.fromEntries(shows(row).map((m) => [m, rowsOf[m].indexOf(row)]))
  );
  const features: CorpusFeatures = byModality((m) => {
    const own = rowsOf[m].map((row) => labels[row]!), n = own.length;
    const noise = uniforms(fold(key(4), m));
    const told = own.flatMap((y) => columnsOf(target, y).map((x) => signal * x));
    const width = 3;
    const data = Float32Array.from(told, (x) => x + 2 * noise() - 1);
    const table = { shape: [n, 1, width], data };
    const ones = { shape: [n, 1], data: new Float32Array(n).fill(1) };
    const frames = { shape: [n], data: new Float32Array(n).fill(1) };
    return {
      tables: { states: table, mask: ones, clip: table, logMel: table, frames },
      labels: own,
      ...m === "text" && { texts: own.map((y, i) => words[placeOf(target, y)]![i % 2]!) },
    };
  });
  const part = (from: number, to: number) =>
    byModality((m) =>
      [...rowsOf[m].keys()].filter((i) => rowsOf[m][i]! >= from && rowsOf[m][i]! < to)
    );
  const { train, validation } = counts;
  const test = part(train + validation, size);
  return {
    problem: {
      features,
      train: part(0, train),
      validation: part(train, train + validation),
      target,
      protocol: "natural",
      pairs,
      present: modalities,
      key: key(6),
    },
    exams: pairsByShown(pairsAmong(pairs, test), byModality((m) => features[m].labels)),
  };
}

// A number a class that is 1 for its own, −1 for others; or a third of the score, and nothing.
function columnsOf(target: Target, y: number): number[] {
  if (target.kind === "score") return [y / 3, 0, 0];
  return [0, 1, 2].map((k) => k === y ? 1 : -1);
}

// Of texts three words are enough.
function placeOf(target: Target, y: number): number {
  if (target.kind === "score") return y < -1 ? 0 : y > 1 ? 2 : 1;
  return target.classes.length === 2 ? 2 * y : y;
}
