/** What was compared: systems, test samples, seeds. @module */

import { paperScores } from "../../paper.ts";
import { floors, type Row } from "../../table_1/rows.ts";
import { counted } from "../../tables.ts";
import { type Answer, listed, oneSeed, spoken } from "./answer.ts";

/** Who was compared on what, by the rows of Table 1; nothing without any. */
export function whatWasCompared(rows: readonly Row[]): Answer | undefined {
  if (rows.length === 0) return undefined;
  const others = [...new Set(rows.map(({ system }) => system))]
    .filter((system) => system !== "Proposed");
  const ofPaper = others.filter(isOfPaper), learntNothing = others.filter(isFloor);
  const own = others.length - ofPaper.length - learntNothing.length;
  const tests = [...Map.groupBy(rows, ({ modality }) => modality)].map(([modality, [row]]) =>
    `${spoken(modality)} (${rangeOf(row!.tested)})`
  );
  const seeds = Math.max(...rows.map(({ accuracy }) => accuracy.seeds.length));
  const kinds = [
    [ofPaper.length, "from the paper"],
    [own, "more that a fair table needs"],
    [learntNothing.length, "that learn nothing"],
  ].filter(([count]) => count !== 0).map(([count, words]) => `${count} ${words}`);
  return {
    brief: `${counted(others.length + 1, "system")}, ${counted(tests.length, "test")}, ` +
      counted(seeds, "seed"),
    sentence: `The proposed model and ${counted(others.length, "other system")}` +
      (kinds.length > 0 ? ` (${listed(kinds)})` : "") +
      ` judge the same test samples, of ${listed(tests)}, with ` +
      (seeds === 1 ? `${oneSeed}.` : `${seeds} seeds, each with a split of its own.`),
  };
}

function isOfPaper(system: Row["system"]): boolean {
  return Object.values(paperScores).some((scores) => Object.hasOwn(scores, system));
}

function isFloor(system: Row["system"]): boolean {
  return floors.includes(system);
}

const grouped = new Intl.NumberFormat("en");

function rangeOf(counts: readonly number[]): string {
  const [low, high] = [Math.min(...counts), Math.max(...counts)].map((n) => grouped.format(n));
  return low === high ? low! : `${low} to ${high}`;
}
