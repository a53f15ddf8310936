/** Whether the gate between the paths of speech earns its place, by the numbers. @module */

import { printNumber, signed } from "../../lib/numbers.ts";
import type { ByGroup } from "../by_group.ts";
import { type AblationRow, fullModel } from "./variants.ts";

const others = {
  "spectral only": "the spectral path alone",
  "contextual only": "the contextual path alone",
  sum: "a sum of both",
} as const;

/**
 * One sentence: the gate earns its place if its balanced accuracy is above that of either path alone and
 * of a sum, each by an interval that leaves out 0. Empty where one of them was not tried.
 */
export function gateVerdict(
  rows: readonly Pick<AblationRow, "name" | "worth" | "balancedAccuracy">[],
) {
  const full = rows.find(({ name }) => name === fullModel)?.balancedAccuracy;
  const worth = Object.entries(others).map(([name, words]) => ({
    words,
    worth: rows.find((row) => row.name === name)?.worth,
  }));
  const known = worth.flatMap(({ words, worth }) => worth ? [{ words, worth }] : []);
  if (full === undefined || known.length < worth.length) return "";
  const standings = known.map(({ words, worth }) => standing(words, worth));
  const isBetter = known.every(({ worth: { interval } }) => interval && interval[0] > 0);
  const isWorse = known.some(({ worth: { interval } }) => interval && interval[1] < 0);
  const isUntold = known.some(({ worth: { interval } }) => interval === null);
  const end = isUntold
    ? "whether it earns its place can't be said of so few actors"
    : isBetter
    ? "it earns its place"
    : isWorse
    ? "it does not earn its place, and costs accuracy"
    : "it has not shown that it earns its place";
  return `The per-feature gate (balanced accuracy ${printNumber(full.mean)}) is ` +
    `${standings.slice(0, -1).join(", ")} and ${standings.at(-1)}: ${end}.`;
}

function standing(words: string, { estimate, interval }: ByGroup): string {
  const points = `${signed(100 * estimate, 1)} points`;
  if (interval === null) return `${points} from ${words}`;
  const [low, high] = interval;
  const ends = `${points}, ${signed(100 * low, 1)} to ${signed(100 * high, 1)}`;
  if (low > 0) return `better than ${words} (${ends})`;
  return high < 0 ? `worse than ${words} (${ends})` : `not told apart from ${words} (${ends})`;
}
