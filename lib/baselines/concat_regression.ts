/** Concatenation regression: mean states, joined, and one linear model. @module */

import type { Modality } from "../modality.ts";
import type { Fitted, Problem, System } from "../systems/system.ts";
import { polarities } from "../target.ts";
import type { LabelledRows } from "./feature_rows.ts";
import { repeated, verdictOfLabels } from "./labels.ts";
import { joinMeans, type Means, meansOf, type ShownRows } from "./mean_states.ts";
import { learntModalities, type NaturalRows, naturalRows, trainingRows } from "./natural_rows.ts";
import { fitScaledReadout } from "./readout.ts";
import { shownIn, unfitted } from "./shown_modalities.ts";
import { columnMoments } from "./standardised_regression.ts";

const name = "Concatenation regression";

/**
 * The simplest fusion that learns from rows: the mean states of all modalities, joined, and one
 * L2-regularised linear model whose strength is chosen on validation,
 *
 *     z = W [x_1; s_1; …; x_M; s_M] + b
 *
 * x_m is the standardised mean state of modality m and 0 where a row lacks it, s_m (1 or 0) says
 * whether it is shown, standardised too. Of two classes it is a logistic regression, of several a
 * softmax regression, of scores a ridge regression. It is a sum of a function of each modality: what
 * interaction adds shows against it. Where every row shows all, the Linear probe of rows is the same.
 * The paper has no such row.
 *
 * A row that shows nothing that was learnt is judged by the labels of the training rows alone. The
 * fit throws a RangeError under other protocols than `natural`.
 */
export function concatRegression(): System {
  return {
    name,
    // deno-lint-ignore require-await -- what it throws is a rejection, as of any other system.
    fit: async (problem) => fit(problem),
  };
}

function fit(problem: Problem): Fitted {
  const { features, present, protocol, train, target = polarities } = problem;
  if (protocol !== "natural") {
    throw new RangeError(`Cannot fit ${name}: expected protocol natural, got ${protocol}`);
  }
  const training = trainingRows(name, problem);
  const usual = verdictOfLabels(training.labels, target);
  const learnt = learntModalities(problem);
  const means = meansOf(features, learnt);
  const absent = Object.fromEntries(learnt.map((m) => {
    const { inputs, width } = joinMeans(means, { [m]: train[m] }, [m]);
    return [m, Float32Array.from(columnMoments({ inputs, width }).mean)];
  }));
  const inputsOf = (of: Means, rows: ShownRows) => withIndicators(of, rows, { learnt, absent });
  const part = ({ pairs, labels }: NaturalRows): LabelledRows => ({
    ...inputsOf(means, Object.fromEntries(learnt.map((m) => [m, pairs.map((pair) => pair[m])]))),
    labels,
  });
  const validation = naturalRows(problem, "validation");
  const { verdicts, record } = fitScaledReadout({
    train: part(training),
    validation: validation.labels.length > 0
      ? part(validation)
      : { inputs: new Float32Array(0), labels: [], width: 1 },
  }, { target });
  return {
    // deno-lint-ignore require-await
    predict: async (rows, others) => {
      const shown = shownIn(rows);
      if (!shown.every((m) => present.includes(m))) throw unfitted(shown, present);
      const judged = shown.filter((m) => learnt.includes(m));
      if (judged.length === 0) return { unified: repeated(usual, rows[shown[0]!]!.length) };
      const of = others ? meansOf(others, judged) : means;
      const places = Object.fromEntries(judged.map((m) => [m, rows[m]!]));
      const unified = verdicts(inputsOf(of, places).inputs);
      return judged.length === 1 ? { [judged[0]!]: unified, unified } : { unified };
    },
    record,
    dispose: () => Promise.resolve(),
  };
}

/** The joined means and, behind them, whether each modality is shown: `[N, width]`. */
function withIndicators(
  means: Means,
  rows: ShownRows,
  { learnt, absent }: {
    readonly learnt: readonly Modality[];
    readonly absent: { readonly [M in Modality]?: Float32Array };
  },
): { inputs: Float32Array; width: number } {
  const { inputs: joined, width: own } = joinMeans(means, rows, learnt, absent);
  const width = own + learnt.length, count = joined.length / own;
  const inputs = new Float32Array(count * width);
  for (let i = 0; i < count; i++) {
    inputs.set(joined.subarray(i * own, (i + 1) * own), i * width);
    learnt.forEach((m, k) => inputs[i * width + own + k] = rows[m]?.[i] === undefined ? 0 : 1);
  }
  return { inputs, width };
}
