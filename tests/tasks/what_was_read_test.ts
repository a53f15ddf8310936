import { deepEqual } from "node:assert/strict";
import { whatWasRead } from "../../tasks/what_was_read.ts";
import { tinyDescription, tinyModel } from "../inference/tiny_model.ts";

Deno.test("train says what was long or unknown, and how often its check for outliers is wrong", async () => {
  const { trained } = await tinyModel();
  const description = tinyDescription(trained);
  const { corpora } = description.data;
  const inputs = {
    ...{ inputs: 24, long: 1, longest: 140, cut: 0, cutFrom: 0, cutTo: 0 },
    ...{ tokens: 300, unknown: 4, withUnknown: 3, blank: 0 },
  };
  const text = {
    ...corpora.text,
    inputs,
  };
  const outliers = { text: { threshold: 9, validated: 30, tested: 40, falseAlarms: 0.025 } };
  const told = {
    ...description,
    data: { ...description.data, corpora: { ...corpora, text } },
    outliers,
  };
  deepEqual(whatWasRead(told), [
    "text: 1 of 24 longer than a window, read whole; the longest 140 tokens",
    "text: 4 of 300 tokens unknown to the encoder, in 3 of 24 texts",
    "text: the check for outliers takes 2.5 % of 40 test samples for such",
  ]);
});
