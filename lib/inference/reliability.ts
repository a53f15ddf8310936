/** What a model's folder knows of when its verdicts are not to be relied upon. @module */

import { modalities, type Modality } from "../modality.ts";
import { type NamedArray, readSafetensors, writeSafetensors } from "../tensor/safetensors.ts";
import type { TrainedModel } from "../systems/system.ts";
import type { SampleFeatures } from "./exported_model.ts";
import { type OutlierCheck, outlierDistance, pooledStates, rankAmong } from "./outlier_check.ts";
import type { VerdictTemperature, VerdictTemperatures } from "./verdict_temperature.ts";

/** The name of its file. */
export const reliabilityFile = "reliability.safetensors";

/** What the validation part has taught. */
export interface Reliability {
  /** By modality, for those of enough samples. */
  readonly checks: { readonly [M in Modality]?: OutlierCheck };
  /**
   * By the modalities shown (`text+audio`), the certainty of the validation part's verdicts at
   * 0, 1, … 100 per cent. Of classes it is the probability of the one that is named; of a score,
   * 1 less the rank of the farthest modality's distance among the validation part's.
   */
  readonly certainties: Readonly<Record<string, Float64Array>>;
  /** What calibrates probabilities; none of scores, and of models of older versions. */
  readonly temperatures?: VerdictTemperatures;
}

/** How far an input is from the training part. */
export interface OutlierDistance {
  /** To the training part's mean. */
  readonly distance: number;
  /** Of the validation part 99 of 100 are below it. */
  readonly threshold: number;
}

/** How a check did on the test part, which had no say in it. */
export interface OutlierRecord {
  /** See {@linkcode OutlierCheck}. */
  readonly threshold: number;
  /** Samples of the validation part, which set it. */
  readonly validated: number;
  /** Samples of the test part, which are like those of the training part. */
  readonly tested: number;
  /** The share of these beyond the threshold. */
  readonly falseAlarms: number;
}

/** By modality, of those with a check. */
export type OutlierRecords = { readonly [M in Modality]?: OutlierRecord };

/** The probability of the likeliest class, of logits of all classes. */
export function certaintyOf(logits: ArrayLike<number>): number {
  const all = Array.from(logits), most = Math.max(...all);
  return 1 / all.reduce((sum, z) => sum + Math.exp(z - most), 0);
}

/** The name of a set of modalities in {@linkcode Reliability}. */
export function nameOfShown(shown: readonly Modality[]): string {
  return modalities.filter((m) => shown.includes(m)).join("+");
}

/** The distances of the modalities that have a check. */
export function outlierDistances(
  features: SampleFeatures,
  { checks }: Reliability,
  { standardisation, config }: Pick<TrainedModel, "standardisation" | "config">,
): { readonly [M in Modality]?: OutlierDistance } {
  const entries = modalities.flatMap((m) => {
    const [check, ofModality] = [checks[m], features[m]];
    if (check === undefined || ofModality === undefined) return [];
    const { width } = config.inputs[m];
    const x = pooledStates(ofModality, standardisation[m] ?? {}, { width });
    return [[m, { distance: outlierDistance(check, x), threshold: check.threshold }] as const];
  });
  return Object.fromEntries(entries);
}

/** How far the farthest modality is from the training part, among the validation part: in [0, 1]. */
export function farthestRank(
  distances: { readonly [M in Modality]?: Pick<OutlierDistance, "distance"> },
  { checks }: Reliability,
): number {
  return modalities.reduce((farthest, m) => {
    const [check, measured] = [checks[m], distances[m]];
    if (check === undefined || measured === undefined) return farthest;
    return Math.max(farthest, rankAmong(check.quantiles, measured.distance));
  }, 0);
}

/**
 * The certainty below which a share `rate` of the validation part's verdicts on these modalities lie.
 *
 * @throws {RangeError} The model was saved without certainties, or without those of these modalities.
 */
export function abstentionThreshold(
  { certainties }: Reliability,
  shown: readonly Modality[],
  rate: number,
): number {
  const sorted = certainties[nameOfShown(shown)];
  if (sorted === undefined) {
    throw new RangeError(
      `Cannot abstain: expected the certainty of verdicts on ${nameOfShown(shown)} in ` +
        `${reliabilityFile}, got ${Object.keys(certainties).join(", ") || "none"}`,
    );
  }
  const at = rate * (sorted.length - 1), low = Math.floor(at);
  const next = sorted[Math.min(low + 1, sorted.length - 1)]!;
  return sorted[low]! + (at - low) * (next - sorted[low]!);
}

const format = "trivalence reliability 1";

/**
 * The bytes of `reliability.safetensors`: float64 under `certainty/<shown>` `[101]` and
 * `temperature/<shown>` `[2]`, T (NaN where there is none) and the samples that it was fitted on; of the
 * checks `outliers/<modality>/mean`, `factor`, `threshold` and `quantiles`. Older files lack some.
 */
export function reliabilityToBytes(
  { checks, certainties, temperatures = {} }: Reliability,
): Uint8Array {
  const arrays: Record<string, NamedArray> = {};
  for (const m of modalities) {
    const check = checks[m];
    if (check === undefined) continue;
    const d = check.mean.length;
    arrays[`outliers/${m}/mean`] = { shape: [d], data: check.mean };
    arrays[`outliers/${m}/factor`] = { shape: [d, d], data: check.factor };
    arrays[`outliers/${m}/threshold`] = { shape: [1], data: Float64Array.of(check.threshold) };
    arrays[`outliers/${m}/quantiles`] = { shape: [check.quantiles.length], data: check.quantiles };
  }
  for (const [shown, data] of Object.entries(certainties)) {
    arrays[`certainty/${shown}`] = { shape: [data.length], data };
  }
  for (const [shown, { temperature = NaN, fitted }] of Object.entries(temperatures)) {
    arrays[`temperature/${shown}`] = { shape: [2], data: Float64Array.of(temperature, fitted) };
  }
  return writeSafetensors(arrays, { metadata: { layout: format } });
}

/**
 * What {@linkcode reliabilityToBytes} wrote.
 *
 * @throws {RangeError} The file is damaged, or of another layout.
 */
export function reliabilityFromBytes(
  bytes: Uint8Array,
  { path }: { readonly path: string },
): Reliability {
  const { arrays, metadata } = readSafetensors(new Uint8Array(bytes), { path });
  if (metadata.layout !== format) {
    throw new RangeError(`Cannot read "${path}": expected a ${format}, got ${metadata.layout}`);
  }
  const checks: { [M in Modality]?: OutlierCheck } = {};
  for (const m of modalities) {
    const part = (name: string) => arrays[`outliers/${m}/${name}`]?.data;
    if (part("mean") === undefined) continue;
    checks[m] = {
      mean: part("mean") as Float32Array,
      factor: part("factor") as Float32Array,
      threshold: Number(part("threshold")![0]),
      quantiles: part("quantiles") as Float64Array,
    };
  }
  const under = (folder: string) =>
    Object.entries(arrays).flatMap(([name, { data }]) =>
      name.startsWith(folder) ? [[name.slice(folder.length), data as Float64Array] as const] : []
    );
  const temperatures = under("temperature/").map(([shown, data]) =>
    [shown, temperatureFrom(data)] as const
  );
  return {
    checks,
    certainties: Object.fromEntries(under("certainty/")),
    ...temperatures.length > 0 && { temperatures: Object.fromEntries(temperatures) },
  };
}

function temperatureFrom(data: Float64Array): VerdictTemperature {
  const [temperature, fitted] = data as unknown as [number, number];
  return { ...temperature > 0 && { temperature }, fitted };
}
