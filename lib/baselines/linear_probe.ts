/** The linear probe: what a frozen encoder's features say without any network on top. @module */

import { pairTriples } from "../datasets/pairing.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { fold } from "../tensor/random.ts";
import { copiesOfRows } from "../systems/noisy_copies.ts";
import type { CorpusFeatures } from "../systems/features.ts";
import type { Fitted, Head, Problem, System } from "../systems/system.ts";
import { polarities } from "../target.ts";
import { emotionRegression } from "./emotion_regression.ts";
import type { LabelledRows } from "./feature_rows.ts";
import { repeated, verdictOfLabels } from "./labels.ts";
import { joinMeans, type Means, meansOf, meanStates, type ShownRows } from "./mean_states.ts";
import { learntModalities, naturalRows, trainingRows } from "./natural_rows.ts";
import { fitScaledReadout, type Readout } from "./readout.ts";
import { shownIn, unfitted } from "./shown_modalities.ts";
import { columnMoments } from "./standardised_regression.ts";

/**
 * A linear model on each frozen encoder's mean state, its strength chosen on validation: an
 * L2-regularised logistic regression, of several classes a softmax regression, of scores a ridge
 * regression. Several modalities are judged by one such model on their joined means, fitted on triples
 * of the same protocol.
 *
 * Under `natural` each modality has a model, fitted on the samples of it that the training part
 * has, and rows that show several have one on all joined means, fitted on all rows of the training
 * part: what a row lacks is the mean of that part. A row of one modality is judged by the
 * modality's model. A modality without training samples is passed over, and a row that shows no
 * other is judged by the labels of the training rows alone.
 *
 * Of a modality alone the model learns noisy copies as well, and its strength is chosen by them, too.
 */
export function linearProbe(options: ProbeOptions = {}): System {
  return { name: "Linear probe", fit: (problem) => fitProbes(problem, options) };
}

/** What a probe is tried with, and how long it is fitted. */
export interface ProbeOptions {
  /** The strengths C to try; `defaultStrengths` by default. */
  readonly strengths?: readonly number[];
  /** Steps after which a fit ends, whether or not it is at its minimum; 1000 by default. */
  readonly maxIterations?: number;
}

/**
 * A linear probe of one modality that tells emotions apart and sums them into polarity
 * (`emotionRegression`), on the same mean states as {@linkcode linearProbe}.
 *
 * The fit throws a RangeError where there is more than one modality.
 */
export function linearProbeOnEmotions(): System {
  const name = "Linear probe, emotions";
  const fit = async (problem: Problem) => {
    const { protocol, present: [modality, ...others] } = problem;
    if (protocol !== "single" || modality === undefined || others.length > 0) {
      throw new RangeError(
        `Cannot fit ${name}: expected protocol single and one modality, ` +
          `got ${protocol} and ${problem.present.join(", ")}`,
      );
    }
    // Of one corpus the means are worth keeping: those of others are asked about once.
    const own = meanStates(problem.features[modality]);
    const read = (rows: ArrayLike<number>, features: CorpusFeatures) => {
      const of = features === problem.features ? own : meanStates(features[modality]);
      return joinMeans({ [modality]: of } as Means, { [modality]: rows }, [modality]);
    };
    return await emotionRegression({ name, modality, read }).fit(problem);
  };
  return { name, fit };
}

// deno-lint-ignore require-await -- what it throws is a rejection, as of any other system.
async function fitProbes(problem: Problem, options: ProbeOptions): Promise<Fitted> {
  if (problem.protocol === "natural") return fitNatural(problem, options);
  const { present, protocol } = problem;
  const subsets: readonly (readonly Modality[])[] = protocol === "single"
    ? present.map((m) => [m])
    : [modalities];
  const means = meansOf(problem.features, subsets.flat());
  const probes = new Map(
    subsets.map((subset) => [subset.join(), fitProbe(problem, { means, subset, ...options })]),
  );
  return {
    // deno-lint-ignore require-await
    predict: async (rows, others) => {
      const shown = shownIn(rows);
      const probe = probes.get(shown.join());
      if (probe === undefined) throw unfitted(shown, [...probes.keys()]);
      const of = others ? meansOf(others, shown) : means;
      const scores = probe.verdicts(joinMeans(of, rows, shown).inputs);
      const head: Head = shown.length === 1 ? shown[0]! : "unified";
      return { [head]: scores };
    },
    record: recordOf(probes),
    dispose: () => Promise.resolve(),
  };
}

function fitNatural(problem: Problem, options: ProbeOptions): Fitted {
  const { features, present, train, target = polarities } = problem;
  const training = trainingRows("Linear probe", problem);
  const usual = verdictOfLabels(training.labels, target);
  const learnt = learntModalities(problem);
  const means = meansOf(features, learnt);
  const probes = new Map<string, Readout>(
    learnt.map((m) => [m, fitProbe(problem, { means, subset: [m], ...options })]),
  );
  const absent = Object.fromEntries(learnt.map((m) => {
    const { inputs, width } = joinMeans(means, { [m]: train[m] }, [m]);
    return [m, Float32Array.from(columnMoments({ inputs, width }).mean)];
  }));
  const joined = (of: Means, rows: ShownRows) => joinMeans(of, rows, learnt, absent);
  if (learnt.length > 1) {
    const part = ({ pairs, labels }: typeof training): LabelledRows => ({
      ...joined(means, Object.fromEntries(learnt.map((m) => [m, pairs.map((pair) => pair[m])]))),
      labels,
    });
    const parts = { train: part(training), validation: part(naturalRows(problem, "validation")) };
    probes.set(learnt.join(), fitScaledReadout(parts, { target, ...options }));
  }
  return {
    // deno-lint-ignore require-await
    predict: async (rows, others) => {
      const shown = shownIn(rows);
      if (!shown.every((m) => present.includes(m))) throw unfitted(shown, present);
      const judged = shown.filter((m) => learnt.includes(m));
      const of = others ? meansOf(others, judged) : means;
      const heads: { [H in Head]?: ArrayLike<number> } = {};
      for (const m of judged) heads[m] = probes.get(m)!.verdicts(joinMeans(of, rows, [m]).inputs);
      if (judged.length === 0) return { unified: repeated(usual, rows[shown[0]!]!.length) };
      if (judged.length === 1) return { ...heads, unified: heads[judged[0]!]! };
      const places = Object.fromEntries(judged.map((m) => [m, rows[m]!]));
      return { ...heads, unified: probes.get(learnt.join())!.verdicts(joined(of, places).inputs) };
    },
    record: recordOf(probes),
    dispose: () => Promise.resolve(),
  };
}

function recordOf(probes: ReadonlyMap<string, Readout>): Fitted["record"] {
  return Object.fromEntries([...probes].map(([name, { record }]) => [name, record]));
}

function fitProbe(
  problem: Problem,
  { means, subset, ...options }: ProbeOptions & {
    readonly means: Means;
    readonly subset: readonly Modality[];
  },
) {
  const part = (name: "train" | "validation") => labelledRows(problem, means, subset, name);
  const parts = { train: part("train"), validation: part("validation") };
  return fitScaledReadout(parts, { target: problem.target, ...options });
}

function labelledRows(
  { features, protocol, key, target, noisy, ...parts }: Problem,
  means: Means,
  subset: readonly Modality[],
  part: "train" | "validation",
): LabelledRows {
  const indices = parts[part];
  if (subset.length === 1) {
    const m = subset[0]!;
    const rows = [...indices[m], ...copiesOfRows(noisy, m, indices[m])];
    const labels = rows.map((i) => features[m].labels[i]!);
    return { ...joinMeans(means, { [m]: rows }, subset), labels };
  }
  const triples = pairTriples({
    indices,
    labels: byModality((m) => features[m].labels),
    protocol,
    target,
    count: Math.max(...modalities.map((m) => indices[m].length)),
    key: fold(key, "probe", part),
  });
  const rows = { text: triples.text, image: triples.image, audio: triples.audio };
  if (triples.unified === undefined) {
    throw new RangeError(`Cannot fit a unified probe: expected protocol label, got ${protocol}`);
  }
  return { ...joinMeans(means, rows, subset), labels: triples.unified };
}
