/** Branches whose verdicts are given, to see what a fusion makes of them. @module */

import type { Branches } from "../../lib/baselines/branches.ts";
import { byModality, type Modality } from "../../lib/modality.ts";
import type { Problem, System } from "../../lib/systems/system.ts";

/** What a branch was fitted on, and which were let go. */
export interface Log {
  readonly fitted: Problem[];
  readonly disposed: Modality[];
}

/** A system that says `scores[row]` of each sample of modality `m`. */
export function told(m: Modality, scores: ArrayLike<number>, log?: Log): System {
  return {
    name: `told ${m}`,
    fit(problem) {
      log?.fitted.push(problem);
      return Promise.resolve({
        predict: (rows) => Promise.resolve({ [m]: Array.from(rows[m]!, (i) => scores[i]!) }),
        record: { says: scores.length },
        dispose: () => {
          log?.disposed.push(m);
          return Promise.resolve();
        },
      });
    },
  };
}

/** {@linkcode told} a modality. */
export function toldBranches(
  scores: Readonly<Record<Modality, ArrayLike<number>>>,
  log?: Log,
): Branches {
  return byModality((m) => told(m, scores[m], log));
}
