/** What is asked of a set that people judged: which rows, which classes, and what a fusion is told. @module */

import {
  defaultValence,
  type JudgedSample,
  type JudgedSet,
  type Part,
  polarityOf,
  verdictOf,
} from "../../../lib/datasets/mod.ts";
import type { Modality } from "../../../lib/modality.ts";

/** Of each modality `[n, K]`, row after row: what people said of it, as numbers. */
export type Inputs = { readonly [M in Modality]?: Float32Array };

/** A row that is judged. */
export interface AskedRow {
  readonly id: string;
  readonly group: string;
  readonly part: Part | undefined;
  /** The place among the question's classes. */
  readonly label: number;
}

/** Rows with labels, and what people said of each modality. */
export interface Question {
  readonly set: string;
  /** What has to be told, such as `polarity`. */
  readonly target: string;
  readonly classes: readonly string[];
  readonly modalities: readonly Modality[];
  /** A verdict of K emotions, as zeros and a one; or log K s of the shares s of votes for K. */
  readonly told: "verdicts" | "shares";
  /** K. */
  readonly width: number;
  readonly rows: readonly AskedRow[];
  readonly inputs: Inputs;
}

/**
 * log K s of the shares s of votes for K emotions, each with half a vote more: that of an emotion
 * without votes is finite, and all are 0 where nobody favours any.
 */
function logShares(votes: readonly number[]): number[] {
  const all = votes.reduce((sum, n) => sum + n + added, 0);
  return votes.map((n) => Math.log(votes.length * (n + added) / all));
}

// Jeffreys' prior, which is the usual one of counts.
const added = 0.5;

/** The questions that are asked of a set: of acted clips what was meant, and always what judges of all said. */
export function questionsOf(set: JudgedSet): Question[] {
  const ofAll = ({ votes }: JudgedSample) => verdictOf(votes.all!, { decided: true });
  const { emotions, samples } = set;
  if (samples.every(({ intended }) => intended !== undefined)) {
    return [
      ask(set, { target: "what was meant", classes: emotions, labelOf: (one) => one.intended }),
      ask(set, { target: "what judges of both said", classes: emotions, labelOf: ofAll }),
    ];
  }
  return [
    ask(set, { target: "emotion", classes: emotions, labelOf: ofAll }),
    ask(set, {
      target: "polarity",
      classes: ["negative", "positive"],
      labelOf: (one) => {
        const place = ofAll(one);
        return place === undefined ? undefined : polarityOf(emotions[place]!, defaultValence);
      },
    }),
  ];
}

function ask(
  { name, modalities, emotions, samples }: JudgedSet,
  { target, classes, labelOf }: Pick<Question, "target" | "classes"> & {
    readonly labelOf: (sample: JudgedSample) => number | undefined;
  },
): Question {
  const labelled = samples.flatMap((sample) => {
    const label = labelOf(sample);
    return label === undefined ? [] : [{ sample, label }];
  });
  const isOneVote = samples.every(({ votes }) =>
    modalities.every((m) => votes[m]!.reduce((a, b) => a + b) === 1)
  );
  const encode = isOneVote ? (votes: readonly number[]) => votes : logShares;
  return {
    set: name,
    target,
    classes,
    modalities,
    told: isOneVote ? "verdicts" : "shares",
    width: emotions.length,
    rows: labelled.map(({ sample: { id, group, part }, label }) => ({ id, group, part, label })),
    inputs: Object.fromEntries(modalities.map((m) => [
      m,
      Float32Array.from(labelled.flatMap(({ sample }) => encode(sample.votes[m]!))),
    ])),
  };
}

/** The inputs of rows; each modality may be given rows of its own, as many. */
export function gather(
  { modalities, inputs, width }: Pick<Question, "modalities" | "inputs" | "width">,
  rowsOf: (m: Modality) => readonly number[],
): Inputs {
  return Object.fromEntries(modalities.map((m) => {
    const rows = rowsOf(m), own = new Float32Array(rows.length * width);
    rows.forEach((row, i) =>
      own.set(inputs[m]!.subarray(row * width, (row + 1) * width), i * width)
    );
    return [m, own];
  }));
}
