/** What a table was understood to be, for its author to check. @module */

import { modalities, type Modality } from "../modality.ts";
import { type Part, parts } from "./parts.ts";
import type { LeftOut } from "./rows.ts";
import { otherThanPolarities, type Target } from "../target.ts";

/** What `readPairedTable` has understood. */
export interface TableReport {
  /** The file, or the folder. */
  readonly path: string;
  /** What it was recognised as; null of a plain table. */
  readonly layout: string | null;
  /** Rows of the set. */
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
  /** Each label, what it counts as, and rows of the set that have it. */
  readonly labels: readonly {
    readonly label: string;
    /** What it stands for, by a numbering or a map. */
    readonly emotion: string;
    readonly meaning: string;
    readonly rows: number;
  }[];
  /** Groups of used rows, and what names them; null where nothing does. */
  readonly groups: { readonly by: string | null; readonly count: number };
  /** Used rows by part, where the set says so. */
  readonly split?: Readonly<Record<Part, number>>;
  /** Columns that nothing reads, as the header names them. */
  readonly unused: readonly string[];
  /** Rows that are not used, and what is no row, by reason. */
  readonly leftOut: readonly LeftOut[];
  /** What else its author has to know, such as who may be on two sides of a split. */
  readonly notes: readonly string[];
}

/** A report for a person, a line a matter. */
export function printTableReport(report: TableReport): string {
  const { path, layout, rows, used, labels, groups, split, unused, leftOut, notes } = report;
  const by = groups.by === null ? "" : ` by ${groups.by}`;
  const counts = modalities.map((m) => `${report.modalities[m] || "no"} ${m}`);
  const meanings = labels.map(({ label, emotion, meaning, rows }) => {
    const name = [label, meaning].includes(emotion) ? "" : `: ${emotion}`;
    return `${rows} ${shorten(label)}${name}${label === meaning ? "" : ` (${meaning})`}`;
  });
  const lines: (readonly [name: string, value: string])[] = [
    ...layout === null ? [] : [["layout", layout] as const],
    ["modalities", counts.join(", ")],
    ...otherThanPolarities(report.target)
      ? [["learnt", describeTarget(report.target)] as const]
      : [],
    ["labels", report.scores ? describeScores(report.scores) : some(meanings)],
    ["groups", `${groups.count}${by}`],
    ...split ? [["split", parts.map((part) => `${split[part]} ${part}`).join(", ")] as const] : [],
    ...layout !== null && unused.length === 0
      ? []
      : [["unused", some(unused.map((name) => `"${shorten(name)}"`)) || "no column"] as const],
    ...leftOut.map(({ reason, rows, places }) => {
      const more = rows > places.length ? ", …" : "";
      const where = typeof places[0] === "number" ? "line " : "";
      return [
        "left out",
        `${rows} ${shorten(reason, 60)}, ${where}${places.join(", ")}${more}`,
      ] as const;
    }),
    ...notes.map((note) => ["note", note] as const),
  ];
  const body = lines.map(([name, value]) => `  ${name.padEnd(10)}  ${value}`);
  return [`${path}: ${rows} rows, ${used} used`, ...body].join("\n");
}

function describeTarget(target: Target): string {
  if (target.kind === "score") return `a score from ${target.low} to ${target.high}`;
  const { classes } = target;
  return `${classes.length} classes: ${some(classes.map((name) => shorten(name)))}`;
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

function shorten(text: string, most = 40): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
