import { deepEqual, equal, notDeepEqual, ok, rejects } from "node:assert/strict";
import { byModality, modalities } from "../../lib/modality.ts";
import { key } from "../../lib/tensor/random.ts";
import { graphCache } from "../../lib/training/graph_cache.ts";
import { proposed } from "../../lib/systems/proposed.ts";
import type { Problem, Rows } from "../../lib/systems/system.ts";
import type { Epoch, TrainOptions } from "../../lib/training/train.ts";
import { range, tinyFeatures, tinySettings, tinyTraining, withOtherRows } from "./tiny_corpus.ts";

const problem: Problem = {
  features: tinyFeatures({ text: 32, image: 32, audio: 32 }, { signal: 1.5 }),
  train: range(0, 20),
  validation: range(20, 26),
  protocol: "label",
  present: modalities,
  key: key(1),
};
const test = range(26, 32);

// A fit takes half a second, most of it to compile, and one with compiled graphs is the same.
const graphs = graphCache();
Deno.test.afterAll(() => graphs.dispose());

/** What a fit says of the test part, and its record. */
async function fit(of: Problem, rows: Rows = test, options: TrainOptions = { graphs }) {
  const fitted = await proposed(tinySettings, tinyTraining, options).fit(of);
  const scores = await fitted.predict(rows);
  await fitted.dispose();
  return { record: fitted.record, scores };
}

// What the tests compare with; the first that asks fits it.
let fitted: ReturnType<typeof fit> | undefined;
const usual = () => fitted ??= fit(problem, test, {});

Deno.test("two fits with one key are equal to the bit; another key gives another fit", async () => {
  const first = await usual();
  deepEqual(await fit(problem), first);
  notDeepEqual((await fit({ ...problem, key: key(2) })).scores, first.scores);
});

Deno.test("a fit looks at the training and validation rows alone", async () => {
  const { record, scores } = await usual();
  const others = await fit({ ...problem, features: withOtherRows(problem.features, test) });
  deepEqual(others.record, record);
  notDeepEqual(others.scores, scores);
  const untrue = withOtherRows(problem.features, range(20, 26));
  const judged = await fit({ ...problem, features: untrue });
  notDeepEqual(judged.record.history, record.history);
});

Deno.test("the record tells the fit's size and history", async () => {
  const lines: Epoch[] = [];
  const { record } = await fit(problem, test, { graphs, onEpoch: (epoch) => lines.push(epoch) });
  equal(lines.length, 2);
  deepEqual(record.history, lines);
  equal(record.stepsPerEpoch, 3);
  ok([1, 2].includes(record.bestEpoch as number));
  deepEqual(record.standardisation, {
    text: { states: 3 },
    image: { states: 5 },
    audio: { states: 4, logMel: 4, prosody: 2 },
  });
  deepEqual(JSON.parse(JSON.stringify(record)), record);
});

Deno.test("under every protocol the heads learn what separates the training samples", async () => {
  const training = { ...tinyTraining, epochs: 8, patience: 8, learningRate: 0.02 };
  const right = (scores: ArrayLike<number>, rows: readonly number[]) =>
    rows.filter((row, i) => scores[i]! >= 0.5 === (row % 2 === 1)).length;
  for (const protocol of ["single", "label", "random"] as const) {
    const fitted = await proposed(tinySettings, training, { graphs }).fit({ ...problem, protocol });
    const found = [];
    for (const m of modalities) {
      const alone = await fitted.predict({ [m]: test[m] });
      found.push(right(alone[m]!, test[m]));
    }
    // Triples of one label, all three seen together.
    if (protocol === "label") {
      found.push(right((await fitted.predict(test)).unified!, test.text));
    }
    await fitted.dispose();
    ok(Math.min(...found) >= 5, `${protocol}: ${found} of 6`);
  }
});

Deno.test("one modality is learnt alone, whatever the others hold", async () => {
  const alone: Problem = { ...problem, protocol: "single", present: ["image"] };
  const rows = { image: test.image };
  const first = await fit(alone, rows);
  const { image } = problem.features;
  const others = byModality((m) =>
    m === "image" ? image : tinyFeatures({ text: 32, image: 32, audio: 32 })[m]
  );
  const again = await fit({ ...alone, features: others }, rows);
  deepEqual(again.scores.image, first.scores.image);
});

Deno.test("features that are no numbers stop the fit by epoch and step", async () => {
  const { image } = problem.features;
  const states = { ...image.tables.states!, data: image.tables.states!.data.with(3, NaN) };
  const features = {
    ...problem.features,
    image: { ...image, tables: { ...image.tables, states } },
  };
  await rejects(
    fit({ ...problem, features }),
    /^Error: Cannot train: expected a finite loss in epoch 1, step 1, got NaN$/,
  );
});

Deno.test("a fit with graphs of an earlier one is the same to the bit", async () => {
  await fit({ ...problem, key: key(2) });
  deepEqual(await fit(problem), await usual());
});

Deno.test("under natural rows are learnt and validated as they are, whatever they lack", async () => {
  const pairs = range(0, 32).text.map((i) =>
    i % 4 < 2 ? { text: i, image: i, audio: i } : { text: i, audio: i }
  );
  const natural: Problem = { ...problem, protocol: "natural", pairs };
  const fitted = await proposed(tinySettings, { ...tinyTraining, epochs: 6, patience: 6 }).fit(
    natural,
  );
  const { stepsPerEpoch, history } = fitted.record as { stepsPerEpoch: number; history: Epoch[] };
  // 20 rows of the training part; of 6 validation rows accuracies are sixths.
  equal(stepsPerEpoch, 3);
  for (const { validationAccuracy } of history) {
    ok(Math.abs(6 * validationAccuracy - Math.round(6 * validationAccuracy)) < 1e-9);
  }
  const { unified } = await fitted.predict({ text: test.text, audio: test.audio });
  await fitted.dispose();
  ok(test.text.filter((row, i) => unified![i]! >= 0.5 === (row % 2 === 1)).length >= 5);
});
