import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  foldPairs,
  labelOfPair,
  type Pair,
  type PairedCorpora,
  pairsAmong,
  pairsByShown,
  shownBy,
  splitPairs,
} from "../../lib/datasets/paired.ts";
import { type Part, parts } from "../../lib/datasets/parts.ts";
import type { Sample } from "../../lib/datasets/sample.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { key } from "../../lib/tensor/random.ts";

/** Forty rows of ten speakers; every third lacks its image, and all say one of two things. */
function paired(change: Partial<Sample> = {}): PairedCorpora {
  const samples: Record<Modality, Sample[]> = { text: [], image: [], audio: [] };
  const pairs = Array.from({ length: 40 }, (_, i): Pair => {
    const shown = modalities.filter((m) => m !== "image" || i % 3 !== 2);
    return Object.fromEntries(shown.map((m) => {
      const sample: Sample = {
        ...{ id: `row ${i}`, modality: m, emotion: i % 2 ? "joy" : "anger" },
        ...{ label: i % 2 as 0 | 1, group: `speaker ${Math.floor(i / 4)}` },
        source: m === "text" ? { text: `say ${i % 2}` } : { path: `${m} ${i}` },
        hash: m === "text" ? `say ${i % 2}` : `${m} ${i}`,
        ...change,
      };
      return [m, samples[m].push(sample) - 1];
    }));
  });
  const corpus = (m: Modality) => ({ modality: m, name: m, samples: samples[m], excluded: {} });
  return { corpora: byModality(corpus), pairs };
}

Deno.test("a row's samples are in one part, and no speaker is in two", () => {
  const { corpora, pairs } = paired();
  const { split, report } = splitPairs({ corpora, pairs }, { key: key(1) });
  const partOf = (m: Modality, i: number) => parts.find((part) => split[m][part].includes(i));
  for (const pair of pairs) {
    const own = new Set(shownBy(pair).map((m) => partOf(m, pair[m]!)));
    equal(own.size, 1);
    ok(!own.has(undefined));
  }
  const speakers = parts.map((part) =>
    new Set(modalities.flatMap((m) => split[m][part].map((i) => corpora[m].samples[i]!.group)))
  );
  equal(speakers.reduce((sum, { size }) => sum + size, 0), 10);
  deepEqual(report.groups, { train: 7, validation: 1, test: 2 });
});

Deno.test("the rows of a part are those whose samples are all in it", () => {
  const { corpora, pairs } = paired();
  const { split } = splitPairs({ corpora, pairs }, { key: key(1) });
  const ofPart = parts.map((part) => pairsAmong(pairs, byModality((m) => split[m][part])));
  deepEqual(ofPart.map(({ length }) => length), [28, 4, 8]);
  deepEqual(pairsAmong([{ text: 1, audio: 2 }], { text: [1], image: [], audio: [3] }), []);
  deepEqual(pairsAmong([{ text: 1 }], { text: [1], image: [], audio: [] }), [{ text: 1 }]);
});

Deno.test("a row with all that another part's row has is refused, shared words alone are not", () => {
  throws(
    () => splitPairs(paired({ hash: "all the same" }), { key: key(1) }),
    /^Error: Cannot use the split: .*\n- hash in two parts/,
  );
});

Deno.test("modalities come in their usual order, and a row's label is its samples'", () => {
  deepEqual(shownBy({ audio: 3, text: 0 }), ["text", "audio"]);
  const labels = { text: [0, 1], image: [], audio: [1] } as const;
  equal(labelOfPair({ audio: 0 }, labels), 1);
  equal(labelOfPair({ text: 0 }, labels), 0);
});

Deno.test("rows are told apart by what they show", () => {
  const labels = { text: [0, 1, 1], image: [1], audio: [0, 1, 1] } as const;
  const pairs = [{ text: 0, audio: 0 }, { text: 1, image: 0, audio: 1 }, { audio: 2, text: 2 }];
  deepEqual(pairsByShown(pairs, labels), [
    { shown: ["text", "audio"], rows: { text: [0, 2], audio: [0, 2] }, labels: [0, 1] },
    { shown: modalities, rows: { text: [1], image: [0], audio: [1] }, labels: [1] },
  ]);
});

Deno.test("foldPairs() tests each row once with all its samples, whatever parts the set gives", () => {
  const set = paired();
  const divided = foldPairs(set, { folds: 5, key: key(1) });
  equal(divided.length, 5);
  for (const m of modalities) {
    const tested = divided.flatMap(({ split }) => split[m].test).toSorted((a, b) => a - b);
    deepEqual(tested, set.corpora[m].samples.map((_, i) => i));
  }
  for (const { report } of divided) equal(report.unused, 0);
  equal(foldPairs(set, { folds: "groups", key: key(1) }).length, 10);
  const given = Array.from({ length: 40 }, (_, i) => (i < 20 ? "train" : "test") as Part);
  deepEqual(foldPairs({ ...set, given }, { folds: 5, key: key(1) }), divided);
});

Deno.test("parts that are drawn in place of given ones keep copies together", () => {
  // Row i + 1 sounds like row i, for even i, though a speaker of its own says it.
  const set = paired();
  const audio = set.corpora.audio.samples.map((sample, i) => {
    return { ...sample, group: `own ${i}`, hash: `clip ${i >> 1}` };
  });
  const text = set.corpora.text.samples.map((sample, i) => ({ ...sample, group: `own ${i}` }));
  const corpora = {
    ...set.corpora,
    text: { ...set.corpora.text, samples: text },
    image: { ...set.corpora.image, samples: [] },
    audio: { ...set.corpora.audio, samples: audio },
  };
  const pairs = text.map((_, i) => ({ text: i, audio: i }));
  const given = text.map((_, i) => (i % 2 ? "test" : "train") as Part);
  const { report } = splitPairs({ corpora, pairs, given }, { key: key(1), drawn: true });
  equal(report.leaks, undefined);
  // As they are given, every row of training has its copy in the test part.
  throws(
    () => splitPairs({ corpora, pairs, given }, { key: key(1), leaks: "drop" }),
    /- no sample in train\n/,
  );
});
