/** Three classes: branches that learn neutral as a class of its own. @module */

import { accuracy, confusionMatrix, f1Macro, recallMacro } from "../../lib/metrics/mod.ts";
import { byModality, type Modality } from "../../lib/modality.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import { threeClasses } from "../../lib/branches/branch.ts";
import { type Job, named, type Outcome } from "../../lib/study/job.ts";
import { inFold } from "../../lib/study/folds.ts";
import { divideBy, type Protocol } from "../../lib/study/protocol.ts";
import type { Draws, Samples } from "../../lib/study/splits.ts";
import { overSeeds, type Score } from "../tables.ts";
import { likeliest } from "./branch_rows.ts";
import { classOf } from "../valence_sensitivity/three_classes.ts";

/** The system that learns three classes. */
const system = "Branch on three classes";

/**
 * A job a seed on one modality. The epoch is chosen by the polarity of the validation samples that
 * have one; the test part has all three classes.
 */
export function planBranchOnThree(
  samples: Samples,
  { seeds, data, m, protocol }: Draws & {
    readonly m: Modality;
    readonly protocol?: Protocol | undefined;
  },
): Job[] {
  const divided = seeds.flatMap((seed) =>
    divideBy(samples, { seed, data, protocol }).map((own) => ({ seed, ...own }))
  );
  // Beside folds of speech, the other modalities are divided once a seed.
  const own = divided.filter(({ split }, at) =>
    divided.findIndex((other) => other.split[m] === split[m]) === at
  );
  return own.map(({ seed, split, fold }): Job => {
    const { validation, test } = split[m];
    const polar = validation.filter((i) => classOf(samples[m][i]!) !== 2);
    // What is scored is the class; a verdict on polarity is all that the head gives.
    const labels = test.map((i) => samples[m][i]!.label);
    return named({
      system,
      kind: inFold(`scratch-${m}`, m === "audio" ? fold : undefined),
      seed,
      protocol: "single",
      present: [m],
      split: { ...split, [m]: { ...split[m], validation: polar } },
      exams: [{ name: m, head: m, rows: { [m]: test }, inspect: true, labels }],
    });
  });
}

/** The features with a table `emotion` of the samples' places among negative, positive, neutral. */
export function withThreeClasses(features: CorpusFeatures, samples: Samples): CorpusFeatures {
  return byModality((m) => {
    const data = Float32Array.from(samples[m], classOf);
    const tables = { ...features[m].tables, emotion: { shape: [data.length], data } };
    return { ...features[m], tables };
  });
}

/** Three classes on one modality. */
export interface ThreeClassBranchRow {
  readonly modality: Modality;
  /** Samples trained and tested on, a third of each class. */
  readonly used: number;
  readonly accuracy: Score;
  /** Macro averages over the three classes. */
  readonly f1: Score;
  readonly recall: Score;
  /** Row = actual, column = predicted, in the order of `threeClasses`; summed over seeds. */
  readonly confusion: readonly (readonly number[])[];
}

/** The class of the highest probability, against the sample's; folds of a seed are scored together. */
export function collateBranchOnThree(
  outcomes: readonly Outcome[],
  { samples, m }: { readonly samples: Samples; readonly m: Modality },
): ThreeClassBranchRow {
  const classes = threeClasses.names.length;
  const seeds = [...Map.groupBy(outcomes, ({ job }) => job.seed).values()].map((folds) => {
    const rows = folds.flatMap(({ verdicts: [verdict] }) => Array.from(verdict!.rows[m]!));
    return {
      actual: rows.map((i) => classOf(samples[m][i]!)),
      predicted: folds.flatMap(({ verdicts: [verdict] }) =>
        likeliest(verdict!.inspected!.classes!)
      ),
      classes,
    };
  });
  return {
    modality: m,
    used: samples[m].length,
    accuracy: overSeeds(seeds.map(accuracy)),
    f1: overSeeds(seeds.map(f1Macro)),
    recall: overSeeds(seeds.map(recallMacro)),
    confusion: confusionMatrix({
      actual: seeds.flatMap(({ actual }) => actual),
      predicted: seeds.flatMap(({ predicted }) => predicted),
      classes,
    }),
  };
}
