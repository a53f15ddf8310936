/** The linear probe: what a frozen encoder's features say without any network on top. @module */

import { pairTriples } from "../datasets/pairing.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { fold } from "../tensor/random.ts";
import type { CorpusFeatures, ModalityFeatures } from "../systems/features.ts";
import type { Fitted, Head, Problem, Rows, System } from "../systems/system.ts";
import { checkShape } from "./feature_rows.ts";
import type { MinimiseOptions } from "./lbfgs.ts";
import * as regression from "./logistic_regression.ts";
import { shownIn, unfitted } from "./shown_modalities.ts";

/** The mean and the deviation of each column. */
export interface ColumnMoments {
  /** `[d]`. */
  readonly mean: Float64Array;
  /** `[d]`, population standard deviation; 1 for a column that is constant. */
  readonly sd: Float64Array;
}

/**
 * The moments by which {@linkcode standardise} scales: of the training part, and no other.
 *
 * @throws {RangeError} Rows that do not fit the width, or none.
 */
export function columnMoments(
  { inputs, width }: Pick<regression.LabelledRows, "inputs" | "width">,
): ColumnMoments {
  checkShape("standardise", inputs, width);
  const rows = inputs.length / width;
  // Summed first and divided once: equal float32 values add up without rounding, so that
  // the mean of a constant column is that constant, and its deviation exactly zero.
  const sums = new Float64Array(width);
  for (let i = 0; i < inputs.length; i++) sums[i % width]! += inputs[i]!;
  const mean = sums.map((sum) => sum / rows);
  const squares = new Float64Array(width);
  for (let i = 0; i < inputs.length; i++) {
    squares[i % width]! += (inputs[i]! - mean[i % width]!) ** 2;
  }
  return { mean, sd: squares.map((sum) => sum === 0 ? 1 : Math.sqrt(sum / rows)) };
}

/**
 * Each column less its mean, over its deviation: (x − mean) / sd.
 *
 * `inputs` is `[N, d]`, and so is the result, a new array.
 *
 * @throws {RangeError} Rows of another width than the moments'.
 */
export function standardise(inputs: Float32Array, { mean, sd }: ColumnMoments): Float32Array {
  checkShape("standardise", inputs, mean.length);
  const width = mean.length;
  return inputs.map((x, i) => (x - mean[i % width]!) / sd[i % width]!);
}

/**
 * {@linkcode regression.chooseStrength} on standardised features.
 *
 * The moments are the training part's. The model reads features as they are: the
 * standardisation is part of its weight and bias.
 *
 * @throws {RangeError} As {@linkcode regression.chooseStrength}.
 */
export function fitLinearProbe(
  choice: regression.StrengthChoice<Float32Array>,
  options: MinimiseOptions = {},
): regression.ChosenRegression {
  regression.checkChoice("fit a linear probe", choice);
  const moments = columnMoments(choice.train);
  const scaled = (rows: regression.LabelledRows) => ({
    ...rows,
    inputs: standardise(rows.inputs, moments),
  });
  const parts = { train: scaled(choice.train), validation: scaled(choice.validation) };
  const { model, ...chosen } = regression.chooseStrength({ ...choice, ...parts }, options);
  return { model: unscaled(model, moments), ...chosen };
}

// w · (x − mean) / sd + b, as a function of x itself.
function unscaled(
  { weight, bias }: regression.LogisticRegression,
  { mean, sd }: ColumnMoments,
): regression.LogisticRegression {
  const raw = weight.map((w, j) => w / sd[j]!);
  return { weight: raw, bias: raw.reduce((b, w, j) => b - w * mean[j]!, bias) };
}

/**
 * L2-regularised logistic regression on each frozen encoder's mean state, C
 * chosen on validation; several modalities are judged by one such regression on
 * their joined means, fitted on triples of the same protocol.
 */
export function linearProbe(): System {
  return { name: "Linear probe", fit: fitProbes };
}

// deno-lint-ignore require-await -- what it throws is a rejection, as of any other system.
async function fitProbes(problem: Problem): Promise<Fitted> {
  const { present, protocol } = problem;
  const subsets: readonly (readonly Modality[])[] = protocol === "single"
    ? present.map((m) => [m])
    : [modalities];
  const meansOf = (features: CorpusFeatures, of: readonly Modality[]) =>
    Object.fromEntries(of.map((m) => [m, meanStates(features[m])])) as Means;
  const means = meansOf(problem.features, subsets.flat());
  const probes = new Map(
    subsets.map((subset) => [subset.join(), fitProbe(problem, means, subset)]),
  );
  return {
    // deno-lint-ignore require-await
    predict: async (rows, others) => {
      const shown = shownIn(rows);
      const probe = probes.get(shown.join());
      if (probe === undefined) throw unfitted(shown, [...probes.keys()]);
      const of = others ? meansOf(others, shown) : means;
      const scores = regression.predictProbability(probe.model, join(of, rows, shown).inputs);
      const head: Head = shown.length === 1 ? shown[0]! : "unified";
      return { [head]: scores };
    },
    record: Object.fromEntries([...probes].map(([name, { C, trials }]) => [name, { C, trials }])),
    dispose: () => Promise.resolve(),
  };
}

interface ModalityMeans {
  readonly width: number;
  /** `[N, width]`. */
  readonly rows: Float32Array;
}

/** Of the modalities that a probe reads. */
type Means = Readonly<Record<Modality, ModalityMeans>>;

/** The mean of each sample's states over the segments that its mask keeps, and over layers if there are several. */
function meanStates({ tables }: ModalityFeatures): ModalityMeans {
  const { states, mask } = tables as unknown as {
    states: { shape: readonly number[]; data: Float32Array };
    mask: { data: Float32Array };
  };
  const [count, segments, ...state] = states.shape as [number, number, ...number[]];
  const width = state.at(-1)!, layers = state.length > 1 ? state[0]! : 1;
  const rows = new Float32Array(count * width);
  for (let i = 0; i < count; i++) {
    const kept = mask.data.subarray(i * segments, (i + 1) * segments);
    const total = kept.reduce((a, b) => a + b, 0) || 1;
    for (let s = 0; s < segments; s++) {
      const share = kept[s]! / (total * layers);
      if (share === 0) continue;
      const from = (i * segments + s) * layers * width;
      for (let c = 0; c < layers * width; c++) {
        rows[i * width + c % width]! += states.data[from + c]! * share;
      }
    }
  }
  return { width, rows };
}

function fitProbe(problem: Problem, means: Means, subset: readonly Modality[]) {
  const part = (name: "train" | "validation") => labelledRows(problem, means, subset, name);
  return fitLinearProbe({ train: part("train"), validation: part("validation") });
}

function labelledRows(
  { features, protocol, key, ...parts }: Problem,
  means: Means,
  subset: readonly Modality[],
  part: "train" | "validation",
): regression.LabelledRows {
  const indices = parts[part];
  if (subset.length === 1) {
    const m = subset[0]!;
    const labels = indices[m].map((i) => features[m].labels[i]!);
    return { ...join(means, { [m]: indices[m] }, subset), labels };
  }
  const triples = pairTriples({
    indices,
    labels: byModality((m) => features[m].labels),
    protocol,
    count: Math.max(...modalities.map((m) => indices[m].length)),
    key: fold(key, "probe", part),
  });
  const rows = { text: triples.text, image: triples.image, audio: triples.audio };
  if (triples.unified === undefined) {
    throw new RangeError(`Cannot fit a unified probe: expected protocol label, got ${protocol}`);
  }
  return { ...join(means, rows, subset), labels: triples.unified };
}

function join(
  means: Means,
  rows: Rows,
  subset: readonly Modality[],
): { inputs: Float32Array; width: number } {
  const count = rows[subset[0]!]!.length;
  const width = subset.reduce((sum, m) => sum + means[m].width, 0);
  const inputs = new Float32Array(count * width);
  for (let i = 0; i < count; i++) {
    let at = i * width;
    for (const m of subset) {
      const own = means[m].width, from = rows[m]![i]! * own;
      inputs.set(means[m].rows.subarray(from, from + own), at);
      at += own;
    }
  }
  return { inputs, width };
}
