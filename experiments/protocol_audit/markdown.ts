/** The protocol audit as Markdown. @module */

import { printNumber, printP, printPercent, signed } from "../../lib/numbers.ts";
import { markdownTable, printScore } from "../tables.ts";
import type { AuditedFault, Gain, PairingRow } from "./rows.ts";

/** The audit as Markdown: a table of faults, one of pairing, and what was not run. */
export function auditToMarkdown(
  { faults, pairing, absent }: {
    readonly faults: readonly AuditedFault[];
    readonly pairing: readonly PairingRow[];
    readonly absent: readonly string[];
  },
  { title, caption }: { title: string; caption: string },
): string {
  return [
    `## ${title}`,
    "",
    caption,
    "",
    ...markdownTable(header, faults.map(faultCells), { text: 2 }),
    ...absent.length > 0 ? ["", ...absent.map((what) => `- Not run: ${what}.`)] : [],
    "",
    "### Pairing",
    "",
    "Given their label, the three samples of a triple are independent: whoever adds up the evidence gains by arithmetic alone. " +
    "The prediction is that of normal scores with one variance; d′ adds in squares.",
    "",
    ...markdownTable(
      ["shown", "system", "accuracy", "AUC"],
      pairing.map(({ shown, system, accuracy, auc }) => [
        ...[shown, system, printScore(accuracy), printScore(auc)],
      ]),
      { text: 2 },
    ),
    "",
  ].join("\n");
}

const header = ["fault let in on purpose", "system", "test rows met in training"]
  .concat("honest accuracy", "with the fault", "difference", "p")
  .concat("honest AUC", "with the fault", "difference");

function faultCells({ fault, system, exposed, accuracy, auc }: AuditedFault): string[] {
  const scores = ({ honest, inflated, difference: { mean, sd } }: Gain) => [
    printScore(honest),
    printScore(inflated),
    `${signed(mean)}${sd === null ? "" : ` ± ${printNumber(sd)}`}`,
  ];
  return [
    ...[fault, system, exposed === undefined ? "" : printPercent(exposed)],
    ...scores(accuracy),
    printP(accuracy.p),
    ...scores(auc),
  ];
}
