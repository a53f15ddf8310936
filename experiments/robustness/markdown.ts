/** The robustness experiments as Markdown: its tables, and where the model is not robust. @module */

import { modalities, type Modality } from "../../lib/modality.ts";
import { type Corrected, insignificance } from "../../lib/study/comparisons.ts";
import { losses, missingRates, shownSubsets } from "./exams.ts";
import type {
  Attention,
  ConflictRow,
  MissingRow,
  MissingRows,
  NoiseRow,
  SubsetRow,
} from "./rows.ts";
import { robustSystems } from "./exams.ts";
import { printNumber, printPercent } from "../../lib/numbers.ts";
import * as tables from "../tables.ts";

/** The subsets, what is missing, and conflicts, for a reader. */
export function missingLines(
  { attention, draws, ...rows }: MissingRows & {
    readonly attention: readonly Attention[];
    readonly draws: number;
  },
): string[] {
  return tables.blocks(
    "### Where it does not hold",
    listOrNone(missingShortcomings(rows)),
    "### The seven subsets",
    "Accuracy on the test triples when only these modalities are shown.",
    subsetTable(rows.subsets),
    tables.untestedLines(rows.subsets),
    "### Missing modalities",
    `Mean accuracy when a modality is missing at a rate; \`any\`: each by itself, never all three. ` +
      `${draws} draws of what is missing, the same for all systems.`,
    missingTable(rows.missing),
    "### Conflict",
    "Test triples in which one modality has the opposite label of the two others. Pull: the share " +
      "of verdicts that follow it.",
    conflictTable(rows.conflicts, attention),
    gateSentence(attention),
  );
}

/** What noise does to the first `noisyTriples` test triples of a seed, for a reader. */
export function noiseLines(rows: readonly NoiseRow[], noisyTriples: number): string[] {
  return tables.blocks(
    "### Where it does not hold",
    listOrNone(noiseShortcomings(rows)),
    "### Noise before encoding",
    `Accuracy on the first ${noisyTriples} test triples. Alone: nothing but the noisy sample; ` +
      "in the triple: with the two others, clean; without: those two alone.",
    noiseTable(rows),
  );
}

function subsetTable(rows: readonly SubsetRow[]): string[] {
  const at = (system: string, shown: readonly Modality[]) =>
    rows.find((row) => row.system === system && row.shown === shown)!;
  return tables.columnsTable(shownSubsets.map((shown) => at("Proposed", shown)), [
    ["shown", ({ shown }) => shown.join(", ")],
    ...robustSystems.map((system): tables.Column<SubsetRow> => [
      system,
      ({ shown }) => at(system, shown).accuracy,
    ]),
    ...tables.comparisonColumns("Proposed less late fusion"),
  ]);
}

function missingTable(rows: readonly MissingRow[]): string[] {
  return tables.markdownTable(
    ["lost", "system", ...missingRates.map(String)],
    losses.flatMap((lost) =>
      robustSystems.map((system) => {
        const rates = rows.filter((row) => row.lost === lost && row.system === system);
        return [lost, system, ...rates.map(({ accuracy }) => printNumber(accuracy.mean))];
      })
    ),
    { text: 2 },
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

function conflictTable(rows: readonly ConflictRow[], attention: readonly Attention[]): string[] {
  const of = (system: string, odd: Modality) =>
    rows.find((row) => row.odd === odd && row.system === system)!;
  const paid = (odd: Modality) => attention.find((row) => row.odd === odd)?.paid;
  return tables.columnsTable(modalities, [
    ["at odds", (odd) => odd],
    ["follows the two others", (odd) => of("Proposed", odd).majority],
    ...robustSystems.map((system): tables.Column<Modality> => [
      `pull, ${system}`,
      (odd) => of(system, odd).pull,
    ]),
    ["attention paid to it", (odd) => printNumber(paid(odd)?.conflict)],
    ["in triples of one label", (odd) => printNumber(paid(odd)?.agreement)],
  ]);
}

function gateSentence(attention: readonly Attention[]): string {
  const gate = attention.find(({ odd }) => odd === "audio")?.gate;
  if (!gate) return "";
  return `The audio gate is ${printNumber(gate.conflict)} in conflicts of audio and ` +
    `${printNumber(gate.agreement)} in triples of one label. It hears the clip alone, so a ` +
    "conflict can't move it.";
}

const oneSeed = "One seed: too few to say where it does not hold.";

/** Where the model is not robust to what is missing, a sentence a finding; in how many seeds. */
export function missingShortcomings(
  { subsets, conflicts }: Pick<MissingRows, "subsets" | "conflicts">,
): string[] {
  const ours = subsets.filter(({ system }) => system === "Proposed");
  if (ours[0]!.accuracy.seeds.length === 1) return [oneSeed];
  return [
    ...ours.flatMap(({ shown, comparison }) => losesToLateFusion(shown, comparison!)),
    ...ours.flatMap((less) =>
      ours.filter((more) => isOneMore(less.shown, more.shown)).flatMap((more) =>
        addsHarm(less, more)
      )
    ),
    ...conflicts.filter(({ system, pull }) => system === "Proposed" && pull.mean > 0.5).map(
      ({ odd, pull }) =>
        `${tables.capital(odd)} outvotes the two others in ${
          printPercent(pull.mean)
        } of its conflicts.`,
    ),
  ];
}

/** Where noise does more harm than absence; means over seeds, and in how many seeds. */
export function noiseShortcomings(noise: readonly NoiseRow[]): string[] {
  const byCorruption = Map.groupBy(
    noise.filter(({ system }) => system === "Proposed"),
    ({ corruption }) => corruption,
  );
  if (noise[0]?.inTriple.seeds.length === 1) return [oneSeed];
  return [...byCorruption.values()].flatMap(worseThanAbsence);
}

function losesToLateFusion(shown: readonly Modality[], comparison: Corrected): string[] {
  const { difference } = comparison;
  if (difference >= 0) return [];
  const why = insignificance(comparison);
  const reason = why === undefined ? "" : ` (${why})`;
  return [
    `Late fusion is better on ${shown.join(" and ")} by ${printNumber(-difference)}${reason}.`,
  ];
}

function isOneMore(less: readonly Modality[], more: readonly Modality[]): boolean {
  return more.length === less.length + 1 && less.every((m) => more.includes(m));
}

function addsHarm(less: SubsetRow, more: SubsetRow): string[] {
  const loss = less.accuracy.mean - more.accuracy.mean;
  if (loss <= 0) return [];
  const added = more.shown.find((m) => !less.shown.includes(m))!;
  return [
    `Showing ${added} beside ${less.shown.join(" and ")} costs ${printNumber(loss)} ` +
    `(${seedsBelow(more.accuracy, less.accuracy)}).`,
  ];
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
    `${printNumber(without.mean)} without (${seedsBelow(inTriple, without)}).`,
  ];
}

function seedsBelow(lower: tables.Score, higher: tables.Score): string {
  const count = lower.seeds.filter((score, i) => score < higher.seeds[i]!).length;
  return `in ${count} of ${lower.seeds.length} seeds`;
}

function listOrNone(findings: readonly string[]): string[] {
  if (findings.length === 0) {
    return ["Nothing that was tried did more harm than the absence of what it was done to."];
  }
  return findings.map((finding) => `- ${finding}`);
}
