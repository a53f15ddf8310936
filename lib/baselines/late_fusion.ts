/** Late fusion: what independent verdicts say together, without any model of how they interact. @module */

import type { Modality } from "../modality.ts";
import type { System } from "../systems/system.ts";
import { type Branches, joined, probeBranches } from "./branches.ts";
import { logit } from "./logistic_loss.ts";
import { fitPlattScaling } from "./platt_scaling.ts";
import { shownIn } from "./shown_modalities.ts";

/** Options of {@linkcode lateFusion}. */
export interface LateFusionOptions {
  /**
   * Whether the branches' logits are made to fit the validation labels first, by
   * Platt scaling. `none` takes their probabilities at their word, as those of linear probes
   * deserve: their strength is chosen by log loss on validation, which asks for honest ones.
   *
   * @default "none"
   */
  readonly calibration?: "platt" | "none";
}

/**
 * Late fusion of three systems by Bayes' rule, as if the samples of a triple
 * were independent given its label, which under `label` they are:
 *
 *     logit p(1 | triple) = Σ_m (z_m − logit π_m) + logit π
 *
 * z_m is the calibrated logit of modality m, π_m the share of positive samples
 * in the part that z_m was calibrated on (validation, or training without
 * calibration), and π = ½ that of triples, which are balanced. With one prior for
 * all, this is the sum of k logits less k − 1 times the prior's.
 *
 * The branches are fitted under `single`. Under `single` and `random` they
 * answer for themselves, uncalibrated. A triple may lack a modality. The paper
 * speaks of late fusion as averaging predictions; sums of logits are what
 * independence calls for.
 *
 * The branches are linear probes by default. A fusion that learns interactions has to beat this
 * row, since label-paired triples hold none.
 *
 * The fit throws a RangeError if a modality has validation samples of one label only.
 */
export function lateFusion(
  branches: Branches = probeBranches(),
  { calibration = "none" }: LateFusionOptions = {},
): System {
  return joined(
    "Late fusion",
    branches,
    async ({ features, train, validation, present }, logitsOf) => {
      const terms: Partial<Record<Modality, Term>> = {};
      for (const m of present) {
        const labelsOf = (rows: readonly number[]) => rows.map((i) => features[m].labels[i]!);
        if (calibration === "none") {
          terms[m] = { slope: 1, offset: 0, prior: share(labelsOf(train[m])) };
          continue;
        }
        const labels = labelsOf(validation[m]);
        const logits = (await logitsOf({ [m]: validation[m] }))[m]!;
        terms[m] = { ...fitPlattScaling({ logits, labels }), prior: share(labels) };
      }
      return {
        fuse: (logits) => {
          const shown = shownIn(logits);
          return logits[shown[0]!]!.map((_, i) =>
            shown.reduce((sum, m) => sum + evidence(terms[m]!, logits[m]![i]!), 0)
          );
        },
        record: { calibration, ...terms },
      };
    },
  );
}

interface Term {
  readonly slope: number;
  readonly offset: number;
  /** The share of positive samples. */
  readonly prior: number;
}

function evidence({ slope, offset, prior }: Term, z: number): number {
  return slope * z + offset - logit(prior);
}

function share(labels: readonly number[]): number {
  return labels.filter((label) => label === 1).length / labels.length;
}
