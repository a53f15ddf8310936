/** What noise comes to, in sentences of which each is made of the rows. @module */

import { signed } from "../../lib/numbers.ts";
import {
  type CleanRow,
  cleanRows,
  harmGoals,
  type HarmRow,
  harmRows,
  type NoiseRow,
} from "./rows.ts";

const ours = "Residual fusion (ours)", late = "Late fusion";

/** Shares of 1 as points, with a sign. */
export function points(share: number): string {
  return signed(100 * share, 1);
}

/** A kind of noise, and whether training has met it. */
export function kindName({ corruption, isTrained }: Pick<NoiseRow, "corruption" | "isTrained">) {
  return isTrained ? corruption : `${corruption} (held out)`;
}

/** Ours under noise and without, and late fusion given the same training. */
export function noiseFindings(rows: readonly NoiseRow[]): string[] {
  const harm = harmRows(rows), clean = cleanRows(rows);
  return [true, false].flatMap((isTrained) => {
    const of = (system: string) =>
      harm.filter((row) => row.isTrained === isTrained && row.system.startsWith(system));
    return of(ours).length > 0 ? [onKinds(of(ours), of(late))] : [];
  }).concat(clean.filter(({ system }) => system === ours).map(onClean));
}

function onKinds(own: readonly HarmRow[], others: readonly HarmRow[]): string {
  const { isTrained, goal } = own[0]!;
  const worst = own.reduce((a, b) => b.difference.mean < a.difference.mean ? b : a);
  const within = (rows: readonly HarmRow[]) =>
    rows.filter(({ difference }) => difference.mean >= goal).length;
  return `Under noise that training ${
    isTrained ? "meets" : "does not meet"
  }, our residual fusion trained on ` +
    `noise is within ${-100 * goal} point${
      goal === -0.01 ? "" : "s"
    } of itself without the noisy modality, ` +
    `or better, at ${within(own)} of ${own.length} levels, late fusion so trained at ` +
    `${within(others)}; at worst it is ${points(worst.difference.mean)} points ` +
    `(${worst.modality}, ${worst.corruption} ${worst.level}).`;
}

function onClean({ difference: { mean } }: CleanRow): string {
  return `Training on noise changes the accuracy of our residual fusion on clean triples by ` +
    `${points(mean)} points; ${points(harmGoals.clean)} was allowed.`;
}
