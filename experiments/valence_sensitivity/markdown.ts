/** The sensitivity to the valence map as Markdown. @module */

import { printNumber, signed } from "../../lib/numbers.ts";
import { blocks, markdownTable } from "../tables.ts";
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
    markdownTable(
      ["modality", "system", "map", "samples", "positive in the corpus", "accuracy", "F1", "AUC"]
        .concat("accuracy less default", "left out, called positive"),
      rows.map((row) => [
        row.modality,
        row.system,
        row.map,
        row.used,
        printNumber(row.positive),
        row.accuracy,
        row.f1,
        row.auc,
        row.difference === undefined ? "" : signed(row.difference),
        row.leftOut,
      ]),
      { text: 3 },
    ),
    "### Neutral as a third class",
    ...three.length === 0 ? ["No corpus has neutral samples."] : [
      "By three linear probes, one class against the others; the model has two classes, so it has " +
      "no row. A third of the samples is neutral.",
      markdownTable(
        ["modality", "samples", "commonest class", "accuracy", "F1, macro"],
        three.map(({ modality, used, majority, accuracy, f1 }) => [
          modality,
          used,
          majority,
          accuracy,
          f1,
        ]),
      ),
    ],
  );
}
