import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { emoboxFolds, type Part, type Sample } from "../../lib/datasets/mod.ts";
import { divideBy, type Protocol } from "../../lib/study/protocol.ts";
import { divideAll, type Samples } from "../../lib/study/splits.ts";
import { samples as madeUp, samplesOf } from "../experiments/made_up.ts";

const data = { cap: "none", testFraction: 0.2, validationFraction: 0.1 } as const;

/** Four clips of each actor of these folds, counted from 1. */
function clipsOf(...folds: number[]): Sample[] {
  const actors = folds.flatMap((fold) => emoboxFolds[fold - 1]!);
  return samplesOf("audio", 4 * actors.length, 4)
    .map((sample, i) => ({ ...sample, group: actors[Math.floor(i / 4)]! }));
}

function inParts(samples: readonly Sample[], parts: readonly Part[]): Sample[] {
  return samples.map((sample, i) => ({ ...sample, part: parts[i % parts.length]! }));
}

function divided(own: Partial<Samples>, protocol: Partial<Protocol>, seed = 1) {
  return divideBy({ ...madeUp, ...own }, {
    ...{ seed, data },
    protocol: { present: ["text", "image", "audio"], ...protocol },
  });
}

const actorsOf = (clips: readonly Sample[], rows: readonly number[]) =>
  [...new Set(rows.map((row) => clips[row]!.group))].sort();

Deno.test("without a protocol corpora are divided as in Table 1", () => {
  const [{ split, reports }, ...others] = divideBy(madeUp, { seed: 3, data }) as [
    ReturnType<typeof divideBy>[number],
  ];
  deepEqual(others, []);
  deepEqual(split, divideAll(madeUp, { seed: 3, data }).split);
  deepEqual(Object.keys(reports), ["text", "image", "audio"]);
});

Deno.test("six folds test their four actors in turn, validate on the next, train on sixteen", () => {
  const audio = clipsOf(1, 2, 3, 4, 5, 6);
  const folds = divided({ audio }, { split: "folds" });
  deepEqual(folds.map(({ fold }) => fold), [1, 2, 3, 4, 5, 6]);
  folds.forEach(({ split }, at) => {
    deepEqual(actorsOf(audio, split.audio.test), [...emoboxFolds[at]!]);
    deepEqual(actorsOf(audio, split.audio.validation), [...emoboxFolds[(at + 1) % 6]!]);
    equal(actorsOf(audio, split.audio.train).length, 16);
    // One object: what is learnt of texts alone is learnt once.
    equal(split.text, folds[0]!.split.text);
  });
  const usual = divideAll({ ...madeUp, audio }, { seed: 1, data }).split;
  deepEqual(folds[0]!.split.text, usual.text);
});

Deno.test("with fewer folds a fifth of the other actors validates, drawn with the seed", () => {
  const audio = clipsOf(1, 2);
  const validated = Array.from({ length: 8 }, (_, seed) => {
    const folds = divided({ audio }, { present: ["audio"], split: "folds" }, seed);
    deepEqual(folds.map(({ fold }) => fold), [1, 2]);
    for (const { split, fold } of folds) {
      const [train, validation] = [split.audio.train, split.audio.validation]
        .map((rows) => actorsOf(audio, rows));
      deepEqual([train!.length, validation!.length], [3, 1]);
      deepEqual([...train!, ...validation!].sort(), [...emoboxFolds[2 - fold!]!]);
    }
    return actorsOf(audio, folds[0]!.split.audio.validation)[0];
  });
  ok(new Set(validated).size > 1);
});

Deno.test("one fold is no protocol, nor are actors that EmoBox does not have", () => {
  throws(
    () => divided({ audio: clipsOf(4) }, { split: "folds" }),
    /^RangeError: Cannot divide audio: expected actors of two of EmoBox's folds or more, got 1$/,
  );
  const audio = [...clipsOf(1, 2), { ...clipsOf(1)[0]!, id: "stray", group: "actor 99" }];
  throws(
    () => divided({ audio }, { split: "folds" }),
    /^RangeError: Cannot split: expected "stray" in a fold, got group "actor 99" in none$/,
  );
});

const parts = [
  "train",
  "train",
  "train",
  "train",
  "validation",
  "validation",
  "test",
  "test",
] as const;

Deno.test("texts and images of their own parts are divided so with every seed, speech by folds", () => {
  const own = {
    text: inParts(madeUp.text, parts),
    image: inParts(madeUp.image, parts),
    audio: clipsOf(1, 2),
  };
  const [first, second] = [1, 2].map((seed) => divided(own, { split: "own" }, seed));
  equal(first!.length, 2);
  const rowsOf = (part: Part) =>
    [...own.text.keys()].filter((row) => parts[row % parts.length] === part);
  for (const { split } of [...first!, ...second!]) {
    for (const m of ["text", "image"] as const) {
      for (const part of ["train", "validation", "test"] as const) {
        deepEqual(split[m][part], rowsOf(part));
      }
    }
  }
});

Deno.test("a corpus without parts has none of its own", () => {
  throws(
    () => divided({}, { present: ["image"], split: "own" }),
    /^RangeError: Cannot divide image: expected a corpus in parts, such as FER2013's or CARER's, got/,
  );
});

Deno.test("copies of what is tested are kept and told, taken out of training, or refused", () => {
  const plain = inParts(madeUp.image, parts);
  // Row 0 is to train on, row 6 to test on; both are of negative polarity.
  const image = plain.map((sample, row) =>
    row === 0 ? { ...sample, hash: plain[6]!.hash } : sample
  );
  const of = (leaks?: Protocol["leaks"]) =>
    divided({ image }, { present: ["image"], split: "own", leaks })[0]!;
  const kept = of();
  ok(kept.split.image.train.includes(0));
  equal(kept.reports.image!.leaks!.find(({ what }) => what === "hash")!.values, 1);
  const dropped = of("drop");
  deepEqual(dropped.split.image.train, kept.split.image.train.filter((row) => row !== 0));
  deepEqual(dropped.split.image.test, kept.split.image.test);
  deepEqual(dropped.reports.image!.dropped, { train: 1, validation: 0 });
  throws(() => of("refuse"), /^Error: Cannot use the split: .*\n.*in two parts/);
});
