/** Three classes, neutral among them, by linear probes. @module */

import type { Sample } from "../../lib/datasets/mod.ts";
import { accuracy, f1Macro } from "../../lib/metrics/mod.ts";
import type { Modality } from "../../lib/modality.ts";
import { answersTo } from "../../lib/study/comparisons.ts";
import { type Job, named } from "../../lib/study/job.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import { divideAll, type Draws, type Samples } from "../../lib/study/splits.ts";
import { fold, key, permutation } from "../../lib/tensor/random.ts";
import { overSeeds, type Score } from "../tables.ts";

/** The three classes with neutral kept, by the number that results have for them. */
export const threeClasses = ["negative", "positive", "neutral"] as const;

/** The class of a sample, where neutral is one. */
export function classOf({ emotion, label }: Pick<Sample, "emotion" | "label">): 0 | 1 | 2 {
  return emotion === "neutral" ? 2 : label as 0 | 1;
}

/** Equally many samples of the three classes, at most `cap` in all, in the order given. */
export function balancedThree(samples: readonly Sample[], cap: number): Sample[] {
  const pools = threeClasses.map((_, c) =>
    [...samples.keys()].filter((i) => classOf(samples[i]!) === c)
  );
  const each = Math.min(Math.floor(cap / 3), ...pools.map(({ length }) => length));
  return pools
    .flatMap((pool, c) =>
      [...permutation(fold(key(0), "three classes", c), pool.length)].slice(0, each)
        .map((i) => pool[i]!)
    )
    .sort((a, b) => a - b)
    .map((i) => samples[i]!);
}

/**
 * Linear probes of one class against the others, a seed each. The model has two
 * classes only, and so has every trained system: three classes are the probe's.
 */
export function planThreeClasses(
  samples: Samples,
  { seeds, data, m, positive }: Draws & {
    readonly m: Modality;
    /** The class that counts as positive. */
    readonly positive: number;
  },
): Job[] {
  return seeds.map((seed): Job => {
    const { split } = divideAll(samples, { seed, data });
    const { test } = split[m];
    const labels = test.map((i) => Number(classOf(samples[m][i]!) === positive));
    return named({
      system: "Linear probe",
      kind: `only-${threeClasses[positive]}-single-${m}`,
      seed,
      protocol: "single",
      present: [m],
      split,
      exams: [{ name: m, head: m, rows: { [m]: test }, labels }],
    });
  });
}

/** Three classes on one modality. */
export interface ThreeClassRow {
  readonly modality: Modality;
  /** Samples trained and tested on, a third of each class. */
  readonly used: number;
  readonly accuracy: Score;
  readonly f1: Score;
  /** The accuracy of who always says the commonest class of the test part. */
  readonly majority: Score;
}

/**
 * The class with the highest score of three probes. `judged[c]` are the runs in
 * which class c is positive.
 */
export function collateThreeClasses(
  judged: readonly (readonly JudgedJob[])[],
  { modality, used }: Pick<ThreeClassRow, "modality" | "used">,
): ThreeClassRow {
  const answers = judged.map((runs) => answersTo(runs));
  const seeds = answers[0]!.map((_, s) => {
    const files = answers.map((runs) => runs[s]!.predictions);
    const rows = [...files[0]!.labels.keys()];
    const actual = rows.map((i) => files.findIndex(({ labels }) => labels[i] === 1));
    const predicted = rows.map((i) => {
      const scores = files.map(({ scores }) => scores[i]!);
      return scores.indexOf(Math.max(...scores));
    });
    const counts = threeClasses.map((_, c) => actual.filter((a) => a === c).length);
    return {
      accuracy: accuracy({ actual, predicted, classes: 3 }),
      f1: f1Macro({ actual, predicted, classes: 3 }),
      majority: Math.max(...counts) / actual.length,
    };
  });
  const over = (name: "accuracy" | "f1" | "majority") => overSeeds(seeds.map((s) => s[name]));
  return { modality, used, accuracy: over("accuracy"), f1: over("f1"), majority: over("majority") };
}
