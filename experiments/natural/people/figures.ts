/** People's verdicts as figures: systems less late fusion, and whom those follow who had all. @module */

import { type Figure, forestFigure, type ForestRow, type Form } from "../../../lib/figures/mod.ts";
import type { ByGroup } from "../../by_group.ts";
import type { Disagreement } from "./disagreement.ts";
import { nameOfModality, systemNames } from "./judge.ts";
import type { PeopleRow } from "./rows.ts";

const interval = "95 % interval by group";

/** What each fusion has beyond late fusion, a panel a question; and what label-pairing makes of it. */
export function fusionFigure(rows: readonly PeopleRow[], form: Form): Figure {
  const shown: readonly string[] = [
    ...[systemNames.gated, systemNames.additive, systemNames.products, systemNames.projected],
    ...[systemNames.latePaired, systemNames.productsPaired],
  ];
  const drawn = rows.filter(({ system, protocol }) =>
    protocol !== "official split" && shown.includes(system)
  );
  return forestFigure(
    drawn.map(({ set, target, system, lessLate }) =>
      forestRow(`${set}: ${target}`, system, lessLate!)
    ),
    {
      title: "What fusions of people’s verdicts have beyond late fusion",
      subtitle: "Accuracy on held-out groups, less that of late fusion on the same rows. " +
        "Label-paired: face and voice of the test rows drawn anew from rows of the same label. Significant: the interval leaves out 0.",
      ...{ measure: "accuracy", interval, dot: "difference to late fusion", ...form },
    },
  );
}

/** Whom those who had all follow where two modalities disagree, by what they said. */
export function followedFigure(rows: readonly Disagreement[], form: Form): Figure {
  const pairs = rows.filter(({ ties, secondLessFirst }) => ties === "first" && secondLessFirst);
  return forestFigure(
    pairs.map(({ set, among: [first, second], emotion, secondLessFirst }) => {
      const [a, b] = [nameOfModality[first!], nameOfModality[second!]];
      return forestRow(`${set}: ${a} (left) or ${b} (right)`, emotion ?? "all", secondLessFirst!);
    }),
    {
      title: "Whom people follow where modalities disagree",
      subtitle:
        "Of the rows in which two modalities disagree, by what those said who had all: the " +
        "share in which they say what the right one says, less the share of the left one. Significant: the interval leaves out 0.",
      ...{ measure: "shares", interval, dot: "difference of the shares", ...form },
    },
  );
}

function forestRow(family: string, variant: string, { estimate, interval }: ByGroup): ForestRow {
  if (interval === null) return { family, variant, difference: estimate };
  // Few groups can have an interval of resamples beside the estimate.
  const [low, high] = [Math.min(interval[0], estimate), Math.max(interval[1], estimate)];
  const significant = interval[0] > 0 || interval[1] < 0;
  return { family, variant, difference: estimate, low, high, significant };
}
