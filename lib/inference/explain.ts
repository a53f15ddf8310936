/** A verdict on one sample, and what each modality contributed to it. @module */

import { modalities, type Modality } from "../modality.ts";
import { mostLikely, polarities, type Target } from "../target.ts";
import type { ExportedModel, ModelVerdict, SampleFeatures } from "./run_exported.ts";
import { shapleyValues } from "./shapley.ts";

/** What is said of a sample: a class with its probability, or a score. */
export interface JudgedSample {
  /** The class: of two the second (positive) from a probability of 1/2. Of a score its digits. */
  readonly label: string;
  /** In [0, 1]: of two classes that of the second (positive), of more that of `label`. */
  readonly probability?: number;
  /** Of each class, where there are more than two. */
  readonly probabilities?: Readonly<Record<string, number>>;
  /** `probability` as validation has calibrated it, where it could: see `VerdictTemperature`. */
  readonly calibrated?: number;
  /** `probabilities` so calibrated. */
  readonly calibratedProbabilities?: Readonly<Record<string, number>>;
  /** Of a model of scores, within its range. */
  readonly score?: number;
}

/** The verdict on one sample, with its reasons. */
export interface Explanation extends JudgedSample {
  /**
   * What the sentiment heads of the modalities that are there say, as `probability` or `score` does;
   * each reads the joint embedding.
   */
  readonly heads: { readonly [M in Modality]?: number };
  /**
   * Shapley values of the modalities that are there, in units of log-odds (nats), or of the score.
   */
  readonly contributions: { readonly [M in Modality]?: number };
  /** The unified log-odds, ln(p / (1 - p)); of a model of scores the score before it is kept in range. */
  readonly logOdds: number;
  /** The same with no modality at all; contributions add up to `logOdds - baseline`. */
  readonly baseline: number;
  /**
   * The audio gate's mean over the clip's segments and features: the share of the spectral path;
   * null without audio.
   */
  readonly gate: number | null;
}

/** A verdict's numbers, as many as `verdictWidth` says, as what is said of the sample. */
export function judgedSample(verdict: ArrayLike<number>, target: Target): JudgedSample {
  if (target.kind === "score") return { label: verdict[0]!.toFixed(2), score: verdict[0]! };
  const { classes } = target;
  const place = mostLikely(verdict);
  if (classes.length === 2) return { label: classes[place]!, probability: verdict[0]! };
  const each = classes.map((name, k) => [name, verdict[k]!]);
  return {
    label: classes[place]!,
    probability: verdict[place]!,
    probabilities: Object.fromEntries(each),
  };
}

/**
 * Judges a sample and explains the unified verdict by exact Shapley values:
 * the game's players are the modalities that are there, and
 *
 *     v(S) = ln(p / (1 - p)) = z_positive - z_negative
 *
 * of the unified logits z when only the modalities in S are shown. Of more than two classes p is that
 * of the class that is predicted of the whole; of scores v(S) is the score. v(∅) is the
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
  target: Target = polarities,
): Promise<Explanation> {
  const present = modalities.filter((m) => features[m] !== undefined);
  if (present.length === 0) {
    throw new RangeError("Cannot judge a sample: expected text, image or audio, got none");
  }
  const all = await model.run(features, { shown: present });
  const verdict = verdictOf(all, "unified", target);
  const favoured = mostLikely(verdict);
  const { values, whole, empty } = await shapleyValues(present, async (shown) => {
    const { "logits/unified": z } = await model.run(features, {
      shown,
      outputs: ["logits/unified"],
    });
    return evidenceIn(z!, target, favoured);
  });
  const heads = present.map((m) => {
    const verdict = verdictOf(all, m, target);
    return [m, verdict.length > 1 ? verdict[favoured]! : verdict[0]!];
  });
  return {
    ...judgedSample(verdict, target),
    heads: Object.fromEntries(heads),
    contributions: values,
    logOdds: whole,
    baseline: empty,
    gate: features.audio && all.gate ? meanGate(all.gate, features.audio.mask!) : null,
  };
}

/** A head's verdict among the outputs: as many numbers as `verdictWidth` says. */
export function verdictOf(
  all: ModelVerdict,
  head: Modality | "unified",
  { kind }: Target,
): Float32Array {
  return all[`${kind === "score" ? "score" : "probability"}/${head}`]!;
}

/**
 * What speaks for a verdict, of the logits z of one sample, as `evidenceOf` of lib/systems has it: the
 * log-odds of the class at `favoured`, of two classes of the second, or the score.
 */
export function evidenceIn(z: Float32Array, target: Target, favoured: number): number {
  if (target.kind === "score") {
    return (target.low + target.high) / 2 + (target.high - target.low) / 2 * z[0]!;
  }
  if (z.length === 2) return z[1]! - z[0]!;
  const others = Array.from(z).filter((_, k) => k !== favoured);
  const most = Math.max(...others);
  const sum = others.reduce((sum, value) => sum + Math.exp(value - most), 0);
  return z[favoured]! - most - Math.log(sum);
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
