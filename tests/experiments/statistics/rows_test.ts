import { deepEqual, equal, match, ok } from "node:assert/strict";
import { answersTo } from "../../../lib/study/comparisons.ts";
import { branches, proposedJobs } from "../../../lib/study/proposed_runs.ts";
import { calibration } from "../../../experiments/calibration/mod.ts";
import { calibrationJobs, calibrationRow } from "../../../experiments/calibration/rows.ts";
import { statistics } from "../../../experiments/statistics/mod.ts";
import { runJob, testExams } from "../../../lib/study/run.ts";
import {
  bestSingle,
  type IntervalRow,
  intervalRow,
  selectiveRow,
  type TestRow,
  testRows,
} from "../../../experiments/statistics/rows.ts";
import type { SystemName } from "../../../lib/study/systems.ts";
import { aucInterval, holm } from "../../../lib/metrics/mod.ts";
import { judged, samples } from "../made_up.ts";
import { features, madeUpStudy } from "../made_up_study.ts";
import { tinyExperiment } from "../../study/tiny_settings.ts";

// Clips of six speakers.
const labels = Array.from({ length: 36 }, (_, i) => i % 2);
/** Scores that differ from sample to sample, wrong at these places. */
const scoresOf = (...wrong: number[]) =>
  labels.map((label, i) => (label === 1) !== wrong.includes(i) ? 0.95 - i / 100 : 0.05 + i / 100);
const answers = (system: SystemName, ...wrong: (readonly number[])[]) =>
  answersTo(wrong.map((places, i) =>
    judged(`${system} ${i}`, {
      ...{ system, seed: i + 1, labels, head: "audio" },
      scores: scoresOf(...places),
    })
  ));
const contestant = (system: SystemName, ...wrong: (readonly number[])[]) => ({
  system,
  answers: answers(system, ...wrong),
});

Deno.test("intervals are over speakers, and of the first seed where samples count as independent", () => {
  // All errors are of two of six speakers.
  const wrong = [0, 1, 2, 3, 6, 7, 8, 9, 10];
  const row = intervalRow("audio", answers("Proposed", wrong, wrong.slice(4)), samples);
  deepEqual(row.accuracy.seeds, [0.75, 31 / 36]);
  deepEqual([row.tested, row.clusters, row.reasons], [36, 6, []]);
  const [low, high] = row.accuracyInterval!;
  ok(low < 0.8 && 0.8 < high);
  equal(high, 1);
  // Wilson of 27 in 36 by hand: z² = 3.84146.
  const z2 = 3.841459, n = 36, p = 0.75;
  const middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const reach = Math.sqrt(z2) * Math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
  deepEqual(
    row.wilson!.map((end) => end.toFixed(5)),
    [middle - reach, middle + reach].map((end) => end.toFixed(5)),
  );
  const delong = aucInterval({ actual: labels, scores: scoresOf(...wrong) });
  deepEqual(row.delong, [delong.low, delong.high]);
  ok(row.aucInterval![0] <= delong.auc && delong.auc <= row.aucInterval![1]);
  equal(row.auc.seeds[0], delong.auc);
  ok(row.resolvable! > 0.2 && row.resolvable! < 0.75);
});

Deno.test("a perfect branch has no smallest difference to resolve", () => {
  equal(intervalRow("audio", answers("Proposed", []), samples).resolvable, null);
});

Deno.test("the tests are against the paper's comparisons and the best baseline", () => {
  const proposed = answers("Proposed", [0], [1], [2]);
  const nine = [1, 2, 3, 4, 7, 8, 13, 14, 19];
  const baselines = [
    contestant("MISA", nine, nine, nine.slice(1)),
    contestant("CLIP", [0, 1], [0, 1], [2]),
    contestant("Linear probe", [5], [6], []),
    contestant("Concatenation MLP", nine, nine, nine),
  ];
  equal(bestSingle(baselines).system, "Linear probe");
  const rows = testRows("audio", { proposed, baselines }, samples);
  deepEqual(rows.map(({ against, best }) => [against, best]), [
    ["MISA", false],
    ["CLIP", false],
    ["Linear probe", true],
  ]);
  const [misa, clip, probe] = rows;
  // Seeds: 35 of 36 less 27, 27 and 28.
  deepEqual(misa!.comparison.seeds.map((d) => Math.round(36 * d)), [8, 8, 7]);
  // With the first seed only MISA errs at nine places, only Proposed at one.
  equal(misa!.oddsRatio.oddsRatio, 9);
  equal(misa!.comparison.mcnemar.p.toFixed(6), (22 / 1024).toFixed(6));
  // d_z = (23 / 3) / sd(8, 8, 7) = 13.28, with Hedges' J(2) = 1 / √π.
  equal(
    misa!.effectOverSeeds!.toFixed(3),
    (23 / 3 / Math.sqrt(1 / 3) / Math.sqrt(Math.PI)).toFixed(3),
  );
  const holms = {
    bootstrap: rows.map(({ comparison }) => comparison.p),
    mcnemar: rows.map(({ comparison }) => comparison.mcnemar.p),
    delong: rows.map(({ delong }) => delong!.p),
  };
  deepEqual(rows.map(({ comparison }) => comparison.pHolm), holm(holms.bootstrap));
  deepEqual(rows.map(({ pHolm }) => pHolm.mcnemar), holm(holms.mcnemar));
  deepEqual(rows.map(({ pHolm }) => pHolm.delong), holm(holms.delong));
  ok(misa!.delong!.difference > 0);
  equal(misa!.insignificant, null);
  ok(clip!.insignificant && probe!.insignificant);
});

Deno.test("one seed claims nothing, and has no effect over seeds", () => {
  const nine = [1, 2, 3, 4, 7, 8, 13, 14, 19];
  const [row] = testRows("audio", {
    proposed: answers("Proposed", []),
    baselines: [contestant("MISA", nine)],
  }, samples);
  ok(row!.comparison.pHolm! < 0.05);
  deepEqual([row!.effectOverSeeds, row!.insignificant], [null, "one seed"]);
});

Deno.test("a temperature repairs what is too sure, and is fitted on validation alone", () => {
  // Three of four right at 0.96: a log-odds of ln 24 where ln 3 is meant, so T = ln 24 / ln 3.
  const actual = [1, 1, 1, 0, 0, 0, 0, 1];
  const scores = [0.96, 0.96, 0.96, 0.96, 0.04, 0.04, 0.04, 0.04];
  const sure = { actual, scores };
  const row = calibrationRow("text", [{ validation: sure, test: sure }]);
  equal(row.temperature.mean.toFixed(6), (Math.log(24) / Math.log(3)).toFixed(6));
  equal(row.before.ece.mean.toFixed(6), "0.210000");
  equal(row.before.ecePositive.mean.toFixed(6), "0.210000");
  equal(row.after.ece.mean.toFixed(6), "0.000000");
  // Brier: (3 · 0.04² + 0.96²) / 4, and then 3/4 · 1/4.
  equal(row.before.brier.mean.toFixed(6), "0.231600");
  equal(row.after.brier.mean.toFixed(6), "0.187500");
  const entropy = -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25));
  equal(row.after.logLoss.mean.toFixed(6), entropy.toFixed(6));
  const [before, after] = row.panels;
  deepEqual(before.bins.map(({ from, to, count }) => [from, to, count]), [[0.95, 1, 8]]);
  equal(before.bins[0]!.accuracy, 0.75);
  equal(before.ece.toFixed(6), "0.210000");
  ok(Math.abs(after.bins[0]!.confidence - 0.75) < 1e-9);
  // Other test samples do not move the temperature.
  const other = calibrationRow("text", [{
    validation: sure,
    test: { actual: [1, 0], scores: [1, 0.4] },
  }]);
  equal(other.temperature.mean, row.temperature.mean);
  ok(Number.isFinite(other.before.logLoss.mean));
});

Deno.test("calibration asks Table 1's runs about validation too: the model is the same to the bit", async () => {
  const settings = { seeds: [1], data: tinyExperiment.data };
  const jobs = calibrationJobs(samples, features, settings);
  deepEqual(Object.keys(jobs), [...branches]);
  const [job] = jobs.text, [original] = proposedJobs(samples, "text", settings);
  const { kind: _, name: __, exams, ...rest } = job!;
  const { kind: ___, name: ____, ...same } = original!;
  deepEqual(rest, same);
  deepEqual(exams!.map(({ name }) => name), ["validation", "text"]);
  deepEqual(exams![0]!.rows.text, original!.split.text.validation);
  deepEqual(exams![1], testExams(original!, features)[0]);
  const triples = jobs.unified[0]!.exams![0]!;
  ok(
    Array.from(triples.rows.audio!).every((row) =>
      jobs.unified[0]!.split.audio.validation.includes(row)
    ),
  );
  const options = { features, config: tinyExperiment };
  const [own, theirs] = [await runJob(job!, options), await runJob(original!, options)];
  deepEqual(own.verdicts[1]!.scores, theirs.verdicts[0]!.scores);
});

Deno.test("the surest samples are answered first, and ties together", () => {
  const four = { labels: [1, 0, 1, 0], scores: [0.9, 0.2, 0.7, 0.7] };
  const of = ({ labels, scores }: typeof four) =>
    answersTo([judged("x", { system: "Proposed", seed: 1, labels, scores })]);
  const { area, error, points } = selectiveRow("text", of(four));
  // Errors among the 1, 2, 3, 4 surest: 0, 0, ½ (of two equal ones), 1.
  equal(area.mean.toFixed(6), ((0.5 / 3 + 1 / 4) / 4).toFixed(6));
  equal(error.mean, 0.25);
  const at = (coverage: number) => points.find((p) => p.coverage === coverage)!.accuracy.mean;
  deepEqual([0.25, 0.5, 0.55, 1].map(at), [1, 1, 0.75, 0.75]);
});

Deno.test("the statistics make a report with figures, and keep the predictions that are compared", async () => {
  const { study, ran } = madeUpStudy({ seeds: [1, 2, 3, 4] });
  const { markdown, files, data } = await statistics(study);
  match(files.get("statistics.svg")!, /^<svg/);
  ok(!ran.some((name) => /^(majority|shuffled)/.test(name)));
  ok(files.has("predictions/misa-label-seed4.csv"));
  ok(files.has("predictions/proposed-single-audio-seed1.csv"));
  const tests = data.tests as { branch: string; against: SystemName; best: boolean }[];
  for (const branch of branches) {
    const own = tests.filter((test) => test.branch === branch);
    equal(own.filter(({ best }) => best).length, 1);
    ok(own.length === 4 || own.length === 5);
    for (const { against } of own.filter(({ best }) => best)) {
      match(markdown, new RegExp(`\\| ${branch} \\| ${against.replace(/[+()]/g, "\\$&")} \\(best`));
    }
  }
  equal(
    markdown.match(/^\| audio \|/gm)!.length,
    2 + 2 * tests.filter((t) => t.branch === "audio").length,
  );
  ok(!/NaN|undefined|null|−0\.000/.test(markdown));
});

Deno.test("one seed has its statistics as well", async () => {
  const { study } = madeUpStudy({ seeds: [1] });
  const { markdown } = await statistics(study);
  match(markdown, /^\| text \| MISA( \(best baseline\))? \| .*\| no: one seed \|$/m);
  ok(!/NaN|undefined|null/.test(markdown));
});

Deno.test("three actors, one of whom a test part has, leave dashes and reasons, and the run goes on", async () => {
  const { study } = madeUpStudy({ seeds: [1, 2] });
  const actors = study.samples.audio.map((clip, i) => ({ ...clip, group: `actor ${i % 3}` }));
  const few = { ...study, samples: { ...study.samples, audio: actors } };
  const { markdown, data } = await statistics(few);
  match(markdown, /^- — for audio: too few speakers \(\d\) for an interval\.$/m);
  match(markdown, /^\| audio \| MISA.* \| — \| — \|/m);
  match(markdown, /^\| audio \| MISA.* \| no: too few speakers/m);
  ok(!/NaN|undefined|null|−0\.000/.test(markdown));
  for (const { branch, comparison, pHolm } of data.tests as TestRow[]) {
    const few = branch === "audio" || branch === "unified";
    deepEqual([comparison.p, pHolm.mcnemar, pHolm.delong].map((p) => p === null), [few, few, few]);
  }
  const [unified, image] = data.intervals as IntervalRow[];
  deepEqual([unified!.wilson, unified!.delong, unified!.accuracyInterval], [null, null, null]);
  ok(image!.wilson && image!.delong && image!.accuracyInterval);
});

Deno.test("calibration has a figure a branch, and a row a branch in its CSV", async () => {
  const { study, ran } = madeUpStudy({ seeds: [1, 2, 3, 4] });
  const { markdown, files } = await calibration(study);
  for (
    const name of [
      "calibration",
      ...["image", "text", "audio"].map((m) => `calibration_${m}`),
    ]
  ) {
    match(files.get(`${name}.svg`)!, /^<svg/);
    ok(files.has(`${name}.vl.json`));
  }
  ok(ran.includes("proposed-calibration-unified-seed4"));
  const [head, ...lines] = files.get("calibration.csv")!.trim().split("\n");
  match(head!, /^branch,temperature\.mean,temperature\.sd,temperature\.seeds,before\.ece\.mean/);
  deepEqual(lines.map((line) => line.split(",")[0]), [...branches]);
  equal(markdown.match(/^\| (unified|image|text|audio) \|/gm)!.length, 4);
  ok(!/NaN|undefined|null|−0\.000/.test(markdown));
});
