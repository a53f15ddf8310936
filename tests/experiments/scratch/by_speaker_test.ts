import { deepEqual, equal, match, ok } from "node:assert/strict";
import { runBySpeaker } from "../../../experiments/scratch/by_speaker.ts";
import { collateBranches } from "../../../experiments/scratch/branch_rows.ts";
import { chosenBranches, contenders, planScratch } from "../../../experiments/scratch/rows.ts";
import { scratchVerdicts } from "../../../experiments/scratch/verdicts.ts";
import type { Job, Outcome } from "../../../lib/study/job.ts";
import type { RunOptions } from "../../../lib/study/study.ts";
import type { Samples } from "../../../lib/study/splits.ts";
import { normaliseBySpeaker } from "../../../lib/systems/by_speaker.ts";
import { byModality } from "../../../lib/modality.ts";
import { judged, samples as few, samplesOf } from "../made_up.ts";
import { features } from "../made_up_study.ts";

/** Four speakers of fifteen clips. */
const samples = { ...few, audio: samplesOf("audio", 60, 15) };
const used = byModality((m) => few[m].length);
const data = { cap: 100, testFraction: 0.2, validationFraction: 0.2 };
const { jobs } = planScratch({ samples: few, used }, { seeds: [1], data });

async function ask(of: Samples) {
  const asked: { jobs: readonly Job[]; options: RunOptions }[] = [];
  const run = (jobs: readonly Job[], options: RunOptions = {}) => {
    asked.push({ jobs, options });
    return Promise.resolve(jobs.map((job): Outcome => ({ job, verdicts: [], record: {} })));
  };
  return { ...await runBySpeaker({ run }, jobs, { features, samples: of }), asked };
}

Deno.test("the systems of speech run again by speaker, on the same split and exams", async () => {
  const spoken = (await ask(samples)).asked[0]!.jobs;
  deepEqual(spoken.map(({ system }) => system), [...contenders.audio]);
  equal(spoken[0]!.name, "log-mel-cnn-scratch-audio-by-speaker-seed1");
  const usual = jobs.filter(({ kind }) => kind === "scratch-audio");
  const { name: _, kind: __, ...wanted } = usual[0]!;
  const { name, kind, ...found } = spoken[0]!;
  ok(name !== usual[0]!.name);
  equal(kind, "scratch-audio-by-speaker");
  deepEqual(found, wanted);
});

Deno.test("they read clips beside the others of their speaker, and nothing else", async () => {
  const { asked: [asked], note, outcomes } = await ask(samples);
  equal(outcomes.length, contenders.audio.length);
  match(note, /transductive: uses each speaker's unlabelled clips, those of the test part too/);
  const speakers = samples.audio.map(({ group }) => group);
  const own = asked!.options.features!;
  deepEqual(own.audio, normaliseBySpeaker(features, { speakers }).audio);
  deepEqual([own.text.tables, own.image.tables], [{}, {}]);
  deepEqual(own.text.labels, features.text.labels);
});

Deno.test("where speakers have few clips there are no such rows, and the caption says why", async () => {
  const { asked, outcomes, note } = await ask(few);
  deepEqual([asked, outcomes], [[], []]);
  match(
    note,
    /^No rows by speaker: .* expected 12 different clips or more of each, got 6 of "group 0"/,
  );
});

Deno.test("rows by speaker are behind the others, and compared among themselves", () => {
  const right = [0.1, 0.9, 0.1, 0.9], half = [0.1, 0.1, 0.1, 0.9];
  const runs = ["scratch-audio", "scratch-audio-by-speaker"].flatMap((kind) =>
    contenders.audio.map((system) => {
      const isChosen = system === chosenBranches.audio && kind === "scratch-audio";
      const scores = isChosen ? half : right;
      const labels = [0, 1, 0, 1];
      const run = judged(kind, { system, seed: 1, labels, scores, head: "audio" });
      const [exam] = run.exams;
      return { ...run, exams: [exam!, { ...exam!, exam: "validation" }] };
    })
  );
  const outcomes = runs.map(({ job }) => ({ job, record: {}, seconds: 1 }));
  const rows = collateBranches(runs, { samples, outcomes });
  deepEqual(rows.map(({ system }) => system), [
    ...contenders.audio,
    ...contenders.audio.map((system) => `${system}, by speaker`),
  ]);
  const probe = (name: string) =>
    rows.find(({ system }) => system === name)!.comparison!.difference;
  equal(probe("Linear probe"), -0.25);
  equal(probe("Linear probe, by speaker"), 0);
  const sentences = scratchVerdicts({ branches: rows, fusion: [] });
  deepEqual(
    sentences.map((sentence) => sentence.slice(0, sentence.indexOf("(") - 1)).filter(
      (_, i) => i % 2 === 0,
    ),
    [
      `Audio: ${chosenBranches.audio}`,
      `Audio, by speaker: ${chosenBranches.audio}, by speaker`,
    ],
  );
});
