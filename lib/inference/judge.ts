/** A verdict with what has to be known beside it: what was cut, what is unlike the training part. @module */

import { describeExtent } from "../encoders/input_counts.ts";
import { modalities, type Modality } from "../modality.ts";
import { printPercent } from "../numbers.ts";
import { polarities } from "../target.ts";
import type { TrainedModel } from "../systems/system.ts";
import { explain, type Explanation, type JudgedSample } from "./explain.ts";
import type { ExportedModel } from "./exported_model.ts";
import type { ReadSample } from "./input_encoders.ts";
import type { OutlierRecords } from "./reliability.ts";
import {
  abstentionThreshold,
  certaintyOf,
  farthestRank,
  nameOfShown,
  type OutlierDistance,
  outlierDistances,
  type Reliability,
} from "./reliability.ts";
import { calibrationOf, type VerdictCalibration, withCalibration } from "./verdict_temperature.ts";

/** The label of a verdict that is withheld. */
export const abstained = "abstained";

/** A verdict, or that there is none. */
export interface Judgement {
  /**
   * What is said of the sample. Of one withheld the label is `abstained`, and the numbers are the
   * model's; where there was nothing to judge there are none.
   */
  readonly verdict: JudgedSample;
  /** The model's own verdict and its reasons; null where there was nothing to judge. */
  readonly explanation: Explanation | null;
  /** What `calibrated` comes from, or why there is none; null of scores, and of nothing to judge. */
  readonly calibration: VerdictCalibration | null;
  /** What was taken in of each modality. */
  readonly inputs: ReadSample["extents"];
  /** How far each modality is from the training part, if the model's folder knows. */
  readonly distances: { readonly [M in Modality]?: OutlierDistance };
  /** The modalities that are farther than the threshold. */
  readonly unlike: readonly Modality[];
  /** All of this for a person, a sentence each: what is cut, unknown, left out or unlike; why it abstained. */
  readonly notes: readonly string[];
}

/** By what a sample is judged. */
export interface JudgeOptions {
  /** What the model's folder knows; models of older versions know nothing. */
  readonly reliability?: Reliability | undefined;
  /** Of its checks. */
  readonly outliers?: OutlierRecords | undefined;
  /** The share of verdicts, in (0, 1), that would be withheld on the validation part; none by default. */
  readonly abstain?: number | undefined;
}

/**
 * Judges a sample. A modality in which there is nothing to judge (no known token, one colour, silence)
 * is not shown to the model; with nothing left it abstains. With a rate to `abstain` at, it
 * withholds a verdict that is less certain than that share of the validation part's, of a score one
 * on what is farther from the training part.
 *
 * @throws {RangeError} It is to abstain, and the model's folder has no certainties of what is shown.
 */
export async function judge(
  exported: Pick<ExportedModel, "run">,
  { features: all, extents }: ReadSample,
  trained: Pick<TrainedModel, "standardisation" | "config">,
  { reliability, outliers = {}, abstain }: JudgeOptions = {},
): Promise<Judgement> {
  const shown = modalities.filter((m) => all[m] !== undefined && !extents[m]?.blank);
  const features = Object.fromEntries(shown.map((m) => [m, all[m]!]));
  const distances = reliability ? outlierDistances(features, reliability, trained) : {};
  const unlike = modalities.filter((m) => {
    const measured = distances[m];
    return measured !== undefined && measured.distance > measured.threshold;
  });
  const notes = [
    ...modalities.flatMap((m) => extents[m] ? describeExtent(m, extents[m]) : []),
    ...unlike.map((m) => describeOutlier(m, distances[m]!, outliers)),
  ];
  const told = { inputs: extents, distances, unlike };
  if (shown.length === 0) {
    return {
      ...{ verdict: { label: abstained }, explanation: null, calibration: null },
      ...told,
      notes,
    };
  }
  const { target = polarities } = trained.config;
  const explanation = await explain(exported, features, target);
  const { label, probability, probabilities, score } = explanation;
  const said: JudgedSample = {
    label,
    ...probability !== undefined && { probability },
    ...probabilities && { probabilities },
    ...score !== undefined && { score },
  };
  const calibration = target.kind === "score"
    ? null
    : calibrationOf(reliability?.temperatures, nameOfShown(shown));
  const verdict = calibration && "temperature" in calibration
    ? withCalibration(said, calibration.temperature)
    : said;
  const rest = { explanation, calibration, ...told };
  if (abstain === undefined) return { verdict, ...rest, notes };
  if (reliability === undefined) {
    throw new RangeError(
      "Cannot abstain: expected a model that was saved with its certainty on validation data, got " +
        "one of an older version",
    );
  }
  const threshold = abstentionThreshold(reliability, shown, abstain);
  const certainty = target.kind === "score"
    ? 1 - farthestRank(distances, reliability)
    : certaintyOf(
      (await exported.run(features, { shown, outputs: ["logits/unified"] }))[
        "logits/unified"
      ]!,
    );
  if (certainty >= threshold) return { verdict, ...rest, notes };
  const measure = target.kind === "score" ? "nearness to the training part" : "certainty";
  const why = `${abstained}: ${measure} ${certainty.toFixed(3)}, below ${threshold.toFixed(3)}`;
  return {
    verdict: { ...verdict, label: abstained },
    ...rest,
    notes: [...notes, why],
  };
}

function describeOutlier(
  m: Modality,
  { distance, threshold }: OutlierDistance,
  outliers: OutlierRecords,
): string {
  const check = outliers[m];
  const rate = check === undefined
    ? ""
    : `; so are ${printPercent(check.falseAlarms, 1)} of ${check.tested} held-out samples`;
  return `${m}: unlike what the model was trained on (distance ${distance.toFixed(1)}, beyond ` +
    `${threshold.toFixed(1)}${rate})`;
}
