/** Speech without a network: a linear model on what is measured of a clip. @module */

import { type CorpusFeatures, gather, tableOf } from "../systems/features.ts";
import type { System } from "../systems/system.ts";
import { emotionRegression } from "./emotion_regression.ts";
import { fitScaledReadout } from "./readout.ts";
import { singleModality } from "./single_modality.ts";

/**
 * A linear model, that of `linearProbe` for the target, on a clip's measurements, C chosen on
 * validation from the linear probe's grid: prosody, MFCC statistics and duration
 * of the clip without the silence around it, as `speechSpectrogram` gives them.
 *
 * It reads the table `features.audio.tables.speechSummary`, `[N, 1, d]`. The trained
 * speech branch reads the same numbers beside its spectrogram: what it has over
 * this row is what its convolutions are worth. The paper has no such row.
 */
export function speechRegression(): System {
  return singleModality(
    { name: "Regression on speech measurements", modality: "audio" },
    ({ features, train, validation, target }) => {
      const labelled = (rows: readonly number[]) => ({
        ...measurements(rows, features),
        labels: rows.map((i) => features.audio.labels[i]!),
      });
      const { verdicts, record } = fitScaledReadout({
        train: labelled(train.audio),
        validation: labelled(validation.audio),
      }, { target });
      return {
        score: (rows, of) => verdicts(measurements(rows, of).inputs),
        record: { parameters: measurements([], features).width + 1, ...record },
      };
    },
  );
}

/**
 * {@linkcode speechRegression} of the emotions, summed into polarity (`emotionRegression`): what
 * the trained branch learns, from what it reads beside its spectrogram.
 */
export function speechRegressionOnEmotions(): System {
  return emotionRegression({
    name: "Regression on speech measurements, emotions",
    modality: "audio",
    read: measurements,
  });
}

/** `[rows.length, width]`. */
function measurements(rows: ArrayLike<number>, features: CorpusFeatures) {
  const table = tableOf(features, "audio", "speechSummary");
  const width = table.shape.slice(1).reduce((a, b) => a * b, 1);
  return { inputs: gather(table, rows), width };
}
