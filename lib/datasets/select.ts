/** Which of the samples read make the corpus, and why the others don't. @module */

import type { Corpus, Sample } from "./sample.ts";
import { polarityOf, type ValenceMap } from "./valence.ts";

/** A sample before it is known to be used: it may yet be a copy, or have no polarity. */
export type Candidate = Omit<Sample, "label">;

/**
 * Keeps one sample of each content, where its labels agree and its emotion has a polarity.
 *
 * A candidate is left out for the first of these reasons that holds, so that kept and excluded
 * always add up to the candidates:
 *
 * - `conflicting`: another candidate with equal `content` has another `label`. All of them go, since
 *   nothing says which is right.
 * - `duplicate`: an earlier one has the same hash.
 * - its emotion, such as `neutral`: the valence map excludes it.
 *
 * The candidates that are kept become the samples: their polarity is added to them.
 */
export function selectSamples(
  candidates: readonly Candidate[],
  { valence, content, label }: {
    readonly valence: ValenceMap;
    readonly content: (candidate: Candidate) => string;
    readonly label: (candidate: Candidate) => string;
  },
): Pick<Corpus, "samples" | "excluded"> {
  const conflicting = conflicts(candidates, { content, label });
  const samples: Sample[] = [];
  const excluded: Record<string, number> = {};
  const seen = new Set<string>();
  for (const candidate of candidates) {
    const polarity = polarityOf(candidate.emotion, valence);
    const unused = conflicting.has(content(candidate))
      ? "conflicting"
      : seen.has(candidate.hash)
      ? "duplicate"
      : undefined;
    seen.add(candidate.hash);
    if (unused === undefined && polarity !== undefined) {
      // Of hundreds of thousands there is no room for a copy of each.
      samples.push(Object.assign(candidate, { label: polarity }));
    } else {
      const reason = unused ?? candidate.emotion;
      excluded[reason] = (excluded[reason] ?? 0) + 1;
    }
  }
  return { samples, excluded };
}

function conflicts(
  candidates: readonly Candidate[],
  { content, label }: {
    readonly content: (candidate: Candidate) => string;
    readonly label: (candidate: Candidate) => string;
  },
): Set<string> {
  const labels = new Map<string, string>();
  const conflicting = new Set<string>();
  for (const candidate of candidates) {
    const known = labels.get(content(candidate));
    if (known === undefined) labels.set(content(candidate), label(candidate));
    else if (known !== label(candidate)) conflicting.add(content(candidate));
  }
  return conflicting;
}
