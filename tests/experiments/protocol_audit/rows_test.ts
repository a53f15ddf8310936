import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import {
  copiedRows,
  exposure,
  faultyScaledProbe,
  faultySplitByRow,
  faultyValidation,
} from "../../../experiments/protocol_audit/faulty_protocols.ts";
import {
  collateContrasts,
  collateLuckySeeds,
  collatePairing,
  collateRates,
} from "../../../experiments/protocol_audit/rows.ts";
import { planProtocolAudit } from "../../../experiments/protocol_audit/plan.ts";
import { protocolAudit } from "../../../experiments/protocol_audit/mod.ts";
import { runJob } from "../../../lib/study/run.ts";
import { type Job, named } from "../../../lib/study/job.ts";
import type { SystemName } from "../../../lib/study/systems.ts";
import { planTable1 } from "../../../experiments/table_1/rows.ts";
import { auditSplit, parts, type Sample } from "../../../lib/datasets/mod.ts";
import { modalities } from "../../../lib/modality.ts";
import { judged, samples, samplesOf } from "../made_up.ts";
import { features, madeUpStudy } from "../made_up_study.ts";
import { tinyExperiment } from "../../study/tiny_settings.ts";

const config = { ...tinyExperiment, thorough: true };
const { data } = config;
const seeds = [1, 2];
const plan = planProtocolAudit(samples, { seeds, config });
const table = new Map(planTable1(samples, { seeds, data }).jobs.map((job) => [job.name, job]));
const byGroup = ({ group }: Sample) => group;
const find = (fault: RegExp, system = "Proposed") =>
  plan.contrasts.find((contrast) => fault.test(contrast.fault) && contrast.system === system)!;
const jobOf = (system: SystemName, kind: string, seed: number) =>
  plan.jobs.find((job) => job.system === system && job.kind === kind && job.seed === seed)!;

/** What a job has that another has not, by field. */
function differing(job: Job, other: Job): string[] {
  const fields = new Set([...Object.keys(job), ...Object.keys(other)]) as Set<keyof Job>;
  return [...fields].filter((f) => JSON.stringify(job[f]) !== JSON.stringify(other[f])).toSorted();
}

Deno.test("honest runs are jobs of Table 1, and a faulty one differs by its fault, its kind and its name alone", () => {
  equal(new Set(plan.jobs.map(({ name }) => name)).size, plan.jobs.length);
  equal(new Set(plan.contrasts.map((c) => `${c.fault} ${c.system}`)).size, plan.contrasts.length);
  ok(plan.contrasts.every(({ fault }) => fault.length <= 36));
  const expected = (fault: string) =>
    /twice|copied/.test(fault) ? "kind,name,split,variant" : "kind,name,split";
  for (const { fault, system, honest, faulty } of plan.contrasts) {
    for (const seed of seeds) {
      for (const kind of honest) {
        deepEqual(jobOf(system, kind, seed), table.get(named({ system, kind, seed }).name), fault);
      }
      const { name } = named({ system, kind: faulty, seed });
      if (table.has(name) || /scaled/.test(fault)) continue;
      const [right, wrong] = [jobOf(system, honest[0]!, seed), jobOf(system, faulty, seed)];
      equal(differing(wrong, right).join(), expected(fault), fault);
      match(wrong.name, /-audit-/);
    }
  }
});

Deno.test("both systems have every fault, but for the scaling, the probe's alone, and the copying up, the model's", () => {
  const count = (pattern: RegExp) =>
    plan.contrasts.filter(({ fault }) => pattern.test(fault)).length;
  equal(count(/chosen on test/), 6);
  equal(count(/twice/), 4);
  equal(count(/copied up to 100/), 1);
  equal(count(/both sides/), 4);
  equal(count(/Pairing/), 2);
  deepEqual(plan.scaled.map(({ name }) => name.replace(/-seed.*/, "")).filter((_, i) => i % 2), [
    "linear-probe-audit-text-scaled-on-all-samples",
    "linear-probe-audit-image-scaled-on-all-samples",
    "linear-probe-audit-audio-scaled-on-all-samples",
  ]);
  deepEqual(plan.absent, ["like messages on both sides; no two are alike"]);
});

Deno.test("a split by row puts groups on both sides, which the audit of splits refuses", () => {
  const rows = [...samples.audio.keys()];
  const split = faultySplitByRow(samples.audio, { rows, seed: 1, data });
  deepEqual(parts.flatMap((part) => split[part]).toSorted((a, b) => a - b), rows);
  deepEqual(parts.map((part) => split[part].length), [36, 12, 12]);
  throws(() => auditSplit(samples.audio, split), /group in two parts/);
  ok(exposure(samples.audio, split, byGroup) > 0.5);
  equal(exposure(samples.audio, jobOf("Proposed", "single-audio", 1).split.audio, byGroup), 0);
});

Deno.test("copies of a file come on both sides, each row in one part", () => {
  deepEqual(copiedRows(4, 2.5), [0, 1, 2, 3, 0, 1, 2, 3, 0, 1]);
  const rows = copiedRows(60, 3);
  const split = faultySplitByRow(samples.text, { rows, seed: 1, data });
  const sorted = (indices: readonly number[]) => indices.toSorted((a, b) => a - b);
  deepEqual(sorted(parts.flatMap((part) => split[part])), sorted(rows));
  equal(split.test.length, 36);
  ok(exposure(samples.text, split, ({ hash }) => hash) > 0.6);
  throws(() => auditSplit(samples.text, split), /more than once/);
});

Deno.test("exposure counts the test rows whose like is in training", () => {
  const split = { train: [0, 1, 12], validation: [], test: [2, 13, 20, 30] };
  // Six rows a group: 2 is of group 0 and 13 of group 2, as are 0 and 12; 20 and 30 are of others.
  equal(exposure(samples.audio, split, byGroup), 0.5);
});

Deno.test("the planned faults expose what the honest runs do not", () => {
  for (const { fault, exposed } of plan.contrasts) {
    const split = /both sides|twice|copied/.test(fault);
    equal(exposed?.length, split ? seeds.length : undefined, fault);
    ok((exposed ?? []).every((share) => share > 0.3), fault);
  }
});

Deno.test("choosing on test takes the test part for validation, and trains on the same rows", () => {
  const { faulty } = find(/^Audio: best epoch/);
  const [right, wrong] = [jobOf("Proposed", "single-audio", 2), jobOf("Proposed", faulty, 2)];
  deepEqual(wrong.split, faultyValidation(right.split));
  deepEqual(wrong.split.audio.validation, right.split.audio.test);
  deepEqual(wrong.split.audio.train, right.split.audio.train);
  deepEqual(find(/^Image: best epoch/).honest, ["held-out"]);
});

Deno.test("with copies training takes as many steps, in fewer epochs", () => {
  const { faulty } = find(/^Audio: every file twice/);
  deepEqual(jobOf("Proposed", faulty, 1).variant, { training: { epochs: 1 } });
});

Deno.test("scaled on its training rows the faulty probe is the linear probe; on all rows it is another", async () => {
  const job = table.get("linear-probe-single-audio-seed1")!;
  const { verdicts: [honest] } = await runJob(job, { features, config });
  const probe = (scaledOn: readonly number[]) =>
    faultyScaledProbe(features, { modality: "audio", split: job.split.audio, scaledOn });
  const apart = (scores: Float64Array) =>
    Math.max(...scores.map((score, i) => Math.abs(score - honest!.scores[i]!)));
  ok(apart(probe(job.split.audio.train)) < 1e-5);
  ok(apart(probe([...samples.audio.keys()])) > 1e-4);
});

Deno.test("nothing but the audit imports the faulty protocols", async () => {
  const importers: string[] = [];
  const root = new URL("../../../", import.meta.url);
  const search = async (folder: string) => {
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
      if (isDirectory) await search(`${folder}${name}/`);
      else if (name.endsWith(".ts")) {
        const text = await Deno.readTextFile(new URL(folder + name, root));
        if (/["'][^"'\n]*faulty_protocols/.test(text)) importers.push(folder + name);
      }
    }
  };
  for (const folder of ["experiments/", "lib/", "tasks/"]) await search(folder);
  deepEqual(importers.toSorted(), [
    "experiments/protocol_audit/mod.ts",
    "experiments/protocol_audit/plan.ts",
  ]);
});

const labels = [0, 0, 1, 1];
/** Scores of four samples, `right` of which are on their side of one half. */
const scoresOf = (right: number) => labels.map((l, i) => (i < right ? l : 1 - l) ? 0.9 : 0.1);
const run = (system: SystemName, kind: string, seed: number, right: number) =>
  judged(kind, { system, seed, labels, scores: scoresOf(right) });

Deno.test("a contrast is inflated less honest, paired by seed, with Student's t", () => {
  const contrast = { fault: "f", system: "Proposed", honest: ["a"], faulty: "b" } as const;
  const runs = [
    ...[run("Proposed", "a", 1, 2), run("Proposed", "a", 2, 3)],
    ...[run("Proposed", "b", 2, 4), run("Proposed", "b", 1, 4)],
  ];
  const [row] = collateContrasts([{ ...contrast, exposed: [1, 0.5] }], runs);
  const { honest, inflated, difference, p } = row!.accuracy;
  deepEqual([honest.seeds, inflated.seeds, difference.seeds], [[0.5, 0.75], [1, 1], [0.5, 0.25]]);
  equal(row!.exposed, 0.75);
  // t = 0.375 / (0.17678 / √2) = 3 with one degree of freedom: p = 1 − (2 / π) atan 3.
  equal(p!.toFixed(6), (1 - 2 / Math.PI * Math.atan(3)).toFixed(6));
});

Deno.test("of several honest runs the mean counts, and one seed has no test", () => {
  const contrast = { fault: "f", system: "Proposed", honest: ["a", "b"], faulty: "c" } as const;
  const runs = [["a", 2], ["b", 3], ["c", 4]] as const;
  const [row] = collateContrasts(
    [contrast],
    runs.map(([kind, right]) => run("Proposed", kind, 1, right)),
  );
  equal(row!.accuracy.honest.mean, 0.625);
  equal(row!.accuracy.p, null);
  equal(row!.exposed, undefined);
});

Deno.test("the learning rate is chosen by validation loss, and wrongly by accuracy on test", () => {
  const tried = [["a", 3, 0.2], ["b", 4, 0.5], ["c", 2, 0.4]] as const;
  const runs = tried.map(([kind, right]) => run("Proposed", kind, 1, right));
  const outcomes = tried.map(([, , validationLoss], i) => ({
    job: runs[i]!.job,
    verdicts: [],
    record: { bestEpoch: 2, history: [{ validationLoss: 0 }, { validationLoss }] },
    seconds: 1,
  }));
  const { accuracy } = collateRates(outcomes, runs);
  deepEqual([accuracy.honest.seeds, accuracy.inflated.seeds], [[0.75], [1]]);
});

Deno.test("the search tries a third and three times the rate in force, beside Table 1's run", () => {
  const rate = (tuned: typeof config.tuned) =>
    planProtocolAudit(samples, { seeds: [1], config: { ...config, tuned } }).rates
      .map(({ name, variant }) => [name, variant?.tuned]);
  const names = ["audit-rate-1-single-audio", "single-audio", "audit-rate-3-single-audio"]
    .map((kind) => named({ system: "Proposed", kind, seed: 1 }).name);
  const { learningRate } = config.training;
  deepEqual(rate({}), [
    [names[0], { learningRate: learningRate * (1 / 3) }],
    [names[1], undefined],
    [names[2], { learningRate: 3 * learningRate }],
  ]);
  deepEqual(rate({ Proposed: { learningRate: 6 } })[2], [
    names[2],
    { learningRate: 18 },
  ]);
});

Deno.test("a lucky seed is the best one beside the mean of all", () => {
  const of = (...right: number[]) => right.map((r, i) => run("Proposed", "x", i, r));
  const rows = collateLuckySeeds({ unified: of(2, 4, 3), image: of(1), text: of(4, 4), audio: [] });
  deepEqual(rows.map(({ fault }) => fault), [
    "Unified: the best of 3 seeds",
    "Text: the best of 2 seeds",
  ]);
  const { honest, inflated, difference, p } = rows[0]!.accuracy;
  deepEqual([honest.mean, inflated.mean, difference.mean, p], [0.75, 1, 0.25, null]);
});

Deno.test("pairing stands beside what independent views would give by arithmetic", () => {
  // Three of four pairs of a positive and a negative in order: AUC 3/4.
  const scores = [0.1, 0.6, 0.4, 0.9];
  const single = (system: SystemName, kind: string) =>
    judged(kind, { system, seed: 1, labels, scores });
  const rows = collatePairing([
    ...(["Proposed", "Linear probe"] as const).flatMap((system) => [
      ...modalities.map((m) => single(system, `single-${m}`)),
      run(system, "label", 1, 4),
    ]),
    single("Proposed", "audit-random-pairs"),
    run("Late fusion", "label", 1, 4),
  ]);
  equal(rows.length, 5 + 4 + 1);
  const predicted = rows.find(({ shown }) => /independent/.test(shown))!;
  // d′ = √2 · 0.67449 a view, √3 times that together: Φ(1.16825) and Φ(0.82608).
  equal(predicted.auc.mean.toFixed(3), "0.879");
  equal(predicted.accuracy.mean.toFixed(3), "0.796");
  equal(rows.find(({ shown }) => /alone, mean/.test(shown))!.auc.mean, 0.75);
  equal(rows.at(-1)!.accuracy.mean, 1);
});

Deno.test("the audit makes a table, two figures and the predictions of every run", async () => {
  const { study, ran } = madeUpStudy({ seeds: [1, 2, 3, 4] });
  const { markdown, files, data } = await protocolAudit(study);
  deepEqual(data.seeds, [1, 2]);
  for (const name of ran) ok(files.has(`predictions/${name}.csv`), name);
  for (const name of ["protocol_audit", "protocol_audit_linear_probe"]) {
    match(files.get(`${name}.svg`)!, /^<svg/);
  }
  match(markdown, /\| Audio: actors on both sides \| Linear probe \| \d+ % \| 0\.\d{3} ± /);
  match(markdown, /- Not run: like messages on both sides/);
  match(markdown, /wrong on purpose/);
  match(markdown, /\| Unified: the best of 4 seeds \| Proposed \|/);
  equal(JSON.parse(files.get("protocol_audit.json")!).faults.length, 17 + 3 + 1 + 4);
});

Deno.test("of a study that is not thorough one seed is audited", async () => {
  const { study } = madeUpStudy({ seeds: [1, 2] });
  const brief = { ...study, options: { ...study.options, config: { ...config, thorough: false } } };
  const { data, markdown } = await protocolAudit(brief);
  deepEqual(data.seeds, [1]);
  match(markdown, /- Not run: tests over seeds; there is one seed\./);
});

Deno.test("without image groups no icon sets cross, and images are chosen on test at random splits", () => {
  const ungrouped = { ...samples, image: samplesOf("image", 60, 1) };
  const { contrasts, absent } = planProtocolAudit(ungrouped, { seeds: [1], config });
  ok(!contrasts.some(({ fault }) => /icon sets/.test(fault)));
  ok(absent.some((reason) => /icon sets/.test(reason)));
  deepEqual(contrasts.find(({ fault }) => /^Image: best/.test(fault))!.honest, ["single-image"]);
});
