/** Speech without a network: logistic regression on what is measured of a clip. @module */

import { type CorpusFeatures, gather, tableOf } from "../systems/features.ts";
import type { System } from "../systems/system.ts";
import { fitLinearProbe } from "./linear_probe.ts";
import { predictProbability } from "./logistic_regression.ts";
import { singleModality } from "./single_modality.ts";

/**
 * L2-regularised logistic regression on a clip's measurements, C chosen on
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
    ({ features, train, validation }) => {
      const inputsAt = (rows: ArrayLike<number>, of: CorpusFeatures) =>
        gather(tableOf(of, "audio", "speechSummary"), rows);
      const { shape } = tableOf(features, "audio", "speechSummary");
      const width = shape.slice(1).reduce((a, b) => a * b, 1);
      const labelled = (rows: readonly number[]) => ({
        inputs: inputsAt(rows, features),
        labels: rows.map((i) => features.audio.labels[i]!),
        width,
      });
      const { model, C, trials } = fitLinearProbe({
        train: labelled(train.audio),
        validation: labelled(validation.audio),
      });
      return {
        score: (rows, of) => predictProbability(model, inputsAt(rows, of)),
        record: { parameters: width + 1, C, trials },
      };
    },
  );
}
