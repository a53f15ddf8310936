/** Noise as Markdown: its table, and where the model is not robust. @module */

import { printNumber } from "../../lib/numbers.ts";
import * as tables from "../tables.ts";
import type { NoiseRow } from "./rows.ts";

/** What noise does to the first `noisyTriples` test triples of a seed, for a reader. */
export function noiseLines(rows: readonly NoiseRow[], noisyTriples: number): string[] {
  return tables.blocks(
    "### Where it does not hold",
    tables.shortcomingLines(noiseShortcomings(rows)),
    "### Noise before encoding",
    `Accuracy on the first ${noisyTriples} test triples. Alone: nothing but the noisy sample; ` +
      "in the triple: with the two others, clean; without: those two alone.",
    noiseTable(rows),
  );
}

function noiseTable(rows: readonly NoiseRow[]): string[] {
  const late = rows.filter(({ system }) => system === "Late fusion");
  const both = rows.filter(({ system }) => system === "Proposed")
    .map((row, i) => ({ ...row, late: late[i]!.inTriple }));
  return tables.columnsTable(both, [
    ["modality", "modality"],
    ["corruption", ({ corruption, unit }) => `${corruption} (${unit})`],
    ["level", "level"],
    ["alone", "alone"],
    ["in the triple", "inTriple"],
    ["late fusion, in the triple", "late"],
    ["without", "without"],
  ], { text: 2 });
}

const oneSeed = "One seed: too few to say where it does not hold.";

/** Where noise does more harm than absence; means over seeds, and in how many seeds. */
export function noiseShortcomings(noise: readonly NoiseRow[]): string[] {
  const byCorruption = Map.groupBy(
    noise.filter(({ system }) => system === "Proposed"),
    ({ corruption }) => corruption,
  );
  if (noise[0]?.inTriple.seeds.length === 1) return [oneSeed];
  return [...byCorruption.values()].flatMap(worseThanAbsence);
}

function worseThanAbsence(levels: readonly NoiseRow[]): string[] {
  const harmful = levels.filter(({ level, inTriple, without }) =>
    level !== "clean" && inTriple.mean < without.mean
  );
  if (harmful.length === 0) return [];
  const { modality, corruption, unit, inTriple, without } = harmful.at(-1)!;
  return [
    `${tables.capital(corruption)} (${unit}) at ${harmful.map(({ level }) => level).join(", ")} ` +
    `is worse than no ${modality}: accuracy ${printNumber(inTriple.mean)} at the worst level, ` +
    `${printNumber(without.mean)} without (${tables.seedsBelow(inTriple, without)}).`,
  ];
}
