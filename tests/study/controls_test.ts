import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import type { Pair } from "../../lib/datasets/paired.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import { controlExams, controlOf } from "../../lib/study/controls.ts";
import type { Job } from "../../lib/study/job.ts";
import { examsOf, runJob } from "../../lib/study/run.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import { fold, key, uniforms } from "../../lib/tensor/random.ts";
import { tinyExperiment } from "./tiny_settings.ts";

const places = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** 160 rows of a text and an image that say −1 or 1 each; the label is `labelOf` of both. */
function planted(labelOf: (text: number, image: number) => number) {
  const of = (m: string) => {
    const next = uniforms(fold(key(3), m));
    return Array.from({ length: 160 }, () => next() < 0.5 ? -1 : 1);
  };
  const said = { text: of("text"), image: of("image"), audio: [] as number[] };
  const labels = said.text.map((x, i) => labelOf(x, said.image[i]!));
  const features: CorpusFeatures = byModality((m) => {
    const n = said[m].length;
    const states = { shape: [n, 1, 1], data: Float32Array.from(said[m]) };
    const mask = { shape: [n, 1], data: new Float32Array(n).fill(1) };
    return { tables: { states, mask }, labels: m === "audio" ? [] : labels };
  });
  const part = (from: number, to: number) =>
    byModality((m) => m === "audio" ? [] : places(from, to));
  const [train, validation, test] = [part(0, 100), part(100, 120), part(120, 160)];
  const split = byModality((m) => ({
    ...{ train: train[m], validation: validation[m], test: test[m] },
  }));
  const pairs = places(0, 160).map((i): Pair => ({ text: i, image: i }));
  const job: Job = {
    ...{ name: "job", kind: "rows", system: "Late fusion", protocol: "natural", seed: 1 },
    ...{ present: modalities, split, pairs, controls: ["additive", "label-paired"] },
  };
  return { job, features };
}

const accuracy = (labels: readonly number[], scores: ArrayLike<number>) =>
  labels.filter((y, i) => Number(scores[i]! >= 0.5) === y).length / labels.length;

Deno.test("late fusion is its own additive projection, and its record says what was judged", async () => {
  const { job, features } = planted((text) => Number(text > 0));
  const { verdicts, record } = await runJob(job, { features, config: tinyExperiment });
  deepEqual(verdicts.map(({ name }) => name), [
    ...["text+image", "text+image, additive", "text+image, label-paired"],
  ]);
  const [own, additive] = verdicts;
  deepEqual(additive!.rows, own!.rows);
  Array.from(own!.scores, (p, i) => ok(Math.abs(p - additive!.scores[i]!) < 1e-6));
  deepEqual(record.additive, { "text+image, additive": { combinations: 1600, of: 1600 } });
});

Deno.test("what a network has learnt of a product, its additive projection does not know", async () => {
  const { job, features } = planted((text, image) => Number(text * image > 0));
  const config = {
    ...tinyExperiment,
    training: { ...tinyExperiment.training, epochs: 60, patience: 60, modalityDropout: 0 },
    tuned: { "Concatenation MLP": { learningRate: 0.03 } },
  };
  const system = "Concatenation MLP";
  const { verdicts: [own, additive] } = await runJob({ ...job, system }, { features, config });
  equal(accuracy(own!.labels, own!.scores), 1);
  // Parity has no additive part but what the test rows are out of balance.
  ok(accuracy(own!.labels, additive!.scores) < 0.75);
});

Deno.test("samples are paired anew among rows of their label, the same for every system", () => {
  const { job, features } = planted((text) => Number(text > 0));
  const [own, , paired] = examsOf(job, features);
  deepEqual(paired!.rows.text, own!.rows.text);
  notDeepEqual(paired!.rows.image, own!.rows.image);
  const labelOf = (image: number) => features.image.labels[image];
  deepEqual(Array.from(paired!.rows.image!, labelOf), own!.labels);
  deepEqual(Array.from(paired!.rows.image!).sort(), Array.from(own!.rows.image!).sort());
  deepEqual(examsOf({ ...job, system: "Majority" }, features)[2]!.rows, paired!.rows);
  notDeepEqual(examsOf({ ...job, seed: 2 }, features)[2]!.rows, paired!.rows);
});

Deno.test("of scores those that round alike are paired, and controls have names of their own", () => {
  const labels = [0.4, -0.4, 1.2, 0.8, 2.6];
  const exam = {
    name: "image+audio",
    head: "unified" as const,
    labels,
    rows: {
      image: [0, 1, 2, 3, 4],
      audio: [10, 11, 12, 13, 14],
    },
  };
  const target = { kind: "score", low: -3, high: 3 } as const;
  for (let seed = 0; seed < 5; seed++) {
    const [{ name, rows }] = controlExams(
      { controls: ["label-paired"], target, seed },
      [exam],
    ) as [typeof exam];
    equal(controlOf(name), "label-paired");
    deepEqual(rows.image, exam.rows.image);
    const kin = [[10, 11], [10, 11], [12, 13], [12, 13], [14]];
    rows.audio.forEach((place, i) => ok(kin[i]!.includes(place)));
  }
  equal(controlOf("image+audio"), undefined);
  deepEqual(controlExams({ seed: 1 }, [exam]), []);
});
