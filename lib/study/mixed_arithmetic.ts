/** By which arithmetic the runs of a result came about: parts may have been made on unlike machines. @module */

import type { Arithmetic } from "../compile/mod.ts";
import type { SavedTexts } from "./result_files.ts";

/** What of a run's record says by what arithmetic it came about. */
export interface ArithmeticRecord {
  /** Of its end. */
  readonly arithmetic?: Arithmetic;
  /** Of a run that was cut off and went on by another: all, in the order of time. */
  readonly arithmetics?: readonly Arithmetic[];
}

type Kind = Pick<Arithmetic, "kind" | "digest">;

/** Runs of one arithmetic. */
export interface RunsOfArithmetic extends Kind {
  /** Where they were cut off, and went on by this one: those before, in the order of time. */
  readonly earlier?: readonly Kind[];
  readonly runs: number;
}

/** What a result says of runs that are of several kinds. */
export interface Mixture {
  /** Those of most runs first. */
  readonly arithmetics: readonly RunsOfArithmetic[];
  /** A sentence. */
  readonly mixture: string;
}

/**
 * The kinds of arithmetic that runs' records name; none where all are of one. Kinds of equal words may
 * round unlike each other: their digests tell.
 */
export function mixtureOf(records: Iterable<ArithmeticRecord>): Mixture | undefined {
  const found = [...records].flatMap(({ arithmetic, arithmetics }) => {
    const all = arithmetics ?? (arithmetic ? [arithmetic] : []);
    return all.length > 0 ? [all.map(({ kind, digest }): Kind => ({ kind, digest }))] : [];
  });
  const kinds = new Set(found.flat().map(inWords));
  if (kinds.size < 2) return undefined;
  const groups = Map.groupBy(found, (own) => own.map(inWords).join(", then "));
  const arithmetics = [...groups.values()]
    .map((of): RunsOfArithmetic => {
      const earlier = of[0]!.slice(0, -1);
      return { ...of[0]!.at(-1)!, ...earlier.length > 0 && { earlier }, runs: of.length };
    })
    .sort((a, b) => b.runs - a.runs || (a.digest < b.digest ? -1 : 1));
  const told = arithmetics.map(({ earlier, runs, ...last }) => {
    const before = earlier && `begun by ${earlier.map(inWords).join(", then ")} and ended `;
    return `${runs} ${before ?? ""}by ${inWords(last)}`;
  });
  const mixture =
    `Runs were made by arithmetic of ${kinds.size} kinds, which round unlike each other: ` +
    `${told.join(", ")}. Another division into parts, or one machine, may give other last digits.`;
  return { arithmetics, mixture };
}

function inWords({ kind, digest }: Kind): string {
  return `${kind} (${digest})`;
}

/** A result's Markdown, and what else it says, where its runs are of several kinds. */
export function withMixture(
  markdown: string,
  files: SavedTexts,
): { markdown: string; arithmetics?: Pick<Mixture, "arithmetics"> } {
  const runs = [...files.keys()].filter((path) => path.startsWith("runs/"));
  const mixed = mixtureOf(runs.values().map((path) => JSON.parse(files.get(path)!)));
  if (mixed === undefined) return { markdown };
  const { arithmetics, mixture } = mixed;
  return { markdown: `${markdown}\n\n${mixture}`, arithmetics: { arithmetics } };
}
