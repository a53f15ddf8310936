/** What a sloppy protocol would have shown. @module */

import { printNumber, printP, signed } from "../../../lib/numbers.ts";
import type { AuditedFault } from "../../protocol_audit/rows.ts";
import { capital, counted } from "../../tables.ts";
import { type Answer, oneSeed, sentenceOf } from "./answer.ts";

/** The fault that flatters the proposed model most; nothing where none was let in. */
export function whatFaultsAdd(faults: readonly AuditedFault[]): Answer | undefined {
  const own = faults.filter(({ system }) => system === "Proposed");
  if (own.length === 0) return undefined;
  const top = own.reduce((a, b) => gainOf(b) > gainOf(a) ? b : a);
  const count = counted(own.length, "fault");
  if (gainOf(top) <= 0) {
    return {
      brief: "Nothing better: no fault raises accuracy",
      sentence: `Of ${count} let in on purpose, none raises the accuracy of the proposed model.`,
    };
  }
  const { honest, inflated } = top.accuracy;
  const raising = own.filter((fault) => gainOf(fault) > 0).length;
  return {
    brief: `Up to ${signed(100 * gainOf(top), 1)} points of accuracy`,
    sentence: sentenceOf([
      `of ${count} let in on purpose, ${raising} ${raising === 1 ? "raises" : "raise"} the ` +
      `accuracy of the proposed model, most of all “${uncapital(top.fault)}”, from ` +
      `${printNumber(honest.mean)} to ${printNumber(inflated.mean)}`,
      ofTest(top),
    ]),
  };
}

function gainOf({ accuracy }: AuditedFault): number {
  return accuracy.difference.mean;
}

// Student's p over seeds is of few values, and is not corrected.
function ofTest({ accuracy: { honest, p } }: AuditedFault): string {
  const seeds = honest.seeds.length;
  if (seeds < 2) return oneSeed;
  if (p === null) return `over ${seeds} seeds, not tested`;
  const told = `p ${p < 0.001 ? "" : "= "}${printP(p)} over ${seeds} seeds, uncorrected`;
  return p < 0.05 ? told : `not significant (${told})`;
}

function uncapital(text: string): string {
  return capital(text) === text ? text[0]!.toLowerCase() + text.slice(1) : text;
}
