import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { printFeatureReport, readMmsa } from "../../lib/datasets/mod.ts";
import { readGivenFeatures } from "../../lib/study/given_features.ts";
import { fixtures } from "../datasets/pickle/python_values.ts";
import { writePickle } from "../datasets/pickle/write_pickle.ts";
import { withFolder } from "../datasets/temporary_folder.ts";

const path = `${fixtures}mmsa_protocol4.pkl`;

Deno.test("steps are averaged into segments, and what has fewer leaves the rest masked", async () => {
  const set = {
    id: ["v$_$0", "v$_$1", "w$_$0", "x$_$0"],
    text: [[[1, 10], [2, 20], [3, 30], [4, 40]], [[5, 50]], [[0, 0]], [[0, 0]]],
    audio: [[[1], [-Infinity]], [[0]], [[7]], [[0]]],
    regression_labels: [1, -1, 0, 2],
    raw_text: ["a", "b", "c", "d"],
  };
  await withFolder({ "x.pkl": writePickle(set) }, async (folder) => {
    const given = await readGivenFeatures(`${folder}/x.pkl`, { segments: 2 });
    const { features: { text, image, audio }, pairs, corpora, report } = given;
    deepEqual(pairs, [{ text: 0, audio: 0 }, { text: 1 }, { audio: 1 }]);
    deepEqual(text.tables.states, {
      ...{ shape: [2, 2, 2], data: Float32Array.of(1.5, 15, 3.5, 35, 5, 50, 0, 0) },
    });
    deepEqual(text.tables.mask, { shape: [2, 2], data: Float32Array.of(1, 1, 1, 0) });
    // What was infinite is 0, and so is padding at the end.
    deepEqual(audio.tables.states!.data, Float32Array.of(1, 0, 7, 0));
    deepEqual(image.tables.states!.shape, [0, 2, 1]);
    deepEqual([text.labels, audio.labels, text.texts], [[1, -1], [1, 0], ["a", "b"]]);
    deepEqual(corpora.audio.samples.map(({ id, group }) => [id, group]), [
      ["v$_$0", "v"],
      ["w$_$0", "w"],
    ]);
    deepEqual(report.leftOut, [{ reason: "without features", rows: 1, ids: ["x$_$0"] }]);
    deepEqual(report.notes, [
      "audio: 1 infinite values became 0",
      "text: missing from 1 samples, which have nothing but zeros",
      "audio: missing from 1 samples, which have nothing but zeros",
    ]);
    equal(given.given, undefined);
  });
});

Deno.test("a file of MMSA becomes tables of all its samples, with its parts", async () => {
  const { features, pairs, given, target, report } = await readGivenFeatures(path);
  equal(pairs.length, 64);
  deepEqual(target, { kind: "score", low: -3, high: 3 });
  deepEqual(features.text.tables.states!.shape, [64, 8, 6]);
  // In each part one clip has no picture.
  deepEqual(features.image.tables.states!.shape, [61, 8, 3]);
  deepEqual(features.audio.tables.mask!.shape, [64, 8]);
  deepEqual(given!.filter((part) => part === "test").length, 14);
  // A mean of each text's steps, computed anew from the file.
  using file = await readMmsa(path);
  const [first] = file.features.text![0]!.read({ infinite: 0, nan: 0, cut: 0 });
  equal(first!.rows, 3);
  deepEqual(features.text.tables.states!.data.slice(0, 18), Float32Array.from(first!.data));
  match(printFeatureReport(report), /^.*mmsa_protocol4\.pkl: 64 samples, 64 used\n/);
  deepEqual(printFeatureReport(report).split("\n").slice(1), [
    "  modalities  64 text (to 5 × 6), 61 vision (to 4 × 3), 64 audio (to 6 × 4)",
    "  labels      scores from -3 to 3: 28 below 0, 9 of 0, 27 above 0",
    "  groups      32 by the ids' first part",
    "  split       40 train, 10 validation, 14 test",
    "  unused      no key",
    "  note        audio: 3 infinite and 3 NaN values became 0",
    "  note        vision: missing from 3 samples, which have nothing but zeros",
  ]);
});

Deno.test("parts that share a video or a clip are reported, and files without labels are refused", async () => {
  const part = { id: ["v$_$0"], text: [[[1]]], regression_labels: [1] };
  const sets = {
    "leak.pkl": writePickle({ train: part, valid: { ...part, id: ["w$_$0"] }, test: part }),
    "none.pkl": writePickle({ train: { text: [[[1]]] } }),
    "nan.pkl": writePickle({ train: { text: [[[1]]], regression_labels: [null] } }),
  };
  await withFolder(sets, async (folder) => {
    const { report: { notes } } = await readGivenFeatures(`${folder}/leak.pkl`);
    match(notes.join("\n"), /the file's parts leak: .*group/);
    match(notes.join("\n"), /the file's parts leak: .*hash/);
    await rejects(
      readGivenFeatures(`${folder}/none.pkl`),
      /expected regression_labels, .* got none$/,
    );
    await rejects(
      readGivenFeatures(`${folder}/nan.pkl`),
      /expected samples with a label, got none$/,
    );
  });
});
