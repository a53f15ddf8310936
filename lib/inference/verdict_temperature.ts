/** Probabilities that mean what they say: a temperature of what a verdict on classes is told by. @module */

import { printNumber } from "../numbers.ts";
import type { JudgedSample } from "./explain.ts";

/** What the validation part has taught of the probabilities of verdicts on a set of modalities. */
export interface VerdictTemperature {
  /** T, above 0; none where there were too few samples, or one of a single class. */
  readonly temperature?: number;
  /** Validation samples that it was fitted on, of the modality that has the fewest. */
  readonly fitted: number;
}

/** Temperatures by the modalities shown (`text+audio`). */
export type VerdictTemperatures = Readonly<Record<string, VerdictTemperature>>;

/** How a temperature did on the test part, which had no say in it. */
export interface CalibrationRecord extends VerdictTemperature {
  /** Samples of the test part, or triples. */
  readonly tested: number;
  /** The expected calibration error of the answers, in 15 bins, as the model says them. */
  readonly before?: number;
  /** The same, of calibrated probabilities. */
  readonly after?: number;
}

/** By the modalities shown. */
export type CalibrationRecords = Readonly<Record<string, CalibrationRecord>>;

/** How a verdict's probability was calibrated, or why it was not. */
export type VerdictCalibration =
  | { readonly temperature: number; readonly fitted: number }
  | { readonly reason: string };

/** With fewer validation samples there is no temperature. */
export const fewestToCalibrate = 30;

// Nearer to 0 and 1 a float32 can't be told from them; a temperature beyond 100 says ½ of everything.
const nearest = 2 ** -24, coldest = 1e-2, hottest = 100;

/**
 * The temperature under which verdicts fit the labels best:
 *
 *     minimise over α = 1 / T:  Σ_n −ln p_n(y_n) + ½ (α − 1)²,   p_n ∝ exp(α ln q_n)
 *
 * with q the probabilities as the model says them: of two classes `[N]`, that of the second; of more
 * `[N, K]`. The first term is the log loss (Guo et al., *On Calibration of Modern Neural Networks*,
 * ICML 2017). The second is ours, and weighs about as much as one sample: where every verdict on
 * validation is right no α would be large enough. The sum is convex in α, and its slope is bisected to
 * 0 for T from 0.01 to 100.
 *
 * @throws {RangeError} No labels, or another number of probabilities.
 */
export function fitVerdictTemperature(
  { labels, scores }: { readonly labels: ArrayLike<number>; readonly scores: ArrayLike<number> },
): number {
  const count = labels.length, width = scores.length / count;
  if (count === 0 || !Number.isInteger(width)) {
    throw new RangeError(
      `Cannot fit a temperature: expected probabilities for each label, got ${scores.length} for ${count}`,
    );
  }
  const rows = Array.from(
    { length: count },
    (_, n) => logarithms(Array.from({ length: width }, (_, k) => scores[n * width + k]!)),
  );
  const slope = (alpha: number) =>
    rows.reduce((sum, z, n) => {
      const p = softmax(z.map((x) => alpha * x));
      return sum + p.reduce((mean, share, k) => mean + share * z[k]!, 0) - z[labels[n]!]!;
    }, alpha - 1);
  let [low, high] = [1 / hottest, 1 / coldest];
  if (slope(low) >= 0) return hottest;
  if (slope(high) <= 0) return coldest;
  // Sixty halvings leave less than a float64 can tell from the result.
  for (let halving = 0; halving < 60; halving++) {
    const middle = Math.sqrt(low * high);
    if (slope(middle) > 0) high = middle;
    else low = middle;
  }
  return 1 / Math.sqrt(low * high);
}

/** A verdict on classes under a temperature: of two classes that of the second, or of all. */
export function calibratedVerdict(verdict: ArrayLike<number>, temperature: number): number[] {
  const shares = softmax(logarithms(Array.from(verdict)).map((z) => z / temperature));
  return verdict.length === 1 ? [shares[1]!] : shares;
}

/** What is said of a sample, with its calibrated probabilities; the class stays. */
export function withCalibration(judged: JudgedSample, temperature: number): JudgedSample {
  const { label, probability, probabilities } = judged;
  if (probability === undefined) return judged;
  if (probabilities === undefined) {
    return { ...judged, calibrated: calibratedVerdict([probability], temperature)[0]! };
  }
  const names = Object.keys(probabilities);
  const all = calibratedVerdict(Object.values(probabilities), temperature);
  return {
    ...judged,
    // Of a verdict that is withheld too it is that of the likeliest class.
    calibrated: names.includes(label) ? all[names.indexOf(label)]! : Math.max(...all),
    calibratedProbabilities: Object.fromEntries(names.map((name, k) => [name, all[k]!])),
  };
}

/** How verdicts on the modalities named are calibrated; `temperatures` are undefined of older models. */
export function calibrationOf(
  temperatures: VerdictTemperatures | undefined,
  shown: string,
): VerdictCalibration {
  if (temperatures === undefined || Object.keys(temperatures).length === 0) {
    return { reason: "the model was saved without a calibration" };
  }
  const own = temperatures[shown];
  if (own === undefined) {
    return { reason: `the validation part had no samples of ${shown}` };
  }
  const { temperature, fitted } = own;
  if (temperature !== undefined) return { temperature, fitted };
  return {
    reason: fitted < fewestToCalibrate
      ? `${fitted} validation samples of ${shown} are too few`
      : `the validation samples of ${shown} lack a class`,
  };
}

/** The same, for a person. */
export function describeCalibration(calibration: VerdictCalibration): string {
  if ("reason" in calibration) return `not calibrated: ${calibration.reason}`;
  const { temperature, fitted } = calibration;
  return `temperature ${printNumber(temperature, 2)}, fitted on ${fitted} validation samples`;
}

/** ln of the probabilities of all classes, of two from that of the second. */
function logarithms(verdict: readonly number[]): number[] {
  const kept = (p: number) => Math.min(Math.max(p, nearest), 1 - nearest);
  if (verdict.length > 1) return verdict.map((p) => Math.log(kept(p)));
  const p = kept(verdict[0]!);
  return [Math.log1p(-p), Math.log(p)];
}

function softmax(z: readonly number[]): number[] {
  const most = Math.max(...z);
  const powers = z.map((x) => Math.exp(x - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => x / sum);
}
