/** Scores with intervals by group, such as the actor: every verdict of a group is drawn with it. @module */

import {
  bootstrapInterval,
  expandedLevel,
  predictedClasses,
  type RowStatistic,
  tooFew,
} from "../lib/metrics/mod.ts";
import { type Answers, clustersOf, type Ends } from "../lib/study/comparisons.ts";
import type { Samples } from "../lib/study/splits.ts";
import { key } from "../lib/tensor/random.ts";

/** Classes said and true, of all seeds and folds together. */
export interface Judgements {
  readonly actual: readonly number[];
  readonly predicted: readonly number[];
  /** How many classes there may be. */
  readonly classes: number;
  /** Of each, what it is drawn with. */
  readonly groups: readonly string[];
}

/** A score that is computed from counts by class. */
export type Measure = "accuracy" | "recall";

/** A score of all verdicts, or a difference, with its 95 % interval. */
export interface ByGroup {
  readonly estimate: number;
  /** Null with too few groups. */
  readonly interval: Ends | null;
}

const resamples = 2000;

/** The polarities that one system called and that are true, over seeds. */
export function polarityJudgements(answers: Answers, samples: Samples): Judgements {
  const all = answers.map(({ predictions }) => predictions);
  return {
    actual: all.flatMap(({ labels }) => labels),
    predicted: all.flatMap(({ scores }) => predictedClasses(scores)),
    groups: all.flatMap((predictions) => clustersOf(predictions, samples)),
    classes: 2,
  };
}

/**
 * Accuracy, or the mean recall of the classes that there are (balanced accuracy, or the unweighted
 * average recall, UAR), over all verdicts; its interval is that of the bootstrap over groups, each
 * drawn with its verdicts of every seed, and expanded as few groups need.
 */
export function scoreByGroup(judgements: Judgements, measure: Measure): ByGroup {
  return resampled([tallies(judgements)], ([own]) => scores[measure](own!));
}

/** The first's score less the second's on the same samples; both are drawn together. */
export function differenceByGroup(
  { first, second }: { readonly first: Judgements; readonly second: Judgements },
  measure: Measure,
): ByGroup {
  const score = scores[measure];
  return resampled(
    [tallies(first), tallies(second)],
    ([ours, theirs]) => score(ours!) - score(theirs!),
  );
}

/** Right answers, and all, of each class: `[right_0, all_0, right_1, …]`. */
type Tally = Float64Array;

const scores: Readonly<Record<Measure, (tally: Tally) => number>> = {
  accuracy(tally) {
    let right = 0, all = 0;
    for (let at = 0; at < tally.length; at += 2) {
      right += tally[at]!;
      all += tally[at + 1]!;
    }
    return right / all;
  },
  recall(tally) {
    let sum = 0, there = 0;
    for (let at = 0; at < tally.length; at += 2) {
      if (tally[at + 1] === 0) continue;
      sum += tally[at]! / tally[at + 1]!;
      there++;
    }
    return sum / there;
  },
};

/** The tally of each group, by its name. */
function tallies({ actual, predicted, classes, groups }: Judgements): Map<string, Tally> {
  const found = new Map<string, Tally>();
  groups.forEach((group, i) => {
    const tally = found.get(group) ?? new Float64Array(2 * classes);
    found.set(group, tally);
    const at = 2 * actual[i]!;
    if (predicted[i] === actual[i]) tally[at]!++;
    tally[at + 1]!++;
  });
  return found;
}

function resampled(
  systems: readonly Map<string, Tally>[],
  statistic: (sums: readonly Tally[]) => number,
): ByGroup {
  const groups = [...systems[0]!.keys()];
  const own = systems.map((tallies) => groups.map((group) => tallies.get(group)!));
  const sums = own.map(([first]) => new Float64Array(first!.length));
  const ofGroups: RowStatistic = (drawn) => {
    own.forEach((tallies, s) => {
      const sum = sums[s]!.fill(0);
      for (const group of drawn) {
        const tally = tallies[group]!;
        for (let at = 0; at < sum.length; at++) sum[at]! += tally[at]!;
      }
    });
    return statistic(sums);
  };
  if (tooFew(groups.length, "groups") !== undefined) {
    return { estimate: ofGroups(Uint32Array.from(groups.keys())), interval: null };
  }
  const level = expandedLevel(groups.length);
  const { estimate, low, high } = bootstrapInterval({
    ...{ count: groups.length, statistic: ofGroups, key: key(0), resamples, level },
  });
  return { estimate, interval: [low, high] };
}
