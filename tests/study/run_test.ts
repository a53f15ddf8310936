import { deepEqual, equal, notDeepEqual, notEqual, ok } from "node:assert/strict";
import { runJob } from "../../lib/study/run.ts";
import type { Job } from "../../lib/study/job.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { initModel } from "../../lib/model/mod.ts";
import { layoutOf } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Checkpoints, Epoch } from "../../lib/training/train.ts";
import {
  range,
  tinyConfig,
  tinyFeatures,
  tinyTraining,
  withOtherRows,
} from "../systems/tiny_corpus.ts";
import { tinyExperiment } from "./tiny_settings.ts";

const features = tinyFeatures({ text: 32, image: 32, audio: 32 }, { signal: 1.5 });
const split = byModality(() => ({
  train: range(0, 20).text,
  validation: range(20, 26).text,
  test: range(26, 32).text,
}));

const job: Job = {
  name: "probe",
  kind: "label",
  system: "Linear probe",
  protocol: "single",
  present: modalities,
  seed: 1,
  split,
};
const run = (changes: Partial<Job> = {}, own = features) =>
  runJob({ ...job, ...changes }, { features: own, config: tinyExperiment });

Deno.test("under single each test sample is judged alone, by its modality's head", async () => {
  const { verdicts, job: done } = await run();
  deepEqual(done, job);
  deepEqual(verdicts.map(({ head, rows }) => [head, rows]), [
    ["text", { text: split.text.test }],
    ["image", { image: split.image.test }],
    ["audio", { audio: split.audio.test }],
  ]);
  for (const { labels, scores } of verdicts) {
    deepEqual(Array.from(labels), [0, 1, 0, 1, 0, 1]);
    equal(scores.length, 6);
    ok(Array.from(scores).every((p) => p >= 0 && p <= 1));
  }
});

Deno.test("only the modalities that a job names are judged", async () => {
  const { verdicts } = await run({ present: ["image"] });
  deepEqual(verdicts.map(({ head }) => head), ["image"]);
});

Deno.test("under label all systems are asked about the same triples of test samples of one label", async () => {
  const asked = [];
  for (const system of ["Proposed", "Linear probe", "Late fusion", "Majority"] as const) {
    const { verdicts: [whole, ...others] } = await run({ system, protocol: "label" });
    deepEqual([whole!.head, others], ["unified", []]);
    asked.push({ rows: whole!.rows, labels: whole!.labels });
    equal(whole!.scores.length, 6);
  }
  for (const other of asked.slice(1)) deepEqual(other, asked[0]);
  const { rows, labels } = asked[0]!;
  for (const m of modalities) {
    ok(Array.from(rows[m]!).every((row) => split[m].test.includes(row)));
    deepEqual(Array.from(rows[m]!, (row) => row % 2), Array.from(labels));
  }
  const other = await run({ protocol: "label", seed: 2 });
  notDeepEqual(other.verdicts[0]!.rows, rows);
});

Deno.test("under random each head is judged on triples by its own label", async () => {
  const { verdicts } = await run({ system: "Majority", protocol: "random" });
  deepEqual(verdicts.map(({ head }) => head), [...modalities]);
  for (const { head, rows, labels } of verdicts) {
    deepEqual(Object.keys(rows), [...modalities]);
    deepEqual(Array.from(rows[head as "text"]!, (row) => row % 2), Array.from(labels));
  }
});

Deno.test("shuffled labels are judged by the true ones, and learn something else", async () => {
  const [shuffled] = (await run({ system: "Shuffled labels", present: ["text"] })).verdicts;
  const [unshuffled] = (await run({ system: "Proposed", present: ["text"] })).verdicts;
  deepEqual(Array.from(shuffled!.labels), [0, 1, 0, 1, 0, 1]);
  notDeepEqual(shuffled!.scores, unshuffled!.scores);
});

Deno.test("the test part changes no fit: the record is the same whatever it holds", async () => {
  const other = withOtherRows(features, byModality((m) => split[m].test));
  for (const system of ["Proposed", "Linear probe"] as const) {
    const asked = { system, present: ["image"] } as const;
    const first = await run(asked), second = await run(asked, other);
    deepEqual(second.record, first.record);
    notDeepEqual(second.verdicts, first.verdicts);
  }
});

Deno.test("epochs are reported as they end", async () => {
  const lines: Epoch[] = [];
  await runJob({ ...job, system: "Proposed", present: ["image"] }, {
    features,
    config: tinyExperiment,
    onEpoch: (epoch) => lines.push(epoch),
  });
  deepEqual(lines.map(({ epoch }) => epoch), [1, 2]);
});

Deno.test("under natural every row of the test part is judged, by what it shows", async () => {
  const pairs = range(0, 32).text.map((i) =>
    i % 2 ? { text: i, image: i, audio: i } : { text: i, audio: i }
  );
  const { verdicts } = await run({ system: "Proposed", protocol: "natural", pairs });
  deepEqual(verdicts.map(({ name, head, rows, labels }) => [name, head, rows, labels]), [
    ["text+audio", "unified", { text: [26, 28, 30], audio: [26, 28, 30] }, [0, 0, 0]],
    [
      ...["text+image+audio", "unified"],
      byModality(() => [27, 29, 31]),
      [1, 1, 1],
    ],
  ]);
  ok(verdicts.every(({ scores }) => scores.length === 3));
});

/** The parameters of the proposed model after an epoch on these modalities, by path. */
async function parametersAfter(present: readonly Modality[]): Promise<Map<string, string>> {
  let parameters = new Float32Array();
  const checkpoints: Checkpoints = {
    load: () => Promise.resolve(undefined),
    save({ state }) {
      parameters = state.parameters.slice();
      return Promise.resolve();
    },
  };
  const config = { ...tinyExperiment, training: { ...tinyTraining, epochs: 1 } };
  await runJob({ ...job, system: "Proposed", present }, { features, config, checkpoints });
  const layout = layoutOf(initModel(key(1), tinyConfig(features)));
  return new Map(
    layout.entries.map(({ path, offset, size }) => [
      path,
      parameters.subarray(offset, offset + size).join(),
    ]),
  );
}

Deno.test("each set of modalities is fitted from a key of its own", async () => {
  // Neither fit moves what only images pass through: it is as the key made it.
  const path = "processing/image/weight";
  const [text, audio] = [await parametersAfter(["text"]), await parametersAfter(["audio"])];
  ok(text.has(path));
  notEqual(text.get(path), audio.get(path));
});
