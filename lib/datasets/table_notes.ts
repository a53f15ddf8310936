/** What has to be known of a table beside its counts. @module */

import { median } from "../metrics/median.ts";
import type { Target } from "../target.ts";
import { splitLeaks } from "./audit.ts";
import { severalLabels } from "./label_words.ts";
import { leakText } from "./leaks.ts";
import type { Split } from "./parts.ts";
import { countedRows, type Row, type Rows } from "./rows.ts";
import type { Sample } from "./sample.ts";
import type { TableReport } from "./table_report.ts";
import { groupColumns } from "./table_set.ts";
import type { TableTarget, TargetChoice } from "./table_target.ts";

/** What is learnt of the rows, and of scores where they lie. */
export function learntOf(
  target: Target,
  labels: readonly number[],
): Pick<TableReport, "target" | "scores"> {
  if (target.kind === "classes") return { target };
  const scores = labels.toSorted((a, b) => a - b);
  return {
    target,
    scores: {
      least: scores[0]!,
      median: median(scores),
      greatest: scores.at(-1)!,
      zero: scores.filter((score) => score === 0).length,
    },
  };
}

/** What else could be learnt of the labels. */
export function labelNotes({ counts }: TableTarget, target: TargetChoice | undefined): string[] {
  const rowsOf = (some: typeof counts) => some.reduce((sum, { rows }) => sum + rows, 0);
  const several = rowsOf(counts.filter(({ emotion }) => emotion === severalLabels));
  const neutral = rowsOf(counts.filter(({ meaning }) => meaning === "excluded")) - several;
  return [
    ...target === undefined && neutral > 0
      ? [
        `${
          countedRows(neutral, "is", "are")
        } neither positive nor negative: --target classes learns their labels too`,
      ]
      : [],
    ...several > 0
      ? [
        `${
          countedRows(several, "has", "have")
        } several labels: --several first takes the first of each, --several ` +
        "agree those that are of one class",
      ]
      : [],
  ];
}

/** What the groups rest on, where `lone` rows have none. */
export function groupNotes({ layout, groupedBy }: Rows, lone: number): string[] {
  if (groupedBy !== null) {
    return lone > 0 ? [`${countedRows(lone, "has", "have")} no group: each is its own`] : [];
  }
  const what = layout === null
    ? `no column of groups (${groupColumns.join(", ")})`
    : "nothing says whose the rows are";
  return [`${what}: each row is a group of its own, and one person may be on two sides of a split`];
}

/** What rows count in training, where they say so. */
export function weightNotes(rows: readonly Pick<Row, "weight">[]): string[] {
  const given = rows.flatMap(({ weight }) => weight ?? []);
  if (given.length === 0) return [];
  const [least, most] = [Math.min, Math.max].map((of) => given.reduce((a, b) => of(a, b)));
  const none = given.filter((weight) => weight === 0).length;
  return [
    `rows count from ${least} to ${most} in the training of networks, by the column weight` +
    (none > 0 ? `; ${none} of them not at all` : ""),
  ];
}

/** What the parts that a set gives share, and what is drawn. */
export function partNotes(rows: readonly Sample[], split: Split): string[] {
  const drawn = split.validation.length === 0 && split.train.length > 0;
  return [
    ...drawn ? ["no validation part is there: one is drawn from the training part, by group"] : [],
    ...splitLeaks(rows, split).map((leak) => `the given split leaks: ${leakText(leak)}`),
  ];
}
