/** From a command line to the runs of a sweep. @module */

import type { NamedSettings } from "../../lib/study/setting_names.ts";
import { settingsOf, type SweptSystem } from "../../lib/study/sweep.ts";
import { type Axis, drawSettings, gridOf, readAxis } from "../../lib/study/sweep_axes.ts";
import { assertOnce, type Assignment } from "../options.ts";

/** What a sweep tries. */
export interface Plan {
  /** The settings that runs differ in. */
  readonly swept: readonly Axis[];
  /** Those that all runs have. */
  readonly fixed: NamedSettings;
  readonly combinations: readonly NamedSettings[];
}

const mostCombinations = 9999;

/**
 * Reads what is tried of each setting, and combines it.
 *
 * @throws {RangeError} A setting or a value can't be, is given twice, changes the split or nothing;
 * there is nothing to choose from, or too much.
 */
export function planSweep(
  set: readonly Assignment[],
  { given = {}, random, seed, seeds, system }: {
    /** Those of a file. */
    readonly given?: NamedSettings | undefined;
    readonly random: number | undefined;
    readonly seed: number;
    readonly seeds: number;
    readonly system: SweptSystem;
  },
): Plan {
  assertOnce(set);
  const axes = set.map((assignment) => readAxis(assignment, "--set"));
  const isOne = (axis: Axis) => "values" in axis && axis.values.length === 1;
  const swept = axes.filter((axis) => !isOne(axis));
  const one = axes.filter(isOne).map((axis) => [axis.name, "values" in axis && axis.values[0]]);
  const fixed: NamedSettings = { ...given, ...Object.fromEntries(one) };
  assertHeeded([...Object.keys(fixed), ...swept.map(({ name }) => name)], system);
  const ofData = swept.find(({ name }) => name.startsWith("data."));
  if (ofData) {
    throw new RangeError(
      `Cannot use --set ${ofData.name}: expected one value, since all runs have one split, ` +
        "got several",
    );
  }
  if (random !== undefined && swept.length === 0 || swept.length === 0 && seeds === 1) {
    throw new RangeError(
      "Cannot sweep: expected --set with several values, such as model.width=32,64, got none",
    );
  }
  const combinations = random === undefined
    ? gridOf(swept, mostCombinations)
    : drawSettings(swept, { count: random, seed });
  // A setting that is swept is not that of the file.
  for (const { name } of swept) delete (fixed as Record<string, unknown>)[name];
  return { swept, fixed, combinations };
}

function assertHeeded(names: readonly string[], system: SweptSystem): void {
  const heeded = settingsOf(system);
  const unheeded = names.find((name) => !heeded.includes(name));
  if (unheeded === undefined) return;
  throw new RangeError(
    `Cannot use ${unheeded}: expected a setting of ${system}, one of ${heeded.join(", ")}`,
  );
}
