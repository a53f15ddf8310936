/** The labels of a feature file: scores, or classes by number or name. @module */

import { shown } from "../checks.ts";
import type { Modality } from "../modality.ts";
import {
  type ClassTarget,
  otherThanPolarities,
  polarities,
  type ScoreTarget,
  type Target,
} from "../target.ts";
import { type Column, numbersOf, textsOf } from "./mmsa_columns.ts";
import type { TargetChoice } from "./table_target.ts";

/** A label a sample, and what they are. */
export interface MmsaLabels {
  readonly target: Target;
  /** Undefined of a sample without one, and of two polarities where it is neutral. */
  readonly values: readonly (number | undefined)[];
}

type Part = Omit<Column, "key">;

/** What 0, 1 and 2 of `classification_labels` stand for. */
const classes = ["negative", "neutral", "positive"] as const;

/**
 * The labels of all parts, one after another; undefined where the file has none. Scores by default, if
 * the file has such, else classes.
 *
 * @throws {RangeError} A part lacks what others have, the file has none of what is asked for, or a
 * label is none of the target's.
 */
export function labelsOf(
  parts: readonly Part[],
  target: TargetChoice | undefined,
  path: string,
): MmsaLabels | undefined {
  const kind = kindOf(target);
  const scores = kind === "classes"
    ? undefined
    : inAllParts(parts, "regression_labels") ?? inAllParts(parts, "labels");
  if (scores && kind === "polarity") return { target: polarities, values: scores.map(signOf) };
  const given = typeof target === "object" ? target : undefined;
  if (scores) return readScores(scores, given?.kind === "score" ? given : undefined, path);
  if (kind === "score") {
    throw new RangeError(`Cannot read "${path}": expected regression_labels, got none`);
  }
  const names = namesOf(parts, path);
  if (names && kind === "polarity") return ofPolarity(names, path);
  if (names) return ofClasses(names, given?.kind === "classes" ? given : undefined, path);
  if (kind === undefined) return undefined;
  throw new RangeError(
    `Cannot read "${path}": expected classification_labels or annotations, got neither`,
  );
}

function kindOf(target: TargetChoice | undefined): "score" | "classes" | "polarity" | undefined {
  if (target === undefined || typeof target === "string") return target;
  if (target.kind === "score") return "score";
  return otherThanPolarities(target) ? "classes" : "polarity";
}

function inAllParts(parts: readonly Part[], key: string): number[] | undefined {
  const each = parts.map((part) => numbersOf({ ...part, key }));
  if (each.every((numbers) => numbers === undefined)) return undefined;
  return each.flatMap((numbers, i) => {
    if (numbers) return Array.from(numbers);
    throw new RangeError(`${parts[i]!.where}: expected ${key}, which other parts have, got none`);
  });
}

function signOf(score: number): number | undefined {
  return score > 0 ? 1 : score < 0 ? 0 : undefined;
}

function readScores(
  scores: readonly number[],
  range: ScoreTarget | undefined,
  path: string,
): MmsaLabels {
  const values = scores.map((score) => Number.isNaN(score) ? undefined : score);
  const there = values.filter((score) => score !== undefined);
  // Those of CH-SIMS, or of CMU-MOSI and CMU-MOSEI.
  const bound = there.every((score) => Math.abs(score) <= 1) ? 1 : 3;
  const target = range ?? { kind: "score", low: -bound, high: bound };
  const outside = there.find((score) => score < target.low || score > target.high);
  if (outside === undefined) return { target, values };
  throw new RangeError(
    `Cannot read "${path}": expected scores from ${target.low} to ${target.high}, got ${outside}`,
  );
}

/** The class of each sample by name, empty where it has none. */
function namesOf(parts: readonly Part[], path: string): string[] | undefined {
  const numbers = inAllParts(parts, "classification_labels");
  if (numbers) {
    const wrong = numbers.find((number) => !Number.isNaN(number) && classes[number] === undefined);
    if (wrong === undefined) return numbers.map((number) => classes[number] ?? "");
    throw new RangeError(
      `Cannot read "${path}", classification_labels: expected 0, 1 or 2, got ${wrong}`,
    );
  }
  if (parts.every(({ dict }) => !dict.has("annotations"))) return undefined;
  return parts.flatMap((part) => {
    if (!part.dict.has("annotations")) {
      throw new RangeError(`${part.where}: expected annotations, which other parts have, got none`);
    }
    return textsOf({ ...part, key: "annotations" }).map((text) => text.trim().toLowerCase());
  });
}

function ofClasses(
  names: readonly string[],
  given: ClassTarget | undefined,
  path: string,
): MmsaLabels {
  const there = new Set(names.filter((name) => name !== ""));
  const isUsual = [...there].every((name) => (classes as readonly string[]).includes(name));
  const learnt = given?.classes ??
    (isUsual ? classes.filter((name) => there.has(name)) : [...there].sort());
  const other = [...there].find((name) => !learnt.includes(name));
  if (learnt.length < 2 || other !== undefined) {
    const wanted = given ? given.classes.join(", ") : "two classes or more";
    throw new RangeError(
      `Cannot read "${path}": expected ${wanted}, got ${shown(other ?? learnt[0] ?? "none")}`,
    );
  }
  const places = new Map(learnt.map((name, i) => [name, i]));
  return {
    target: given ?? { kind: "classes", classes: learnt },
    values: names.map((name) => places.get(name)),
  };
}

function ofPolarity(names: readonly string[], path: string): MmsaLabels {
  const signs: Readonly<Record<string, number | undefined>> = {
    ...{ negative: 0, positive: 1, neutral: undefined, "": undefined },
  };
  const other = names.find((name) => !Object.hasOwn(signs, name));
  if (other === undefined) return { target: polarities, values: names.map((name) => signs[name]) };
  throw new RangeError(
    `Cannot read "${path}", annotations: expected negative, neutral or positive, got ${
      shown(other)
    }`,
  );
}

const ownKeys: readonly (readonly [Modality, string])[] = [
  ["text", "regression_labels_T"],
  ["image", "regression_labels_V"],
  ["audio", "regression_labels_A"],
];

/** Scores by modality, where a part has such. */
export function scoresOf(part: Part): (readonly [Modality, Float64Array])[] | undefined {
  const columns = ownKeys.flatMap(([m, key]) => {
    const scores = numbersOf({ ...part, key });
    return scores ? [[m, scores] as const] : [];
  });
  return columns.length > 0 ? columns : undefined;
}
