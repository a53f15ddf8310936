/** What happens when a modality is missing or noisy. @module */

import { printNumber, printPercent } from "../../../lib/numbers.ts";
import { insignificance } from "../../../lib/study/comparisons.ts";
import type { SubsetRow } from "../../missing_modalities/rows.ts";
import type { NoiseRow } from "../../robustness/rows.ts";
import { counted } from "../../tables.ts";
import { type Answer, oneSeed, sentenceOf, spoken } from "./answer.ts";

/** The proposed model without modalities and under noise; nothing where neither was tried. */
export function whatIsMissed(
  subsets: readonly SubsetRow[],
  noise: readonly NoiseRow[],
): Answer | undefined {
  const missing = withLess(subsets.filter(({ system }) => system === "Proposed"));
  const noisy = underNoise(
    noise.filter(({ system, level }) => system === "Proposed" && level !== "clean"),
  );
  const told = [missing, noisy].filter((one) => one !== undefined);
  if (told.length === 0) return undefined;
  return {
    brief: told[0]!.brief,
    sentence: sentenceOf(told.flatMap(({ clauses }) => clauses)),
  };
}

interface Told {
  readonly brief: string;
  readonly clauses: readonly string[];
}

function withLess(rows: readonly SubsetRow[]): Told | undefined {
  const all = rows.find(({ shown }) => shown.length === 3);
  const alone = rows.filter(({ shown }) => shown.length === 1)
    .toSorted((a, b) => a.accuracy.mean - b.accuracy.mean);
  if (all === undefined || alone.length === 0) return undefined;
  const share = ({ accuracy }: SubsetRow) => printPercent(accuracy.mean, 1);
  const [worst, best] = [alone[0]!, alone.at(-1)!];
  const name = ({ shown }: SubsetRow) => spoken(shown[0]!);
  return {
    brief: `${share(all)} with all three, ${share(worst)} with ${name(worst)} alone`,
    clauses: [
      `with all three modalities the proposed model is right in ${share(all)}, with one alone ` +
      `in ${share(worst)} (${name(worst)}) to ${share(best)} (${name(best)})`,
      ...besideLateFusion(rows),
    ],
  };
}

function besideLateFusion(rows: readonly SubsetRow[]): string[] {
  const compared = rows.flatMap(({ comparison }) => comparison ?? []);
  if (compared.length === 0) return [];
  if (compared.every(({ seeds }) => seeds.length < 2)) return [`${oneSeed} against late fusion`];
  const told = compared.filter((one) => insignificance(one) === undefined);
  const of = (sign: number) =>
    told.filter(({ difference }) => Math.sign(difference) === sign).length || "none";
  const level = compared.length - told.length;
  return [
    `of ${counted(compared.length, "subset")} it is significantly ahead of late fusion on ` +
    `${of(1)} and behind on ${of(-1)}` +
    (level > 0 ? ` (${level} not significant)` : ""),
  ];
}

function underNoise(rows: readonly NoiseRow[]): Told | undefined {
  if (rows.length === 0) return undefined;
  const harms = rows.map((row) => ({ row, harm: row.without.mean - row.inTriple.mean }));
  const harmful = harms.filter(({ harm }) => harm > 0);
  const seeds = rows[0]!.inTriple.seeds.length;
  const ofSeeds = seeds === 1 ? ", with one seed" : "";
  if (harmful.length === 0) {
    const words = `no noise that was tried does more harm than leaving that modality out`;
    return { brief: "Noise does no more harm than absence", clauses: [words + ofSeeds] };
  }
  const { row, harm } = harms.reduce((a, b) => b.harm > a.harm ? b : a);
  const points = `${printNumber(100 * harm, 1)} points`;
  return {
    brief: `Noise costs up to ${points} more than absence`,
    clauses: [
      `noise does more harm than leaving that modality out at ${harmful.length} of ` +
      `${counted(rows.length, "level")}, at worst by ${points} (${row.corruption} in ` +
      `${spoken(row.modality)})${ofSeeds}`,
    ],
  };
}
