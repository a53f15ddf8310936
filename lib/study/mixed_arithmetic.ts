/** By which arithmetic the runs of a result came about: parts may have been made on unlike machines. @module */

import type { Arithmetic } from "../compile/mod.ts";
import type { SavedTexts } from "./result_files.ts";

/** Runs of one arithmetic. */
export interface RunsOfArithmetic extends Pick<Arithmetic, "kind" | "digest"> {
  readonly runs: number;
}

/**
 * The kinds of arithmetic that the records of a result's runs name, those of most runs first. Kinds of
 * equal words may round unlike each other: their digests tell.
 */
function arithmeticsOf(files: SavedTexts): RunsOfArithmetic[] {
  const found = [...files.keys()].flatMap((path): Arithmetic[] => {
    if (!path.startsWith("runs/")) return [];
    const { arithmetic } = JSON.parse(files.get(path)!) as { readonly arithmetic?: Arithmetic };
    return arithmetic ? [arithmetic] : [];
  });
  return [...Map.groupBy(found, ({ kind, digest }) => `${kind} ${digest}`).values()]
    .map((own) => ({ kind: own[0]!.kind, digest: own[0]!.digest, runs: own.length }))
    .sort((a, b) => b.runs - a.runs || (a.digest < b.digest ? -1 : 1));
}

/** A result's Markdown, and what else it says, where its runs are of several kinds. */
export function withMixture(
  markdown: string,
  files: SavedTexts,
): { markdown: string; arithmetics?: { readonly arithmetics: readonly RunsOfArithmetic[] } } {
  const kinds = arithmeticsOf(files);
  const mixture = mixtureOf(kinds);
  if (mixture === undefined) return { markdown };
  return { markdown: `${markdown}\n\n${mixture}`, arithmetics: { arithmetics: kinds } };
}

/** A sentence on runs of several kinds; none of one kind. */
function mixtureOf(kinds: readonly RunsOfArithmetic[]): string | undefined {
  if (kinds.length < 2) return undefined;
  const told = kinds.map(({ kind, digest, runs }) => `${runs} by ${kind} (${digest})`).join(", ");
  return `Runs were made by arithmetic of ${kinds.length} kinds, which round unlike each other: ${told}. ` +
    "Another division into parts, or one machine, may give other last digits.";
}
