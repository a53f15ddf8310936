import { deepEqual, equal, ok } from "node:assert/strict";
import type { Config } from "../../lib/study/settings.ts";
import { runJob } from "../../lib/study/run.ts";
import type { Job } from "../../lib/study/job.ts";
import { withThreeClasses } from "../../experiments/scratch/three_classes.ts";
import {
  isScratchSystem,
  recipeRecord,
  recipes,
  type ScratchSystem,
} from "../../lib/study/scratch_systems.ts";
import { systemOf } from "../../lib/study/systems.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { fold, key, uniforms } from "../../lib/tensor/random.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { emotions, labels, rawFeatures } from "./raw_features.ts";
import { tinyExperiment } from "./tiny_settings.ts";

const config: Config = { ...tinyExperiment, training: { ...tinyExperiment.training, epochs: 1 } };

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const split = byModality(() => ({
  train: range(0, 12),
  validation: range(12, 16),
  test: range(16, 20),
}));

const jobOf = (system: ScratchSystem, m?: Modality): Job => ({
  ...{ name: "trial", kind: "trial", system, seed: 1, split },
  ...m ? { protocol: "single", present: [m] } : { protocol: "label", present: modalities },
});

Deno.test("branches learn from raw inputs", async () => {
  const features = await rawFeatures();
  for (
    const [system, m] of [
      ["Branch on emotions", "text"],
      ["Branch on polarity", "audio"],
    ] as const
  ) {
    const { verdicts, record } = await runJob(jobOf(system, m), { features, config });
    deepEqual(verdicts.map(({ head }) => head), [m], system);
    ok(Array.from(verdicts[0]!.scores).every((p) => p >= 0 && p <= 1), system);
    equal((record.history as unknown[]).length, 1, system);
    ok(record.parameters as number > 1000);
  }
});

/** The raw features with states of a frozen speech encoder beside them. */
async function withStates() {
  const { audio, ...others } = await rawFeatures();
  const count = audio.labels.length;
  const next = uniforms(key(3));
  const states = { shape: [count, 8, 5], data: Float32Array.from({ length: count * 40 }, next) };
  const mask = { shape: [count, 8], data: new Float32Array(count * 8).fill(1) };
  return { ...others, audio: { ...audio, tables: { ...audio.tables, states, mask } } };
}

Deno.test("speech is learnt from states, from both, and by an ensemble that is the mean of its members", async () => {
  const features = await withStates();
  const ask = async (system: ScratchSystem) => {
    const exam = { name: "audio", head: "audio", rows: { audio: [16, 17] }, labels: [0, 1] };
    const job = { ...jobOf(system, "audio"), exams: [{ ...exam, inspect: true }] } as Job;
    const { verdicts: [verdict], record } = await runJob(job, { features, config });
    const names = record.classes as string[];
    equal(verdict!.inspected!.classes!.width, names.length, system);
    deepEqual(names, names.toSorted());
    return { record, scores: Array.from(verdict!.scores) };
  };
  for (const system of ["Branch on speech states", "Branch on spectrogram and states"] as const) {
    const { record } = await ask(system);
    equal((record.history as unknown[]).length, 1, system);
  }
  const { record, scores } = await ask("Speech ensemble");
  const members = record.members as ScratchSystem[];
  deepEqual((recipeRecord(config) as Record<string, unknown>)["Speech ensemble"], members);
  const whole: Problem = {
    ...{ features, protocol: "single", present: ["audio"] },
    ...{
      train: byModality((m) => split[m].train),
      validation: byModality((m) => split[m].validation),
    },
    key: fold(key(1), "Speech ensemble", "single", "audio"),
  };
  const each = await Promise.all(members.map(async (name, i) => {
    const key = fold(whole.key, "averaged", i);
    const fitted = await systemOf(name, config).fit({ ...whole, key });
    const { audio } = await fitted.predict({ audio: [16, 17] });
    await fitted.dispose();
    return Array.from(audio!);
  }));
  scores.forEach((score, i) => {
    const mean = each.reduce((sum, own) => sum + own[i]!, 0) / each.length;
    ok(Math.abs(score - mean) < 1e-6, `${score}, not ${mean}`);
  });
});

Deno.test("an averaged branch has the parameters and the records of its fits", async () => {
  const features = await rawFeatures();
  const outcomeOf = (system: ScratchSystem) => runJob(jobOf(system, "text"), { features, config });
  const { record: alone } = await outcomeOf("Branch on emotions");
  const { verdicts, record } = await outcomeOf("Branch on emotions, averaged");
  ok(Array.from(verdicts[0]!.scores).every((p) => p >= 0 && p <= 1));
  const fits = record.fits as (typeof alone)[];
  ok(fits.length > 1);
  equal(record.parameters, fits.length * Number(alone.parameters));
  equal(new Set(fits.map(({ history }) => JSON.stringify(history))).size, fits.length);
});

Deno.test("three classes are learnt by the same branch", async () => {
  const features = await rawFeatures();
  const sample = (i: number) => ({
    emotion: i % 5 ? emotions[i]! : "neutral",
    label: labels[i]!,
  });
  const samples = byModality(() => labels.map((_, i) => sample(i))) as never;
  const exam = { name: "text", head: "text", rows: { text: [16, 17] }, labels: [0, 1] } as const;
  const job = { ...jobOf("Branch on three classes", "text"), exams: [{ ...exam, inspect: true }] };
  const { verdicts: [verdict] } = await runJob(job, {
    features: withThreeClasses(features, samples),
    config,
  });
  equal(verdict!.inspected!.classes!.width, 3);
});

Deno.test("the model is trained upon branches that have learnt alone", async () => {
  const { verdicts, record } = await runJob(jobOf("Proposed on branches"), {
    features: await rawFeatures(),
    config,
  });
  deepEqual(verdicts.map(({ head }) => head), ["unified"]);
  equal(verdicts[0]!.scores.length, 4);
  ok(record.parameters as number > 100_000);
});

Deno.test("the names are systems like any other, and recipes say how branches are trained", () => {
  const all: Record<ScratchSystem, true> = {
    "Branch on polarity": true,
    "Branch on emotions": true,
    "Branch on emotions, averaged": true,
    "Branch on three classes": true,
    "Branch on speech states": true,
    "Branch on spectrogram and states": true,
    "Speech ensemble": true,
    "Trained encoder": true,
    "Proposed on branches": true,
    "Plain CNN": true,
    "Log-mel CNN": true,
    "TF-IDF regression, single words": true,
    "Regression on speech measurements": true,
    "Regression on speech measurements, emotions": true,
    "Linear probe, emotions": true,
  };
  for (const name of Object.keys(all) as ScratchSystem[]) {
    ok(isScratchSystem(name));
    equal(systemOf(name, config).name, name);
  }
  ok(!isScratchSystem("Proposed"));
  const quick = recipeRecord(config) as Record<Modality, { training: { epochs: number } }>;
  const whole = recipeRecord({ ...config, thorough: true }) as typeof quick;
  for (const m of modalities) {
    equal(quick[m].training.epochs, 1);
    equal(whole[m].training.epochs, recipes[m].training.epochs);
  }
});
