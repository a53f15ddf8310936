import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import { lexicon, textEmotions } from "../../../lib/datasets/embedded/lexicon.ts";
import { embeddedSentences, sentencesToCsv } from "../../../lib/datasets/embedded/text.ts";
import { sha256Hex } from "./digest.ts";

Deno.test("embeddedSentences() gives letters and single spaces, no text twice", () => {
  const texts = embeddedSentences({ count: 3000 }).map(({ text }) => text);
  deepEqual(texts.filter((text) => !/^[a-z]+( [a-z]+)*$/.test(text)), []);
  equal(new Set(texts).size, 3000);
});

Deno.test("a longer list of sentences begins with the shorter one", () => {
  const long = embeddedSentences({ count: 200, seed: 3 });
  deepEqual(embeddedSentences({ count: 50, seed: 3 }), long.slice(0, 50));
  notDeepEqual(embeddedSentences({ count: 50, seed: 4 }), long.slice(0, 50));
});

Deno.test("the classes of sentences have the shares of the Kaggle data", () => {
  const counts = [0, 0, 0, 0, 0, 0];
  for (const { label } of embeddedSentences({ count: 6000 })) counts[label]!++;
  const expected = [0.29, 0.34, 0.08, 0.14, 0.11, 0.04];
  // Three standard deviations of a share of 6,000 draws are at most 0.019.
  counts.forEach((count, label) => ok(Math.abs(count / 6000 - expected[label]!) < 0.019));
});

Deno.test("a plain sentence has the label of its feeling, but for the two percent of noise", () => {
  const words = lexicon.feelings.sadness.filter((word) =>
    textEmotions.every((emotion) =>
      emotion === "sadness" || !lexicon.feelings[emotion].includes(word)
    )
  );
  const sad = new RegExp(`(feel|feeling|felt) (${words.join("|")})\\b`);
  const twisted = /not|dont|didnt|no longer|never|cant say|far from|nobody could|used to|even if/;
  const labels = embeddedSentences({ count: 12_000 })
    .filter(({ text }) => sad.test(text) && !twisted.test(text))
    .map(({ label }) => label);
  ok(labels.length > 100);
  const share = labels.filter((label) => label === 0).length / labels.length;
  ok(share > 0.96 && share < 1, `${share} of ${labels.length}`);
});

Deno.test("sentencesToCsv() writes the columns of the Kaggle file", () => {
  const sentences = [{ text: "i feel glad", label: 1 }, { text: "i felt low", label: 0 }];
  equal(sentencesToCsv(sentences), ",text,label\n0,i feel glad,1\n1,i felt low,0\n");
});

Deno.test("the sentences of seed 1 are the ones they have always been", async () => {
  equal(
    await sha256Hex(new TextEncoder().encode(sentencesToCsv(embeddedSentences({ count: 500 })))),
    "7dfafd948d1ff854da611706e1de9f1b12aeaa1d8ec78999fd89652a442c274b",
  );
});

Deno.test("embeddedSentences() refuses a count that is none", () => {
  throws(() => embeddedSentences({ count: 2.5 }), {
    name: "RangeError",
    message: "Cannot make sentences: expected a whole number of them, got 2.5",
  });
});
