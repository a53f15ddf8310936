/** Sentences that follow from the numbers of trained branches. @module */

import { modalities, type Modality } from "../../lib/modality.ts";
import { subsetName } from "../robustness/exams.ts";
import type { ShuffleRow } from "../shuffles.ts";
import { type BranchRow, chosenBranch, contenders, type NeutralRow } from "./rows.ts";
import type { AbstentionRow, FusionRow } from "./fusion.ts";
import type { ThreeClassBranchRow } from "./three_classes.ts";
import { signed } from "../../lib/numbers.ts";
import { insignificance } from "../../lib/study/comparisons.ts";
import { capital, printScore, type Score } from "../tables.ts";

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
  return [...modalities.flatMap((m) => branchVerdicts(m, branches)), ...fusionVerdicts(fusion)];
}

function branchVerdicts(m: Modality, all: readonly BranchRow[]): string[] {
  const rows = all.filter(({ modality }) => modality === m);
  const chosen = rows.find(({ system }) => system === chosenBranch);
  const baseline = rows.find(({ system }) => system === contenders[m][0]);
  if (!chosen || !baseline?.comparison) return [];
  return [`${capital(m)}: ${chosenBranch} (${printScore(chosen.accuracy)}) is ${standings(rows)}.`];
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
  return `${signed(100 * difference, 1)} points`;
}
