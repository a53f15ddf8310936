import { deepEqual, equal, ok, throws } from "node:assert/strict";
import type { DataConfig } from "../../experiments/config.ts";
import type { Predictions } from "../../experiments/predictions.ts";
import { type Job, systems } from "../../experiments/run.ts";
import {
  collateTable1,
  planTable1,
  type PredictionFile,
  table1ToCsv,
  table1ToMarkdown,
} from "../../experiments/table_1.ts";
import { parts, type Sample } from "../../lib/datasets/mod.ts";
import { modalities, type Modality } from "../../lib/modality.ts";

const data: DataConfig = { cap: 100, testFraction: 0.2, validationFraction: 0.1 };

/** Samples of both polarities in turn, `each` of them a group. */
function samplesOf(modality: Modality, count: number, each: number): Sample[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `${modality} ${i}`,
    modality,
    source: modality === "text" ? { text: `message number ${i}` } : { path: `${modality}/${i}` },
    emotion: i % 2 ? "joy" : "anger",
    polarity: i % 2 as 0 | 1,
    group: `group ${Math.floor(i / each)}`,
    hash: `${modality} hash ${i}`,
  }));
}

const samples = {
  text: samplesOf("text", 60, 1),
  image: samplesOf("image", 60, 6),
  audio: samplesOf("audio", 60, 6),
};
const ungrouped = { ...samples, image: samplesOf("image", 60, 1) };

const isHeldOut = ({ name }: Job) => name.includes("held-out");

Deno.test("planTable1() has every system, alone and in triples, and on images held out by group", () => {
  const { jobs } = planTable1(samples, { seeds: [3, 5], data });
  equal(jobs.length, systems.length * 5 * 2);
  equal(new Set(jobs.map(({ name }) => name)).size, jobs.length);
  for (const seed of [3, 5]) {
    for (const system of systems) {
      const own = jobs.filter((job) => job.seed === seed && job.system === system);
      const slug = system.toLowerCase().replace(" ", "-");
      deepEqual(
        own.map(({ protocol, present, name }) => [name.split("-seed")[0], protocol, present])
          .toSorted(),
        [
          [`${slug}-held-out`, "single", ["image"]],
          [`${slug}-label`, "label", modalities],
          [`${slug}-single-audio`, "single", ["audio"]],
          [`${slug}-single-image`, "single", ["image"]],
          [`${slug}-single-text`, "single", ["text"]],
        ],
      );
    }
  }
});

Deno.test("planTable1() holds no groups out where every image is a group of its own", () => {
  const { jobs, audits } = planTable1(ungrouped, { seeds: [1], data });
  equal(jobs.length, systems.length * 4);
  deepEqual(jobs.filter(isHeldOut), []);
  deepEqual(Object.keys(audits[0]!), ["text", "image", "audio"]);
});

Deno.test("no actor, message or held-out group is in two parts of a split", () => {
  const { jobs, audits } = planTable1(samples, { seeds: [1, 2], data });
  const crosses = ({ split }: Job, m: Modality, by: (sample: Sample) => string) => {
    const owners = new Map<string, Set<string>>();
    for (const part of parts) {
      ok(split[m][part].length > 0);
      for (const i of split[m][part]) {
        const value = by(samples[m][i]!);
        owners.set(value, (owners.get(value) ?? new Set()).add(part));
      }
    }
    return [...owners.values()].some((own) => own.size > 1);
  };
  for (const job of jobs) {
    ok(!crosses(job, "text", ({ group }) => group));
    ok(!crosses(job, "audio", ({ group }) => group));
    ok(!crosses(job, "image", ({ hash }) => hash));
    // The random split of images mixes groups, and this is what the held-out rows are for.
    equal(crosses(job, "image", ({ group }) => group), !isHeldOut(job), job.name);
  }
  deepEqual(
    audits.map((audit) => Object.entries(audit).map(([name, { by }]) => [name, by])),
    Array(2).fill([
      ["text", "normalised text"],
      ["image", "image hash"],
      ["audio", "actor"],
      ["image (held-out groups)", "group"],
    ]),
  );
});

Deno.test("all systems of a seed have the same split, and another seed has another", () => {
  const { jobs } = planTable1(samples, { seeds: [1, 2], data });
  const splits = (seed: number, heldOut: boolean) =>
    new Set(
      jobs.filter((job) => job.seed === seed && isHeldOut(job) === heldOut)
        .map(({ split }) => JSON.stringify(split)),
    );
  for (const heldOut of [false, true]) {
    equal(splits(1, heldOut).size, 1);
    equal(splits(1, heldOut).union(splits(2, heldOut)).size, 2);
  }
  deepEqual(planTable1(samples, { seeds: [1, 2], data }).jobs, jobs);
});

Deno.test("the parts have the sizes that the configuration asks for", () => {
  const [audit] = planTable1(samples, { seeds: [1], data }).audits;
  const { test, validation } = audit!.text!.samples;
  deepEqual(test, { positive: 6, negative: 6 });
  deepEqual(validation, { positive: 3, negative: 3 });
});

Deno.test("planTable1() begins with the jobs that take longest", () => {
  const { jobs } = planTable1(samples, { seeds: [1, 2], data });
  const kinds = jobs.map((job) =>
    job.system === "Majority" || job.system === "Linear probe"
      ? "closed form"
      : job.protocol === "single"
      ? "one modality"
      : "all modalities"
  );
  deepEqual(kinds, [
    ...Array(4).fill("all modalities"),
    ...Array(16).fill("one modality"),
    ...Array(20).fill("closed form"),
  ]);
});

Deno.test("planTable1() refuses a split that leaks", () => {
  // One message under two groups, twelve times: somewhere a copy is on the other side.
  const text = samples.text.map((sample, i) => ({
    ...sample,
    source: { text: `message number ${i - i % 5}` },
  }));
  throws(
    () => planTable1({ ...samples, text }, { seeds: [1], data }),
    /^Error: Cannot use the split: .*\n- normalised text in two parts, \d+ times: "message number/,
  );
});

/** A file of predictions of a job that ran. */
function file(
  name: string,
  job: Pick<Job, "system" | "seed"> & Partial<Job>,
  head: PredictionFile["head"],
  predictions: Predictions,
): PredictionFile {
  const split = { train: [], validation: [], test: [] };
  return {
    job: {
      name,
      protocol: "single",
      present: modalities,
      split: { text: split, image: split, audio: split },
      ...job,
    },
    head,
    predictions,
  };
}

const labels = [0, 0, 1, 1];
const perfect = { labels, scores: [0.1, 0.2, 0.8, 0.9] };
// One of each kind of answer; of the four pairs of a positive and a negative, three are in order.
const half = { labels, scores: [0.1, 0.6, 0.4, 0.9] };

const rows = collateTable1([
  file("majority-single-seed1", { system: "Majority", seed: 1 }, "text", {
    labels,
    scores: [0.5, 0.5, 0.5, 0.5],
  }),
  file("proposed-single-seed2", { system: "Proposed", seed: 2 }, "text", perfect),
  file("proposed-single-seed1", { system: "Proposed", seed: 1 }, "text", half),
]);

Deno.test("collateTable1() takes mean and sample deviation over seeds, in their order", () => {
  equal(rows.length, 2);
  const [row] = rows;
  deepEqual([row!.system, row!.modality, row!.protocol, row!.split], [
    "Proposed",
    "text",
    "single",
    "normalised text",
  ]);
  for (const measure of ["accuracy", "precision", "recall", "f1"] as const) {
    deepEqual(row![measure].seeds, [0.5, 1]);
    equal(row![measure].mean, 0.75);
    ok(Math.abs(row![measure].sd - Math.sqrt(0.125)) < 1e-12);
  }
  deepEqual(row!.auc.seeds, [0.75, 1]);
  equal(row!.auc.mean, 0.875);
  ok(Math.abs(row!.auc.sd - 0.25 / Math.SQRT2) < 1e-12);
  deepEqual(row!.tested, [4, 4]);
  equal(row!.collapsed, false);
  deepEqual(row!.paper, { f1: 0.84, auc: 0.922 });
});

Deno.test("collateTable1() flags a system that says the same of every sample", () => {
  const [, row] = rows;
  equal(row!.collapsed, true);
  // Of the class it says, precision 1/2 and recall 1; of the other 0. The macro F1 is (2/3 + 0) / 2.
  deepEqual(
    [row!.accuracy, row!.precision, row!.recall, row!.f1, row!.auc].map(({ mean, sd }) => [
      mean.toFixed(6),
      sd,
    ]),
    [["0.500000", 0], ["0.250000", 0], ["0.500000", 0], ["0.333333", 0], ["0.500000", 0]],
  );
  ok(!("paper" in row!));
  // One seed of two is enough, and scores that differ on one side of the threshold are no opinion.
  const negative = { labels, scores: [0.1, 0.2, 0.3, 0.4] };
  const flagged = (...files: Predictions[]) =>
    collateTable1(
      files.map((own, i) =>
        file(`proposed-single-seed${i}`, { system: "Proposed", seed: i }, "text", own)
      ),
    )[0]!.collapsed;
  equal(flagged(perfect, negative), true);
  equal(flagged(perfect, half), false);
});

Deno.test("collateTable1() orders rows as the paper does, held-out images last", () => {
  const proposed = { system: "Proposed", seed: 1 } as const;
  const probe = { system: "Linear probe", seed: 1 } as const;
  const ordered = collateTable1([
    file("linear-probe-held-out-seed1", probe, "image", perfect),
    file("proposed-held-out-seed1", proposed, "image", half),
    file("proposed-label-seed1", { ...proposed, protocol: "label" }, "unified", perfect),
    file("linear-probe-single-seed1", probe, "audio", perfect),
    file("proposed-single-seed1", proposed, "image", perfect),
    file("linear-probe-single-seed1", probe, "image", half),
    file("proposed-single-seed1", proposed, "audio", perfect),
  ]);
  deepEqual(
    ordered.map(({ modality, system, protocol, split, accuracy }) => [
      ...[modality, system, protocol, split],
      accuracy.mean,
    ]),
    [
      ["image", "Proposed", "single", "image hash", 1],
      ["image", "Linear probe", "single", "image hash", 0.5],
      ["audio", "Proposed", "single", "actor", 1],
      ["audio", "Linear probe", "single", "actor", 1],
      ["unified", "Proposed", "label", "normalised text, image hash, actor", 1],
      ["image (held-out groups)", "Proposed", "single", "group", 0.5],
      ["image (held-out groups)", "Linear probe", "single", "group", 1],
    ],
  );
  // The paper has no such row: its score stands beside the random split only.
  ok(!("paper" in ordered[5]!) && "paper" in ordered[0]!);
});

Deno.test("table1ToMarkdown() has a block a modality, the paper's scores among them", () => {
  equal(
    table1ToMarkdown(rows, { title: "Table 1", caption: "Four made-up texts." }),
    `## Table 1

Four made-up texts.

### Text

Protocol \`single\`; no two parts share: normalised text.

| system | accuracy | precision | recall | F1 | AUC |
| --- | ---: | ---: | ---: | ---: | ---: |
| Proposed | 0.750 ± 0.354 | 0.750 ± 0.354 | 0.750 ± 0.354 | 0.750 ± 0.354 | 0.875 ± 0.177 |
| Majority (constant) | 0.500 ± 0.000 | 0.250 ± 0.000 | 0.500 ± 0.000 | 0.333 ± 0.000 | 0.500 ± 0.000 |
| *paper, on its own data* | not given | not given | not given | 0.840 | 0.922 |
`,
  );
});

Deno.test("table1ToCsv() has a line a row, in full precision", () => {
  const sd = Math.sqrt(0.125), aucSd = Math.sqrt(0.03125);
  const scores = Array(4).fill(`0.75,${sd}`).join(",");
  equal(
    table1ToCsv(rows),
    "modality,system,protocol,seeds,accuracy_mean,accuracy_sd,precision_mean,precision_sd," +
      "recall_mean,recall_sd,f1_mean,f1_sd,auc_mean,auc_sd\n" +
      `text,Proposed,single,2,${scores},0.875,${aucSd}\n` +
      `text,Majority,single,1,0.5,0,0.25,0,0.5,0,${1 / 3},0,0.5,0\n`,
  );
});
