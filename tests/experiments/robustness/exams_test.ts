import { deepEqual, equal, match, ok } from "node:assert/strict";
import { appendPoints, type NoisePoint } from "../../../experiments/robustness/append_points.ts";
import {
  losses,
  missingRates,
  shownSubsets,
  subsetName,
} from "../../../experiments/robustness/exams.ts";
import { predictionsFromCsv, predictionsToCsv } from "../../../lib/study/predictions.ts";
import { proposedJobs } from "../../../lib/study/proposed_runs.ts";
import { conflictExam, noiseExams } from "../../../experiments/robustness/exams.ts";
import { planMissing, planNoise, planTrials } from "../../../experiments/robustness/plan.ts";
import {
  attentionUnderConflict,
  collateMissing,
  collateNoise,
  type MissingRows,
  type NoiseRow,
} from "../../../experiments/robustness/rows.ts";
import {
  missingLines,
  missingShortcomings,
  noiseLines,
  noiseShortcomings,
} from "../../../experiments/robustness/markdown.ts";
import { runJob } from "../../../lib/study/run.ts";
import type { Outcome } from "../../../lib/study/job.ts";
import { corruptions } from "../../../lib/corruptions/mod.ts";
import { byModality, modalities, type Modality } from "../../../lib/modality.ts";
import { gather } from "../../../lib/systems/features.ts";
import { graphCache } from "../../../lib/training/graph_cache.ts";
import { tinyFeatures } from "../../systems/tiny_corpus.ts";
import { samples } from "../made_up.ts";
import { tinyExperiment } from "../../study/tiny_settings.ts";

const { data } = tinyExperiment;
const features = tinyFeatures({ text: 60, image: 60, audio: 60 }, { signal: 1.5 });
const trials = planTrials(samples, { seeds: [1, 2], data });
const [trial] = trials as [typeof trials[number]];
const noisyTriples = 6;

/** Noise that does nothing: the rows are appended as they are. */
const points = trials.flatMap(({ seed, rows }) =>
  modalities.flatMap((modality) => {
    const own = [...new Set(rows[modality].slice(0, noisyTriples))];
    const corruption = corruptions[modality][0] as NoisePoint["corruption"];
    const tables = Object.fromEntries(
      Object.entries(features[modality].tables).map(([name, table]) => [
        name,
        { shape: [own.length, ...table.shape.slice(1)], data: gather(table, own) },
      ]),
    );
    return [{ seed, modality, corruption, level: 5, rows: own, tables }];
  })
);
const noisyStudy = appendPoints({ samples, features, points });
const missingPlan = planMissing(trials, samples);
const noisePlan = planNoise(trials, { noisy: noisyStudy.noisy, noisyTriples });
const plan = [...missingPlan, ...noisePlan];

Deno.test("every system and seed has one job, whose exams have names of their own", () => {
  deepEqual(plan.map(({ name }) => name), [
    ...["proposed", "late-fusion", "majority"].flatMap((system) =>
      [1, 2].map((seed) => `${system}-robustness-missing-seed${seed}`)
    ),
    ...["proposed", "late-fusion"].flatMap((system) =>
      [1, 2].map((seed) => `${system}-robustness-noise-seed${seed}`)
    ),
  ]);
  for (const { exams, name, protocol, present } of plan) {
    // The key of a fit: these and the seed make it the model of Table 1.
    deepEqual([protocol, present], ["label", modalities]);
    const names = exams!.map(({ name }) => name);
    equal(new Set(names).size, names.length);
    deepEqual(names.slice(0, 7), shownSubsets.map(subsetName));
    equal(names.length, 7 + (name.includes("noise") ? 3 * 2 : 3));
    for (const { name, rows } of exams!.slice(0, 7)) equal(Object.keys(rows).join("+"), name);
  }
});

Deno.test("noise exams show the noisy versions of the triples' own samples", () => {
  for (const point of noisyStudy.noisy.filter(({ seed }) => seed === 1)) {
    const { modality: m } = point;
    const options = { point, system: "Proposed", count: noisyTriples } as const;
    const [alone, within] = noiseExams(trial, options) as [Exam, Exam];
    deepEqual(Object.keys(alone.rows), [m]);
    deepEqual(alone.rows[m], within.rows[m]);
    for (const other of modalities.filter((other) => other !== m)) {
      deepEqual(within.rows[other], trial.rows[other].slice(0, noisyTriples));
    }
    deepEqual(within.labels, trial.labels.slice(0, noisyTriples));
    Array.from(alone.rows[m]!, (row, t) => {
      const clean = samples[m][trial.rows[m][t]!]!, noisy = noisyStudy.samples[m][row]!;
      equal(noisy.id, `${clean.id} (${point.corruption.name} 5)`);
      equal(noisy.label, trial.labels[t]);
    });
  }
});
type Exam = ReturnType<typeof noiseExams>[number];

Deno.test("in a conflict one modality has the other label, and all are test samples", () => {
  for (const odd of modalities) {
    const { rows, labels } = conflictExam(trial, { odd, system: "Proposed", samples });
    equal(labels.length, trial.labels.length);
    deepEqual(labels.filter((label) => label === 1).length, labels.length / 2);
    for (const m of modalities) {
      Array.from(rows[m]!, (row, t) => {
        ok(trial.split[m].test.includes(row));
        equal(samples[m][row]!.label, m === odd ? 1 - labels[t]! : labels[t], `${m} of ${odd}`);
      });
    }
  }
});

/** Everything run for real on the tiny corpus, and read back from predictions files. */
async function runAll() {
  const outcomes: Outcome[] = [];
  let table1: Outcome;
  const graphs = graphCache();
  const options = { features: noisyStudy.features, config: tinyExperiment, graphs };
  try {
    for (const job of plan) outcomes.push(await runJob(job, options));
    const [job] = proposedJobs(samples, "unified", { seeds: [1], data });
    table1 = await runJob(job!, { ...options, features });
  } finally {
    await graphs.dispose();
  }
  const judged = outcomes.map(({ job, verdicts }) => ({
    job,
    exams: predictionsFromCsv(predictionsToCsv(verdicts, noisyStudy.samples)),
  }));
  const ofMissing = judged.slice(0, missingPlan.length);
  const rows = {
    ...collateMissing(ofMissing, { ...noisyStudy, draws: 3 }),
    noise: collateNoise(judged.slice(missingPlan.length), noisyStudy.noisy),
  };
  return { outcomes: outcomes.slice(0, missingPlan.length), table1, rows };
}

Deno.test("one model answers all, and what makes no difference makes none", async () => {
  const { outcomes, rows, table1 } = await runAll();
  // The rows that are added change nothing: the model is Table 1's.
  const whole = outcomes[0]!.verdicts.find(({ name }) => name === "text+image+audio")!;
  deepEqual(whole.rows, table1.verdicts[0]!.rows);
  deepEqual(whole.scores, table1.verdicts[0]!.scores);
  const { subsets, missing, noise, conflicts } = rows;
  const subset = (system: string, shown: string) =>
    subsets.find((row) => row.system === system && subsetName(row.shown) === shown)!.accuracy;
  for (const system of ["Proposed", "Late fusion", "Majority"]) {
    equal(subsets.filter((row) => row.system === system).length, 7);
    for (const { rate, accuracy } of missing.filter((row) => row.system === system)) {
      if (rate === 0) deepEqual(accuracy, subset(system, "text+image+audio"));
      if (system === "Majority") equal(accuracy.mean, 0.5);
    }
  }
  equal(missing.length, 3 * 4 * 10);
  // Noise that does nothing leaves every score as it is.
  equal(noise.length, 2 * 3 * 2);
  for (const clean of noise.filter(({ level }) => level === "clean")) {
    const { system, corruption, alone, inTriple } = clean;
    const noisy = noise.find((row) =>
      row.system === system && row.corruption === corruption && row.level === 5
    )!;
    deepEqual([noisy.alone, noisy.inTriple], [alone, inTriple]);
  }
  for (const { pull, majority, system } of conflicts) {
    ok(Math.abs(pull.mean + majority.mean - 1) < 1e-12);
    if (system === "Majority") equal(pull.mean, 0.5);
  }
  for (const { paid, gate } of attentionUnderConflict(outcomes)) {
    for (const share of [paid, gate].flatMap((both) => Object.values(both!))) {
      ok(share > 0 && share < 1);
    }
  }
});

Deno.test("attention is what the two others pay to the odd modality", () => {
  const job = plan[0]!;
  // Row: who pays; column: to whom; text, image, audio.
  const attention = [[0.2, 0.3, 0.5], [0.1, 0.6, 0.3], [0.4, 0.4, 0.2]].flat();
  const flat = Array(9).fill(1 / 3);
  const verdict = (name: string, values: number[]) => ({
    ...{ name, head: "unified" as const, rows: {}, labels: [], scores: [] },
    inspected: { attention: { width: 9, values } },
  });
  const verdicts = [
    verdict("text+image+audio", flat),
    // Two triples, of which one is indifferent.
    ...modalities.map((odd) => verdict(`${odd} in conflict`, [...attention, ...flat])),
  ];
  const found = attentionUnderConflict([{ job, verdicts, record: {}, seconds: 0 }]);
  const paid = Object.fromEntries(found.map(({ odd, paid }) => [odd, paid!.conflict.toFixed(4)]));
  const half = (x: number) => ((x + 1 / 3) / 2).toFixed(4);
  deepEqual(paid, { text: half(0.25), image: half(0.35), audio: half(0.4) });
  ok(found.every(({ paid, gate }) => paid!.agreement.toFixed(4) === "0.3333" && gate === null));
});

const score = (...seeds: number[]) => ({
  mean: seeds.reduce((a, b) => a + b, 0) / seeds.length,
  sd: seeds.length > 1 ? 0 : null,
  seeds,
});
/** Made-up results of a model that is right in 9 of 10, but for these. */
function resultsWith({ subsets = {}, difference = 0.1, pHolm = 0.01, noise = {}, pull = 0.2 }: {
  readonly subsets?: Readonly<Record<string, readonly number[]>>;
  readonly difference?: number;
  readonly pHolm?: number;
  readonly noise?: Readonly<Record<number, readonly number[]>>;
  readonly pull?: number;
}): MissingRows & { noise: NoiseRow[] } {
  const systems = ["Proposed", "Late fusion", "Majority"] as const;
  const interval = [difference - 0.1, difference + 0.1];
  const comparison = { difference, pHolm, interval, seeds: [difference, difference] };
  return {
    subsets: systems.flatMap((system) =>
      shownSubsets.map((shown) => ({
        ...{ system, shown },
        accuracy: score(...subsets[subsetName(shown)] ?? [0.9, 0.9]),
        ...system === "Proposed" && { comparison: comparison as never },
      }))
    ),
    missing: systems.flatMap((system) =>
      losses.flatMap((lost) =>
        missingRates.map((rate) => ({ system, lost, rate, accuracy: score(0.8) }))
      )
    ),
    noise: systems.slice(0, 2).flatMap((system) =>
      (["clean", 5, 0] as const).map((level) => ({
        ...{ system, modality: "audio" as const, corruption: "babble", unit: "SNR, dB", level },
        ...{ alone: score(0.8, 0.8), without: score(0.85, 0.87) },
        inTriple: score(...(level !== "clean" && noise[level]) || [0.9, 0.9]),
      }))
    ),
    conflicts: systems.flatMap((system) =>
      modalities.map((odd: Modality) => ({
        ...{ system, odd },
        ...{ pull: score(odd === "audio" ? pull : 0.3), majority: score(0.7) },
      }))
    ),
  };
}

Deno.test("where it does not hold is said in words, with how many seeds agree", () => {
  const shortcomings = missingShortcomings;
  deepEqual(shortcomings(resultsWith({})), []);
  deepEqual(noiseShortcomings(resultsWith({}).noise), []);
  deepEqual(noiseShortcomings(resultsWith({ noise: { 5: [0.86, 0.86], 0: [0.8, 0.88] } }).noise), [
    "Babble (SNR, dB) at 0 is worse than no audio: accuracy 0.840 at the worst level, " +
    "0.860 without (in 1 of 2 seeds).",
  ]);
  deepEqual(shortcomings(resultsWith({ subsets: { "text+image": [0.92, 0.92] } })), [
    "Showing audio beside text and image costs 0.020 (in 2 of 2 seeds).",
  ]);
  deepEqual(shortcomings(resultsWith({ pull: 0.6 })), [
    "Audio outvotes the two others in 60 % of its conflicts.",
  ]);
  const worse = shortcomings(resultsWith({ difference: -0.02 }));
  equal(worse.length, 7);
  equal(worse[0], "Late fusion is better on text by 0.020.");
  match(
    shortcomings(resultsWith({ difference: -0.02, pHolm: 0.3 }))[6]!,
    /by 0\.020 \(within chance\)\.$/,
  );
  const one = resultsWith({ difference: -0.02, pull: 0.6 });
  const sentence = "One seed: too few to say where it does not hold.";
  deepEqual(
    shortcomings({ ...one, subsets: one.subsets.map((row) => ({ ...row, accuracy: score(0.9) })) }),
    [sentence],
  );
  deepEqual(noiseShortcomings(one.noise.map((row) => ({ ...row, inTriple: score(0.1) }))), [
    sentence,
  ]);
});

Deno.test("the Markdown has every table, and the caption that says what the data are", () => {
  const attention = modalities.map((odd) => ({
    odd,
    paid: { conflict: 0.31, agreement: 0.33 },
    gate: { conflict: 0.5, agreement: 0.5 },
  }));
  const ofMissing = missingLines({ ...resultsWith({}), attention, draws: 20 }).join("\n");
  const ofNoise = noiseLines(resultsWith({}).noise, 40).join("\n");
  for (const one of [ofMissing, ofNoise]) {
    match(one, /^Nothing that was tried did more harm/m);
  }
  const markdown = `${ofMissing}\n${ofNoise}`;
  match(
    markdown,
    /^\| text, image \| 0\.900 ± 0\.000 \| .* \| \+0\.100 \[0\.000, \+0\.200\] \| 0\.010 \|$/m,
  );
  match(markdown, /^\| audio \| babble \(SNR, dB\) \| clean \|/m);
  match(markdown, /^\| audio \| 0\.700 \| 0\.200 .*\| 0\.310 \| 0\.330 \|$/m);
  match(markdown, /first 40 test triples/);
  // Every line of a table has as many cells as its head.
  for (const table of markdown.split("\n\n").filter((part) => part.startsWith("|"))) {
    const widths = table.trim().split("\n").map((line) => line.split(" | ").length);
    // The rule has other gaps.
    equal(new Set(widths.filter((_, i) => i !== 1)).size, 1, table);
  }
});

Deno.test("a trial is the test triples of Table 1: as many as the largest test part has samples", () => {
  const largest = Math.max(...modalities.map((m) => trial.split[m].test.length));
  equal(trial.labels.length, largest);
  for (const { rows, labels, split } of trials) {
    for (const m of modalities) {
      ok(
        rows[m].every((row, t) =>
          split[m].test.includes(row) && samples[m][row]!.label === labels[t]
        ),
      );
    }
  }
  deepEqual(byModality((m) => trials[0]!.rows[m].length), byModality(() => largest));
});
