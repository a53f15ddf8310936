import { deepEqual, equal, ok } from "node:assert/strict";
import { compareMarkdown } from "../../../experiments/compare/markdown.ts";
import { type ComparedSystem, planCompare, poolFolds } from "../../../experiments/compare/plan.ts";
import { collateCompare } from "../../../experiments/compare/rows.ts";
import type { Pair, PairedCorpora, Sample } from "../../../lib/datasets/mod.ts";
import { byModality, type Modality } from "../../../lib/modality.ts";
import type { Control, Job, Outcome } from "../../../lib/study/job.ts";
import type { JudgedJob } from "../../../lib/study/predictions.ts";
import { defaults } from "../../../lib/study/settings.ts";
import { polarities, type Target } from "../../../lib/target.ts";

function sample(modality: Modality, i: number, label: number): Sample {
  return {
    id: `row ${i}`,
    modality,
    emotion: String(label),
    label,
    group: `group ${Math.floor(i / 2)}`,
    hash: `${modality} ${i}`,
    source: modality === "text" ? { text: `text ${i}` } : { path: `${i}` },
  };
}

/** Twenty rows of a text, of which all but every fourth have a clip. */
function paired(labelOf: (i: number) => number): PairedCorpora {
  const places = Array.from({ length: 20 }, (_, i) => i);
  const heard = places.filter((i) => i % 4 > 0);
  const samples = {
    text: places.map((i) => sample("text", i, labelOf(i))),
    image: [],
    audio: heard.map((i) => sample("audio", i, labelOf(i))),
  };
  return {
    corpora: byModality((m) => ({ modality: m, name: "set", samples: samples[m], excluded: {} })),
    pairs: places.map((i): Pair => i % 4 ? { text: i, audio: heard.indexOf(i) } : { text: i }),
  };
}

const { corpora } = paired((i) => i % 2);
const samples = byModality((m) => corpora[m].samples);

/** Of controls, `controlled` by name. */
function judged(
  system: ComparedSystem,
  scoreOf: (i: number) => readonly number[],
  { seed = 1, labelOf = (i: number) => i % 2, texts = false, controlled = {} }: {
    readonly seed?: number;
    readonly labelOf?: (i: number) => number;
    readonly texts?: boolean;
    readonly controlled?: { readonly [C in Control]?: (i: number) => readonly number[] };
  } = {},
): JudgedJob {
  const kind = system === "Proposed without attention" ? "rows-no-attention" : "rows";
  const exam = (rows: number[], shown: readonly Modality[]) => ({
    exam: shown.join("+"),
    head: "unified" as const,
    ids: Object.fromEntries(shown.map((m) => [m, rows.map((i) => `row ${i}`)])),
    labels: rows.map(labelOf),
    scores: rows.flatMap(scoreOf),
  });
  const all = Array.from({ length: 20 }, (_, i) => i);
  const own = [
    exam(all.filter((i) => i % 4 > 0), ["text", "audio"]),
    ...texts ? [] : [exam(all.filter((i) => i % 4 === 0), ["text"])],
  ];
  const exams = [
    ...own,
    ...Object.entries(controlled).flatMap(([control, scoreOf]) =>
      own.map((one) => ({
        ...one,
        exam: `${one.exam}, ${control}`,
        // Other clips, and the same texts.
        ids: { ...one.ids, ...one.ids.audio && { audio: one.ids.audio.toReversed() } },
        scores: one.ids.text!.flatMap((id) => scoreOf(Number(id.slice(4)))),
      }))
    ),
  ];
  const job = {
    ...{ system: system === "Proposed without attention" ? "Proposed" : system, kind, seed },
    protocol: "natural",
  } as Job;
  return { job, exams };
}

Deno.test("a comparison is of balanced accuracy, on the rows that both judge, by group", () => {
  const right = (i: number) => [i % 2 ? 0.9 : 0.1];
  const rows = collateCompare([
    judged("Proposed", right),
    // Wrong on rows 1, 5 and 9 alone, all of them positive.
    judged("Majority", (i) => i % 4 === 1 && i < 12 ? [0.1] : right(i)),
    // Asked of rows with a clip only.
    judged("MFCC regression", right, { texts: true }),
  ], { samples, target: polarities });
  deepEqual(rows.map(({ system, tested }) => [system, tested]), [
    ["Proposed", [20]],
    ["MFCC regression", [15]],
    ["Majority", [20]],
  ]);
  const [proposed, mfcc, majority] = rows;
  equal(proposed!.balancedAccuracy!.mean, 1);
  // Seven of ten positive rows, and all negative ones.
  equal(majority!.balancedAccuracy!.mean, 0.85);
  deepEqual(majority!.confusion, [[10, 0], [3, 7]]);
  const { difference, interval, clusters, pHolm } = majority!.comparison!;
  ok(Math.abs(difference - 0.15) < 1e-12);
  equal(clusters, 10);
  ok(interval![0] <= 0.15 && interval![1] >= 0.15 && pHolm! <= 1);
  equal(mfcc!.comparison!.difference, 0);
  equal(proposed!.comparison, undefined);
});

Deno.test("systems are compared with late fusion, and with themselves under controls", () => {
  const right = (i: number) => [i % 2 ? 0.9 : 0.1];
  const wrong = (...rows: number[]) => (i: number) =>
    rows.includes(i) ? [1 - right(i)[0]!] : right(i);
  const rows = collateCompare([
    judged("Proposed", wrong(1, 2), {
      controlled: { additive: wrong(1, 2, 3), "label-paired": right },
    }),
    judged("Late fusion", wrong(1), { controlled: { "label-paired": wrong(1) } }),
    judged("Best single modality", wrong(1, 2, 3, 4)),
    // Asked of rows with a clip only.
    judged("MFCC regression", wrong(1, 3), { texts: true }),
  ], { samples, target: polarities });
  const of = (system: string) => rows.find((row) => row.system === system)!;
  const near = (got: number, wanted: number) => ok(Math.abs(got - wanted) < 1e-12, `${got}`);
  near(of("Proposed").lessLate!.difference, -0.05);
  near(of("Best single modality").lessLate!.difference, -0.15);
  // Of five negative and ten positive rows with a clip one more is wrong.
  near(of("MFCC regression").lessLate!.difference, -0.05);
  equal(of("Late fusion").lessLate, undefined);
  near(of("Proposed").interaction!.difference, 0.05);
  near(of("Proposed").interaction!.score.mean, 0.85);
  near(of("Proposed").labelPaired!.difference, 0.1);
  equal(of("Late fusion").labelPaired!.difference, 0);
  equal(of("Late fusion").interaction, undefined);
  // Controls count in no score of the system itself.
  near(of("Proposed").accuracy!.mean, 0.9);
  const { interval } = of("Best single modality").lessLate!;
  ok(interval![0] <= -0.15 && interval![1] >= -0.15 && interval![1] <= 0);
  const markdown = compareMarkdown(rows, { title: "T", caption: "C", target: polarities });
  ok(
    /best single modality\? Late fusion less it is \+0\.150 \[.*\], ahead, but one seed/.test(
      markdown,
    ),
  );
  ok(/inflate\? .*: Late fusion .*, level; Proposed \+0\.100 \[.*\], higher, but/.test(markdown));
  // Several tables, none of them wide.
  ok(markdown.split("\n").every((line) => line.split("|").length <= 11), markdown);
});

Deno.test("of scores the error is compared, and less of it is better", () => {
  const target: Target = { kind: "score", low: -3, high: 3 };
  const labelOf = (i: number) => i % 7 - 3;
  const rows = collateCompare([
    judged("Proposed", (i) => [labelOf(i)], { labelOf }),
    judged("Majority", () => [0], { labelOf }),
  ], { samples, target });
  equal(rows[0]!.mae!.mean, 0);
  ok(rows[1]!.comparison!.difference > 1.6);
  equal(rows[1]!.confusion, undefined);
  const markdown = compareMarkdown(rows, { title: "T", caption: "C", target });
  ok(
    /anything to learn\? Proposed less Majority is \+1\.\d+ .* \(MAE, above 0 for less error\)/
      .test(
        markdown,
      ),
  );
});

Deno.test("several classes keep their probabilities, and attention has its own answer", () => {
  const target: Target = { kind: "classes", classes: ["a", "b", "c"] };
  const labelOf = (i: number) => i % 3;
  const sure = (i: number) => [0, 1, 2].map((k) => k === labelOf(i) ? 0.8 : 0.1);
  const rows = collateCompare([
    judged("Proposed", sure, { labelOf }),
    judged("Proposed without attention", (i) => i < 5 ? [0.8, 0.1, 0.1] : sure(i), { labelOf }),
  ], { samples, target });
  equal(rows[0]!.accuracy!.mean, 1);
  deepEqual(rows[1]!.confusion, [[7, 0, 0], [2, 5, 0], [1, 0, 5]]);
  const markdown = compareMarkdown(rows, { title: "T", caption: "C", target });
  ok(
    /Does attention help\? Proposed less Proposed without attention is \+0\.\d+ .* but one seed/
      .test(
        markdown,
      ),
  );
});

Deno.test("the runs are of every system that fits the rows, and of each modality alone", () => {
  const { jobs } = planCompare(paired((i) => i % 2), {
    seeds: [1],
    target: polarities,
    data: { ...defaults.data, testFraction: 0.3, validationFraction: 0.2 },
  });
  const of = (kind: string) => jobs.filter((job) => job.kind === kind).map(({ system }) => system);
  ok(of("rows").includes("Learnt late fusion") && of("rows").includes("TF-IDF regression"));
  deepEqual(of("rows-no-attention"), ["Proposed"]);
  ok(of("single-audio").includes("MFCC regression"));
  ok(!of("single-text").includes("MFCC regression"));
  ok(jobs.every(({ system }) => !system.startsWith("CLIP")));
  const controlsOf = (name: string) => jobs.find((job) => job.name === name)!.controls;
  deepEqual(controlsOf("gated-fusion-rows-seed1"), ["additive", "label-paired"]);
  deepEqual(controlsOf("late-fusion-rows-seed1"), ["label-paired"]);
  equal(controlsOf("majority-rows-seed1"), undefined);
  equal(controlsOf("proposed-single-text-seed1"), undefined);
  // It hears clips: rows of a text alone are not its to judge.
  const mfcc = jobs.find(({ system, kind }) => system === "MFCC regression" && kind === "rows")!;
  deepEqual(mfcc.exams!.map(({ name }) => name), ["text+audio"]);
  equal(new Set(jobs.map(({ name }) => name)).size, jobs.length);
});

Deno.test("no system is fitted to what no training row has, or judged on it", () => {
  const set = paired((i) => i % 2);
  const partOf = (i: number) => i < 12 ? "train" : i < 16 ? "validation" : "test";
  const pairs = set.pairs.map((pair, i): Pair => partOf(i) === "train" ? { text: i } : pair);
  const { jobs, audits } = planCompare({ ...set, pairs, given: pairs.map((_, i) => partOf(i)) }, {
    ...{ seeds: [1], target: polarities, data: defaults.data },
  });
  deepEqual(audits[0]!.unlearnt, ["audio"]);
  ok(jobs.length > 0 && jobs.every(({ system }) => system !== "MFCC regression"));
  // Of one modality there is nothing to fuse, and rows are that modality alone.
  ok(jobs.every(({ system, kind }) => system !== "Late fusion" && kind.startsWith("rows")));
  const shown = jobs.flatMap(({ exams = [] }) => exams.map(({ rows }) => Object.keys(rows).join()));
  deepEqual([...new Set(shown)], ["text"]);
});

Deno.test("folds test every row once by each system, and their verdicts are pooled", () => {
  const set = paired((i) => i % 2);
  const { jobs, audits } = planCompare(set, {
    ...{ seeds: [1], target: polarities, data: defaults.data, folds: 5 },
  });
  equal(audits.length, 5);
  const outcomes = jobs.map((job): Outcome => ({
    job,
    verdicts: (job.exams ?? []).map((exam) => ({ ...exam, scores: exam.labels })),
    record: {},
  }));
  const pooled = poolFolds(outcomes);
  equal(pooled.length * 5, jobs.length);
  const probe = pooled.find(({ job }) => job.name === "linear-probe-rows-seed1")!;
  const tested = probe.verdicts.flatMap(({ rows }) => Array.from(rows.text!));
  deepEqual(tested.toSorted((a, b) => a - b), Array.from({ length: 20 }, (_, i) => i));
  for (const { labels, scores } of probe.verdicts) deepEqual(scores, labels);
  // Systems are tested on the same rows in the same order.
  const other = pooled.find(({ job }) => job.name === "proposed-rows-no-attention-seed1")!;
  deepEqual(other.verdicts.map(({ rows }) => rows), probe.verdicts.map(({ rows }) => rows));
  // One split needs no pooling.
  deepEqual(poolFolds(outcomes.slice(0, 0)), []);
  const groups = planCompare(set, {
    ...{ seeds: [1], target: polarities, data: defaults.data, folds: "groups" },
  });
  equal(groups.audits.length, 10);
});
