/** Every system on every test in one figure, by the rows of Table 1. @module */

import { type Figure, standingsFigure } from "../../../lib/figures/mod.ts";
import { insignificance } from "../../../lib/study/comparisons.ts";
import type { Row } from "../../table_1/rows.ts";
import { capital, spreadCaption } from "../../tables.ts";
import { spoken } from "./answer.ts";

/** The figure that the page opens with; none without the proposed model on every test. */
export function standingsOf(
  rows: readonly Row[],
  form: { readonly narrow?: boolean } = {},
): Figure | undefined {
  const ours = new Map(
    rows.filter(({ system }) => system === "Proposed").map((row) => [row.modality, row]),
  );
  if (rows.length === 0 || rows.some(({ modality }) => !ours.has(modality))) return undefined;
  const seeds = rows[0]!.accuracy.seeds.length;
  return standingsFigure(
    rows.map((row) => ({
      system: row.system,
      test: capital(spoken(row.modality)),
      accuracy: row.accuracy.mean,
      ...intervalOf(row, ours.get(row.modality)!),
      significant: row.comparison !== undefined && insignificance(row.comparison) === undefined,
      ...reportedOf(row),
    })),
    {
      title: "Every system on every test",
      subtitle: `Accuracy. ${
        seeds === 1
          ? "One seed: nothing is ranked"
          : spreadCaption(seeds).replace(/^Mean.*over/, "Mean over")
      }.`,
      reference: "Proposed",
      reported: "the paper’s accuracy, or F1 where it gives no other, on its own data",
      ...form,
    },
  );
}

// The interval is of the proposed model less this system; an accuracy is from 0 to 1.
function intervalOf({ accuracy: { mean }, comparison }: Row, ours: Row) {
  if (!comparison?.interval) return {};
  const [low, high] = comparison.interval.map((end) => ours.accuracy.mean - end).toSorted((a, b) =>
    a - b
  ) as [number, number];
  return { low: Math.max(0, Math.min(low, mean)), high: Math.min(1, Math.max(high, mean)) };
}

function reportedOf({ paper }: Row) {
  const reported = paper?.accuracy ?? paper?.f1;
  return reported === undefined ? {} : { reported };
}
