/** The linear probe: what a frozen encoder's features say without any network on top. @module */

import { pairTriples } from "../datasets/pairing.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { fold } from "../tensor/random.ts";
import { copiesOfRows } from "../systems/noisy_copies.ts";
import type { CorpusFeatures, ModalityFeatures } from "../systems/features.ts";
import type { Fitted, Head, Problem, System } from "../systems/system.ts";
import { polarities } from "../target.ts";
import { emotionRegression } from "./emotion_regression.ts";
import type { LabelledRows } from "./feature_rows.ts";
import { repeated, verdictOfLabels } from "./labels.ts";
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
      return join({ [modality]: of } as Means, { [modality]: rows }, [modality]);
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
      const scores = probe.verdicts(join(of, rows, shown).inputs);
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
    const { inputs, width } = join(means, { [m]: train[m] }, [m]);
    return [m, Float32Array.from(columnMoments({ inputs, width }).mean)];
  }));
  const joined = (of: Means, rows: ShownRows) => join(of, rows, learnt, absent);
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
      for (const m of judged) heads[m] = probes.get(m)!.verdicts(join(of, rows, [m]).inputs);
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

interface ModalityMeans {
  readonly width: number;
  /** `[N, width]`. */
  readonly rows: Float32Array;
}

/** Of the modalities that a probe reads. */
type Means = Readonly<Record<Modality, ModalityMeans>>;

/**
 * The mean of each sample's states over the segments that its mask keeps, and over layers if there
 * are several.
 */
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

function meansOf(features: CorpusFeatures, of: readonly Modality[]): Means {
  return Object.fromEntries(of.map((m) => [m, meanStates(features[m])])) as Means;
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
    return { ...join(means, { [m]: rows }, subset), labels };
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
  return { ...join(means, rows, subset), labels: triples.unified };
}

/** Samples by modality; a row that lacks one has undefined in its place. */
type ShownRows = { readonly [M in Modality]?: ArrayLike<number | undefined> };

// `absent` stands for what a row lacks.
function join(
  means: Means,
  rows: ShownRows,
  subset: readonly Modality[],
  absent: { readonly [M in Modality]?: Float32Array } = {},
): { inputs: Float32Array; width: number } {
  const count = rows[subset.find((m) => rows[m])!]!.length;
  const widths = subset.map((m) => absent[m]?.length ?? means[m].width);
  const width = widths.reduce((sum, columns) => sum + columns, 0);
  const inputs = new Float32Array(count * width);
  for (let i = 0; i < count; i++) {
    let at = i * width;
    subset.forEach((m, k) => {
      const columns = widths[k]!, row = rows[m]?.[i];
      inputs.set(
        row === undefined ? absent[m]! : means[m].rows.subarray(row * columns, (row + 1) * columns),
        at,
      );
      at += columns;
    });
  }
  return { inputs, width };
}
