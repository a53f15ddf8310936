/** A check for leaks: any system, fitted on labels that say nothing. @module */

import { shownBy } from "../datasets/paired.ts";
import { byModality, modalities } from "../modality.ts";
import { fold, permutation } from "../tensor/random.ts";
import type { CorpusFeatures } from "../systems/features.ts";
import type { Problem, System } from "../systems/system.ts";
import { naturalRows } from "./natural_rows.ts";

/**
 * `system` fitted on labels that are permuted within the training and within
 * the validation part. What it then scores on true test labels beyond chance
 * is a leak or luck.
 *
 * Each modality has a permutation of its own; under `natural` the rows have one, so that all samples of
 * a row still have one label.
 */
export function shuffledLabels(system: System): System {
  return {
    name: "Shuffled labels",
    // deno-lint-ignore require-await
    fit: async (problem) => system.fit({ ...problem, features: shuffled(problem) }),
  };
}

function shuffled(problem: Problem): CorpusFeatures {
  const { features, protocol, key } = problem;
  const labels = byModality((m) => Array.from(features[m].labels));
  for (const part of ["train", "validation"] as const) {
    const apart = byModality((m) => problem[part][m]);
    if (protocol === "natural") {
      const rows = naturalRows(problem, part);
      const order = permutation(fold(key, "shuffle", part, "rows"), rows.pairs.length);
      const met = byModality(() => new Set<number>());
      rows.pairs.forEach((pair, i) => {
        for (const m of shownBy(pair)) {
          labels[m][pair[m]!] = rows.labels[order[i]!]!;
          met[m].add(pair[m]!);
        }
      });
      // Samples of no row are a branch's to learn from all the same.
      for (const m of modalities) apart[m] = apart[m].filter((i) => !met[m].has(i));
    }
    for (const m of modalities) {
      const order = permutation(fold(key, "shuffle", part, m), apart[m].length);
      apart[m].forEach((index, i) => {
        labels[m][index] = features[m].labels[apart[m][order[i]!]!]!;
      });
    }
  }
  return byModality((m) => ({ ...features[m], labels: labels[m] }));
}
