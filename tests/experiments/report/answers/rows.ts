/** Rows of results that no experiment has made, as far as answers read them. @module */

import type { AblationRow } from "../../../../experiments/ablations/variants.ts";
import type { Row } from "../../../../experiments/table_1/rows.ts";
import { overSeeds } from "../../../../experiments/tables.ts";
import type { Corrected } from "../../../../lib/study/comparisons.ts";

export { partOf } from "../../../figures/drawn.ts";

/** A comparison with these numbers; untested where `pHolm` is null. */
export function comparison(
  difference: number,
  { pHolm, seeds = [difference, difference] }: {
    readonly pHolm: number | null;
    readonly seeds?: readonly number[];
  },
): Corrected {
  return {
    ...{ difference, pHolm, seeds },
    interval: pHolm === null ? null : [difference - 0.01, difference + 0.01],
    ...pHolm === null && { reason: "too few" },
  } as unknown as Corrected;
}

/** A row of Table 1. */
export function row(
  system: string,
  modality: string,
  { seeds = [0.8, 0.9], ...more }: {
    readonly seeds?: readonly number[];
    readonly tested?: readonly number[];
    readonly comparison?: Corrected;
  } = {},
): Row {
  return {
    ...{ system, modality, collapsed: [] },
    accuracy: overSeeds(seeds),
    ...more,
  } as unknown as Row;
}

/** A row of an ablation. */
export function variant(
  name: string,
  { seeds = [0.8, 0.8], ...more }: Partial<Omit<AblationRow, "name">> & {
    readonly seeds?: readonly number[];
  } = {},
): AblationRow {
  return {
    ...{ family: "gate", name, setting: "unified", accuracy: overSeeds(seeds) },
    ...more,
  } as AblationRow;
}
