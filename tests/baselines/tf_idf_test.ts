import { deepEqual, equal, ok, throws } from "node:assert/strict";
import type { SparseRows } from "../../lib/baselines/feature_rows.ts";
import {
  fitLogisticRegression,
  predictProbability,
} from "../../lib/baselines/logistic_regression.ts";
import { fitTfIdf, termsOf, tfIdfRows } from "../../lib/baselines/tf_idf.ts";

interface Labelled {
  readonly label: 0 | 1;
  readonly text: string;
}

const reference: {
  readonly train: readonly Labelled[];
  readonly validation: readonly Labelled[];
  readonly variants: readonly {
    readonly minDocuments: number;
    readonly vocabulary: readonly string[];
    readonly idf: readonly number[];
    readonly train: readonly number[][];
    readonly validation: readonly number[][];
    readonly fits: readonly {
      readonly C: number;
      readonly weight: readonly number[];
      readonly bias: number;
      readonly probability: readonly number[];
    }[];
  }[];
} = JSON.parse(Deno.readTextFileSync(new URL("../fixtures/tf_idf.json", import.meta.url)));
const texts = reference.train.map(({ text }) => text);
const unseen = reference.validation.map(({ text }) => text);

function near(got: ArrayLike<number>, wanted: readonly number[], within: number) {
  equal(got.length, wanted.length);
  wanted.forEach((w, i) => ok(Math.abs(got[i]! - w) <= within, `[${i}]: ${got[i]}, not ${w}`));
}

function dense({ values, columns, starts }: SparseRows, width: number): number[] {
  const rows = new Array<number>((starts.length - 1) * width).fill(0);
  for (let n = 0; n + 1 < starts.length; n++) {
    for (let i = starts[n]!; i < starts[n + 1]!; i++) rows[n * width + columns[i]!] = values[i]!;
  }
  return rows;
}

Deno.test("termsOf() gives words of two letters or more, then their pairs", () => {
  deepEqual(termsOf("I CAN'T stop, 2 be ok_1!"), [
    ...["can", "stop", "be", "ok_1"],
    ...["can stop", "stop be", "be ok_1"],
  ]);
  deepEqual(termsOf("a ... !"), []);
});

Deno.test("fitTfIdf() and tfIdfRows() give scikit-learn's vocabulary, weights and rows", () => {
  for (const { vocabulary, idf, minDocuments, ...rows } of reference.variants) {
    const vectoriser = fitTfIdf(texts, { minDocuments });
    const terms = [...vectoriser.vocabulary.keys()];
    deepEqual(terms.toSorted(), vocabulary.toSorted());
    // Python orders by code points: the same, but for letters beyond the basic plane.
    const column = (term: string) => vectoriser.vocabulary.get(term)!;
    near(vocabulary.map((term) => vectoriser.idf[column(term)]!), [...idf], 1e-12);
    if (rows.train.length === 0) continue;
    for (const [given, wanted] of [[texts, rows.train], [unseen, rows.validation]] as const) {
      const sparse = tfIdfRows(vectoriser, given);
      ok(sparse.values.every((x) => x > 0));
      near(
        dense(sparse, terms.length),
        wanted.flatMap((row) => terms.map((term) => row[vocabulary.indexOf(term)]!)),
        1e-7,
      );
    }
  }
});

Deno.test("a logistic regression on these rows has scikit-learn's coefficients and verdicts", () => {
  for (const { vocabulary, fits, minDocuments } of reference.variants) {
    const vectoriser = fitTfIdf(texts, { minDocuments });
    const inputs = tfIdfRows(vectoriser, texts);
    const labels = reference.train.map(({ label }) => label);
    for (const { C, weight, bias, probability } of fits) {
      const { model, converged } = fitLogisticRegression({
        inputs,
        labels,
        width: vocabulary.length,
        C,
      });
      ok(converged);
      const ours = vocabulary.map((term) => model.weight[vectoriser.vocabulary.get(term)!]!);
      near(ours, [...weight], 1e-4);
      near([model.bias], [bias], 1e-4);
      near(predictProbability(model, tfIdfRows(vectoriser, unseen)), [...probability], 1e-4);
    }
  }
});

Deno.test("tfIdfRows() gives a text without a known term a row of zeros", () => {
  const { starts } = tfIdfRows(fitTfIdf(texts), ["zzz", "happy", ""]);
  deepEqual([...starts], [0, 0, 1, 1]);
});

Deno.test("fitTfIdf() refuses texts that share no term, and a number of documents below 1", () => {
  throws(() => fitTfIdf(["one", "two"]), {
    name: "RangeError",
    message: "Cannot fit TF-IDF: expected a term in 2 texts or more, got none in 2 texts",
  });
  throws(
    () => fitTfIdf(["one"], { minDocuments: 0 }),
    /RangeError: Cannot fit TF-IDF: expected minDocuments to be an integer from 1, got 0/,
  );
});
