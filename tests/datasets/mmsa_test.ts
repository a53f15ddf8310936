import { deepEqual, equal, match, rejects } from "node:assert/strict";
import type { FeatureSequences } from "../../lib/datasets/feature_sequences.ts";
import { type MmsaFile, readMmsa } from "../../lib/datasets/mmsa.ts";
import { readPairedTable } from "../../lib/datasets/table.ts";
import { expected, fixtures } from "./pickle/python_values.ts";
import { writePickle } from "./pickle/write_pickle.ts";
import { withFolder } from "./temporary_folder.ts";

const repairs = () => ({ infinite: 0, nan: 0, cut: 0 });

/** The steps of each sample of a part. */
function stepsOf(sequences: FeatureSequences): number[][] {
  return [...sequences.read(repairs())].map(({ data }) => [...data]);
}

/** What a pickle of this value is read as; numbers of arrays are lists. */
function read<T>(value: unknown, run: (file: MmsaFile) => T, options = {}): Promise<T> {
  return withFolder({ "x.pkl": writePickle(value) }, async (folder) => {
    using file = await readMmsa(`${folder}/x.pkl`, options);
    return run(file);
  });
}

const refused = (value: unknown, message: RegExp, options = {}) =>
  rejects(read(value, () => {}, options), (error: Error) => {
    match(error.message, message);
    return true;
  });

Deno.test("a file of MMSA is samples with ids, videos, parts, texts, scores and their features", async () => {
  using file = await readMmsa(`${fixtures}mmsa_protocol4.pkl`);
  deepEqual(file.target, { kind: "score", low: -3, high: 3 });
  equal(file.samples.length, 64);
  deepEqual(file.samples[40], {
    ...{ id: "video20$_$0", group: "video20", part: "validation", text: "valid text 40", label: 1 },
  });
  deepEqual(file.samples.slice(0, 7).map(({ label }) => label), [1, -1.5, 2, -2.5, 3, -1, 0]);
  deepEqual(
    Map.groupBy(file.samples, ({ part }) => part).entries().map(([part, own]) => [
      part,
      own.length,
    ]).toArray(),
    [["train", 40], ["validation", 10], ["test", 14]],
  );
  deepEqual(file.unused, []);
});

Deno.test("features are Python's, without padding, and what is no number is 0 and counted", async () => {
  using file = await readMmsa(`${fixtures}mmsa_protocol4.pkl`);
  const keys = { text: "text", image: "vision", audio: "audio" } as const;
  const lengths = {
    // Of every third text the mask ends before the last two of five words.
    text: (row: number) => row % 3 === 0 ? 3 : 5,
    audio: (row: number) => 2 + row % 5,
    image: (row: number) => 1 + row % 4,
  };
  for (const m of ["text", "image", "audio"] as const) {
    const { shape: [count, steps, width], values } = expected.mmsa[keys[m]];
    const [, valid] = file.features[m]!;
    const found = repairs();
    const own = [...valid!.read(found)];
    deepEqual([valid!.count, valid!.steps, valid!.width], [count, steps, width]);
    own.forEach(({ rows, data }, i) => {
      equal(rows, lengths[m](40 + i), `${m}, ${i}`);
      const start = i * steps * width;
      const python = values.slice(start, start + rows * width);
      deepEqual([...data], python.map((x: unknown) => typeof x === "string" ? 0 : x));
    });
    deepEqual(found, m === "audio" ? { infinite: 1, nan: 1, cut: 0 } : repairs());
  }
});

Deno.test("a file of SIMS has scores of -1 to 1, of each modality too, and lists in the place of arrays", async () => {
  using file = await readMmsa(`${fixtures}mmsa_sims_protocol2.pkl`);
  deepEqual(file.target, { kind: "score", low: -1, high: 1 });
  const [first] = file.samples;
  deepEqual([first!.label, Object.keys(first!.labels!)], [0.2, ["text", "image", "audio"]]);
  equal(first!.labels!.audio, 0.2);
  // Without lengths, zeros at the end are padding; the lists are the arrays of the other file.
  using other = await readMmsa(`${fixtures}mmsa_protocol4.pkl`);
  for (const m of ["image", "text"] as const) {
    const [own, like] = [file, other].map(({ features }) => features[m]!.map(stepsOf));
    // Of a picture of zeros alone, only a length says how long it is.
    const there = like!.map((part) => part.map((data) => data.some((x) => x !== 0) ? data : []));
    deepEqual(own, there);
  }
});

Deno.test("without scores, classes by number or by name, in their usual order", async () => {
  using file = await readMmsa(`${fixtures}mmsa_classes_protocol5.pkl`);
  deepEqual(file.target, { kind: "classes", classes: ["negative", "neutral", "positive"] });
  deepEqual(file.samples.slice(0, 7).map(({ label }) => label), [2, 0, 2, 0, 2, 0, 1]);
  const text = [[[1, 2]], [[3, 4]]];
  const labels = async (columns: Record<string, unknown>, options = {}) =>
    await read({ text, ...columns }, ({ samples, target }) => [
      samples.map(({ label }) => label),
      target?.kind === "classes" ? target.classes : target,
    ], options);
  deepEqual(await labels({ annotations: ["Positive", "Negative"] }), [
    [1, 0],
    ["negative", "positive"],
  ]);
  deepEqual(await labels({ annotations: ["joy", "anger"] }), [[1, 0], ["anger", "joy"]]);
  const both = { regression_labels: [0.5, -2], annotations: ["Positive", "Negative"] };
  deepEqual(await labels(both), [[0.5, -2], { kind: "score", low: -3, high: 3 }]);
  deepEqual(await labels(both, { target: "classes" }), [[1, 0], ["negative", "positive"]]);
  const target = { kind: "score", low: -5, high: 5 };
  deepEqual(await labels(both, { target }), [[0.5, -2], target]);
  const given = { kind: "classes", classes: ["positive", "neutral", "negative"] };
  deepEqual(await labels(both, { target: given }), [[0, 2], given.classes]);
  const polar = [[1, undefined], ["negative", "positive"]];
  const polarity = { target: "polarity" };
  deepEqual(await labels({ regression_labels: [0.5, 0] }, polarity), polar);
  deepEqual(await labels({ annotations: ["Positive", "Neutral"] }, polarity), polar);
  deepEqual(await labels({ classification_labels: [2, 1] }, polarity), polar);
  deepEqual(await labels({ regression_labels: [0.5, null] }), [
    [0.5, undefined],
    { kind: "score", low: -1, high: 1 },
  ]);
  deepEqual(await labels({}), [[undefined, undefined], undefined]);
});

Deno.test("a file of run_single is one clip without a label", async () => {
  using file = await readMmsa(`${fixtures}mmsa_single_protocol5.pkl`);
  deepEqual(file.samples, [{
    id: "mmsa_single_protocol5.pkl",
    group: "mmsa_single_protocol5.pkl",
  }]);
  deepEqual([file.target, file.unused], [undefined, ["config"]]);
  using whole = await readMmsa(`${fixtures}mmsa_protocol4.pkl`);
  for (const m of ["text", "image", "audio"] as const) {
    const [[own], [like]] = [stepsOf(file.features[m]![0]!), stepsOf(whole.features[m]![0]!)];
    deepEqual(own, like);
  }
});

Deno.test("arrays of their own lengths, one step a sample, ids of several columns, the names of parts", async () => {
  const part = { vision: [[[1, 2], [3, 4]], [[5, 6]], []], regression_labels: [[1], [-1], [0]] };
  const set = {
    train: { ...part, id: [["v", "0", "1"], ["w", 2, 3], ["w", 2, 3]] },
    dev: { vision: [[[7, 8], [0, 0]]], regression_labels: [2], other: 1 },
  };
  await read(set, ({ samples, features, unused, notes }) => {
    deepEqual(features.image!.map(stepsOf), [[[1, 2, 3, 4], [5, 6], []], [[7, 8]]]);
    deepEqual(samples.map(({ id, group, part }) => [id, group, part]), [
      ["v$_$0$_$1", "v", "train"],
      ["w$_$2$_$3", "w", "train"],
      ["w$_$2$_$3 (2)", "w", "train"],
      ["dev:1", "dev:1", "validation"],
    ]);
    deepEqual(unused, ["other"]);
    deepEqual(notes, ["1 samples have the id of an earlier one: numbered by the order"]);
  });
  await read({ audio: [[1, 2], [3, 4]], audio_lengths: [1, 5], id: ["a", "b"] }, ({ features }) => {
    const found = repairs();
    deepEqual([...features.audio![0]!.read(found)].map(({ rows }) => rows), [1, 1]);
    equal(found.cut, 1);
  });
});

Deno.test("what is no such file is refused by part and key", async () => {
  const text = [[[1, 2]], [[3, 4]]];
  await refused([], /expected a dict of train, valid and test, .* got a list of 0$/);
  await refused({ a: 1 }, /x\.pkl": expected a dict of train, .* got "a"$/);
  await refused({ valid: { text }, dev: { text } }, /expected each part once, got "dev" too$/);
  await refused(
    { train: { id: ["a"] } },
    /x\.pkl", train: expected text, audio and vision or some/,
  );
  await refused(
    { train: { text, audio: [[1]] } },
    /train, audio: expected 2 samples as text has, got 1$/,
  );
  await refused({ train: { text, id: ["a"] } }, /train, id: expected 2, one a sample, got 1$/);
  await refused({ train: { text, id: ["a", null] } }, /id, sample 1: expected a text, got another/);
  await refused(
    { text, regression_labels: [1, "x"] },
    /regression_labels: expected numbers, got oth/,
  );
  await refused(
    { text, regression_labels: [1, 4] },
    /expected scores from -3 to 3, got 4$/,
  );
  await refused({ text, regression_labels: [1, Infinity] }, /expected scores .* got Infinity/);
  await refused({ text, classification_labels: [1, 3] }, /expected 0, 1 or 2, got 3$/);
  await refused({ text, annotations: ["a", "a"] }, /expected two classes or more, got "a"$/);
  const joy = { text, annotations: ["joy", "x"] };
  await refused(joy, /expected negative, neutral or positive, got "joy"$/, { target: "polarity" });
  const target = { kind: "classes", classes: ["joy", "anger"] };
  await refused(joy, /expected joy, anger, got "x"$/, { target });
  await refused({ text: [[[1, 2]], [[3]]] }, /text, sample 1: expected 2 numbers a step, got 1$/);
  await refused({ text: "no" }, /text: expected an array or a list, got neither$/);
  await refused(
    { text: [1, 2] },
    /text, sample 0: expected an array or a list of steps, got neither$/,
  );
  await refused(
    { train: { text }, test: { audio: text } },
    /test: expected text, which other parts have, got none/,
  );
  await refused(
    { train: { text }, test: { text: [[[1]]] } },
    /text: expected 2 numbers a step in all parts, got 1$/,
  );
  await refused(
    { train: { text, regression_labels: [1, 1] }, test: { text } },
    /test: expected regression_labels, which other parts have, got none$/,
  );
  await refused({ text, id: ["a", "b"] }, /expected regression_labels, got none$/, {
    target: "score",
  });
  await refused({ text, audio: text, audio_lengths: [1, -1] }, /sample 1: expected a whole number/);
  await rejects(readPairedTable("set.PKL"), /got features, which readFeatures reads$/);
});
