/** Missing rates: how likely triples keep which modalities, and how accurate that leaves a system. @module */

import { modalities, type Modality } from "../../lib/modality.ts";
import { shownSubsets } from "../robustness/exams.ts";

/** How likely each modality is missing, each by itself. */
export type Rates = Readonly<Record<Modality, number>>;

/** All modalities are as likely missing: shared rates, from none to nearly all. */
export const sharedRates: readonly number[] = Array.from({ length: 10 }, (_, i) => i / 10);

/** The mean of {@linkcode imbalancedRates}. */
export const meanRate = 0.5;

/** One modality is reliable, one fragile: every order of three rates. */
export const imbalancedRates: readonly Rates[] = [
  { text: 0.2, image: 0.5, audio: 0.8 },
  { text: 0.2, image: 0.8, audio: 0.5 },
  { text: 0.5, image: 0.2, audio: 0.8 },
  { text: 0.8, image: 0.2, audio: 0.5 },
  { text: 0.5, image: 0.8, audio: 0.2 },
  { text: 0.8, image: 0.5, audio: 0.2 },
];

/** The same rate for all. */
export function shared(rate: number): Rates {
  return { text: rate, image: rate, audio: rate };
}

/**
 * The accuracy that is expected when modalities are lost at rates ρ, from that on each subset S in the
 * order of `shownSubsets`:
 *
 *     Σ_S P(S) accuracy(S),  P(S) = Π_{m ∈ S} (1 − ρ_m) Π_{m ∉ S} ρ_m / (1 − Π_m ρ_m)
 *
 * What would lose all three is drawn again, as in training. Nothing has to be drawn here, since every
 * triple was judged by every subset.
 *
 * @throws {RangeError} A rate below 0 or not below 1.
 */
export function accuracyWhenMissing(bySubset: readonly number[], rates: Rates): number {
  return keptShares(rates).reduce((sum, share, i) => sum + share * bySubset[i]!, 0);
}

// How likely a triple keeps each subset.
function keptShares(rates: Rates): number[] {
  for (const m of modalities) {
    if (rates[m] >= 0 && rates[m] < 1) continue;
    throw new RangeError(
      `Cannot lose modalities: expected a rate from 0 to below 1, got ${rates[m]}`,
    );
  }
  const all = modalities.reduce((product, m) => product * rates[m], 1);
  return shownSubsets.map((shown) =>
    modalities.reduce(
      (product, m) => product * (shown.includes(m) ? 1 - rates[m] : rates[m]),
      1 / (1 - all),
    )
  );
}
