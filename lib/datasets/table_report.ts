/** What a table was understood to be, for its author to check. @module */

import { modalities, type Modality } from "../modality.ts";
import { type Part, parts } from "./parts.ts";
import { otherThanPolarities, type Target } from "../target.ts";

/** What `readPairedTable` has understood. */
export interface TableReport {
  /** The file. */
  readonly path: string;
  /** Rows of the file. */
  readonly rows: number;
  /** Rows that are used. */
  readonly used: number;
  /** Used rows that have it. */
  readonly modalities: Readonly<Record<Modality, number>>;
  /** What is learnt. */
  readonly target: Target;
  /** Of scores, where they lie among the used rows. */
  readonly scores?: {
    readonly least: number;
    readonly median: number;
    readonly greatest: number;
    readonly zero: number;
  };
  /** Each label, what it counts as, and rows of the file that have it. */
  readonly labels: readonly {
    readonly label: string;
    readonly meaning: string;
    readonly rows: number;
  }[];
  /** Groups of used rows, and the column that names them; null where there is none. */
  readonly groups: { readonly column: string | null; readonly count: number };
  /** Used rows by part, where a column says so. */
  readonly split?: Readonly<Record<Part, number>>;
  /** Columns that nothing reads, as the header names them. */
  readonly unused: readonly string[];
  /** Rows of the file that are not used, by reason, and the first few of their lines. */
  readonly leftOut: readonly {
    readonly reason: string;
    readonly rows: number;
    readonly lines: readonly number[];
  }[];
  /** What else its author has to know, such as who may be on two sides of a split. */
  readonly notes: readonly string[];
}

/** A report for a person, a line a matter. */
export function printTableReport(report: TableReport): string {
  const { path, rows, used, labels, groups, split, unused, leftOut, notes } = report;
  const by = groups.column === null ? "" : ` by the column "${groups.column}"`;
  const counts = modalities.map((m) => `${report.modalities[m] || "no"} ${m}`);
  const meanings = labels.map(({ label, meaning, rows }) =>
    `${rows} ${shorten(label)}${label === meaning ? "" : ` (${meaning})`}`
  );
  const lines: (readonly [name: string, value: string])[] = [
    ["modalities", counts.join(", ")],
    ...otherThanPolarities(report.target)
      ? [["learnt", describeTarget(report.target)] as const]
      : [],
    ["labels", report.scores ? describeScores(report.scores) : some(meanings)],
    ["groups", `${groups.count}${by}`],
    ...split ? [["split", parts.map((part) => `${split[part]} ${part}`).join(", ")] as const] : [],
    ["unused", some(unused.map((name) => `"${shorten(name)}"`)) || "no column"],
    ...leftOut.map(({ reason, rows, lines }) => {
      const more = rows > lines.length ? ", …" : "";
      return ["left out", `${rows} ${shorten(reason)}, line ${lines.join(", ")}${more}`] as const;
    }),
    ...notes.map((note) => ["note", note] as const),
  ];
  const body = lines.map(([name, value]) => `  ${name.padEnd(10)}  ${value}`);
  return [`${path}: ${rows} rows, ${used} used`, ...body].join("\n");
}

function describeTarget(target: Target): string {
  if (target.kind === "score") return `a score from ${target.low} to ${target.high}`;
  const { classes } = target;
  return `${classes.length} classes: ${some(classes.map(shorten))}`;
}

function describeScores(
  { least, median, greatest, zero }: NonNullable<TableReport["scores"]>,
): string {
  return `from ${least} to ${greatest}, median ${median}, ${zero} of them 0`;
}

function some(items: readonly string[]): string {
  const more = items.length > 20 ? ` and ${items.length - 20} more` : "";
  return items.slice(0, 20).join(", ") + more;
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
