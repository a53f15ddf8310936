/** Late fusion with learnt weights: a logistic regression over three verdicts. @module */

import { pairTriples } from "../datasets/pairing.ts";
import { byModality, modalities } from "../modality.ts";
import { fold } from "../tensor/random.ts";
import type { System } from "../systems/system.ts";
import { type Branches, type BranchLogits, joined, probeBranches } from "./branches.ts";
import { fitLogisticRegression } from "./logistic_regression.ts";
import { shownIn, unfitted } from "./shown_modalities.ts";

/**
 * Late fusion whose weights are learnt from label-paired triples:
 *
 *     logit p(1 | triple) = Σ_m w_m z_m + b
 *
 * z_m are the branches' logits. The branches are fitted under `single` on the
 * training part, on which they are too sure of themselves; w and b therefore come
 * from triples of the validation part, as many as the largest modality has
 * samples there. The branches have chosen by that part too, but chosen little.
 * w is L2-regularised at C = 1: no part is left to choose C on, and three
 * weights hardly ask for it.
 *
 * The branches are linear probes by default. Triples have to be complete. Under `single` and `random` each branch
 * answers for itself.
 */
export function learntLateFusion(branches: Branches = probeBranches()): System {
  return joined("Learnt late fusion", branches, async ({ features, validation, key }, logitsOf) => {
    const triples = pairTriples({
      indices: validation,
      labels: byModality((m) => features[m].labels),
      protocol: "label",
      count: Math.max(...modalities.map((m) => validation[m].length)),
      key: fold(key, "learnt fusion"),
    });
    const rows = { text: triples.text, image: triples.image, audio: triples.audio };
    const { model: { weight, bias } } = fitLogisticRegression({
      inputs: Float32Array.from(rowsOf(await logitsOf(rows)).flat()),
      labels: triples.unified!,
      width: modalities.length,
      C: 1,
    });
    return {
      fuse: (logits) =>
        Float64Array.from(
          rowsOf(logits),
          (z) => z.reduce((sum, value, i) => sum + weight[i]! * value, bias),
        ),
      record: {
        weights: Object.fromEntries(modalities.map((m, i) => [m, weight[i]])),
        bias,
        triples: triples.unified!.length,
      },
    };
  });
}

/** The logits of each triple, in the order of the modalities. */
function rowsOf(logits: BranchLogits): number[][] {
  const shown = shownIn(logits);
  if (shown.length < modalities.length) throw unfitted(shown, [modalities.join(" and ")]);
  return Array.from(logits.text!, (_, i) => modalities.map((m) => logits[m]![i]!));
}
