import { deepEqual, equal, notDeepEqual, ok, rejects } from "node:assert/strict";
import { fitLinearProbe, predictProbability } from "../../lib/baselines/logistic_regression.ts";
import { linearProbe, majority, shuffledLabels } from "../../lib/baselines/systems.ts";
import { byModality, modalities, type Polarity } from "../../lib/modality.ts";
import { key } from "../../lib/tensor/random.ts";
import type { CorpusFeatures } from "../../lib/training/features.ts";
import type { Fitted, Problem, System } from "../../lib/training/system.ts";
import { range, tinyFeatures, withOtherRows } from "../training/tiny_corpus.ts";

const counts = { text: 40, image: 40, audio: 40 };

const problem: Problem = {
  features: tinyFeatures(counts, { signal: 1.5 }),
  train: range(0, 24),
  validation: range(24, 32),
  protocol: "single",
  present: modalities,
  key: key(1),
};
const test = range(32, 40);

/** The same problem with the labels given; the rest of each corpus keeps its own. */
function withLabels(m: "text" | "image" | "audio", labels: readonly Polarity[]): Problem {
  const { features } = problem;
  const own = Array.from(features[m].labels);
  labels.forEach((label, i) => own[i] = label);
  return { ...problem, features: { ...features, [m]: { ...features[m], labels: own } } };
}

const one: Polarity[] = [1, 1, 1, 0];

Deno.test("majority says the more frequent training label of each modality", async () => {
  // Three quarters of the first 24 texts are positive; the others are half and half.
  const { predict, record } = await majority(
    withLabels("text", Array.from({ length: 24 }, (_, i) => one[i % 4]!)),
  );
  const text = await predict({ text: [30, 31] });
  deepEqual([...Array.from(text.text!)], [0.75, 0.75]);
  deepEqual(Array.from((await predict({ audio: [39] })).audio!), [0.5]);
  deepEqual(record, { protocol: "single", labels: { text: 1, image: 1, audio: 1 } });
});

Deno.test("majority gives a triple one score for the whole, whatever the samples", async () => {
  const { predict } = await majority({ ...problem, protocol: "label" });
  const scores = await predict({ text: [32, 33], image: [34, 33], audio: [32, 39] });
  deepEqual(Array.from(scores.unified!), [0.5, 0.5]);
});

Deno.test("majority looks at no row but the training part's", async () => {
  const other = withOtherRows(problem.features, range(24, 40));
  const rows = { text: test.text };
  deepEqual(
    await (await majority({ ...problem, features: other })).predict(rows),
    await (await majority(problem)).predict(rows),
  );
});

Deno.test("majority and the linear probe refuse modalities that they were not fitted on", async () => {
  const images: Problem = { ...problem, present: ["image"] };
  for (const system of [majority, linearProbe]) {
    const { predict } = await system(images);
    await rejects(async () => await predict({ audio: [1] }), {
      name: "RangeError",
      message: "Cannot predict from audio: expected image",
    });
  }
  const alone = await linearProbe(problem);
  await rejects(
    async () => await alone.predict({ text: [1], audio: [1] }),
    /RangeError: Cannot predict from text and audio: expected text or image or audio/,
  );
  const together = await linearProbe({ ...problem, protocol: "label" });
  await rejects(
    async () => await together.predict({ text: [1] }),
    /RangeError: Cannot predict from text: expected text,image,audio/,
  );
});

Deno.test("the linear probe needs triples with a label", async () => {
  await rejects(async () => await linearProbe({ ...problem, protocol: "random" }), {
    name: "RangeError",
    message: "Cannot fit a unified probe: expected protocol label, got random",
  });
});

/** The mean of a sample's segments that count, worked out one by one. */
function meanOf({ image: { tables } }: CorpusFeatures, row: number): number[] {
  const states = tables.states!.data, mask = tables.mask!.data;
  const kept = [0, 1, 2].filter((s) => mask[row * 3 + s] === 1);
  return Array.from(
    { length: 5 },
    (_, c) => kept.reduce((sum, s) => sum + states[(row * 3 + s) * 5 + c]!, 0) / kept.length,
  );
}

Deno.test("the linear probe is a logistic regression on the mean of the segments that count", async () => {
  const { features, train, validation } = problem;
  const rows = (indices: readonly number[]) => ({
    inputs: Float32Array.from(indices.flatMap((i) => meanOf(features, i))),
    labels: indices.map((i) => i % 2),
    width: 5,
  });
  const wanted = fitLinearProbe({
    train: rows(train.image),
    validation: rows(validation.image),
  });
  const { predict, record } = await linearProbe(problem);
  const scores = (await predict({ image: test.image })).image!;
  const expected = predictProbability(wanted.model, rows(test.image).inputs);
  expected.forEach((p, i) => ok(Math.abs(scores[i]! - p) < 1e-4, `${i}: ${scores[i]}, not ${p}`));
  equal((record.image as { C: number }).C, wanted.C);
  deepEqual(Object.keys(record), ["text", "image", "audio"]);
});

Deno.test("the linear probe pays no heed to padding", async () => {
  const { image } = problem.features;
  const { states, mask } = image.tables;
  const filled = states!.data.map((x, i) => mask!.data[Math.floor(i / 5)] === 1 ? x : NaN);
  const tables = { ...image.tables, states: { ...states!, data: filled } };
  const padded = { ...problem.features, image: { ...image, tables } };
  const rows = { image: test.image };
  const scores = await (await linearProbe({ ...problem, features: padded })).predict(rows);
  deepEqual(scores, await (await linearProbe(problem)).predict(rows));
});

Deno.test("the linear probe tells separable samples, alone and in triples, from unseen rows", async () => {
  const right = (scores: ArrayLike<number>) =>
    test.text.filter((row, i) => scores[i]! >= 0.5 === (row % 2 === 1)).length;
  const alone = await linearProbe(problem);
  for (const m of modalities) ok(right((await alone.predict({ [m]: test[m] }))[m]!) >= 7, m);
  const label: Problem = { ...problem, protocol: "label" };
  const together = await linearProbe(label);
  equal(right((await together.predict(test)).unified!), 8);
  const other = withOtherRows(problem.features, test);
  const again = await linearProbe({ ...label, features: other });
  deepEqual(again.record, together.record);
});

/** What a system inside `shuffledLabels` is given. */
async function shuffledProblem(of: Problem): Promise<Problem> {
  let given: Problem | undefined;
  const spy: System = (inner) => {
    given = inner;
    return Promise.resolve({} as Fitted);
  };
  await shuffledLabels(spy)(of);
  return given!;
}

Deno.test("shuffledLabels() permutes labels within training and within validation", async () => {
  // Uneven parts: a label that moved between them would show.
  const uneven = withLabels("text", Array.from({ length: 24 }, (_, i) => one[i % 4]!));
  const before = byModality((m) => Array.from(uneven.features[m].labels));
  const given = await shuffledProblem(uneven);
  for (const m of modalities) {
    const part = (of: ArrayLike<Polarity>, rows: readonly number[]) => rows.map((i) => of[i]!);
    for (const rows of [uneven.train[m], uneven.validation[m]]) {
      const own = part(given.features[m].labels, rows);
      deepEqual(own.toSorted(), part(before[m], rows).toSorted());
    }
    notDeepEqual(part(given.features[m].labels, uneven.train[m]), part(before[m], uneven.train[m]));
    deepEqual(part(given.features[m].labels, test[m]), part(before[m], test[m]));
    equal(given.features[m].tables, uneven.features[m].tables);
    deepEqual(Array.from(uneven.features[m].labels), before[m]);
  }
  deepEqual({ ...given, features: null }, { ...uneven, features: null });
});

Deno.test("shuffledLabels() shuffles alike with one key, and otherwise with another", async () => {
  const labels = async (of: Problem) => {
    const { features } = await shuffledProblem(of);
    return byModality((m) => Array.from(features[m].labels).join(""));
  };
  const first = await labels(problem);
  deepEqual(await labels(problem), first);
  const other = await labels({ ...problem, key: key(2) });
  for (const m of modalities) notDeepEqual(other[m], first[m]);
  // Labels that were alike in all corpora are not afterwards: each has a permutation of its own.
  equal(new Set(Object.values(first)).size, 3);
});
