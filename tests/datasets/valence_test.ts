import { deepEqual, equal, throws } from "node:assert/strict";
import { assertMapped, defaultValence, polarityOf } from "../../lib/datasets/valence.ts";

Deno.test("defaultValence holds the paper's six emotions, and those of the field's other sets", () => {
  const by = (wanted: string) =>
    Object.keys(defaultValence).filter((emotion) => defaultValence[emotion] === wanted).sort();
  const list = (names: string) => names.split(" ");
  deepEqual(
    by("positive"),
    list(
      "admiration amusement approval calm caring desire excitement gratitude happy joy love " +
        "optimism positive pride relief surprise surprised",
    ),
  );
  deepEqual(
    by("negative"),
    list(
      "anger angry annoyance boredom contempt disappointment disapproval disgust embarrassment fear " +
        "fearful grief negative nervousness remorse sad sadness",
    ),
  );
  deepEqual(by("excluded"), list("confusion curiosity neutral realization"));
});

Deno.test("polarityOf() gives 1, 0 or, for what is excluded, undefined", () => {
  deepEqual(["joy", "fear", "neutral"].map((e) => polarityOf(e, defaultValence)), [
    1,
    0,
    undefined,
  ]);
});

Deno.test("polarityOf() refuses an unmapped emotion, also one that every object has", () => {
  for (const emotion of ["bored", "constructor"]) {
    throws(() => polarityOf(emotion, defaultValence), {
      name: "RangeError",
      message: new RegExp(`"${emotion}": expected positive, negative or excluded, got undefined`),
    });
  }
});

Deno.test("assertMapped() refuses a misspelt valence", () => {
  const valence = { joy: "positve" as "positive" };
  throws(() => assertMapped(["joy"], { valence, corpus: "x" }), {
    message: /"joy": expected positive, negative or excluded, got positve/,
  });
});

Deno.test("assertMapped() names each unmapped emotion with its count", () => {
  const valence = { joy: "positive", fear: "negative" } as const;
  equal(assertMapped(["joy", "fear"], { valence, corpus: "x" }), undefined);
  throws(() => assertMapped(["joy", "odd", "bored", "odd"], { valence, corpus: "x" }), {
    name: "RangeError",
    message:
      'Cannot map the emotions of "x": expected some of joy, fear, got also "bored" (1), "odd" (2)',
  });
});
