/** Linear models that tell emotions apart and sum them into polarity. @module */

import { type Classes, learntClasses, polarityClasses, withNeutral } from "../branches/branch.ts";
import type { Modality } from "../modality.ts";
import type { CorpusFeatures, ModalityFeatures } from "../systems/features.ts";
import type { Problem, System } from "../systems/system.ts";
import { otherThanPolarities, polarities } from "../target.ts";
import type { LabelledRows } from "./feature_rows.ts";
import { fitScaledReadout, type Readout } from "./readout.ts";
import { singleModality } from "./single_modality.ts";

/** What an {@linkcode emotionRegression} reads. */
export interface EmotionRegression {
  /** As tables and errors call the system. */
  readonly name: string;
  readonly modality: Modality;
  /** What is read of samples, `[rows.length, width]`. */
  readonly read: (
    rows: ArrayLike<number>,
    features: CorpusFeatures,
  ) => Pick<LabelledRows, "inputs" | "width">;
}

/**
 * A softmax regression of the training part's emotions, whose probabilities are summed into the
 * verdict on polarity:
 *
 *     p = softmax(W x + b)                                                  [K]
 *     p(positive) = Σ_{k positive} p_k / Σ_{k positive or negative} p_k
 *
 * `Problem.neutral` is learnt as one more class, which has no polarity. C is chosen on validation
 * from the linear probe's grid by the log loss of the emotions: it tells strengths apart where the
 * share of right polarities, over a few hundred samples, has steps. `inspect` gives `classes`, p of
 * each sample, and `record.classes` names the K emotions in that order.
 *
 * The fit throws a RangeError without emotions, where those of the training part are of one
 * polarity, and on another target than the two polarities. The paper has no such row.
 */
export function emotionRegression({ name, modality: m, read }: EmotionRegression): System {
  return singleModality({ name, modality: m }, (problem) => {
    const { features } = problem;
    const neutral = problem.neutral?.[m] ?? [];
    const classes = emotionsOf(name, problem, { m, neutral });
    const labelOf = (row: number) => classes.names.indexOf(features[m].emotions![row]!);
    const labelled = (rows: readonly number[]) => ({
      ...read(rows, features),
      labels: rows.map(labelOf),
    });
    const readout = fitScaledReadout({
      train: labelled([...problem.train[m], ...neutral]),
      // An emotion that training lacks has the same probability under all strengths.
      validation: labelled(problem.validation[m].filter((row) => labelOf(row) >= 0)),
    }, { target: { kind: "classes", classes: classes.names } });
    const count = classes.names.length;
    const told = (rows: ArrayLike<number>, of: CorpusFeatures) =>
      probabilities(readout, read(rows, of).inputs, count);
    return {
      score: (rows, of) => summed(told(rows, of), classes),
      inspect: (rows, of) => ({ classes: { width: count, values: told(rows, of) } }),
      record: {
        classes: classes.names,
        parameters: readout.model.weight.length + readout.model.bias.length,
        ...readout.record,
      },
    };
  });
}

/**
 * p(positive) of each row from probabilities of classes `[N, K]`: among the classes that have a
 * polarity, the share of the positive ones.
 */
function summed(
  probabilities: ArrayLike<number>,
  { polarities }: Pick<Classes, "polarities">,
): Float64Array {
  const width = polarities.length;
  return Float64Array.from({ length: probabilities.length / width }, (_, n) => {
    let positive = 0, either = 0;
    polarities.forEach((polarity, k) => {
      if (polarity === undefined) return;
      const p = probabilities[n * width + k]!;
      either += p;
      if (polarity === 1) positive += p;
    });
    // Where another class has all of it, neither polarity is nearer.
    return either === 0 ? 0.5 : positive / either;
  });
}

function emotionsOf(
  name: string,
  { features, train, target = polarities }: Problem,
  { m, neutral }: { readonly m: Modality; readonly neutral: readonly number[] },
): Classes {
  const { emotions }: ModalityFeatures = features[m];
  if (otherThanPolarities(target) !== undefined) {
    throw new RangeError(`Cannot fit ${name}: expected two polarities to learn, got other labels`);
  }
  if (emotions === undefined) {
    throw new RangeError(`Cannot fit ${name}: expected emotions of the ${m} samples, got none`);
  }
  const known = learntClasses(features[m], train[m]);
  if (known === polarityClasses) {
    throw new RangeError(
      `Cannot fit ${name}: expected training samples of both polarities, got those of one`,
    );
  }
  return withNeutral(known, neutral.map((row) => emotions[row]!));
}

// Of two classes a readout gives the second's alone.
function probabilities(
  { verdicts }: Readout,
  inputs: Float32Array,
  classes: number,
): Float64Array {
  const told = verdicts(inputs);
  if (classes > 2) return told;
  return Float64Array.from({ length: 2 * told.length }, (_, i) => {
    const second = told[i >> 1]!;
    return i % 2 === 0 ? 1 - second : second;
  });
}
