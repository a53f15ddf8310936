/** What systems score, side by side. @module */

import type { ScoreName } from "../inference/verdict_scores.ts";
import { type Shown, table } from "./display.ts";

/** A score of an evaluation, with its interval. */
export interface ShownScore {
  /** As it is. */
  readonly value: number;
  /** Of 95 %; null where there is none. */
  readonly interval: readonly [low: number, high: number] | null;
  /** Why there is no interval. */
  readonly reason?: string;
}

/** What `evaluate` gives, as far as it is shown. */
export interface Evaluated {
  /** The system's name. */
  readonly system: string;
  /** The protocol in words, where clips were normalised by their speakers; then the row says so. */
  readonly bySpeaker?: string;
  /** The scores of samples that show the same modalities. */
  readonly rows: readonly {
    /** The modalities. */
    readonly shown: readonly string[];
    /** How many samples. */
    readonly tested: number;
    /** How many groups were resampled whole. */
    readonly clusters: number;
    /** By name. */
    readonly scores: { readonly [S in ScoreName]?: ShownScore };
  }[];
}

/**
 * One score of several evaluations as a table, by default their first (accuracy, or the error): a
 * row for each system and what it was shown, with the interval, or the reason why there is none.
 *
 * @throws {RangeError} No evaluations.
 */
export function scores(
  evaluations: readonly Evaluated[],
  { score }: { readonly score?: ScoreName } = {},
): Shown {
  return table(
    evaluations.flatMap(({ system, rows, bySpeaker }) =>
      rows.map(({ shown, tested, clusters, scores }) => {
        const [usual] = Object.keys(scores) as ScoreName[];
        const name = score ?? usual ?? "accuracy";
        const { value = NaN, interval, reason } = scores[name] ?? {};
        return {
          system: bySpeaker ? `${system}, by speaker` : system,
          shown: shown.join(" + "),
          tested,
          clusters,
          [name]: value,
          "95 % interval": interval?.map((end) => end.toFixed(3)).join(" to ") ??
            `none: ${reason ?? "not computed"}`,
        };
      })
    ),
  );
}
