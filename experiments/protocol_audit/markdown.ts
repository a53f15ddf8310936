/** The protocol audit as Markdown. @module */

import { printNumber, printP, printPercent, signed } from "../../lib/numbers.ts";
import { measureNames } from "../paper.ts";
import { blocks, type Column, columnsTable, type Score } from "../tables.ts";
import type { AuditedFault, AuditMeasure, PairingRow } from "./rows.ts";

/** The audit as lines of Markdown: a table of faults, one of pairing, and what was not run. */
export function auditLines(
  { faults, pairing, absent }: {
    readonly faults: readonly AuditedFault[];
    readonly pairing: readonly PairingRow[];
    readonly absent: readonly string[];
  },
): string[] {
  return blocks(
    columnsTable(faults, [
      ["fault let in on purpose", "fault"],
      ["system", "system"],
      ["test rows met in training", ({ exposed: e }) => e === undefined ? "" : printPercent(e)],
      ...gainColumns("accuracy"),
      ["p", ({ accuracy }) => printP(accuracy.p)],
      ...gainColumns("auc"),
    ], { text: 2 }),
    absent.map((what) => `- Not run: ${what}.`),
    "### Pairing",
    "Given their label, the three samples of a triple are independent: whoever adds up the evidence gains by arithmetic alone. " +
      "The prediction is that of normal scores with one variance; d′ adds in squares.",
    columnsTable(pairing, [
      ["shown", "shown"],
      ["system", "system"],
      ["accuracy", "accuracy"],
      ["AUC", "auc"],
    ], { text: 2 }),
  );
}

function gainColumns(measure: AuditMeasure): Column<AuditedFault>[] {
  const change = ({ mean, sd }: Score) =>
    `${signed(mean)}${sd === null ? "" : ` ± ${printNumber(sd)}`}`;
  return [
    [`honest ${measureNames[measure]}`, (fault) => fault[measure].honest],
    ["with the fault", (fault) => fault[measure].inflated],
    ["difference", (fault) => change(fault[measure].difference)],
  ];
}
