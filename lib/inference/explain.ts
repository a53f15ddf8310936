/** A verdict on one sample, and what each modality contributed to it. @module */

import { isPositive } from "../metrics/mod.ts";
import { modalities, type Modality } from "../modality.ts";
import type { ExportedModel, SampleFeatures } from "./exported_model.ts";
import { shapleyValues } from "./shapley.ts";

/** The verdict on one sample. Probabilities are of the positive class, in [0, 1]. */
export interface Explanation {
  /** Positive from a probability of 1/2. */
  readonly label: "positive" | "negative";
  /** The unified classifier's. */
  readonly probability: number;
  /** The sentiment heads' of the modalities that are there; each reads the joint embedding. */
  readonly heads: { readonly [M in Modality]?: number };
  /** Shapley values of the modalities that are there, in units of log-odds (nats). */
  readonly contributions: { readonly [M in Modality]?: number };
  /** The unified log-odds, ln(p / (1 - p)). */
  readonly logOdds: number;
  /** The same with no modality at all; contributions add up to `logOdds - baseline`. */
  readonly baseline: number;
  /** The audio gate's mean over the clip's segments and features: the share of the spectral path; null without audio. */
  readonly gate: number | null;
}

/**
 * Judges a sample and explains the unified verdict by exact Shapley values:
 * the game's players are the modalities that are there, and
 *
 *     v(S) = ln(p / (1 - p)) = z_positive - z_negative
 *
 * of the unified logits z when only the modalities in S are shown. v(∅) is the
 * model's answer with all masks 0: no segment gets attention, every summary is
 * 0, and what is left are the biases of fusion, heads and classifier. It is no
 * prior: training never shows the model nothing. Subsets are shown by mask, as
 * training's modality dropout does; the features stay. The paper explains no
 * single verdict; this is ours. It takes 2^k runs of the model for k modalities.
 *
 * @throws {RangeError} No modality is there.
 * @throws {Error} The log-odds are not finite.
 */
export async function explain(
  model: Pick<ExportedModel, "run">,
  features: SampleFeatures,
): Promise<Explanation> {
  const present = modalities.filter((m) => features[m] !== undefined);
  if (present.length === 0) {
    throw new RangeError("Cannot judge a sample: expected text, image or audio, got none");
  }
  const verdict = await model.run(features, { shown: present });
  const { values, whole, empty } = await shapleyValues(present, async (shown) => {
    const { "logits/unified": z } = await model.run(features, {
      shown,
      outputs: ["logits/unified"],
    });
    return z![1]! - z![0]!;
  });
  const probability = verdict["probability/unified"]![0]!;
  return {
    label: isPositive(probability) ? "positive" : "negative",
    probability,
    heads: Object.fromEntries(present.map((m) => [m, verdict[`probability/${m}`]![0]!])),
    contributions: values,
    logOdds: whole,
    baseline: empty,
    gate: features.audio ? meanGate(verdict.gate!, features.audio.mask!) : null,
  };
}

function meanGate(gate: Float32Array, mask: Float32Array): number {
  const width = gate.length / mask.length;
  let sum = 0, count = 0;
  gate.forEach((g, i) => {
    if (mask[Math.floor(i / width)]! === 0) return;
    sum += g;
    count++;
  });
  return sum / count;
}
