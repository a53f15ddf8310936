import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { defaultStrengths } from "../../lib/baselines/logistic_regression.ts";
import { tfIdfRegression, wordRegression } from "../../lib/baselines/tf_idf_regression.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { problem, test } from "./tiny_problem.ts";

// Odd samples are positive. Every word but the second is the same in both.
const texts = Array.from(
  { length: 40 },
  (_, i) => `i feel ${["sad", "happy", "awful", "lovely"][i % 4]} today, number ${i}`,
);

function withTexts(own: readonly string[] | undefined, change: Partial<Problem> = {}): Problem {
  const { texts: _, ...text } = problem.features.text as typeof problem.features.text;
  const features = {
    ...problem.features,
    text: own === undefined ? text : { ...text, texts: own },
  };
  return { ...problem, present: ["text"], ...change, features };
}

Deno.test("tfIdfRegression tells texts by words that it has learnt", async () => {
  const { predict, record } = await tfIdfRegression().fit(withTexts(texts));
  const { text, ...rest } = await predict({ text: test.text });
  deepEqual(rest, {});
  test.text.forEach((row, i) => equal(text![i]! >= 0.5, row % 2 === 1));
  const { terms, C, trials } = record as { terms: number; C: number; trials: { C: number }[] };
  // 4 feelings, feel, today, number; "feel x" and "x today" 4 times each, "today number". The
  // numbers from 10 on are words, each in one text.
  equal(terms, 7 + 4 + 4 + 1);
  deepEqual(trials.map((trial) => trial.C), [...defaultStrengths]);
  ok(defaultStrengths.includes(C));
});

Deno.test("wordRegression knows single words, those of one text too, and no pairs", async () => {
  const { predict, record } = await wordRegression().fit(withTexts(texts));
  const { text } = await predict({ text: test.text });
  test.text.forEach((row, i) => equal(text![i]! >= 0.5, row % 2 === 1));
  const numbers = problem.train.text.filter((row) => row >= 10).length;
  equal((record as { terms: number }).terms, 7 + numbers);
});

Deno.test("tfIdfRegression judges a triple by its text", async () => {
  const { predict } = await tfIdfRegression().fit(
    withTexts(texts, { protocol: "label", present: ["text", "image", "audio"] }),
  );
  const { unified, text } = await predict(test);
  deepEqual(unified, text);
  deepEqual(text, (await predict({ text: test.text })).text);
  await rejects(() => predict({ image: [1], audio: [1] }), {
    name: "RangeError",
    message: "Cannot predict from image and audio: expected text",
  });
});

Deno.test("tfIdfRegression learns from the training texts, and reads the test texts only to judge", async () => {
  const other = texts.map((text, i) => i < 32 ? text : `${text} zebra zebra zebra`);
  const [one, two] = [
    await tfIdfRegression().fit(withTexts(texts)),
    await tfIdfRegression().fit(withTexts(other)),
  ];
  deepEqual(one.record, two.record);
  deepEqual(await one.predict({ text: [33] }), await two.predict({ text: [33] }));
});

Deno.test("tfIdfRegression refuses to go without texts, and other modalities", async () => {
  const refuses = (of: Problem, message: string) =>
    rejects(tfIdfRegression().fit(of), {
      name: "RangeError",
      message: `Cannot fit TF-IDF${message}`,
    });
  await refuses(withTexts(undefined), ": expected texts beside the text features, got none");
  await refuses(
    withTexts(texts.slice(1)),
    ": expected 40 texts, one for each label, got 39",
  );
  await refuses(withTexts(texts, { present: ["image"] }), " regression: expected text, got image");
  await refuses(
    withTexts(texts, { present: ["text", "audio"] }),
    " regression: expected text, got text, audio",
  );
  await refuses(
    withTexts(texts, { protocol: "random" }),
    " regression: expected protocol single or label, got random",
  );
  await refuses(
    withTexts(texts.map((_, i) => `word${i}`)),
    ": expected a term in 2 texts or more, got none in 24 texts",
  );
});
