/** The best of three systems that know one modality each: what fusion has to improve on. @module */

import { aucRoc } from "../metrics/roc.ts";
import type { Modality } from "../modality.ts";
import type { System } from "../systems/system.ts";
import { type Branches, joined, probeBranches } from "./branches.ts";
import { shownIn } from "./shown_modalities.ts";

/**
 * Answers for a triple with the branch that has the highest AUC on the validation
 * samples of its modality, and no test sample has a say in which.
 *
 * AUC rather than log loss, since corpora with other shares of positive samples
 * have other losses at chance. Of equal ones the first in the order text, image,
 * audio wins. Of a triple that lacks the best modality, the best of the rest answers.
 * Under `single` and `random` each branch answers for itself. The branches are linear probes by
 * default: what fusion has to improve on.
 *
 * The fit throws a RangeError if a modality has validation samples of one label only.
 */
export function bestSingle(branches: Branches = probeBranches()): System {
  return joined(
    "Best single modality",
    branches,
    async ({ features, validation, present }, logitsOf) => {
      const aucs: { [M in Modality]?: number } = {};
      for (const m of present) {
        const actual = validation[m].map((i) => features[m].labels[i]!);
        const auc = aucRoc({ actual, scores: (await logitsOf({ [m]: validation[m] }))[m]! });
        if (Number.isNaN(auc)) {
          throw new RangeError(
            `Cannot choose a modality: expected ${m} validation samples of both labels, ` +
              `got only ${actual[0]}`,
          );
        }
        aucs[m] = auc;
      }
      const best = (of: readonly Modality[]) => of.reduce((a, b) => aucs[b]! > aucs[a]! ? b : a);
      return {
        fuse: (logits) => logits[best(shownIn(logits))]!,
        record: { chosen: best(present), validationAucRoc: aucs },
      };
    },
  );
}
