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
export const tfIdfRegression: System = regressionOn({});

/**
 * {@linkcode tfIdfRegression} on single words, of every text that holds one. Of
 * few texts, pairs of words are learnt by heart.
 */
export const wordRegression: System = regressionOn({ pairs: false, minDocuments: 1 });

function regressionOn(options: TfIdfOptions): System {
  return singleModality(
    { name: "TF-IDF", modality: "text" },
    ({ features: { text }, train, validation }) => {
      const texts = textsOf(text);
      const at = (rows: ArrayLike<number>) => Array.from(rows, (i) => texts[i]!);
      const vectoriser = fitTfIdf(at(train.text), options);
      const labelled = (rows: readonly number[]) => ({
        inputs: tfIdfRows(vectoriser, at(rows)),
        labels: rows.map((i) => text.labels[i]!),
        width: vectoriser.vocabulary.size,
      });
      const { model, C, trials } = chooseStrength({
        train: labelled(train.text),
        validation: labelled(validation.text),
      });
      return {
        score: (rows) => predictProbability(model, tfIdfRows(vectoriser, at(rows))),
        record: { terms: vectoriser.vocabulary.size, C, trials },
      };
    },
  );
}

function textsOf({ texts, labels }: ModalityFeatures): readonly string[] {
  if (texts === undefined) {
    throw new RangeError("Cannot fit TF-IDF: expected texts beside the text features, got none");
  }
  if (texts.length !== labels.length) {
    throw new RangeError(
      `Cannot fit TF-IDF: expected ${labels.length} texts, one for each label, got ${texts.length}`,
    );
  }
  return texts;
}
