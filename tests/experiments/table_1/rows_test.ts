import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import type { DataConfig } from "../../../lib/study/settings.ts";
import type { Job } from "../../../lib/study/job.ts";
import { answers, systems } from "../../../lib/study/systems.ts";
import { table1Lines, table1ToCsv } from "../../../experiments/table_1/rows.ts";
import {
  collateTable1,
  planTable1,
  type Row,
  tableSystems,
  unlikePaper,
} from "../../../experiments/table_1/rows.ts";
import { parts, type Sample } from "../../../lib/datasets/mod.ts";
import { modalities, type Modality } from "../../../lib/modality.ts";
import { judged, samples, samplesOf } from "../made_up.ts";

const data: DataConfig = { cap: 100, testFraction: 0.2, validationFraction: 0.1 };
const ungrouped = { ...samples, image: samplesOf("image", 60, 1) };
const isHeldOut = ({ name }: Job) => name.includes("held-out");

Deno.test("planTable1() has every system where it can answer, alone, in triples, and held out", () => {
  const { jobs } = planTable1(samples, { seeds: [3, 5], data });
  equal(new Set(jobs.map(({ name }) => name)).size, jobs.length);
  const kindsOf = (system: string, seed: number) =>
    jobs.filter((job) => job.seed === seed && job.system === system)
      .map(({ protocol, present, name }) => `${name} ${protocol} ${present.join("+")}`)
      .toSorted();
  for (const seed of [3, 5]) {
    deepEqual(kindsOf("MSFNet (adaptation)", seed), [
      `msfnet-adaptation-held-out-seed${seed} single image`,
      `msfnet-adaptation-label-seed${seed} label text+image+audio`,
      `msfnet-adaptation-single-audio-seed${seed} single audio`,
      `msfnet-adaptation-single-image-seed${seed} single image`,
      `msfnet-adaptation-single-text-seed${seed} single text`,
    ]);
    deepEqual(kindsOf("TF-IDF regression", seed), [
      `tf-idf-regression-single-text-seed${seed} single text`,
    ]);
    deepEqual(kindsOf("MFCC regression", seed), [
      `mfcc-regression-single-audio-seed${seed} single audio`,
    ]);
    deepEqual(kindsOf("Late fusion", seed), [
      `late-fusion-label-seed${seed} label text+image+audio`,
    ]);
  }
  deepEqual(new Set(jobs.map(({ system }) => system)), new Set(tableSystems));
});

Deno.test("every system of the table can answer somewhere", () => {
  for (const system of systems) {
    ok(
      answers(system, "label", modalities) ||
        modalities.some((m) => answers(system, "single", [m])),
    );
  }
});

Deno.test("planTable1() holds no groups out where every image is a group of its own", () => {
  const { jobs, audits } = planTable1(ungrouped, { seeds: [1], data });
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
  const [{ split }] = planTable1(ungrouped, { seeds: [1], data }).jobs as [Job];
  for (const m of ["text", "image"] as const) {
    deepEqual(parts.map((part) => split[m][part].length), [42, 6, 12]);
  }
});

Deno.test("planTable1() begins with the jobs that take longest", () => {
  const order = planTable1(samples, { seeds: [1, 2], data }).jobs.map(({ name }) =>
    /^(linear|majority|clip-(?!bert)|late|learnt|best|tf-idf|mfcc)/.test(name)
      ? "at once"
      : name.includes("-label-")
      ? "triples"
      : "single"
  );
  deepEqual([...new Set(order)], ["triples", "single", "at once"]);
  deepEqual(
    order,
    order.toSorted((a, b) => b.localeCompare(a)).toSorted((a, b) => {
      const rank = ["triples", "single", "at once"];
      return rank.indexOf(a) - rank.indexOf(b);
    }),
  );
});

Deno.test("planTable1() refuses a split that leaks", () => {
  // One message under two groups, twelve times: somewhere a copy is on the other side.
  const text = samples.text.map((sample, i) => ({
    ...sample,
    source: { text: `message number ${i - i % 5}` },
  }));
  throws(
    () => planTable1({ ...samples, text }, { seeds: [1], data }),
    /^Error: Cannot use the split: .*\n- normalised text in two parts, \d+ times \(.*\): "message number/,
  );
});

const labels = [0, 0, 1, 1];
const perfect = { labels, scores: [0.1, 0.2, 0.8, 0.9] };
// One of each kind of answer; of the four pairs of a positive and a negative, three are in order.
const half = { labels, scores: [0.1, 0.6, 0.4, 0.9] };
const constant = { labels, scores: [0.5, 0.5, 0.5, 0.5] };
const collate = (...files: Parameters<typeof collateTable1>[0]) =>
  collateTable1(files, { samples, unlikePaper: "made up" });

const rows = collate(
  judged("single-text", { system: "Majority", seed: 2, ...constant }),
  judged("single-text", { system: "Majority", seed: 1, ...constant }),
  judged("single-text", { system: "Proposed", seed: 2, ...perfect }),
  judged("single-text", { system: "Proposed", seed: 1, ...half }),
);

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
    ok(Math.abs(row![measure].sd! - Math.sqrt(0.125)) < 1e-12);
  }
  deepEqual(row!.auc.seeds, [0.75, 1]);
  equal(row!.auc.mean, 0.875);
  ok(Math.abs(row!.auc.sd! - 0.25 / Math.SQRT2) < 1e-12);
  deepEqual(row!.tested, [4, 4]);
  deepEqual(row!.collapsed, []);
  // The perfect seed adds 2 to each right cell, the other one 1 to each.
  deepEqual(row!.confusion, [[3, 1], [1, 3]]);
  deepEqual(row!.paper, { f1: 0.84, auc: 0.922 });
});

Deno.test("a gap to the paper stands with the reason why it is claimed or not", () => {
  const { gap } = rows[0]!;
  deepEqual({ ...gap, difference: gap!.difference.toFixed(6) }, {
    measure: "f1",
    difference: "-0.090000",
    claimed: false,
    reason: "made up",
  });
  const like = (...scores: (typeof perfect)[]) =>
    collateTable1(
      scores.map((own, i) =>
        judged("single-audio", { system: "MISA", seed: i, head: "audio", ...own })
      ),
      { samples, unlikePaper: undefined },
    )[0]!.gap!;
  // The paper gives a range, 0.51 to 0.57: the gap is to its nearer end.
  deepEqual({ ...like(perfect, perfect, perfect), difference: 0.43 }, {
    measure: "accuracy",
    difference: 0.43,
    claimed: true,
    reason: "more than two standard errors over seeds, 0.000",
  });
  equal(like(perfect, perfect).difference.toFixed(6), "0.430000");
  equal(like(perfect, half, half).claimed, false);
  deepEqual(like(perfect, perfect).reason, "fewer than three seeds say no spread");
  equal(like(half).difference.toFixed(6), "-0.010000");
});

Deno.test("unlikePaper() lets gaps be claimed on data of the paper's size alone", () => {
  equal(unlikePaper(samples, "embedded"), "the embedded corpus is not the paper's data");
  equal(
    unlikePaper(samples, "mine"),
    "the paper has 10000 samples a modality, these are text 60, image 60, audio 60",
  );
  const many = { length: 10_000 } as Sample[];
  equal(unlikePaper({ text: many, image: many, audio: samples.audio }, "mine"), undefined);
});

Deno.test("every other system is compared with Proposed on the same samples", () => {
  const [proposed, majority] = rows;
  ok(!("comparison" in proposed!));
  // Proposed is right on 6 of 8, the constant on 4.
  equal(majority!.comparison!.difference, 0.25);
  deepEqual(majority!.comparison!.seeds, [0, 0.5]);
  // Four texts are too few for an interval.
  const { interval, p, pHolm, reason } = majority!.comparison!;
  deepEqual([interval, p, pHolm], [null, null, null]);
  equal(reason, "too few texts (4) for an interval");
  throws(
    () =>
      collate(
        judged("single-text", { system: "Proposed", seed: 1, ...perfect }),
        judged("single-text", {
          system: "MISA",
          seed: 1,
          labels: [0, 1],
          scores: [0, 1],
        }),
      ),
    new RangeError("Cannot compare: expected the same samples with seed 1"),
  );
});

Deno.test("collateTable1() flags a system that says the same of every sample", () => {
  const [, row] = rows;
  deepEqual(row!.collapsed, [1, 2].map((seed) => ({ seed, confusion: [[0, 2], [0, 2]] })));
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
  const flagged = (...files: (typeof perfect)[]) =>
    collate(
      ...files.map((own, i) => judged("single-text", { system: "Proposed", seed: i, ...own })),
    )[0]!.collapsed;
  deepEqual(flagged(perfect, negative), [{ seed: 1, confusion: [[2, 0], [2, 0]] }]);
  deepEqual(flagged(perfect, half), []);
});

Deno.test("collateTable1() orders rows as the paper does, held-out images last", () => {
  const proposed = { system: "Proposed", seed: 1 } as const;
  const probe = { system: "Linear probe", seed: 1 } as const;
  const ordered = collate(
    judged("held-out", { ...probe, head: "image", ...perfect }),
    judged("held-out", { ...proposed, head: "image", ...half }),
    judged("label", { ...proposed, head: "unified", ...perfect }),
    judged("single-audio", { ...probe, head: "audio", ...perfect }),
    judged("single-image", { ...proposed, head: "image", ...perfect }),
    judged("single-image", { ...probe, head: "image", ...half }),
    judged("single-audio", { ...proposed, head: "audio", ...perfect }),
  );
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

Deno.test("table1Lines() has a block a modality, with comparisons, the paper and what is wrong", () => {
  const [first, second] = rows;
  const { reason: _, ...own } = second!.comparison!;
  const comparison = { ...own, interval: [-0.125, 0.5] as const, pHolm: 0.0004 };
  equal(
    table1Lines([first!, { ...second!, comparison }]).join("\n"),
    `### Text

Protocol \`single\`; no two parts share: normalised text.

| system | accuracy | precision | recall | F1 | AUC | Proposed less this | p (Holm) | paper |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |
| Proposed | 0.750 ± 0.354 | 0.750 ± 0.354 | 0.750 ± 0.354 | 0.750 ± 0.354 | 0.875 ± 0.177 |  |  | f1 0.840, auc 0.922 |
| Majority (constant) | 0.500 ± 0.000 | 0.250 ± 0.000 | 0.500 ± 0.000 | 0.333 ± 0.000 | 0.500 ± 0.000 | +0.250 [−0.125, +0.500] | < 0.001 |  |

- Majority says nearly always the same with seed 1: TN 0, FP 2, FN 0, TP 2; seed 2: TN 0, FP 2, FN 0, TP 2.
`,
  );
});

Deno.test("table1Lines() says where another system is better than Proposed, and if that is no claim why", () => {
  const runs = (seed: number) => [
    judged("single-text", { system: "Proposed", seed, ...half }),
    judged("single-text", { system: "Linear probe", seed, ...perfect }),
  ];
  const text = (own: Row[]) => table1Lines(own).join("\n");
  const two = collate(...runs(1), ...runs(2));
  const few = "too few texts (4) for an interval";
  ok(text(two).includes(`\nBetter than Proposed here: Linear probe (${few}).\n`));
  ok(text(two).includes(" | −0.500 | — |"));
  ok(text(two).includes(`\n- Not tested: ${few}.\n`));
  const withP = (pHolm: number) =>
    two.map((row) => row.comparison ? { ...row, comparison: { ...row.comparison, pHolm } } : row);
  match(text(withP(0.2)), /\nBetter than Proposed here: Linear probe \(within chance\)\.\n/);
  match(text(withP(0.01)), /\nBetter than Proposed here: Linear probe\.\n/);
});

Deno.test("one seed has no deviation, in the CSV neither, and ranks nothing", () => {
  const own = collate(
    judged("single-text", { system: "Proposed", seed: 1, ...half }),
    judged("single-text", { system: "Linear probe", seed: 1, ...perfect }),
  );
  const text = table1Lines(own).join("\n");
  ok(!text.includes("±") && !text.includes("Better than"));
  match(text, /\nOne seed: no system is said to be better than another\.\n/);
  match(table1ToCsv(own), /^text,Linear probe,single,1,1,,1,,1,,1,,1,,-0\.5,,,,false$/m);
});

Deno.test("table1ToCsv() has a line a row, in full precision", () => {
  const sd = Math.sqrt(0.125), aucSd = Math.sqrt(0.03125);
  const scores = Array(4).fill(`0.75,${sd}`).join(",");
  equal(
    table1ToCsv(rows),
    "modality,system,protocol,seeds,accuracy_mean,accuracy_sd,precision_mean,precision_sd," +
      "recall_mean,recall_sd,f1_mean,f1_sd,auc_mean,auc_sd," +
      "proposed_less_this,low,high,p_holm,collapsed\n" +
      `text,Proposed,single,2,${scores},0.875,${aucSd},,,,,false\n` +
      `text,Majority,single,2,0.5,0,0.25,0,0.5,0,${1 / 3},0,0.5,0,0.25,,,,true\n`,
  );
});
