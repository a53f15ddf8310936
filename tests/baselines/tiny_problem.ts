/** A problem that every system can be fitted on in moments. @module */

import { modalities, type Polarity } from "../../lib/modality.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { range, tinyFeatures } from "../systems/tiny_corpus.ts";

const counts = { text: 40, image: 40, audio: 40 };

/** Odd samples are positive, and the states of each modality tell. */
export const problem: Problem = {
  features: tinyFeatures(counts, { signal: 1.5 }),
  train: range(0, 24),
  validation: range(24, 32),
  protocol: "single",
  present: modalities,
  key: key(1),
};
/** The rows that no system is fitted on. */
export const test = range(32, 40);

/** The same problem with the labels given; the rest of each corpus keeps its own. */
export function withLabels(m: "text" | "image" | "audio", labels: readonly Polarity[]): Problem {
  const { features } = problem;
  const own = Array.from(features[m].labels);
  labels.forEach((label, i) => own[i] = label);
  return { ...problem, features: { ...features, [m]: { ...features[m], labels: own } } };
}

/** Labels of the 24 training samples, three quarters of them positive. */
export const mostlyOnes: Polarity[] = Array.from({ length: 24 }, (_, i) => i % 4 === 3 ? 0 : 1);
