/** The protocol audit as Markdown. @module */

import { printNumber, printP, printPercent, signed } from "../../lib/numbers.ts";
import { blocks, type Cell, markdownTable } from "../tables.ts";
import type { AuditedFault, Gain, PairingRow } from "./rows.ts";

/** The audit as lines of Markdown: a table of faults, one of pairing, and what was not run. */
export function auditLines(
  { faults, pairing, absent }: {
    readonly faults: readonly AuditedFault[];
    readonly pairing: readonly PairingRow[];
    readonly absent: readonly string[];
  },
): string[] {
  return blocks(
    markdownTable(header, faults.map(faultCells), { text: 2 }),
    absent.map((what) => `- Not run: ${what}.`),
    "### Pairing",
    "Given their label, the three samples of a triple are independent: whoever adds up the evidence gains by arithmetic alone. " +
      "The prediction is that of normal scores with one variance; d′ adds in squares.",
    markdownTable(
      ["shown", "system", "accuracy", "AUC"],
      pairing.map(({ shown, system, accuracy, auc }) => [shown, system, accuracy, auc]),
      { text: 2 },
    ),
  );
}

const header = ["fault let in on purpose", "system", "test rows met in training"]
  .concat("honest accuracy", "with the fault", "difference", "p")
  .concat("honest AUC", "with the fault", "difference");

function faultCells({ fault, system, exposed, accuracy, auc }: AuditedFault): Cell[] {
  const scores = ({ honest, inflated, difference: { mean, sd } }: Gain) => [
    honest,
    inflated,
    `${signed(mean)}${sd === null ? "" : ` ± ${printNumber(sd)}`}`,
  ];
  const met = exposed === undefined ? "" : printPercent(exposed);
  return [fault, system, met, ...scores(accuracy), printP(accuracy.p), ...scores(auc)];
}
