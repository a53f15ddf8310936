/** What a comparison answers, in sentences with their numbers. @module */

import type { LeadingScore } from "../../lib/inference/verdict_scores.ts";
import { signed } from "../../lib/numbers.ts";
import { insignificance } from "../../lib/study/comparisons.ts";
import { printInterval } from "../tables.ts";
import type { ComparedSystem } from "./plan.ts";
import type { CompareRow, RowComparison } from "./rows.ts";
import { turned } from "./said.ts";

/** Systems that have something beside a sum of verdicts. */
export const interacting: readonly ComparedSystem[] = [
  "Proposed",
  "Residual fusion (ours)",
  "Gated fusion",
  "Concatenation MLP",
  "MISA",
  "MSFNet (adaptation)",
];

/** What the rows answer, each a line; a question that nothing was asked of has none. */
export function answersOf(rows: readonly CompareRow[], lead: LeadingScore): string[] {
  const whole = rows.filter(({ modality }) => modality === "rows");
  const of = (system: ComparedSystem) => whole.find((row) => row.system === system);
  const best = of("Best single modality")?.lessLate;
  const proposed = (system: ComparedSystem) => {
    const found = of(system)?.comparison;
    return found ? [`less ${system} is ${told(found)}`] : [];
  };
  const each = (
    systems: readonly ComparedSystem[],
    which: (row: CompareRow) => RowComparison | undefined,
    sides?: Sides,
  ) =>
    systems.flatMap((system) => {
      const found = of(system), comparison = found && which(found);
      return comparison ? [`${system} ${told(comparison, sides)}`] : [];
    });
  const unit = lead.sign > 0 ? lead.title : `${lead.title}, above 0 for less error`;
  return [
    line("Does fusion beat the best single modality?", {
      subject: "Late fusion less it is",
      said: best ? [told(turned(best))] : [],
    }),
    line("Does attention, a gate or any interaction beat late fusion?", {
      subject: "Less late fusion:",
      said: each(interacting, ({ lessLate }) => lessLate),
    }),
    line("What does interaction add to a system?", {
      subject: "Less its additive projection:",
      said: each(interacting, ({ interaction }) => interaction),
    }),
    line("Does attention help?", {
      subject: "Proposed",
      said: proposed("Proposed without attention"),
    }),
    line("Does pairing by label inflate?", {
      subject: "Rows paired anew by label, less rows as they are:",
      said: each(["Late fusion", ...interacting], ({ labelPaired }) => labelPaired, [
        "higher",
        "lower",
      ]),
    }),
    line("Is there anything to learn?", {
      subject: "Proposed",
      said: (["Shuffled labels", "Majority"] as const).flatMap(proposed),
    }),
  ].flat();

  function line(
    asks: string,
    { subject, said }: { readonly subject: string; readonly said: readonly string[] },
  ): string[] {
    return said.length === 0 ? [] : [`- ${asks} ${subject} ${said.join("; ")} (${unit}).`];
  }
}

/** What a difference above 0 is called, and one below. */
type Sides = readonly [above: string, below: string];

/** A difference with its interval, and on which side of 0 it is. */
export function told(
  { difference, interval, ...comparison }: RowComparison,
  [above, below]: Sides = ["ahead", "behind"],
): string {
  const number = `${signed(difference)}${interval ? ` ${printInterval(interval)}` : ""}`;
  // Rounding is no difference: where every resample has the same, that of what is printed.
  const isConstant = interval !== null && signed(interval[0]) === signed(interval[1]);
  const isLevel = isConstant ? signed(difference) === signed(0) : Math.abs(difference) < 1e-6;
  if (isLevel) return `${number}, level`;
  const why = insignificance({ difference, ...comparison });
  const side = difference > 0 ? above : below;
  return why === undefined ? `${number}, significantly ${side}` : `${number}, ${side}, but ${why}`;
}
