/** Speech without a network: a linear model on what is measured of a clip. @module */

import { type CorpusFeatures, gather, tableOf } from "../systems/features.ts";
import type { System } from "../systems/system.ts";
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
      const inputsAt = (rows: ArrayLike<number>, of: CorpusFeatures) =>
        gather(tableOf(of, "audio", "speechSummary"), rows);
      const { shape } = tableOf(features, "audio", "speechSummary");
      const width = shape.slice(1).reduce((a, b) => a * b, 1);
      const labelled = (rows: readonly number[]) => ({
        inputs: inputsAt(rows, features),
        labels: rows.map((i) => features.audio.labels[i]!),
        width,
      });
      const { verdicts, record } = fitScaledReadout({
        train: labelled(train.audio),
        validation: labelled(validation.audio),
      }, { target });
      return {
        score: (rows, of) => verdicts(inputsAt(rows, of)),
        record: { parameters: width + 1, ...record },
      };
    },
  );
}
