/** Sentences that follow from the numbers of trained branches. @module */

import { modalities } from "../../lib/modality.ts";
import { subsetName } from "../robustness/exams.ts";
import type { ShuffleRow } from "../shuffles.ts";
import type { BranchRow } from "./branch_rows.ts";
import type { NeutralRow } from "./rows.ts";
import type { AbstentionRow, FusionRow } from "./fusion.ts";
import type { ThreeClassBranchRow } from "./three_classes.ts";
import { printNumber, signed } from "../../lib/numbers.ts";
import { type Ends, insignificance } from "../../lib/study/comparisons.ts";
import { capital, printInterval, printScore, type Score } from "../tables.ts";

/** All that the experiment found. */
export interface ScratchResults {
  readonly branches: readonly BranchRow[];
  readonly fusion: readonly FusionRow[];
  readonly abstention: readonly AbstentionRow[];
  readonly neutral: readonly NeutralRow[];
  readonly three: readonly ThreeClassBranchRow[];
  readonly shuffles: readonly ShuffleRow[];
}

/** What the numbers say of the branches and of their fusion, one sentence each. */
export function scratchVerdicts(
  { branches, fusion }: Pick<ScratchResults, "branches" | "fusion">,
): string[] {
  return [...blocksOf(branches).flatMap(branchVerdicts), ...fusionVerdicts(fusion)];
}

/** The rows of each modality, and those by speaker by themselves. */
export function blocksOf(rows: readonly BranchRow[]): (readonly BranchRow[])[] {
  return [...Map.groupBy(rows, ({ modality, bySpeaker }) => `${modality} ${bySpeaker}`).values()];
}

function branchVerdicts(rows: readonly BranchRow[]): string[] {
  const where = `${capital(rows[0]!.modality)}${rows[0]!.bySpeaker ? ", by speaker" : ""}`;
  const compared = rows.filter(({ comparison }) => comparison);
  const chosen = rows.find((row) => !row.comparison);
  return [
    ...chosen && compared.length > 0
      ? [`${where}: ${chosen.system} (${printScore(chosen.accuracy)}) is ${standings(rows)}.`]
      : [],
    bestVerdict(rows, where),
  ];
}

/** What validation would choose, and how it stands beside the named systems. */
function bestVerdict(rows: readonly BranchRow[], where: string): string {
  const best = rows.reduce((a, b) => b.validation.mean > a.validation.mean ? b : a);
  const { system, balancedAccuracy, intervals, emotions, less } = best;
  const uar = emotions
    ? `, UAR of ${emotions.emotions.length} emotions ${printScore(emotions.uar)}${
      within(emotions.interval)
    }`
    : "";
  const beside = Object.entries(less).map(([rival, { estimate, interval }]) => {
    if (interval === null) return `${points(estimate)} from ${rival}, of too few to say more`;
    const [low, high] = interval;
    const how = low > 0 ? "better than" : high < 0 ? "worse than" : "not told apart from";
    return `${how} ${rival} (${points(estimate)}, ${tenths(low)} to ${tenths(high)})`;
  });
  return `${where}: validation chooses ${system}, balanced accuracy ` +
    `${printScore(balancedAccuracy)}${within(intervals.balancedAccuracy)}${uar}` +
    `${beside.length > 0 ? `; it is ${beside.join(", and ")}` : ""}.`;
}

function within(interval: Ends | null): string {
  return interval ? ` ${printInterval(interval, printNumber)}` : "";
}

// How what the rows are compared with stands beside each of them.
function standings(rows: readonly (BranchRow | FusionRow)[]): string {
  const parts = rows.filter(({ comparison }) => comparison)
    .map(({ system, comparison }) => `${standing(comparison!)} ${system}`);
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

// A difference that is not significant is none.
function standing(comparison: NonNullable<BranchRow["comparison"]>): string {
  const { difference } = comparison;
  const why = insignificance(comparison);
  if (why !== undefined) return `not told apart (${points(difference)}; ${why}) from`;
  return difference > 0
    ? `better (${points(difference)}) than`
    : `worse (${points(difference)}) than`;
}

function fusionVerdicts(rows: readonly FusionRow[]): string[] {
  const whole = rows.filter(({ shown }) => shown === subsetName(modalities));
  const of = (name: FusionRow["system"]) => whole.find(({ system }) => system === name)?.accuracy;
  const late = of("Late fusion of branches"), predicted = of("Predicted for independent views");
  if (!late || !predicted) return [];
  const joint = of("Proposed on branches");
  const beyond = ({ mean }: Score) => points(mean - predicted.mean);
  return [
    `Triples: Late fusion of branches (${printScore(late)}) is ${standings(whole)}.`,
    `Independence predicts ${printScore(predicted)} from the branches' AUCs: late fusion is ` +
    `${beyond(late)} away${joint ? `, the joint model ${beyond(joint)}` : ""}.`,
  ];
}

function points(difference: number): string {
  return `${tenths(difference)} points`;
}

function tenths(difference: number): string {
  return signed(100 * difference, 1);
}
