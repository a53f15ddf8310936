/** The rows of the statistics, from saved predictions. @module */

import * as metrics from "../../lib/metrics/mod.ts";
import { key } from "../../lib/tensor/random.ts";
import * as compared from "../../lib/study/comparisons.ts";
import type { Branch } from "../../lib/study/proposed_runs.ts";
import type { Samples } from "../../lib/study/splits.ts";
import type { SystemName } from "../../lib/study/systems.ts";
import { accuracyOver, overSeeds, type Score, scored } from "../tables.ts";

/** How sure the scores of a branch are. */
export interface IntervalRow {
  readonly branch: Branch;
  readonly accuracy: Score;
  /** Bootstrap over clusters, all seeds' tests pooled; null with too few clusters. */
  readonly accuracyInterval: compared.Ends | null;
  /** Speakers, icon sets or texts that were resampled whole. */
  readonly clusters: number;
  /** Wilson's interval of the first seed, which takes its samples for independent; null with too few clusters. */
  readonly wilson: compared.Ends | null;
  readonly auc: Score;
  /** DeLong's interval of the first seed, which takes its samples for independent; null with too few. */
  readonly delong: compared.Ends | null;
  /** Bootstrap over clusters, of the first seed; null with too few. */
  readonly aucInterval: compared.Ends | null;
  /** Why intervals are missing, a reason each. */
  readonly reasons: readonly string[];
  /** Test samples of the first seed. */
  readonly tested: number;
  /**
   * How far below this accuracy another system's must be on other test samples, as many, for a test
   * to find it with power 0.8; null where the accuracy is 0 or 1.
   */
  readonly resolvable: number | null;
}

/** The intervals of a branch. */
export function intervalRow(
  branch: Branch,
  answers: compared.Answers,
  samples: Samples,
): IntervalRow {
  const files = answers.map(({ predictions }) => predictions);
  const first = files[0]!;
  const right = files.flatMap(compared.correctness);
  const clusters = files.flatMap((file) => compared.clustersOf(file, samples));
  const called = compared.clusterNames[compared.clusteredBy(first)];
  const few = metrics.tooFew(new Set(clusters).size, called);
  // Samples of a few speakers are not independent: none of the intervals is one, then.
  const unless = (compute: () => compared.Ends) =>
    few === undefined ? compared.orReason(compute) : { value: null, reason: few };
  const pooled = clusterInterval(
    (rows) => rows.reduce((sum, row) => sum + right[row]!, 0) / rows.length,
    { clusters, called },
  );
  const accuracy = accuracyOver(files);
  const ofFirst = accuracy.seeds[0]!;
  const count = first.labels.length;
  const wilson = unless(() => endsOf(metrics.accuracyInterval({ accuracy: ofFirst, count })));
  const delong = unless(() => endsOf(metrics.aucInterval(scored(first))));
  const area = clusterInterval((rows) => metrics.aucRoc(rowsOf(scored(first), rows)), {
    clusters: compared.clustersOf(first, samples),
    called: files.length > 1 ? `${called} with the first seed` : called,
  });
  const reasons = [pooled, wilson, delong, area]
    .flatMap((one) => "reason" in one ? [one.reason] : []);
  return {
    branch,
    accuracy,
    accuracyInterval: pooled.value,
    clusters: new Set(clusters).size,
    wilson: wilson.value,
    auc: overSeeds(files.map((file) => metrics.aucRoc(scored(file)))),
    delong: delong.value,
    aucInterval: area.value,
    reasons: [...new Set(reasons)],
    tested: count,
    resolvable: ofFirst > 0 && ofFirst < 1
      ? metrics.smallestDifferenceIndependent({ accuracy: ofFirst, count })
      : null,
  };
}

function endsOf({ low, high }: { readonly low: number; readonly high: number }): compared.Ends {
  return [low, high];
}

// The bootstrap over clusters, or why there is none.
function clusterInterval(
  statistic: metrics.RowStatistic,
  { clusters, called }: { readonly clusters: readonly string[]; readonly called: string },
): ReturnType<typeof compared.orReason<compared.Ends>> {
  const reason = metrics.tooFew(new Set(clusters).size, called);
  if (reason !== undefined) return { value: null, reason };
  const count = clusters.length;
  return compared.orReason(() =>
    endsOf(metrics.bootstrapInterval({ count, clusters, statistic, key: key(0) }))
  );
}

const paperBaselines: readonly SystemName[] = ["MISA", "MSFNet (adaptation)", "CLIP", "CLIP+BERT"];

/** A system's answers to the exam of a branch. */
export interface Contestant {
  readonly system: SystemName;
  readonly answers: compared.Answers;
}

/** The proposed model against another system on one branch. */
export interface TestRow {
  readonly branch: Branch;
  readonly against: SystemName;
  /** Whether it is the best of all baselines, by the accuracy on these very tests. */
  readonly best: boolean;
  /** Holm's correction is over the systems of the branch. */
  readonly comparison: compared.Corrected;
  /** Of the first seed's AUCs, Proposed less the other; null with too few samples of a class. */
  readonly delong: metrics.DelongTest | null;
  /** The same correction of the two tests of the first seed; null where the comparison has no p. */
  readonly pHolm: Readonly<Record<"mcnemar" | "delong", number | null>>;
  /** Odds that it is Proposed that is right where exactly one is; of the first seed. */
  readonly oddsRatio: metrics.OddsRatio;
  /** Hedges' g of the seeds' differences; null with fewer than three seeds or none of spread. */
  readonly effectOverSeeds: number | null;
  /** Why the difference is not significant, as `insignificance` has it; null if it is. */
  readonly insignificant: string | null;
}

/** The tests of a branch: the paper's comparisons, then the best baseline if it is none of them. */
export function testRows(
  branch: Branch,
  { proposed, baselines }: {
    readonly proposed: compared.Answers;
    readonly baselines: readonly Contestant[];
  },
  samples: Samples,
): TestRow[] {
  const best = bestSingle(baselines);
  const chosen = baselines.filter(({ system }) =>
    system === best.system || paperBaselines.includes(system)
  );
  const comparisons = compared.corrected(
    chosen.map(({ answers }) => compared.compare({ first: proposed, second: answers }, samples)),
  );
  const tests = chosen.map(({ answers }) => firstSeedTests(proposed, answers));
  // Too few clusters for one test are too few for those that take samples for independent.
  const where = (p: (at: number) => number | null) =>
    metrics.holm(comparisons.map(({ reason }, at) => reason === undefined ? p(at) : null));
  const mcnemar = where((at) => comparisons[at]!.mcnemar.p);
  const delong = where((at) => tests[at]!.delong?.p ?? null);
  return chosen.map((contestant, i) => {
    const comparison = comparisons[i]!;
    return {
      branch,
      against: contestant.system,
      best: contestant === best,
      comparison,
      ...tests[i]!,
      pHolm: { mcnemar: mcnemar[i]!, delong: delong[i]! },
      effectOverSeeds: effectOverSeeds(comparison.seeds),
      insignificant: compared.insignificance(comparison) ?? null,
    };
  });
}

/** The contestant with the highest mean accuracy; the earlier of equals. */
export function bestSingle(contestants: readonly Contestant[]): Contestant {
  const accuracy = ({ answers }: Contestant) =>
    accuracyOver(answers.map(({ predictions }) => predictions)).mean;
  return contestants.reduce((a, b) => accuracy(b) > accuracy(a) ? b : a);
}

function firstSeedTests(proposed: compared.Answers, other: compared.Answers) {
  const [ours, theirs] = [proposed[0]!.predictions, other[0]!.predictions];
  const actual = ours.labels;
  return {
    delong:
      compared.orReason(() =>
        metrics.delongTest({ actual, first: ours.scores, second: theirs.scores })
      )
        .value,
    oddsRatio: metrics.discordantOddsRatio(
      metrics.agreement({
        actual,
        first: metrics.predictedClasses(ours.scores),
        second: metrics.predictedClasses(theirs.scores),
      }),
    ),
  };
}

function effectOverSeeds(differences: readonly number[]): number | null {
  if (differences.length < 3) return null;
  const effect = metrics.cohensDz({ first: differences, second: differences.map(() => 0) });
  return Number.isFinite(effect) ? effect * metrics.hedgesCorrection(differences.length - 1) : null;
}

/** What a branch gains by leaving the least sure samples unanswered. */
export interface SelectiveRow {
  readonly branch: Branch;
  /** The area under the risk-coverage curve; that of confidences which say nothing is the error. */
  readonly area: Score;
  /** 1 less the accuracy. */
  readonly error: Score;
  /** Accuracy where this share of samples, the surest, is answered. */
  readonly points: readonly { readonly coverage: number; readonly accuracy: Score }[];
}

/** The shares of samples answered at which curves are read, rising to 1. */
const coverages = Array.from({ length: 20 }, (_, i) => (i + 1) / 20);

/** Selective prediction over seeds. */
export function selectiveRow(branch: Branch, answers: compared.Answers): SelectiveRow {
  const tests = answers.map(({ predictions }) => scored(predictions));
  const curves = tests.map(metrics.coverageCurve);
  return {
    branch,
    area: overSeeds(tests.map((test) => metrics.areaUnderRiskCoverage(test))),
    error: overSeeds(curves.map(({ accuracy }) => 1 - accuracy.at(-1)!)),
    points: coverages.map((coverage) => ({
      coverage,
      // Samples of equal confidence are answered together: the first point that covers as many.
      accuracy: overSeeds(
        curves.map((curve) =>
          curve.accuracy[curve.coverage.findIndex((covered) => covered >= coverage - 1e-9)]!
        ),
      ),
    })),
  };
}

function rowsOf({ actual, scores }: metrics.Scored, rows: Uint32Array): metrics.Scored {
  return {
    actual: Array.from(rows, (row) => actual[row]!),
    scores: Array.from(rows, (row) => scores[row]!),
  };
}
