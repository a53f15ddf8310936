/** What systems answered, as CSV: every number of people's verdicts is computed from these files. @module */

import { shown } from "../../../lib/checks.ts";
import { parseWhole } from "../../../lib/deps/csv_parse_sync.ts";
import { stringify } from "../../../lib/deps/csv_stringify.ts";
import type { AskedRow, Question } from "./question.ts";

/** The answers to rows, by system the places of classes. */
export interface Answers {
  readonly rows: readonly AskedRow[];
  readonly systems: ReadonlyMap<string, readonly number[]>;
}

/** Where the answers to a question under a protocol are kept. */
export function predictionsPath({ set, target }: Question, protocol: string): string {
  const slug = [set, target, protocol].join(" ").toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return `predictions/people-${slug}.csv`;
}

/** A line a row, `id,group,label` and a column for each system, with the names of classes. */
export function predictionsToCsv({ classes }: Pick<Question, "classes">, answers: Answers): string {
  const systems = [...answers.systems];
  const lines = answers.rows.map(({ id, group, label }, i) => [
    ...[id, group, classes[label]],
    ...systems.map(([, own]) => classes[own[i]!]),
  ]);
  return stringify([["id", "group", "label", ...systems.map(([name]) => name)], ...lines]);
}

/**
 * Reads what {@linkcode predictionsToCsv} wrote, as the answers to `rows`.
 *
 * @throws {RangeError} They are not those of these rows, in their order and with their labels, or a
 * class is none of the question's; with file and line.
 */
export function predictionsFromCsv(
  text: string,
  { rows, question: { classes }, path }: {
    readonly rows: readonly AskedRow[];
    readonly question: Pick<Question, "classes">;
    readonly path: string;
  },
): Answers {
  const [header, ...lines] = parseWhole(text) as string[][];
  const refuse = (line: number, expected: string, got: unknown): never => {
    throw new RangeError(
      `Cannot read "${path}", line ${line}: expected ${expected}, got ${shown(got)}`,
    );
  };
  if (lines.length !== rows.length) refuse(lines.length + 1, `${rows.length} rows`, lines.length);
  rows.forEach(({ id, group, label }, i) => {
    const wanted = [id, group, classes[label]!].join(), got = lines[i]!.slice(0, 3).join();
    if (got !== wanted) refuse(i + 2, wanted, got);
  });
  const systems = header!.slice(3).map((name, at): [string, number[]] => [
    name,
    lines.map((line, i) => {
      const place = classes.indexOf(line[at + 3]!);
      return place >= 0 ? place : refuse(i + 2, `one of ${classes.join(", ")}`, line[at + 3]);
    }),
  ]);
  return { rows, systems: new Map(systems) };
}
