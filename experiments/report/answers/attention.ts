/** Whether attention does anything: without it, and beside late fusion, which has none. @module */

import { printNumber } from "../../../lib/numbers.ts";
import { type Corrected, insignificance } from "../../../lib/study/comparisons.ts";
import { type AblationRow, fullModel } from "../../ablations/variants.ts";
import type { Row } from "../../table_1/rows.ts";
import { capital, printDifference } from "../../tables.ts";
import { type Answer, oneSeed, sentenceOf } from "./answer.ts";

/** What one comparison says: that attention is worth something, that it costs, neither, or no rank. */
interface Told {
  readonly clause: string;
  readonly worth: "gain" | "loss" | "chance" | "one seed";
}

/**
 * What taking attention out does to the accuracy on triples, and how the whole model does beside late
 * fusion; nothing where neither was tried.
 */
export function doesAttentionHelp(
  ablations: readonly AblationRow[],
  table: readonly Row[],
): Answer | undefined {
  const without = withoutAttention(ablations), beside = besideLateFusion(table);
  const told = [without, beside].filter((one) => one !== undefined);
  if (told.length === 0) return undefined;
  return {
    brief: briefly(without?.worth, beside?.worth),
    sentence: sentenceOf([
      // Without attention's own clause, which says it.
      ...without === undefined && beside?.worth === "one seed" ? [oneSeed] : [],
      ...told.map(({ clause }) => clause),
    ]),
  };
}

function withoutAttention(rows: readonly AblationRow[]): Told | undefined {
  const full = rows.find(({ name }) => name === fullModel);
  const none = rows.find(({ name }) => name === "none");
  if (full === undefined || none?.comparison === undefined) return undefined;
  const { comparison, accuracy } = none;
  const worth = worthOf(comparison, -1);
  const difference = printDifference(comparison.difference, comparison.interval);
  if (worth === "one seed") {
    const [own, others] = [full, none].map(({ accuracy }) => printNumber(accuracy.mean));
    return {
      worth,
      clause: `${oneSeed} by accuracy on triples, ${own} with attention and ${others} without`,
    };
  }
  const change = `accuracy on triples is ${printNumber(accuracy.mean)} without attention, ` +
    `${difference} from the full model’s`;
  return { worth, clause: `${change}, ${ofWorth(comparison)}` };
}

function besideLateFusion(rows: readonly Row[]): Told | undefined {
  const comparison = rows.find(({ system, modality }) =>
    system === "Late fusion" && modality === "unified"
  )?.comparison;
  if (comparison === undefined) return undefined;
  const worth = worthOf(comparison, 1);
  const difference = printDifference(comparison.difference, comparison.interval);
  const clause = worth === "one seed"
    ? `beside late fusion, which has none, the whole model has ${difference}, of one seed`
    : `the whole model less late fusion, which has none, is ${difference}, ${ofWorth(comparison)}`;
  return { worth, clause };
}

function worthOf(comparison: Corrected, sign: 1 | -1): Told["worth"] {
  if (comparison.seeds.length < 2) return "one seed";
  if (insignificance(comparison) !== undefined) return "chance";
  return sign * comparison.difference > 0 ? "gain" : "loss";
}

function ofWorth(comparison: Corrected): string {
  const reason = insignificance(comparison);
  return reason === undefined ? "which is significant" : `not significant (${reason})`;
}

function briefly(without: Told["worth"] | undefined, beside: Told["worth"] | undefined): string {
  if (without === "gain" && beside === "loss") return "Within the model, but late fusion is ahead";
  if (without === "gain") return "Yes: without it accuracy falls";
  if (without === "loss") return "No: without it accuracy rises";
  if (beside === "gain") return "Not shown alone; the whole model is ahead of late fusion";
  if (beside === "loss") return "Not shown: late fusion, which has none, is ahead";
  if (without === "chance" || beside === "chance") return "Not shown: no difference is significant";
  return capital(oneSeed);
}
