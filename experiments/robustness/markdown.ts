/** Noise as Markdown: what is wanted and what came of it, and the accuracy at every level. @module */

import { printNumber } from "../../lib/numbers.ts";
import * as tables from "../tables.ts";
import { kindName, noiseFindings, points } from "./findings.ts";
import { noiseSystemName, noiseSystems } from "./plan.ts";
import {
  type CleanRow,
  cleanRows,
  harmGoals,
  type HarmRow,
  harmRows,
  type NoiseRow,
} from "./rows.ts";

const ours = "Residual fusion (ours), trained on noise";

/** What noise does to the first `noisyTriples` test triples of a seed, for a reader. */
export function noiseLines(rows: readonly NoiseRow[], noisyTriples: number): string[] {
  return tables.blocks(
    "### What came of it",
    noiseFindings(rows).map((finding) => `- ${finding}`),
    "### Where it does not hold",
    tables.shortcomingLines(
      noiseShortcomings(rows),
      "Our residual fusion, trained on noise, keeps within what is wanted everywhere.",
    ),
    "### Is a noisy modality worse than none?",
    "Points of accuracy in the triple with the noisy modality, less those of the same system without " +
      `it. Wanted: at least ${points(harmGoals.trained)} on kinds that training meets, ` +
      `${points(harmGoals.heldOut)} on those that are held out.`,
    harmTable(harmRows(rows)),
    "### What training on noise costs",
    `Accuracy on clean triples. Wanted: a difference of at least ${
      points(harmGoals.clean)
    } points.`,
    cleanTable(cleanRows(rows)),
    "### Noise before encoding",
    `Accuracy on the first ${noisyTriples} test triples. Alone: nothing but the noisy sample; ` +
      "in the triple: with the two others, clean; without: those two alone.",
    ...[...Map.groupBy(rows, ({ system }) => system)].flatMap(([system, own]) => [
      `#### ${system}`,
      noiseTable(own),
    ]),
  );
}

function harmTable(rows: readonly HarmRow[]): string[] {
  const systems = noiseSystems.filter(({ noisy }) => noisy).map(noiseSystemName);
  const bySystem = Map.groupBy(rows, ({ system }) => system);
  const places = bySystem.get(systems[0]!) ?? [];
  return tables.columnsTable([...places.keys()], [
    ["modality", (i) => places[i]!.modality],
    ["noise", (i) => kindName(places[i]!)],
    ["level", (i) => places[i]!.level],
    ...systems.map((system): tables.Column<number> => [system, (i) => {
      const { difference, goal } = bySystem.get(system)![i]!;
      return points(difference.mean) + (difference.mean < goal ? " (missed)" : "");
    }]),
  ], { text: 2 });
}

function cleanTable(rows: readonly CleanRow[]): string[] {
  return tables.columnsTable(rows, [
    ["system", "system"],
    ["trained on clean samples", "clean"],
    ["trained on noise", "trained"],
    [
      "difference, points",
      ({ difference: { mean } }) => points(mean) + (mean < harmGoals.clean ? " (missed)" : ""),
    ],
  ]);
}

function noiseTable(rows: readonly NoiseRow[]): string[] {
  return tables.columnsTable(rows, [
    ["modality", "modality"],
    ["noise", (row) => `${kindName(row)}, ${row.unit}`],
    ["level", "level"],
    ["alone", "alone"],
    ["in the triple", "inTriple"],
    ["without", "without"],
  ], { text: 2 });
}

const oneSeed = "One seed: too few to say where it does not hold.";

/** Where our fusion, trained on noise, misses what is wanted; means over seeds, and in how many seeds. */
export function noiseShortcomings(noise: readonly NoiseRow[]): string[] {
  if (noise[0]?.inTriple.seeds.length === 1) return [oneSeed];
  const own = harmRows(noise).filter(({ system }) => system === ours);
  const clean = cleanRows(noise).find(({ system }) => ours.startsWith(system));
  return [
    ...[...Map.groupBy(own, ({ modality, corruption }) => `${modality} ${corruption}`).values()]
      .flatMap(worseThanAbsence),
    ...clean && clean.difference.mean < harmGoals.clean
      ? [`Training on noise costs ${printNumber(-clean.difference.mean)} where there is none.`]
      : [],
  ];
}

function worseThanAbsence(levels: readonly HarmRow[]): string[] {
  const harmful = levels.filter(({ difference, goal }) => difference.mean < goal);
  if (harmful.length === 0) return [];
  const { modality, difference: { mean, seeds } } = harmful.reduce((a, b) =>
    b.difference.mean < a.difference.mean ? b : a
  );
  const below = seeds.filter((difference) => difference < 0).length;
  return [
    `${tables.capital(kindName(harmful[0]!))} at ${
      harmful.map(({ level }) => level).join(", ")
    } is ` +
    `worse than no ${modality}, by up to ${printNumber(-mean)} ` +
    `(in ${below} of ${seeds.length} seeds).`,
  ];
}
