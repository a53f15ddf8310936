/** What missing modalities do, in sentences, each computed from the rows. @module */

import { modalities, type Modality } from "../../lib/modality.ts";
import { printNumber, printPercent, signed } from "../../lib/numbers.ts";
import { type Corrected, insignificance } from "../../lib/study/comparisons.ts";
import * as tables from "../tables.ts";
import { shownName } from "./figures.ts";
import type { LearningRow } from "./learning.ts";
import { comparedSystems } from "./plan.ts";
import { imbalancedRates, meanRate } from "./rates.ts";
import type { EquityRow, MissingRow, MissingRows, SubsetRow } from "./rows.ts";

const oneSeed = "One seed: too few to say where it does not hold.";

/** Where the model is not robust to what is missing, a sentence a finding; in how many seeds. */
export function missingShortcomings(
  { subsets, conflicts }: Pick<MissingRows, "subsets" | "conflicts">,
): string[] {
  const ours = subsets.filter(({ system }) => system === "Proposed");
  if (ours[0]!.accuracy.seeds.length === 1) return [oneSeed];
  return [
    ...subsets.flatMap(({ system, shown, comparison }) =>
      comparison ? losesToLateFusion({ system, shown, comparison }) : []
    ),
    ...ours.flatMap((less) =>
      ours.filter((more) => isOneMore(less.shown, more.shown)).flatMap((more) =>
        addsHarm(less, more)
      )
    ),
    ...conflicts.filter(({ system, pull }) => system === "Proposed" && pull.mean > 0.5).map(
      ({ odd, pull }) =>
        `${tables.capital(odd)} outvotes the two others in ${
          printPercent(pull.mean)
        } of its conflicts.`,
    ),
  ];
}

function losesToLateFusion(
  { system, shown, comparison }: Pick<SubsetRow, "system" | "shown"> & {
    readonly comparison: Corrected;
  },
): string[] {
  const { difference } = comparison;
  if (difference >= 0) return [];
  const why = insignificance(comparison);
  const reason = why === undefined ? "" : ` (${why})`;
  return [
    `Late fusion is better than ${system} on ${shownName(shown)} by ${
      printNumber(-difference)
    }${reason}.`,
  ];
}

function isOneMore(less: readonly Modality[], more: readonly Modality[]): boolean {
  return more.length === less.length + 1 && less.every((m) => more.includes(m));
}

function addsHarm(less: SubsetRow, more: SubsetRow): string[] {
  const loss = less.accuracy.mean - more.accuracy.mean;
  if (loss <= 0) return [];
  const added = more.shown.find((m) => !less.shown.includes(m))!;
  return [
    `Showing ${added} beside ${less.shown.join(" and ")} costs ${printNumber(loss)} ` +
    `(${tables.seedsBelow(more.accuracy, less.accuracy)}).`,
  ];
}

/** What a reader takes away, a sentence a finding. */
export function missingFindings(
  { subsets, missing, equity }: Pick<MissingRows, "subsets" | "missing" | "equity">,
  learning: readonly LearningRow[],
): string[] {
  return [
    ...comparedSystems.map((system) => besideLateFusion(system, subsets)),
    ...rateSentences(missing),
    equitySentence(equity),
    ...harmSentences(equity),
    ...learning.map(learningSentence),
  ];
}

function besideLateFusion(system: SubsetRow["system"], subsets: readonly SubsetRow[]): string {
  const own = subsets.filter((row) => row.system === system)
    .map(({ shown, comparison }) => ({ shown, comparison: comparison! }))
    .sort((a, b) => a.comparison.difference - b.comparison.difference);
  const told = own.filter(({ comparison }) => insignificance(comparison) === undefined);
  const listed = (sign: number) =>
    told.filter(({ comparison: { difference } }) => Math.sign(difference) === sign)
      .map(({ shown }) => shownName(shown)).join("; ") || "none";
  const end = ({ shown, comparison: { difference } }: typeof own[number]) =>
    `${signed(difference)} (${shownName(shown)})`;
  return `${system} less late fusion is ${end(own[0]!)} to ${end(own.at(-1)!)} over the seven ` +
    `subsets; significantly better: ${listed(1)}; significantly worse: ${listed(-1)}.`;
}

function rateSentences(missing: readonly MissingRow[]): string[] {
  const systems = [...comparedSystems, "Late fusion"] as const;
  return systems.map((system) => {
    const own = missing.filter((row) => row.system === system);
    const shared = own.find(({ protocol, rates }) =>
      protocol === "shared" && rates.text === meanRate
    )!;
    const [worst] = own.filter(({ protocol }) => protocol === "imbalanced")
      .sort((a, b) => a.accuracy.mean - b.accuracy.mean);
    const { rates, accuracy } = worst!;
    const fragile = modalities.find((m) => rates[m] === Math.max(...Object.values(rates)))!;
    return `With every modality missing in ${printPercent(meanRate)}, ${system} is right in ${
      printPercent(shared.accuracy.mean, 1)
    }; with rates of ${ratesListed()} in the worst order, ${fragile} the most fragile, in ${
      printPercent(accuracy.mean, 1)
    }.`;
  });
}

function ratesListed(): string {
  const [first, second, third] = Object.values(imbalancedRates[0]!);
  return `${first}, ${second} and ${third}`;
}

function equitySentence(equity: readonly EquityRow[]): string {
  const order = equity.toSorted((a, b) => b.equity.mean - a.equity.mean);
  const told = order.map(({ system, equity: { mean } }) => `${system} ${printNumber(mean)}`);
  return `Modality equity (1: all contribute alike), from the most even: ${told.join(", ")}.`;
}

function harmSentences(equity: readonly EquityRow[]): string[] {
  return equity.flatMap(({ system, contributions }) =>
    modalities.filter((m) => contributions[m].mean < 0).map((m) =>
      `${tables.capital(m)} does ${system} harm over all subsets: ${
        printNumber(contributions[m].mean)
      }.`
    )
  );
}

function learningSentence({ system, imbalance, gradients }: LearningRow): string {
  const order = modalities.toSorted((a, b) => gradients[b].mean - gradients[a].mean);
  const [most, , least] = order as [Modality, Modality, Modality];
  const times = gradients[most].mean / gradients[least].mean;
  return `In training ${system}, the modules of ${most} have ${
    printNumber(times, 1)
  } times the gradient of those of ${least} (learning index ${
    printNumber(imbalance.mean)
  }; 0: all alike).`;
}
