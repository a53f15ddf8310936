/** What systems score, side by side. @module */

import { type Shown, table } from "./display.ts";

/** A score of an evaluation, with its interval. */
export interface ShownScore {
  /** In [0, 1]. */
  readonly value: number;
  /** Of 95 %; null where there is none. */
  readonly interval: readonly [low: number, high: number] | null;
  /** Why there is no interval. */
  readonly reason?: string;
}

/** The scores that an evaluation has. */
export type ScoreName = "accuracy" | "balancedAccuracy" | "precision" | "recall" | "f1" | "auc";

/** What `evaluate` gives, as far as it is shown. */
export interface Evaluated {
  /** The system's name. */
  readonly system: string;
  /** The scores of samples that show the same modalities. */
  readonly rows: readonly (Readonly<Record<ScoreName, ShownScore>> & {
    /** The modalities. */
    readonly shown: readonly string[];
    /** How many samples. */
    readonly tested: number;
    /** How many groups were resampled whole. */
    readonly clusters: number;
  })[];
}

/**
 * One score of several evaluations as a table: a row for each system and what it was shown, with the
 * interval, or the reason why there is none.
 *
 * @throws {RangeError} No evaluations.
 */
export function scores(
  evaluations: readonly Evaluated[],
  { score = "accuracy" }: { readonly score?: ScoreName } = {},
): Shown {
  return table(
    evaluations.flatMap(({ system, rows }) =>
      rows.map(({ shown, tested, clusters, [score]: { value, interval, reason } }) => ({
        system,
        shown: shown.join(" + "),
        tested,
        clusters,
        [score]: value,
        "95 % interval": interval?.map((end) => end.toFixed(3)).join(" to ") ??
          `none: ${reason ?? "not computed"}`,
      }))
    ),
  );
}
