import { parseWhole } from "../../../lib/deps/csv_parse_sync.ts";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { Corpora } from "../../../lib/study/corpora.ts";
import { correctness } from "../../../lib/study/comparisons.ts";
import { scratch } from "../../../experiments/scratch/mod.ts";
import { neutralBehind } from "../../../experiments/scratch/rows.ts";
import { testExams } from "../../../lib/study/run.ts";
import type { Exam, Job } from "../../../lib/study/job.ts";
import {
  chosenBranches,
  contenders,
  jointModel,
  planScratch,
  validationExam,
} from "../../../experiments/scratch/rows.ts";
import { collateBranches } from "../../../experiments/scratch/branch_rows.ts";
import { answeredFrom, confidenceFor } from "../../../experiments/scratch/rows.ts";
import { fuseBranches } from "../../../experiments/scratch/fusion.ts";
import { remembering } from "../../../experiments/scratch/rows.ts";
import { scratchVerdicts } from "../../../experiments/scratch/verdicts.ts";
import {
  collateBranchOnThree,
  planBranchOnThree,
} from "../../../experiments/scratch/three_classes.ts";
import { divisions } from "../../../lib/study/splits.ts";
import { planTable1 } from "../../../experiments/table_1/rows.ts";
import { emoboxFolds, type Sample } from "../../../lib/datasets/mod.ts";
import { byModality, modalities } from "../../../lib/modality.ts";
import { fold, key, uniforms } from "../../../lib/tensor/random.ts";
import type { Problem } from "../../../lib/systems/system.ts";
import { judged, samples } from "../made_up.ts";
import { features, madeUpStudy } from "../made_up_study.ts";

const data = { cap: 100, testFraction: 0.2, validationFraction: 0.2 };

/** Thirty neutral clips of the ten speakers. */
const neutral: Sample[] = Array.from({ length: 30 }, (_, i) => ({
  ...samples.audio[2 * i]!,
  id: `neutral ${i}`,
  hash: `neutral hash ${i}`,
  emotion: "neutral",
  label: 1,
}));

const withNeutral = byModality((m) => ({
  ...{ modality: m, name: m, excluded: {} },
  samples: m === "audio" ? [...samples.audio, ...neutral] : samples[m],
})) as Corpora;

const shown = neutralBehind(samples, withNeutral);
const plan = (seeds: number[]) => planScratch(shown, { seeds, data });
const alone = modalities.flatMap((m) => [...contenders[m]]).length;

Deno.test("every contender of every modality and the joint model run with every seed", () => {
  const { jobs, audits } = plan([1, 2]);
  equal(jobs.length, 2 * (alone + 1));
  equal(audits.length, 2);
  equal(new Set(jobs.map(({ name }) => name)).size, jobs.length);
  for (const m of modalities) {
    const own = jobs.filter(({ present, seed }) => present.join() === m && seed === 1);
    deepEqual(own.map(({ system }) => system), [...contenders[m]]);
    ok(own.every(({ protocol }) => protocol === "single"));
  }
});

Deno.test("splits and test triples are those of Table 1", () => {
  const table = planTable1(samples, { seeds: [1], data }).jobs;
  const probe = table.find(({ name }) => name === "linear-probe-single-text-seed1")!;
  const triples = table.find(({ name }) => name === "proposed-label-seed1")!;
  const { jobs } = plan([1]);
  for (const job of jobs) deepEqual(job.split, probe.split);
  const joint = jobs.find(({ system }) => system === jointModel)!;
  const whole = joint.exams!.find(({ name }) => name === "text+image+audio")!;
  const [wanted] = testExams(triples, features) as [Exam];
  deepEqual(whole.rows, wanted.rows);
  deepEqual(whole.labels, wanted.labels);
  equal(joint.exams!.length, 8);
});

Deno.test("calibration is asked of validation rows, and neutral clips of strangers to training", () => {
  const { jobs } = plan([1]);
  const audio = jobs.find(({ present }) => present.join() === "audio")!;
  const rows = (name: string) =>
    Array.from(audio.exams!.find((exam) => exam.name === name)!.rows.audio!);
  deepEqual(rows("audio"), audio.split.audio.test);
  deepEqual(rows(validationExam), audio.split.audio.validation);
  const asked = rows("neutral");
  ok(asked.length > 0 && asked.every((row) => row >= 60));
  const speaker = (row: number) => divisions.audio.by(shown.samples.audio[row]!);
  const learnt = [...audio.split.audio.train, ...audio.split.audio.validation].map(speaker);
  ok(asked.every((row) => !learnt.includes(speaker(row))));
  const text = jobs.find(({ present }) => present.join() === "text")!;
  equal(text.exams!.length, 2);
});

Deno.test("neutral clips of training speakers are learnt, and of no other", () => {
  const { jobs } = plan([1]);
  const speaker = (row: number) => divisions.audio.by(shown.samples.audio[row]!);
  for (const job of jobs) {
    if (!job.present.includes("audio")) {
      equal(job.neutral, undefined);
      continue;
    }
    deepEqual(Object.keys(job.neutral!), ["audio"]);
    const learnt = job.neutral!.audio!;
    const speakers = new Set(job.split.audio.train.map(speaker));
    const all = Array.from(neutral, (_, i) => samples.audio.length + i);
    deepEqual(learnt, all.filter((row) => speakers.has(speaker(row))));
    ok(learnt.length > 0 && learnt.length < all.length);
    const asked = job.exams!.find(({ name }) => name === "neutral")?.rows.audio ?? [];
    ok(!Array.from(asked).some((row) => learnt.includes(row)));
  }
});

/** Verdicts that lean to the label, by job and exam; three classes lean to the sample's. */
function answer(job: Job) {
  const verdicts = (job.exams ?? testExams(job, features)).map((exam: Exam) => {
    const noise = uniforms(fold(key(job.seed), job.system, exam.name));
    const scores = exam.labels.map((label) =>
      Math.min(1, Math.max(0, 0.5 + 0.3 * (2 * label - 1) + 0.9 * (noise() - 0.5)))
    );
    const rows = exam.labels.length;
    const classes = { width: 3, values: Array.from({ length: 3 * rows }, () => noise()) };
    return { ...exam, scores, ...exam.inspect && { inspected: { classes } } };
  });
  return { job, verdicts, record: { parameters: 7 }, seconds: 2 };
}

const sources = {
  read: () => Promise.resolve(withNeutral),
  encode: (of: typeof samples) =>
    Promise.resolve(byModality((m) => ({ ...features[m], labels: of[m].map((s) => s.label) }))),
};

function studyOf(seeds: number[]) {
  const { study } = madeUpStudy({ seeds });
  return {
    ...study,
    options: {
      ...study.options,
      onProgress: () => {},
      config: { ...study.options.config, data },
    },
    run: (jobs: readonly Job[]) => Promise.resolve(jobs.map(answer)),
  } as unknown as typeof study;
}

Deno.test("the experiment makes tables, sentences, a figure, and a file of every run", async () => {
  const { data, markdown, files } = await scratch(studyOf([1, 2]), sources);
  for (const name of ["scratch.md", "scratch.csv", "scratch.json", "scratch_abstention.svg"]) {
    ok(files.has(name), name);
  }
  equal(
    [...files.keys()].filter((path) => path.startsWith("predictions/")).length,
    2 * (alone + 1 + 4 + 1),
  );
  equal([...files.keys()].filter((path) => path.startsWith("three_classes/")).length, 2);
  const { branches, fusion, abstention, neutral, three } = data as Record<string, unknown[]>;
  equal(branches!.length, alone);
  // Seven subsets by three, and learnt weights of the whole.
  equal(fusion!.length, 22);
  equal(abstention!.length, 5);
  equal(neutral!.length, 1);
  equal(three!.length, 1);
  for (const title of ["Text alone", "Triples of one label", "Abstention", "Neutral as a third"]) {
    ok(markdown.includes(title), title);
  }
  ok(!/NaN|undefined/.test(markdown));
  const lines = parseWhole(files.get("scratch.csv")!, { columns: false }) as string[][];
  equal(new Set(lines.map((line) => line.length)).size, 1);
  equal(lines.length, 1 + alone + 22);
});

Deno.test("of one modality there are its rows, and no triples", async () => {
  const study = studyOf([1]);
  const protocol = { present: ["audio"] as const };
  const none = { train: [], validation: [], test: [] };
  const { jobs, audits } = planScratch(shown, { seeds: [1], data, protocol });
  deepEqual(jobs.map(({ system }) => system), [...contenders.audio]);
  ok(jobs.every(({ split }) => Object.is(split.text, split.image)));
  deepEqual(jobs[0]!.split.text, none);
  deepEqual(audits.map((found) => Object.keys(found)), [["audio"]]);
  const options = { ...study.options, protocol };
  const own = { ...sources, read: () => Promise.resolve(withNeutral) };
  const { data: found, markdown } = await scratch({ ...study, options }, own);
  const { branches, fusion, abstention } = found as Record<string, { modality?: string }[]>;
  ok(branches!.length > 0 && branches!.every(({ modality }) => modality === "audio"));
  deepEqual([fusion, abstention!.length], [[], 1]);
  ok(!/Triples|Text|NaN|undefined/.test(markdown));
});

Deno.test("under folds speech and triples run fold by fold, texts and images once", async () => {
  const actors = emoboxFolds.slice(0, 2).flat();
  const audio = samples.audio.slice(0, 48)
    .map((sample, i) => ({ ...sample, group: actors[Math.floor(i / 6)]! }));
  const own = { ...samples, audio };
  const protocol = { present: modalities, split: "folds" } as const;
  const used = byModality((m) => own[m].length);
  const { jobs, audits } = planScratch({ samples: own, used }, { seeds: [1, 2], data, protocol });
  equal(new Set(jobs.map(({ name }) => name)).size, jobs.length);
  const count = (kind: string) => jobs.filter((job) => job.kind === kind).length;
  deepEqual(
    ["scratch-text", "scratch-audio", "fold1-scratch-audio", "fold2-scratch-audio", "fold2-label"]
      .map(count),
    [2 * contenders.text.length, 0, 2 * contenders.audio.length, 2 * contenders.audio.length, 2],
  );
  equal(audits.length, 4);

  const study = studyOf([1, 2]);
  const { data: found } = await scratch(
    { ...study, samples: own, options: { ...study.options, protocol } },
    {
      ...sources,
      read: () =>
        Promise.resolve(byModality((m) => ({ ...withNeutral[m], samples: own[m] })) as Corpora),
    },
  );
  const { branches, fusion } = found as unknown as {
    branches: { modality: string; tested: number[]; groups: number }[];
    fusion: { system: string; shown: string; accuracy: { seeds: number[] } }[];
  };
  for (const { modality, tested, groups } of branches) {
    if (modality === "audio") deepEqual([tested, groups], [[48, 48], 8]);
  }
  equal(fusion.length, 22);
  ok(fusion.every(({ accuracy }) => accuracy.seeds.length === 2));
});

Deno.test("without neutral samples there is nothing to say of them", async () => {
  const usual = byModality((m) => ({ ...withNeutral[m], samples: samples[m] })) as Corpora;
  const own = { ...sources, read: () => Promise.resolve(usual) };
  const { data, markdown } = await scratch(studyOf([1]), own);
  deepEqual([data.neutral, data.three], [[], []]);
  ok(!markdown.includes("Neutral"));
});

const outcomesOf = (runs: readonly { job: Job }[]) =>
  runs.map(({ job }) => ({ job, record: {}, seconds: 1 }));

Deno.test("recall is by emotion, and accuracy balanced over polarities", () => {
  // The first four samples are anger, joy, anger, joy; one anger and no joy is right.
  const scores = { "Branch on emotions": [0.1, 0.1, 0.9, 0.2] };
  const runs = modalities.flatMap((m) =>
    contenders[m].map((system) => {
      const labels = [0, 1, 0, 1];
      const own = scores[system as keyof typeof scores] ?? [0.1, 0.9, 0.1, 0.9];
      const run = judged(`scratch-${m}`, { system, seed: 1, labels, scores: own, head: m });
      const [exam] = run.exams;
      return { ...run, exams: [{ ...exam!, exam: m }, { ...exam!, exam: validationExam }] };
    })
  );
  const rows = collateBranches(runs, { samples, outcomes: outcomesOf(runs) });
  const text = rows.find(({ modality, system }) =>
    modality === "text" && system === chosenBranches.text
  )!;
  deepEqual(text.recall, { anger: 0.5, joy: 0 });
  equal(text.accuracy.mean, 0.25);
  equal(text.balancedAccuracy.mean, 0.25);
  equal(text.comparison, undefined);
  const probe = rows.find(({ modality, system }) =>
    modality === "text" && system === "Linear probe"
  )!;
  equal(probe.comparison!.difference, -0.75);
  const [sentence] = scratchVerdicts({ branches: rows, fusion: [] });
  ok(sentence!.includes("Text: Branch on emotions (0.250) is"));
});

Deno.test("late fusion of remembered verdicts is Bayes' rule on what the branches said", async () => {
  const runs = plan([1]).jobs.map(answer).map(({ job, verdicts }) => ({
    job,
    exams: verdicts.map(({ name, head, rows, labels, scores }) => ({
      ...{ exam: name, head, labels, scores },
      ids: Object.fromEntries(
        modalities.filter((m) => rows[m]).map((m) => [
          m,
          Array.from(rows[m]!, (row) => shown.samples[m][row]!.id),
        ]),
      ),
    })),
  }));
  const [fused] = await fuseBranches(runs, shown.samples);
  const exam = (name: string) => fused!.late.find(({ exam }) => exam === name)!;
  equal(fused!.late.length, 8);
  deepEqual(fused!.learnt.map((own) => own.exam), ["text+image+audio", validationExam]);
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  // A modality alone says what its branch said; the whole is better than each.
  const whole = mean(correctness(exam("text+image+audio")));
  for (const m of modalities) {
    const branch = runs.find(({ job }) =>
      job.system === chosenBranches[m] && job.present.join() === m
    )!;
    const said = new Map(
      branch.exams[0]!.ids[m]!.map((id, i) => [id, branch.exams[0]!.scores[i]!]),
    );
    const alone = exam(m);
    deepEqual(alone.scores, alone.ids[m]!.map((id) => said.get(id)));
    ok(whole >= mean(correctness(alone)), m);
  }
});

Deno.test("a verdict that was never given can't be remembered", async () => {
  const fitted = await remembering("text", new Map([[3, 0.8]])).fit({} as Problem);
  deepEqual(await fitted.predict({ text: [3, 3] }), { text: [0.8, 0.8] });
  // The lookup fails before there is a promise.
  await rejects(
    async () => await fitted.predict({ text: [4] }),
    /^RangeError: Cannot fuse: expected a verdict on text 4, got none$/,
  );
});

Deno.test("the least confidence answers the share that is wanted, and accuracy is of what it answers", () => {
  const scores = [0.9, 0.2, 0.65, 0.45];
  equal(confidenceFor({ scores }, 1), 0.5);
  equal(confidenceFor({ scores }, 0.5), 0.8);
  equal(confidenceFor({ scores }, 0.6), 0.65);
  const test = { actual: [1, 1, 1, 0], scores };
  deepEqual(answeredFrom(test, 0.5), { coverage: 1, accuracy: 0.75 });
  deepEqual(answeredFrom(test, 0.8), { coverage: 0.5, accuracy: 0.5 });
  deepEqual(answeredFrom(test, 0.95), { coverage: 0, accuracy: 1 });
});

Deno.test("three classes are validated by polarity, tested on all, and judged by the likeliest", () => {
  const three = { ...samples, audio: [...samples.audio.slice(0, 40), ...neutral] };
  const [job] = planBranchOnThree(three, { seeds: [1], data, m: "audio" }) as [Job];
  const emotionsOf = (rows: readonly number[]) => rows.map((i) => three.audio[i]!.emotion);
  ok(!emotionsOf(job.split.audio.validation).includes("neutral"));
  ok(emotionsOf(job.split.audio.train).includes("neutral"));
  ok(emotionsOf(job.split.audio.test).includes("neutral"));

  const rows = { audio: [0, 1, 40] };
  // anger, joy and neutral: right, taken for neutral, right.
  const values = [0.5, 0.3, 0.2, 0.1, 0.4, 0.5, 0.2, 0.2, 0.6];
  const verdict = {
    ...job.exams![0]!,
    rows,
    scores: [],
    inspected: { classes: { width: 3, values } },
  };
  const row = collateBranchOnThree(
    [{ job, verdicts: [verdict], record: {}, seconds: 1 }],
    { samples: three, m: "audio" },
  );
  deepEqual(row.confusion, [[1, 0, 0], [0, 0, 1], [0, 0, 1]]);
  ok(Math.abs(row.accuracy.mean - 2 / 3) < 1e-12);
  // F1 of 1, 0 and 2/3.
  ok(Math.abs(row.f1.mean - 5 / 9) < 1e-12);
});
