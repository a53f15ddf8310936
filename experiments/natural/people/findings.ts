/** What people's verdicts say of fusion, in sentences that are computed from rows. @module */

import { printNumber, printPercent, signed } from "../../../lib/numbers.ts";
import type { ByGroup } from "../../by_group.ts";
import { printInterval } from "../../tables.ts";
import type { Disagreement } from "./disagreement.ts";
import { aloneName, nameOfModality, systemNames } from "./judge.ts";
import type { Modality } from "../../../lib/modality.ts";
import type { PeopleRow } from "./rows.ts";

/** Four sentences for each question that was cross-validated by group. */
export function findingsOfRows(rows: readonly PeopleRow[]): string[] {
  const questions = Map.groupBy(
    rows,
    ({ set, target, protocol }) => [set, target, protocol].join(),
  );
  return [...questions.values()].filter(([one]) => one!.protocol !== "official split")
    .flatMap((own) => {
      const of = (system: string) => own.find((row) => row.system === system)!;
      const { set, target, tested } = own[0]!;
      const alone = own.filter(({ system }) => isAlone(system));
      const best = alone.reduce((a, b) => (b.accuracy.estimate > a.accuracy.estimate ? b : a));
      const [late, products] = [of(systemNames.late), of(systemNames.products)];
      const paired = of(systemNames.latePaired);
      return [
        `${set}, ${target}: late fusion is right in ${printNumber(late.accuracy.estimate)} of ` +
        `${tested} rows, ${best.system} in ${printNumber(best.accuracy.estimate)}: fusion adds ` +
        `${printBy(negated(best.lessLate!))}.`,
        `${set}, ${target}: all products of verdicts, less late fusion, give ` +
        `${
          printBy(products.lessLate!)
        }; less their additive projection, which is what interaction ` +
        `adds, ${printBy(products.control!)}.`,
        `${set}, ${target}: label-pairing the same test rows changes late fusion by ` +
        `${printBy(paired.control!)}.`,
      ];
    });
}

/** A sentence for each disagreement over all emotions. */
export function findingsOfDisagreements(rows: readonly Disagreement[]): string[] {
  return rows.filter(({ emotion, ties }) => emotion === null && ties === "first").map((row) => {
    const shares = row.among.map((m) =>
      `the ${nameOfModality[m]} in ${printShare(row.follow[m]!)}`
    );
    return `${row.set}: ${namesOf(row.among)} ${
      row.among.length > 2 ? "are not of one mind" : "disagree"
    } ` +
      `in ${printShare(row.disagree)} of ${row.rows} rows; there those who had all agree with ` +
      `${shares.join(", with ")}, and with none of them in ${printShare(row.neither)}.`;
  });
}

/** `text, voice and face`. */
export function namesOf(modalities: readonly Modality[]): string {
  const names = modalities.map((m) => nameOfModality[m]);
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** `+0.044 [+0.030, +0.058]`. */
export function printBy({ estimate, interval }: ByGroup): string {
  return interval ? `${signed(estimate)} ${printInterval(interval)}` : signed(estimate);
}

/** `48 % [46, 50]`. */
export function printShare({ estimate, interval }: ByGroup): string {
  if (interval === null) return printPercent(estimate);
  return `${printPercent(estimate)} [${
    interval.map((end) => printNumber(100 * end, 0)).join(", ")
  }]`;
}

function isAlone(system: string): boolean {
  return (["text", "image", "audio"] as const).some((m) => aloneName(m) === system);
}

function negated({ estimate, interval }: ByGroup): ByGroup {
  return { estimate: -estimate, interval: interval && [-interval[1], -interval[0]] };
}
