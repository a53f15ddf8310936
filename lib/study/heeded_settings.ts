/** Which settings of the data decide anything, of which data. @module */

import type { PairedCorpora } from "../datasets/mod.ts";
import type { NamedSettings } from "./setting_names.ts";
import type { DataConfig } from "./settings.ts";

/** What a run learns from, as far as settings depend on it: of corpora of their own nothing. */
export interface HeededBy extends Partial<Pick<PairedCorpora, "pairs" | "given">> {
  /** Into which rows are divided in place of parts. */
  readonly folds?: number | "groups" | undefined;
}

/** Settings of the data that decide nothing, each with what would have to be, and what there is. */
function unheeded(
  { pairs, given, folds }: HeededBy,
): Partial<Record<keyof DataConfig, readonly [wanted: string, got: string]>> {
  const got = folds !== undefined ? "folds" : given ? "parts that are given" : undefined;
  const fractions = got && ["parts that are drawn", got] as const;
  return {
    ...pairs && {
      cap: ["protocol label or single", "protocol natural, which uses every row"] as const,
    },
    ...fractions && { testFraction: fractions, validationFraction: fractions },
  };
}

/**
 * Refuses settings that these data leave nothing to decide.
 *
 * @throws {RangeError} The rows of a table are all used, or their parts are given, or folds.
 */
export function assertHeeded(
  asked: NamedSettings,
  { data, ...source }: HeededBy & { readonly data: string },
): void {
  for (const [name, [wanted, got]] of Object.entries(unheeded(source))) {
    if (!Object.hasOwn(asked, `data.${name}`)) continue;
    throw new RangeError(`Cannot use data.${name} on "${data}": expected ${wanted}, got ${got}`);
  }
}

/** The settings of the data that have decided something. */
export function heededSettings(data: DataConfig, source: HeededBy): Partial<DataConfig> {
  const out = unheeded(source);
  return Object.fromEntries(Object.entries(data).filter(([name]) => !(name in out)));
}
