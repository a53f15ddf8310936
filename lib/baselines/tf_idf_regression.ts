/** Text without an encoder: logistic regression on TF-IDF. @module */

import type { ModalityFeatures } from "../systems/features.ts";
import type { System } from "../systems/system.ts";
import { chooseStrength, predictProbability } from "./logistic_regression.ts";
import { singleModality } from "./single_modality.ts";
import { fitTfIdf, type TfIdfOptions, tfIdfRows } from "./tf_idf.ts";

/**
 * L2-regularised logistic regression on the words and pairs of words of a text,
 * C chosen on validation from the linear probe's grid.
 *
 * Vocabulary and weights of the terms are the training part's. Rows have length
 * 1 and are not standardised, which would make them dense. It reads the raw
 * texts, `features.text.texts`, and throws a RangeError without them.
 *
 * The paper has no such row. Where single words carry the label, a frozen
 * encoder has to justify itself beside it.
 */
export function tfIdfRegression(): System {
  return regressionOn("TF-IDF regression", {});
}

/**
 * {@linkcode tfIdfRegression} on single words, of every text that holds one. Of
 * few texts, pairs of words are learnt by heart.
 */
export function wordRegression(): System {
  return regressionOn("TF-IDF regression, single words", { pairs: false, minDocuments: 1 });
}

function regressionOn(name: string, options: TfIdfOptions): System {
  return singleModality(
    { name, modality: "text" },
    ({ features: { text }, train, validation }) => {
      const texts = textsOf(text);
      if (texts.length !== text.labels.length) {
        throw new RangeError(
          `Cannot fit TF-IDF: expected ${text.labels.length} texts, one for each label, ` +
            `got ${texts.length}`,
        );
      }
      const vectoriser = fitTfIdf(train.text.map((i) => texts[i]!), options);
      const rowsAt = (rows: ArrayLike<number>, from: readonly string[]) =>
        tfIdfRows(vectoriser, Array.from(rows, (i) => from[i]!));
      const labelled = (rows: readonly number[]) => ({
        inputs: rowsAt(rows, texts),
        labels: rows.map((i) => text.labels[i]!),
        width: vectoriser.vocabulary.size,
      });
      const { model, C, trials } = chooseStrength({
        train: labelled(train.text),
        validation: labelled(validation.text),
      });
      return {
        score: (rows, of) => predictProbability(model, rowsAt(rows, textsOf(of.text))),
        record: { terms: vectoriser.vocabulary.size, C, trials },
      };
    },
  );
}

function textsOf({ texts }: ModalityFeatures): readonly string[] {
  if (texts) return texts;
  throw new RangeError("Cannot fit TF-IDF: expected texts beside the text features, got none");
}
