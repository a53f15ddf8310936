/** What a corpus was read as, for its author to check. @module */

import type { Corpus } from "./sample.ts";

/** Why samples were left out, with their numbers: `2 neutral, 1 not an image`; empty if none were. */
export function printExcluded(excluded: Corpus["excluded"]): string {
  return Object.entries(excluded).map(([reason, count]) => `${count} ${reason}`).join(", ");
}

/** A report for a person, a line a matter: what is used, what is left out, what has to be known. */
export function printCorpusReport({ name, samples, excluded, notes = [] }: Corpus): string {
  const leftOut = printExcluded(excluded);
  return [
    `${name}: ${samples.length} samples used`,
    ...leftOut === "" ? [] : [`  left out  ${leftOut}`],
    ...notes.map((note) => `  note      ${note}`),
  ].join("\n");
}
