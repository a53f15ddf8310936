import { deepEqual } from "node:assert/strict";
import { whatWasRead } from "../../tasks/what_was_read.ts";
import { tinyDescription, tinyModel } from "../inference/tiny_model.ts";

Deno.test("train says what was used, left out, long or unknown, and of a table what is not said yet", async () => {
  const { trained } = await tinyModel();
  const description = tinyDescription(trained);
  const { corpora } = description.data;
  const inputs = {
    ...{ inputs: 24, long: 1, longest: 140, cut: 0, cutFrom: 0, cutTo: 0 },
    ...{ tokens: 300, unknown: 4, withUnknown: 3, blank: 0 },
  };
  const text = {
    ...corpora.text,
    ...{ emotions: { joy: 14, sadness: 10 }, excluded: { neutral: 3, conflicting: 2 }, inputs },
  };
  const outliers = { text: { threshold: 9, validated: 30, tested: 40, falseAlarms: 0.025 } };
  const told = {
    ...description,
    data: { ...description.data, corpora: { ...corpora, text } },
    outliers,
  };
  const always = [
    "text: 1 of 24 longer than a window, read whole; the longest 140 tokens",
    "text: 4 of 300 tokens unknown to the encoder, in 3 of 24 texts",
    "text: the check for outliers takes 2.5 % of 40 test samples for such",
  ];
  deepEqual(whatWasRead(told, { isRows: true }), always);
  deepEqual(whatWasRead(told, { isRows: false }), [
    "text: 14 joy, 10 sadness",
    "text: left out 3 neutral, 2 conflicting",
    ...always,
  ]);
});
