import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import {
  columnMoments,
  fitLinearProbe,
  linearProbe,
  standardise,
} from "../../lib/baselines/linear_probe.ts";
import { predictProbability } from "../../lib/baselines/logistic_regression.ts";
import { modalities } from "../../lib/modality.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { withOtherRows } from "../systems/tiny_corpus.ts";
import { near, reference, split, tight, width } from "./logistic_regression_reference.ts";
import { problem, test } from "./tiny_problem.ts";

Deno.test("standardise() takes the training part's mean and deviation from any part", () => {
  const { train, validation } = split(reference.inputs);
  const moments = columnMoments(train);
  near(moments.mean, reference.mean, 1e-12);
  near(moments.sd, reference.sd, 1e-12);
  const first = [...standardise(validation.inputs, moments)].slice(0, width);
  const wanted = first.map((_, j) => (validation.inputs[j]! - moments.mean[j]!) / moments.sd[j]!);
  near(first, wanted, 1e-6);
});

Deno.test("standardise() leaves a constant column at zero", () => {
  // A constant of 24 bits, and rows enough for its sum to show any rounding.
  const inputs = Float32Array.from({ length: 2 * 999 }, (_, i) => i % 2 === 0 ? 0.1 : i);
  const moments = columnMoments({ inputs, width: 2 });
  equal(moments.sd[0], 1);
  ok(standardise(inputs, moments).every((x, i) => i % 2 === 1 || x === 0));
});

Deno.test("fitLinearProbe() chooses what scikit-learn's fits make the best on validation", () => {
  const { train, validation } = split(reference.inputs);
  const { model, C, trials } = fitLinearProbe({ train, validation }, tight);
  deepEqual(trials.map((trial) => trial.C), reference.probes.map((probe) => probe.C));
  near(
    trials.map((trial) => trial.validationLogLoss),
    reference.probes.map((probe) => probe.validationLogLoss),
    1e-5,
  );
  equal(C, 1);
  // The chosen model reads raw features.
  const { probability } = reference.probes.find((probe) => probe.C === C)!;
  near(predictProbability(model, validation.inputs), probability, 1e-5);
});

Deno.test("fitLinearProbe() does not mind the order of its grid", () => {
  const parts = split(reference.inputs);
  deepEqual(
    fitLinearProbe({ ...parts, grid: [10, 0.1, 1] }),
    fitLinearProbe({ ...parts, grid: [0.1, 1, 10] }),
  );
});

Deno.test("fitLinearProbe() fits on the training part alone", () => {
  const { train, validation } = split(reference.inputs);
  const doubled = { ...validation, labels: validation.labels.map((label) => 1 - label) };
  const [one, other] = [validation, doubled].map((part) =>
    fitLinearProbe({ train, validation: part, grid: [1] }).model
  );
  deepEqual(one, other);
});

Deno.test("a probe refuses a validation part of another width, and an empty grid", () => {
  const { train, validation } = split(reference.inputs);
  const narrow = { inputs: Float32Array.of(1), labels: [1], width: 1 };
  throws(
    () => fitLinearProbe({ train, validation: narrow }),
    /RangeError: Cannot fit a linear probe: expected validation rows of 5 features, got 1/,
  );
  throws(
    () => fitLinearProbe({ train, validation, grid: [] }),
    /RangeError: Cannot fit a linear probe: expected at least one C in the grid, got none/,
  );
});

Deno.test("the linear probe refuses modalities that it was not fitted on", async () => {
  const images = await linearProbe().fit({ ...problem, present: ["image"] });
  await rejects(async () => await images.predict({ audio: [1] }), {
    name: "RangeError",
    message: "Cannot predict from audio: expected image",
  });
  const alone = await linearProbe().fit(problem);
  await rejects(
    async () => await alone.predict({ text: [1], audio: [1] }),
    /RangeError: Cannot predict from text and audio: expected text or image or audio/,
  );
  const together = await linearProbe().fit({ ...problem, protocol: "label" });
  await rejects(
    async () => await together.predict({ text: [1] }),
    /RangeError: Cannot predict from text: expected text,image,audio/,
  );
});

Deno.test("the linear probe needs triples with a label", async () => {
  await rejects(async () => await linearProbe().fit({ ...problem, protocol: "random" }), {
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
  const { predict, record } = await linearProbe().fit(problem);
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
  const scores = await (await linearProbe().fit({ ...problem, features: padded })).predict(rows);
  deepEqual(scores, await (await linearProbe().fit(problem)).predict(rows));
});

Deno.test("the linear probe tells separable samples, alone and in triples, from unseen rows", async () => {
  const right = (scores: ArrayLike<number>) =>
    test.text.filter((row, i) => scores[i]! >= 0.5 === (row % 2 === 1)).length;
  const alone = await linearProbe().fit(problem);
  for (const m of modalities) ok(right((await alone.predict({ [m]: test[m] }))[m]!) >= 7, m);
  const label: Problem = { ...problem, protocol: "label" };
  const together = await linearProbe().fit(label);
  equal(right((await together.predict(test)).unified!), 8);
  const other = withOtherRows(problem.features, test);
  const again = await linearProbe().fit({ ...label, features: other });
  deepEqual(again.record, together.record);
});

Deno.test("the linear probe reads the mean of several layers", async () => {
  const { audio } = problem.features;
  const { states } = audio.tables;
  const [rows, segments, columns] = states!.shape as [number, number, number];
  // A layer below and a layer above, by as much.
  const data = new Float32Array(2 * states!.data.length);
  states!.data.forEach((x, i) => {
    const at = 2 * columns * Math.floor(i / columns) + i % columns;
    data[at] = x - 1 - i % 3;
    data[at + columns] = x + 1 + i % 3;
  });
  const tables = { ...audio.tables, states: { shape: [rows, segments, 2, columns], data } };
  const layered = { ...problem.features, audio: { ...audio, tables } };
  const scores = async (features: CorpusFeatures) =>
    (await (await linearProbe().fit({ ...problem, features })).predict({ audio: test.audio }))
      .audio!;
  const wanted = await scores(problem.features);
  Array.from(await scores(layered)).forEach((p, i) =>
    ok(Math.abs(p - wanted[i]!) < 1e-4, `${i}: ${p}`)
  );
});
