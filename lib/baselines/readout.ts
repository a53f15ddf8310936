/** The linear model that reads verdicts off features, by what is learnt. @module */

import { isBinary, polarities, type ScoreTarget, type Target } from "../target.ts";
import { verdictsOfEvidence } from "./evidence.ts";
import { checkLabelled, type FeatureRows, type LabelledRows } from "./feature_rows.ts";
import { countsOf, repeated, verdictOfLabels, withUnseen } from "./labels.ts";
import { type LinearModel, linearOutputs } from "./linear_model.ts";
import * as logistic from "./logistic_regression.ts";
import { fitRidgeRegression } from "./ridge_regression.ts";
import { fitSoftmaxRegression, softmax } from "./softmax_regression.ts";
import {
  type ColumnMoments,
  columnMoments,
  standardise,
  unscaled,
} from "./standardised_regression.ts";
import { chooseAmong, type Chosen, defaultStrengths } from "./strengths.ts";

/** A fitted linear model. */
export interface Readout {
  /** Verdicts on rows `[N, d]`, `[N, verdictWidth]` as those of `Fitted.predict`. */
  readonly verdicts: (inputs: FeatureRows) => Float64Array;
  /** Of two classes and of a score one output, of more one a class that has training rows. */
  readonly model: LinearModel;
  /** The strength C, each that was tried, and classes without training rows. JSON. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** What a {@linkcode Readout} is fitted on, and what its strength is chosen by. */
export interface ReadoutParts<Inputs extends FeatureRows = FeatureRows> {
  readonly train: LabelledRows<Inputs>;
  /** Of the same width. */
  readonly validation: LabelledRows<Inputs>;
}

/** Options of {@linkcode fitReadout}. */
export interface ReadoutOptions {
  /** What the labels mean; two classes by default. */
  readonly target?: Target | undefined;
  /** The strengths C to try; {@linkcode defaultStrengths} by default. */
  readonly strengths?: readonly number[] | undefined;
  /** Steps after which a fit ends, whether or not it is at its minimum; 1000 by default. */
  readonly maxIterations?: number | undefined;
}

/**
 * Fits the linear model of the target on dense or sparse rows:
 *
 * - of two classes `fitLogisticRegression`, of more `fitSoftmaxRegression`, its C that of
 *   the lowest log loss on validation;
 * - of a score `fitRidgeRegression`, its C that of the lowest mean absolute error; verdicts
 *   are kept within the target's range.
 *
 * Without validation rows C is 1, and nothing was tried. A class without training rows can't be
 * learnt: its probability is that of `verdictOfLabels`, and `record.unseen` names it. Where
 * training rows are of one class, so is every verdict.
 *
 * @throws {RangeError} No training rows, rows that do not fit the width, a value that is not
 * finite, or a label that the target has not.
 */
export function fitReadout(
  parts: ReadoutParts,
  options: ReadoutOptions = {},
): Readout {
  return readout(fitModel(parts, options));
}

/**
 * {@linkcode fitReadout} on standardised features. The moments are the training part's; the model
 * reads features as they are.
 *
 * @throws {RangeError} As {@linkcode fitReadout}.
 */
export function fitScaledReadout(
  { train, validation }: ReadoutParts<Float32Array>,
  options: ReadoutOptions = {},
): Readout {
  const moments = columnMoments(train);
  const scaled = (rows: LabelledRows) =>
    hasRows(rows) ? { ...rows, inputs: standardise(rows.inputs, moments) } : rows;
  const { model, ...rest } = fitModel(
    { train: scaled(train), validation: scaled(validation) },
    options,
  );
  return readout({ model: unscaledModel(model, moments), ...rest });
}

/** Verdicts, row after row, from the model's outputs. */
type Judge = (outputs: Float64Array) => Float64Array;

interface Fitted extends Pick<Readout, "model" | "record"> {
  readonly judge: Judge;
}

function readout({ model, judge, record }: Fitted): Readout {
  return { verdicts: (inputs) => judge(linearOutputs(model, inputs)), model, record };
}

function fitModel(parts: ReadoutParts, options: ReadoutOptions): Fitted {
  const { target = polarities } = options;
  const { labels, width } = parts.train;
  const usual = verdictOfLabels(labels, target, { action: "fit a linear model" });
  if (target.kind === "score") return fitScore(parts, target, options);
  const { classes } = target;
  const counts = countsOf(labels, classes.length);
  const seen = [...counts.keys()].filter((k) => counts[k]! > 0);
  const unseen = classes.filter((_, k) => counts[k] === 0);
  const told = unseen.length > 0 ? { unseen } : {};
  if (seen.length === 1) {
    checkLabelled("fit a linear model", parts.train);
    return {
      model: { weight: new Float64Array(width), bias: new Float64Array(1) },
      judge: ({ length }) => repeated(usual, length),
      record: told,
    };
  }
  if (isBinary(target)) return fitTwoClasses(parts, options);
  const { record, model } = fitClasses(
    parts,
    seen.map((k) => classes[k]!),
    { place: (label) => seen.indexOf(label), ...options },
  );
  const judge: Judge = (outputs) => {
    const all = new Float64Array(outputs.length / seen.length * counts.length);
    for (let n = 0; n * seen.length < outputs.length; n++) {
      const ofSeen = outputs.subarray(n * seen.length, (n + 1) * seen.length);
      softmax(ofSeen);
      const row = new Float64Array(counts.length);
      seen.forEach((k, i) => row[k] = ofSeen[i]!);
      all.set(withUnseen(row, counts), n * counts.length);
    }
    return all;
  };
  return { model, judge, record: { ...record, ...told } };
}

function fitTwoClasses({ train, validation }: ReadoutParts, options: ReadoutOptions): Fitted {
  const steps = stepsOf(options), { strengths: grid = defaultStrengths } = options;
  const { model: { weight, bias }, C, trials } = hasRows(validation)
    ? logistic.chooseStrength({ train, validation, grid }, steps)
    : {
      ...logistic.fitLogisticRegression({ ...train, C: untried }, steps),
      C: untried,
      trials: [],
    };
  return {
    model: { weight, bias: Float64Array.of(bias) },
    judge: (outputs) => verdictsOfEvidence(polarities, outputs),
    record: { C, trials },
  };
}

// Classes that training lacks say nothing of the strength: their probability is the same under all.
function fitClasses(
  { train, validation }: ReadoutParts,
  classes: readonly string[],
  { place, ...options }: ReadoutOptions & { readonly place: (label: number) => number },
): Pick<Fitted, "model" | "record"> {
  checkParts({ train, validation });
  const classified = { ...train, classes, labels: Array.from(train.labels, place) };
  const asked = Array.from(validation.labels, place);
  const { model, C, trials } = choose(validation, options, {
    fit: (C, start) =>
      fitSoftmaxRegression({ ...classified, C }, { ...stepsOf(options), ...start && { start } }),
    loss: (model) => {
      const logits = linearOutputs(model, validation.inputs);
      let sum = 0, count = 0;
      asked.forEach((label, n) => {
        if (label < 0) return;
        const row = logits.subarray(n * classes.length, (n + 1) * classes.length);
        const right = row[label]!;
        sum += softmax(row) - right;
        count++;
      });
      return sum / Math.max(1, count);
    },
  });
  const named = trials.map(({ C, loss, ...how }) => ({ C, validationLogLoss: loss, ...how }));
  return { model, record: { C, trials: named } };
}

function fitScore(
  { train, validation }: ReadoutParts,
  target: ScoreTarget,
  options: ReadoutOptions,
): Fitted {
  checkParts({ train, validation });
  const judge: Judge = (outputs) => verdictsOfEvidence(target, outputs);
  const { model, C, trials } = choose(validation, options, {
    fit: (C, start) =>
      fitRidgeRegression({ ...train, C }, { ...stepsOf(options), ...start && { start } }),
    loss: (model) =>
      judge(linearOutputs(model, validation.inputs))
        .reduce((sum, y, n) => sum + Math.abs(y - validation.labels[n]!), 0) /
      validation.labels.length,
  });
  const named = trials.map(({ C, loss, ...how }) => ({
    C,
    validationMeanAbsoluteError: loss,
    ...how,
  }));
  return { model, judge, record: { C, trials: named } };
}

// scikit-learn's default, where there is nothing to choose by.
const untried = 1;

function choose(
  validation: LabelledRows<FeatureRows>,
  { strengths = defaultStrengths }: ReadoutOptions,
  how: Parameters<typeof chooseAmong<LinearModel>>[1],
): Chosen<LinearModel> {
  if (hasRows(validation)) return chooseAmong(strengths, how);
  return { model: how.fit(untried, undefined).model, C: untried, trials: [] };
}

function stepsOf({ maxIterations }: ReadoutOptions): { readonly maxIterations?: number } {
  return maxIterations === undefined ? {} : { maxIterations };
}

function hasRows({ labels }: Pick<LabelledRows, "labels">): boolean {
  return labels.length > 0;
}

function checkParts({ train, validation }: ReadoutParts): void {
  if (!hasRows(validation)) return;
  const action = "fit a linear model on validation";
  if (validation.width !== train.width) {
    throw new RangeError(
      `Cannot ${action}: expected rows of ${train.width} features, got ${validation.width}`,
    );
  }
  checkLabelled(action, validation);
}

function unscaledModel({ weight, bias }: LinearModel, moments: ColumnMoments): LinearModel {
  const width = moments.mean.length;
  const outputs = Array.from(
    bias,
    (b, k) => unscaled({ weight: weight.slice(k * width, (k + 1) * width), bias: b }, moments),
  );
  return {
    weight: Float64Array.from(outputs.flatMap(({ weight }) => [...weight])),
    bias: Float64Array.from(outputs, ({ bias }) => bias),
  };
}
