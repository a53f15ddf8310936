import { deepEqual, equal, match, notDeepEqual, ok, throws } from "node:assert/strict";
import type { Config } from "../../lib/study/settings.ts";
import { type Job, modalitiesOf, readsStates } from "../../lib/study/job.ts";
import { rawInputsOf } from "../../lib/study/scratch_systems.ts";
import {
  encoderJob,
  runOnTrained,
  trainedSizes,
  trainedStates,
  withStates,
} from "../../lib/study/trained_encoders.ts";
import { openWorkFolder } from "../../lib/study/work_folder.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { type CorpusFeatures, gather, inputSizes } from "../../lib/systems/features.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { count, emotions, rawFeatures } from "./raw_features.ts";
import { tinyExperiment } from "./tiny_settings.ts";

const config: Config = { ...tinyExperiment, training: { ...tinyExperiment.training, epochs: 1 } };
const raw = await rawFeatures();
const settings = { features: raw, config, workers: 1 };

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const split = byModality(() => ({
  train: range(0, 12),
  validation: range(12, 16),
  test: range(16, 20),
}));
// The same but for a training sample and a test sample, which have changed places.
const otherSplit = byModality(() => ({
  train: [19, ...range(1, 12)],
  validation: range(12, 16),
  test: [0, ...range(16, 19)],
}));

const probe = (own: Job["split"], m: Modality, seed = 1): Job => ({
  ...{
    name: `probe-${m}-seed${seed}`,
    kind: "label",
    system: "Linear probe",
    protocol: "single",
    seed,
  },
  ...{ split: own, present: [m] },
});

const statesIn = (features: CorpusFeatures, m: Modality, rows = range(0, count)) =>
  Array.from(gather(features[m].tables.states!, rows));

/** The states of the text encoders that the jobs' splits train, and how many were trained. */
async function textStates(...jobs: readonly Job[]) {
  let trained = 0;
  const featuresOf = await trainedStates().featuresOf(jobs, {
    ...settings,
    onEncoder: (_, total) => trained = total,
  });
  return { trained, states: jobs.map((job) => statesIn(featuresOf(job), "text")) };
}

Deno.test("an encoder is one of its training and validation rows and its seed, and of no other's", async () => {
  const { trained, states: [own, sameRows, other, seed] } = await textStates(
    probe(split, "text"),
    // Another split object, other parts of the other modalities, another test part.
    probe({ ...otherSplit, text: { ...split.text, test: [16] } }, "text"),
    probe(otherSplit, "text"),
    probe(split, "text", 2),
  );
  equal(trained, 3);
  deepEqual(sameRows, own);
  notDeepEqual(other, own);
  notDeepEqual(seed, own);
  ok(own!.every(Number.isFinite));
});

Deno.test("a system that reads both finds raw inputs beside the states of the encoder", async () => {
  const states = probe(split, "audio");
  const both: Job = { ...states, system: "Branch on spectrogram and states" };
  const featuresOf = await trainedStates().featuresOf([states, both], settings);
  const [ofStates, ofBoth] = [featuresOf(states).audio.tables, featuresOf(both).audio.tables];
  ok(!("speech" in ofStates) && !("speechSummary" in ofStates));
  deepEqual(ofBoth.states, ofStates.states);
  for (const name of ["speech", "speechFrames", "speechProsody", "speechSummary"]) {
    deepEqual(ofBoth[name]!.shape, raw.audio.tables[name]!.shape);
  }
});

Deno.test("what a split's encoder makes of training samples does not depend on its test part", async () => {
  const bad: CorpusFeatures = {
    ...raw,
    text: {
      ...raw.text,
      // Test samples with other words, and of the other polarity and emotion.
      labels: Array.from(raw.text.labels, (label, i) => i < 16 ? label : 1 - label as 0 | 1),
      emotions: raw.text.emotions!.map((emotion, i) => i < 16 ? emotion : "surprise"),
      tables: Object.fromEntries(
        Object.entries(raw.text.tables).map(([name, { shape, data }]) => {
          const size = data.length / count;
          return [name, { shape, data: data.map((x, i) => i < 16 * size ? x : (x + 1) % 50) }];
        }),
      ),
    },
  };
  const job = probe(split, "text");
  const of = async (features: CorpusFeatures) =>
    (await trainedStates().featuresOf([job], { ...settings, features }))(job);
  const [clean, changed] = [await of(raw), await of(bad)];
  deepEqual(statesIn(changed, "text", range(0, 16)), statesIn(clean, "text", range(0, 16)));
  notDeepEqual(statesIn(changed, "text", range(16, 20)), statesIn(clean, "text", range(16, 20)));
});

Deno.test("rows that an experiment adds have states of the same encoder", async () => {
  const more: CorpusFeatures = {
    ...raw,
    text: {
      labels: [...Array.from(raw.text.labels), 1, 0],
      emotions: [...raw.text.emotions!, "love", "anger"],
      // Rows 3 and 8 once more.
      tables: Object.fromEntries(
        Object.entries(raw.text.tables).map(([name, table]) => [name, {
          shape: [count + 2, ...table.shape.slice(1)],
          data: Float32Array.from([...table.data, ...gather(table, [3, 8])]),
        }]),
      ),
    },
  };
  const job = probe(split, "text");
  const features = (await trainedStates().featuresOf([job], { ...settings, features: more }))(job);
  deepEqual(features.text.tables.states!.shape[0], count + 2);
  deepEqual(statesIn(features, "text", [count, count + 1]), statesIn(features, "text", [3, 8]));
  const { states: [alone] } = await textStates(job);
  deepEqual(statesIn(features, "text"), alone);
});

Deno.test("only encoders of the modalities that a job meets are trained, and once", async () => {
  const states = trainedStates();
  const told: number[] = [];
  const featuresOf = (...jobs: Job[]) =>
    states.featuresOf(jobs, { ...settings, onEncoder: (done) => told.push(done) });
  const job = probe(split, "text");
  const features = (await featuresOf(job))(job);
  deepEqual(told, [1]);
  deepEqual(features.image.tables.states!.shape, [0, 4, 64]);
  // Sizes are known for all, as the model wants them.
  deepEqual(inputSizes(features), trainedSizes(raw));
  // Raw inputs stay behind, but for those of systems that train encoders or read none.
  for (const m of modalities) {
    ok(rawInputsOf(m).every((name) => !(name in features[m].tables)), m);
    ok(rawInputsOf(m).every((name) => name in raw[m].tables), m);
  }
  await featuresOf(job, { ...job, name: "again", system: "Proposed" });
  deepEqual(told, [1]);
  const words: Job = { ...job, system: "TF-IDF regression" };
  ok("words" in (await featuresOf(words))(words).text.tables);
  deepEqual(told, [1]);
});

Deno.test("systems that read words, sounds or nothing need no encoder, nor do those that train one", () => {
  ok(readsStates("Proposed") && readsStates("Linear probe") && readsStates("CLIP+BERT"));
  ok(readsStates("Linear probe, emotions") && readsStates("Branch on speech states"));
  for (const name of ["CLIP", "Majority", "MFCC regression", "Branch on emotions"] as const) {
    ok(!readsStates(name), name);
  }
  const exam = { name: "both", head: "unified", rows: { audio: [1] }, labels: [1] } as const;
  deepEqual(modalitiesOf({ ...probe(split, "text"), exams: [exam] }), ["text", "audio"]);
  // Of natural pairs without images there is nothing to train on.
  const imageless = { ...split, image: { train: [], validation: [], test: [] } };
  deepEqual(modalitiesOf({ ...probe(imageless, "text"), present: modalities }), ["text", "audio"]);
});

Deno.test("the job of an encoder knows neither the test part nor the other modalities' parts", () => {
  const { split: own, exams, present } = encoderJob(probe(split, "image"), "image", raw.image);
  deepEqual(present, ["image"]);
  deepEqual(own.image, { train: split.image.train, validation: split.image.validation, test: [] });
  deepEqual(own.text, { train: [], validation: [], test: [] });
  deepEqual(exams![0]!.rows, { image: range(0, count) });
});

Deno.test("states stand in place of raw inputs, beside what else there is", () => {
  const table = { shape: [count, 1, 2], data: new Float32Array(2 * count) };
  const mask = { shape: [count, 1], data: new Float32Array(count) };
  const { audio } = withStates(raw, { audio: { states: table, mask } });
  deepEqual(Object.keys(audio.tables).sort(), ["frames", "logMel", "mask", "prosody", "states"]);
  equal(audio.tables.states, table);
  equal(audio.labels, raw.audio.labels);
});

Deno.test("where only text and image are trained, audio stays as a frozen encoder gave it", async () => {
  const table = { shape: [count, 8, 2], data: new Float32Array(16 * count).fill(0.5) };
  const mask = { shape: [count, 8], data: new Float32Array(8 * count).fill(1) };
  const { logMel, frames, prosody } = raw.audio.tables;
  const frozen = { states: table, mask, logMel: logMel!, frames: frames!, prosody: prosody! };
  const features = { ...raw, audio: { ...raw.audio, tables: frozen } };
  const jobs = [probe(split, "audio"), { ...probe(split, "text"), present: modalities }];
  const states = trainedStates(["text", "image"]);
  const told: number[] = [];
  const featuresOf = await states.featuresOf(jobs, {
    ...{ ...settings, features },
    onEncoder: (_, total) => told.push(total),
  });
  deepEqual(told, [2, 2]);
  const [ofAudio, ofAll] = jobs.map(featuresOf) as [CorpusFeatures, CorpusFeatures];
  deepEqual([ofAudio, ofAll].map((own) => states.digestsOf(own) && Object.keys(own)), [
    undefined,
    [...modalities],
  ]);
  deepEqual(Object.keys(states.digestsOf(ofAll)!), ["text", "image"]);
  for (const { audio } of [ofAudio, ofAll]) {
    deepEqual(Object.keys(audio.tables), Object.keys(frozen));
    deepEqual(audio.tables.states, { shape: table.shape, data: audio.tables.states!.data });
    deepEqual([...audio.tables.states!.data], [...table.data]);
  }
  deepEqual(inputSizes(ofAll), trainedSizes(features, ["text", "image"]));
  deepEqual(ofAll.text.tables.states!.shape, [count, 4, 32]);
  deepEqual(ofAudio.text.tables.states!.shape, [0, 4, 32]);
  deepEqual(statesIn(ofAll, "text"), (await textStates(probe(split, "text"))).states[0]);
});

Deno.test("an encoder learns what its job learns, and has to have something to choose by", async () => {
  const classes = { kind: "classes", classes: ["anger", "fear", "joy", "love"] } as const;
  const plan = { ...probe(split, "text"), target: classes, classesAlike: true };
  const { target, classesAlike } = encoderJob(plan, "text", raw.text);
  deepEqual([target, classesAlike], [classes, true]);
  const labels = emotions.map((emotion) => classes.classes.indexOf(emotion as "joy"));
  const features = { ...raw, text: { ...raw.text, labels } };
  const own = (await trainedStates().featuresOf([plan], { ...settings, features }))(plan);
  ok(statesIn(own, "text").every(Number.isFinite));
  const none = { ...split, text: { ...split.text, validation: [] } };
  throws(
    () => encoderJob(probe(none, "text"), "text", raw.text),
    /^RangeError: Cannot train the text encoder: expected samples of text to validate on, got none;/,
  );
});

Deno.test("jobs run upon trained encoders, in their order, and a second run trains nothing", () =>
  withFolder({}, async (folder) => {
    const jobs = [probe(split, "text"), probe(split, "audio"), probe(otherSplit, "text", 2)];
    const kept = `${folder}/work`;
    const open = () => openWorkFolder(kept, { decides: {}, everySeconds: 0 });
    const run = async () => {
      const work = await open();
      const epochs: string[] = [], done: number[] = [], encoders: number[] = [];
      const outcomes = await runOnTrained(jobs, trainedStates(), {
        ...{ ...settings, work },
        watcher: { onEpoch: ({ name }) => void epochs.push(name), onEnd() {} },
        onEncoder: (done) => encoders.push(done),
        onOutcome: (_, n) => done.push(n),
      });
      work.close();
      deepEqual(outcomes.map(({ job }) => job.name), jobs.map(({ name }) => name));
      deepEqual(done, [1, 2, 3]);
      const scores = outcomes.map(({ verdicts: [verdict] }) => Array.from(verdict!.scores));
      return { epochs, encoders, scores, digests: outcomes.map(({ record }) => record.encoders) };
    };
    const first = await run();
    deepEqual(first.epochs, ["encoder-text-seed1", "encoder-audio-seed1", "encoder-text-seed2"]);
    const { scores, digests } = first;
    // Each record names its encoder.
    deepEqual(digests.map((own) => Object.keys(own as object)), [["text"], ["audio"], ["text"]]);
    for (const own of digests) match(Object.values(own as object)[0], /^[0-9a-f]{64}$/);
    notDeepEqual(digests[0], digests[2]);
    const second = await run();
    deepEqual(second, { epochs: [], encoders: [], scores, digests });
    // Without the jobs' outcomes, encoders are found as they were, and shown the samples again.
    for await (const { name } of Deno.readDir(kept)) {
      if (name.endsWith(".json")) await Deno.remove(`${kept}/${name}`);
    }
    const third = await run();
    deepEqual(third, { epochs: [], encoders: [1, 2, 3], scores, digests });
  }));
