/** The labels of a feature file: scores, or classes by number or name. @module */

import { shown } from "../checks.ts";
import type { Modality } from "../modality.ts";
import type { Target } from "../target.ts";
import { type Column, numbersOf, textsOf } from "./mmsa_columns.ts";

/** What the labels are. */
export interface LabelOptions {
  /** `scores` or `classes`; the scores by default, if the file has such. */
  readonly labels?: "scores" | "classes" | undefined;
  /** Least and greatest score. @default [-1, 1] or [-3, 3], whichever holds all labels */
  readonly range?: readonly [low: number, high: number] | undefined;
}

/** A label a sample, and what they are. */
export interface Labels {
  readonly target: Target;
  /** NaN where a sample has none. */
  readonly values: readonly number[];
}

type Part = Omit<Column, "key">;

/** Negative, neutral, positive: what 0, 1 and 2 of `classification_labels` stand for. */
const classes = ["negative", "neutral", "positive"] as const;

/**
 * The labels of all parts, one after another; undefined where the file has none.
 *
 * @throws {RangeError} A part lacks what others have, or a label is none of the target's.
 */
export function labelsOf(
  parts: readonly Part[],
  { labels, range }: LabelOptions,
  path: string,
): Labels | undefined {
  const scores = labels === "classes"
    ? undefined
    : inAllParts(parts, "regression_labels") ?? inAllParts(parts, "labels");
  if (scores) return { target: scoreTarget(scores, range, path), values: scores };
  if (labels === "scores") {
    throw new RangeError(`Cannot read "${path}": expected regression_labels, got none`);
  }
  const numbers = inAllParts(parts, "classification_labels");
  if (numbers) return classesOf(numbers, path);
  const there = parts.filter(({ dict }) => dict.has("annotations"));
  if (there.length > 0) return annotated(parts);
  if (labels === undefined) return undefined;
  throw new RangeError(
    `Cannot read "${path}": expected classification_labels or annotations, got neither`,
  );
}

function inAllParts(parts: readonly Part[], key: string): number[] | undefined {
  const own = parts.map((part) => numbersOf({ ...part, key }));
  if (own.every((numbers) => numbers === undefined)) return undefined;
  return own.flatMap((numbers, i) => {
    if (numbers) return Array.from(numbers);
    throw new RangeError(`${parts[i]!.where}: expected ${key}, which other parts have, got none`);
  });
}

function scoreTarget(
  scores: readonly number[],
  range: LabelOptions["range"],
  path: string,
): Target {
  const there = scores.filter((score) => !Number.isNaN(score));
  const [low, high] = range ?? (there.every((score) => Math.abs(score) <= 1) ? [-1, 1] : [-3, 3]);
  const outside = there.find((score) => !(score >= low && score <= high));
  if (outside === undefined) return { kind: "score", low, high };
  throw new RangeError(
    `Cannot read "${path}": expected scores from ${low} to ${high}, got ${outside}` +
      (range ? "" : "; range says what they may be"),
  );
}

// Those of the three that the file has, in their order.
function classesOf(numbers: readonly number[], path: string): Labels {
  const wrong = numbers.find((number) => !Number.isNaN(number) && classes[number] === undefined);
  if (wrong !== undefined) {
    throw new RangeError(
      `Cannot read "${path}", classification_labels: expected 0, 1 or 2, got ${wrong}`,
    );
  }
  return named(numbers.map((number) => classes[number] ?? ""));
}

function annotated(parts: readonly Part[]): Labels {
  return named(parts.flatMap((part) => {
    if (!part.dict.has("annotations")) {
      throw new RangeError(`${part.where}: expected annotations, which other parts have, got none`);
    }
    return textsOf({ ...part, key: "annotations" }).map((text) => text.trim().toLowerCase());
  }));
}

function named(names: readonly string[]): Labels {
  const there = [...new Set(names)].filter((name) => name !== "");
  const place = (name: string) => (classes as readonly string[]).indexOf(name);
  const isUsual = there.every((name) => place(name) >= 0);
  there.sort((a, b) => isUsual ? place(a) - place(b) : a < b ? -1 : 1);
  if (there.length < 2) {
    throw new RangeError(
      `Cannot learn classes: expected two or more in the labels, got ${shown(there[0] ?? "none")}`,
    );
  }
  return {
    target: { kind: "classes", classes: there },
    values: names.map((name) => name === "" ? NaN : there.indexOf(name)),
  };
}

const ownKeys: readonly (readonly [Modality, string])[] = [
  ["text", "regression_labels_T"],
  ["image", "regression_labels_V"],
  ["audio", "regression_labels_A"],
];

/** Scores by modality, where a part has such. */
export function scoresOf(part: Part): (readonly [Modality, Float64Array])[] | undefined {
  const own = ownKeys.flatMap(([m, key]) => {
    const scores = numbersOf({ ...part, key });
    return scores ? [[m, scores] as const] : [];
  });
  return own.length > 0 ? own : undefined;
}
