import { deepEqual, throws } from "node:assert/strict";
import { type LabelMap, labelWords, type Meaning } from "../../lib/datasets/label_words.ts";
import { numberings, numberingsThatFit } from "../../lib/datasets/numberings.ts";
import { defaultValence, polarityOf } from "../../lib/datasets/valence.ts";

const wordsOf = (raw: string[], meaning: Omit<Meaning, "valence"> & { as?: "classes" } = {}) =>
  labelWords(raw, { valence: defaultValence, as: "polarity", ...meaning }).words;

Deno.test("a numbering says what numbers stand for, however they are written", () => {
  deepEqual(wordsOf(["0", " 3", "5.0", "02"], { labels: "carer" }), [
    ...["sadness", "anger", "surprise", "love"],
  ]);
  deepEqual(wordsOf(["0", "3"], { labels: "tweet_eval" }), ["anger", "sadness"]);
  deepEqual(wordsOf(["01", "08"], { labels: "ravdess" }), ["neutral", "surprised"]);
  // What it lacks stays as it is, to be told of.
  deepEqual(wordsOf(["0", "4"], { labels: "tweet_eval" }), ["anger", "4"]);
});

Deno.test("every name of every numbering has a valence", () => {
  for (const names of Object.values(numberings)) {
    for (const name of Object.values(names)) polarityOf(name, defaultValence);
  }
  deepEqual(Object.values(numberings).map((names) => Object.keys(names).length), [
    ...[6, 4, 7, 8, 8, 7, 28, 8, 7],
  ]);
});

Deno.test("the numberings that fit have every label", () => {
  deepEqual(numberingsThatFit(["8"]), ["ravdess", "goemotions"]);
  deepEqual(numberingsThatFit(["0", "5"]), [
    ...["carer", "fer2013", "ck+", "meld", "goemotions", "affectnet"],
  ]);
  deepEqual(numberingsThatFit(["28"]), []);
});

Deno.test("a map names an emotion, or what a label counts as, and counts before the set's numbering", () => {
  const labels: LabelMap = { 3: "joy", " 4.0": "Positive", 7: "excluded", Joy: "negative" };
  const meant = labelWords(["3", "4", "0", "7", "sad"], {
    ...{ valence: defaultValence, labels, numbering: "affectnet", as: "polarity" },
  });
  deepEqual(meant.words, ["joy", "4", "neutral", "7", "sad"]);
  deepEqual([meant.valence["4"], meant.valence["7"], meant.valence.joy], [
    ...["positive", "excluded", "negative"],
  ]);
  throws(
    () => wordsOf(["3"], { labels: { 3: "positve" } }),
    /the labels, 3: expected one of .* or an emotion, got "positve"; did you mean "positive"\?/,
  );
  throws(() => wordsOf(["3"], { labels: "carrer" as "carer" }), /did you mean "carer"\?/);
});

Deno.test("several labels are one if they agree; else the row is left out, or the first is taken", () => {
  const raw = ["joy, love", "joy;sad", "0|3", "1,2", "glee, joy", "fear, neutral"];
  const counted = { labels: "carer" as const };
  deepEqual(wordsOf(raw, counted), [
    ...["joy", "several labels", "sadness", "joy", "glee, joy", "several labels"],
  ]);
  deepEqual(wordsOf(raw, { ...counted, several: "first" }).slice(0, 4), [
    ...["joy", "joy", "sadness", "joy"],
  ]);
  deepEqual(
    wordsOf(raw, { ...counted, several: "none" }).slice(0, 4),
    Array(4).fill("several labels"),
  );
  // As programs write lists.
  deepEqual(wordsOf(["[27]", "[ 2 17]", "['joy', 'love']", "[]"], { labels: "goemotions" }), [
    ...["neutral", "several labels", "joy", "[]"],
  ]);
  deepEqual(
    labelWords(raw, { valence: defaultValence, as: "polarity" }).valence["several labels"],
    "excluded",
  );
});

Deno.test("as classes labels are words of a numbering or any the map says, and agree if they are one", () => {
  const as = "classes" as const;
  deepEqual(wordsOf(["0", "3.0", "7"], { labels: "tweet_eval", as }), ["anger", "sadness", "7"]);
  const labels = { 1: "Bored", 2: "excluded", 3: "positive" };
  deepEqual(wordsOf(["1", "2", "3", "joy"], { labels, as }), [
    ...["bored", "excluded", "positive", "joy"],
  ]);
  deepEqual(wordsOf(["joy, love", "joy, joy", "pos"], { as }), [
    ...["several labels", "joy", "positive"],
  ]);
});
