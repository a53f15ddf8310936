/** A check for leaks: any system, fitted on labels that say nothing. @module */

import { byModality, type Modality } from "../modality.ts";
import { fold, type Key, permutation } from "../tensor/random.ts";
import type { ModalityFeatures } from "../systems/features.ts";
import type { Problem, System } from "../systems/system.ts";

/**
 * `system` fitted on labels that are permuted within the training and within
 * the validation part. What it then scores on true test labels beyond chance
 * is a leak or luck.
 */
export function shuffledLabels(system: System): System {
  return {
    name: "Shuffled labels",
    fit: (problem) => system.fit({ ...problem, features: byModality((m) => shuffled(problem, m)) }),
  };
}

function shuffled({ features, train, validation, key }: Problem, m: Modality): ModalityFeatures {
  const labels = Array.from(features[m].labels);
  for (const [part, indices] of Object.entries({ train: train[m], validation: validation[m] })) {
    const order = permutation(shuffleKey(key, part, m), indices.length);
    indices.forEach((index, i) => labels[index] = features[m].labels[indices[order[i]!]!]!);
  }
  return { ...features[m], labels };
}

function shuffleKey(key: Key, part: string, m: Modality): Key {
  return fold(key, "shuffle", part, m);
}
