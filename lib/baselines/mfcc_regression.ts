/** Audio without an encoder: logistic regression on MFCC statistics. @module */

import { mfccStatistics } from "../signal/mfcc.ts";
import { type CorpusFeatures, tableOf } from "../systems/features.ts";
import type { System } from "../systems/system.ts";
import { fitLinearProbe } from "./linear_probe.ts";
import { predictProbability } from "./logistic_regression.ts";
import { singleModality } from "./single_modality.ts";

// The number that speech recognition settled on; narrower spectrograms give one a band.
const mostCoefficients = 13;

/**
 * L2-regularised logistic regression on a clip's {@linkcode mfccStatistics}, 13
 * coefficients and their first differences, C chosen on validation from the
 * linear probe's grid.
 *
 * It reads the log-mel spectrogram `features.audio.tables.logMel`, `[N, T, F]` in
 * natural logarithms, up to the number of frames in `tables.frames`, `[N]`. The
 * standardisation is the training part's. The paper has no such row.
 */
export function mfccRegression(): System {
  return singleModality(
    { name: "MFCC regression", modality: "audio" },
    ({ features, train, validation }) => {
      const bands = tableOf(features, "audio", "logMel").shape[2]!;
      const coefficients = Math.min(mostCoefficients, bands);
      const labelled = (rows: readonly number[]) => ({
        inputs: statisticsAt(rows, features, coefficients),
        labels: rows.map((i) => features.audio.labels[i]!),
        width: 4 * coefficients,
      });
      const { model, C, trials } = fitLinearProbe({
        train: labelled(train.audio),
        validation: labelled(validation.audio),
      });
      return {
        score: (rows, of) => predictProbability(model, statisticsAt(rows, of, coefficients)),
        record: { coefficients, C, trials },
      };
    },
  );
}

/** `[rows.length, 4 coefficients]`. */
function statisticsAt(
  rows: ArrayLike<number>,
  features: CorpusFeatures,
  coefficients: number,
): Float32Array {
  const logMel = tableOf(features, "audio", "logMel");
  const frames = tableOf(features, "audio", "frames");
  const width = 4 * coefficients;
  const [, most, bands] = logMel.shape as [number, number, number];
  const result = new Float32Array(rows.length * width);
  Array.from(rows).forEach((row, i) => {
    const begun = frames.data[row]!, from = row * most * bands;
    const data = logMel.data.subarray(from, from + begun * bands);
    result.set(mfccStatistics({ data, frames: begun, bands }, { coefficients }), i * width);
  });
  return result;
}
