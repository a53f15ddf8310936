/** What a corpus was read as, for its author to check. @module */

import type { Corpus } from "./sample.ts";

/** Why samples were left out, with their numbers: `2 neutral, 1 not an image`; empty if none were. */
export function printExcluded(excluded: Corpus["excluded"]): string {
  return Object.entries(excluded).map(([reason, count]) => `${count} ${reason}`).join(", ");
}

/** A report for a person, a line a matter: what is there, what is left out, what has to be known. */
export function printCorpusReport({ name, samples, excluded, notes = [] }: Corpus): string {
  const leftOut = printExcluded(excluded);
  const emotions = [...Map.groupBy(samples, ({ emotion }) => emotion)]
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([emotion, { length }]) => `${length} ${emotion}`);
  return [
    `${name}: ${samples.length} samples read`,
    ...samples.length === 0 ? [] : [`  emotions  ${emotions.join(", ")}`],
    ...leftOut === "" ? [] : [`  left out  ${leftOut}`],
    ...notes.map((note) => `  note      ${note}`),
  ].join("\n");
}
