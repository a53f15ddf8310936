/** The rows that a fair table needs, as systems on the same problem. @module */

import { byModality, modalities, type Modality } from "../modality.ts";
import { pairTriples } from "../datasets/pairing.ts";
import { fold, type Key, permutation } from "../tensor/random.ts";
import type { CorpusFeatures, ModalityFeatures } from "../training/features.ts";
import type { Fitted, Head, Problem, Rows, System } from "../training/system.ts";
import { fitLinearProbe, type LabelledRows, predictProbability } from "./logistic_regression.ts";
import { fitMajority } from "./majority.ts";

/** The most frequent training label, whatever the sample. */
export const majority: System = ({ features, train, present, protocol }) => {
  const fits = Object.fromEntries(
    present.map((m) => [m, fitMajority(train[m].map((i) => features[m].labels[i]!))]),
  );
  // Under `label` both labels are equally frequent by construction.
  const unified = fitMajority([0, 1]);
  return Promise.resolve(
    {
      predict: (rows) => {
        const shown = shownIn(rows);
        if (!shown.every((m) => present.includes(m))) throw unfitted(shown, present);
        const n = rows[shown[0]!]!.length;
        const heads = shown.map((m) => [m, fits[m]!.scores(n)]);
        return Promise.resolve({ ...Object.fromEntries(heads), unified: unified.scores(n) });
      },
      record: { protocol, labels: Object.fromEntries(present.map((m) => [m, fits[m]!.label])) },
      dispose: () => Promise.resolve(),
    } satisfies Fitted,
  );
};

/**
 * L2-regularised logistic regression on each frozen encoder's mean state, C
 * chosen on validation; several modalities are judged by one such regression on
 * their joined means, fitted on triples of the same protocol.
 */
export const linearProbe: System = (problem) => {
  const { present, protocol } = problem;
  const subsets: readonly (readonly Modality[])[] = protocol === "single"
    ? present.map((m) => [m])
    : [modalities];
  const means = meanStates(problem.features);
  const probes = new Map(
    subsets.map((subset) => [subset.join(), fitProbe(problem, means, subset)]),
  );
  return Promise.resolve(
    {
      predict: (rows) => {
        const shown = shownIn(rows);
        const probe = probes.get(shown.join());
        if (probe === undefined) throw unfitted(shown, [...probes.keys()]);
        const scores = predictProbability(probe.model, join(means, rows, shown).inputs);
        const head: Head = shown.length === 1 ? shown[0]! : "unified";
        return Promise.resolve({ [head]: scores });
      },
      record: Object.fromEntries(
        [...probes].map(([name, { C, trials }]) => [name, { C, trials }]),
      ),
      dispose: () => Promise.resolve(),
    } satisfies Fitted,
  );
};

/**
 * `system` fitted on labels that are permuted within the training and within
 * the validation part. What it then scores on true test labels beyond chance
 * is a leak or luck.
 */
export function shuffledLabels(system: System): System {
  return (problem) => {
    return system({ ...problem, features: byModality((m) => shuffled(problem, m)) });
  };
}

function shuffled({ features, train, validation, key }: Problem, m: Modality): ModalityFeatures {
  const labels = Array.from(features[m].labels);
  for (const [part, indices] of Object.entries({ train: train[m], validation: validation[m] })) {
    const order = permutation(shuffleKey(key, part, m), indices.length);
    indices.forEach((index, i) => labels[index] = features[m].labels[indices[order[i]!]!]!);
  }
  return { tables: features[m].tables, labels };
}

function shuffleKey(key: Key, part: string, m: Modality): Key {
  return fold(key, "shuffle", part, m);
}

type Means = Readonly<Record<Modality, { readonly width: number; readonly rows: Float32Array }>>;

/** The mean of each sample's states over the segments that its mask keeps. */
function meanStates(features: CorpusFeatures): Means {
  return byModality((m) => {
    const { states, mask } = features[m].tables as unknown as {
      states: { shape: readonly number[]; data: Float32Array };
      mask: { data: Float32Array };
    };
    const [count, segments, width] = states.shape as [number, number, number];
    const rows = new Float32Array(count * width);
    for (let i = 0; i < count; i++) {
      const kept = mask.data.subarray(i * segments, (i + 1) * segments);
      const total = kept.reduce((a, b) => a + b, 0) || 1;
      for (let s = 0; s < segments; s++) {
        const share = kept[s]! / total;
        if (share === 0) continue;
        const from = (i * segments + s) * width;
        for (let c = 0; c < width; c++) rows[i * width + c]! += states.data[from + c]! * share;
      }
    }
    return { width, rows };
  });
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
): LabelledRows {
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

function shownIn(rows: Rows): Modality[] {
  return modalities.filter((m) => rows[m] !== undefined);
}

function unfitted(shown: readonly Modality[], known: readonly string[]): RangeError {
  return new RangeError(
    `Cannot predict from ${shown.join(" and ")}: expected ${known.join(" or ")}`,
  );
}
