/** What the folder of a sweep says of it. @module */

import type { Arithmetic } from "../../lib/compile/mod.ts";
import type { Config } from "../../lib/study/settings.ts";
import type { Mixture } from "../../lib/study/mixed_arithmetic.ts";
import type { SweepRun, TestedRun } from "../../lib/study/sweep.ts";
import type { Axis } from "../../lib/study/sweep_axes.ts";

/** What a sweep is, whatever comes of it. */
export interface SweepHeader {
  /** Of all that decides it: the same command goes on. */
  readonly command: string;
  readonly system: string;
  readonly protocol: "label" | "single" | "natural";
  /** Of the split, and of the first run of each combination. */
  readonly seed: number;
  /** Runs of each combination. */
  readonly seeds: number;
  readonly swept: readonly Axis[];
  /** What runs have where they are not swept. */
  readonly configuration: Pick<Config, "model" | "training" | "data">;
  readonly versions: Readonly<Record<string, string>>;
  readonly commit: string | null;
}

/** What `sweep.json` says. */
export interface SweepRecord extends SweepHeader, Partial<Mixture> {
  readonly data: { readonly label: string; readonly hash: string };
  readonly ended: boolean;
  /** What executed its graphs, once it has ended. */
  readonly arithmetic?: Arithmetic;
  readonly runs: readonly SweepRun[];
  /** What the chosen model says of the test part. */
  readonly test: TestedRun | null;
}
