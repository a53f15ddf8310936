/** Whether probabilities can be trusted. @module */

import { printNumber } from "../../../lib/numbers.ts";
import type { CalibrationRow } from "../../calibration/rows.ts";
import { counted } from "../../tables.ts";
import { type Answer, spoken } from "./answer.ts";

/** How far confidence is from accuracy, on triples if these were judged; nothing without rows. */
export function canItBeTrusted(rows: readonly CalibrationRow[]): Answer | undefined {
  const row = rows.find(({ branch }) => branch === "unified") ?? rows[0];
  if (row === undefined) return undefined;
  const points = ({ ece }: CalibrationRow["before"]) => printNumber(100 * ece.mean, 1);
  const [before, after] = [points(row.before), points(row.after)];
  const better = rows.filter(({ before, after }) => after.ece.mean < before.ece.mean).length;
  return {
    brief: `Off by ${before} points on average, ${after} after a temperature`,
    sentence: `On ${spoken(row.branch)} the confidence is off by ${before} points on average ` +
      `(expected calibration error), and by ${after} after a temperature that is fitted on ` +
      `validation, which brings it nearer in ${better || "none"} of ` +
      `${counted(rows.length, "case")}; this is described, with ` +
      `${counted(row.before.ece.seeds.length, "seed")}, and not tested.`,
  };
}
