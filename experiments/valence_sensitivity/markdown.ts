/** The sensitivity to the valence map as Markdown. @module */

import { printNumber, signed } from "../../lib/numbers.ts";
import { blocks, columnsTable } from "../tables.ts";
import type { ValenceRow } from "./rows.ts";
import type { ThreeClassRow } from "./three_classes.ts";

/** The rows of every map, and three classes, for a reader. */
export function valenceLines(
  { rows, three }: {
    readonly rows: readonly ValenceRow[];
    readonly three: readonly ThreeClassRow[];
  },
): string[] {
  return blocks(
    "The corpus's share of positive samples is that before the balanced subset is drawn. The last " +
      "column shows what a map leaves out to the systems that never learnt it.",
    columnsTable(rows, [
      ["modality", "modality"],
      ["system", "system"],
      ["map", "map"],
      ["samples", "used"],
      ["positive in the corpus", ({ positive }) => printNumber(positive)],
      ["accuracy", "accuracy"],
      ["F1", "f1"],
      ["AUC", "auc"],
      ["accuracy less default", ({ difference: d }) => d === undefined ? "" : signed(d)],
      ["left out, called positive", "leftOut"],
    ], { text: 3 }),
    "### Neutral as a third class",
    ...three.length === 0 ? ["No corpus has neutral samples."] : [
      "By three linear probes, one class against the others; the model has two classes, so it has " +
      "no row. A third of the samples is neutral.",
      columnsTable(three, [
        ["modality", "modality"],
        ["samples", "used"],
        ["commonest class", "majority"],
        ["accuracy", "accuracy"],
        ["F1, macro", "f1"],
      ]),
    ],
  );
}
