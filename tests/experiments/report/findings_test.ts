import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { AblationRow } from "../../../experiments/ablations/variants.ts";
import { besideOthers, besidePaper, partsThatAdd } from "../../../experiments/report/findings.ts";
import { printHtml } from "../../../experiments/report/html.ts";
import { collateTable1 } from "../../../experiments/table_1/rows.ts";
import { significanceRule } from "../../../lib/study/comparisons.ts";
import { judged, samples } from "../made_up.ts";

const labels = Array.from({ length: 60 }, (_, i) => i % 2);

/** Scores that are right on the first `right` of 60. */
const rightOn = (right: number) =>
  labels.map((label, i) => (label === 1) === (i < right) ? 0.9 : 0.1);

const scores = {
  "Proposed": rightOn(45),
  "Linear probe": rightOn(60),
  "CLIP": rightOn(46),
  "TF-IDF regression": rightOn(44),
  "Majority": labels.map(() => 0.9),
} as const;

const runsOf = (...seeds: number[]) =>
  Object.entries(scores).flatMap(([system, own]) =>
    seeds.map((seed) =>
      judged(system, { system: system as keyof typeof scores, seed, labels, scores: own })
    )
  );
const runs = runsOf(1, 2);

/** The findings' text, a line a row with bars between its cells, from results as files give them. */
function textOf(rows: Readonly<Record<string, unknown>>): string[] {
  const results = Object.entries(rows).map(([name, own]) => ({
    ...{ name, markdown: "", pictures: [], files: [] },
    data: JSON.parse(JSON.stringify({ rows: own })),
  }));
  return printHtml([besidePaper(results), besideOthers(results), partsThatAdd(results)])
    .replaceAll(/<caption>[^<]*<\/caption>/g, "")
    .replaceAll(/<\/t[dh]>\n/g, "|")
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll("&#39;", "'")
    .split("\n")
    .filter((line) => line !== "");
}

const unlike = "the embedded corpus is not the paper's data";
const table1 = (unlikePaper?: string, of = runs) =>
  textOf({ table_1: collateTable1(of, { samples, unlikePaper }) });

Deno.test("besidePaper() sets the proposed model beside the paper, and says what may be claimed", () => {
  // The paper's F1 on text is 0.84; ours is right on 45 of 60.
  const row = (verdict: string) => `text|F1|0.750 ± 0.000|0.840|−0.090|${verdict}|`;
  ok(table1(unlike).includes(row(`no: ${unlike}`)));
  const claimed = row("yes: more than two standard errors over seeds, 0.000");
  ok(table1(undefined, runsOf(1, 2, 3)).includes(claimed));
});

Deno.test("besidePaper() says where the paper has no number", () => {
  const heldOut = runs.map((run) => ({
    ...run,
    job: { ...run.job, kind: "held-out" },
  }));
  const row =
    "image (held-out groups)|accuracy|0.750 ± 0.000|none||no: the paper has no such test|";
  ok(table1(undefined, heldOut).includes(row));
});

Deno.test("besideOthers() names the systems that do better, of whose they are, and whether by chance", () => {
  const lines = table1(unlike);
  // 46 and 60 of 60 against 45: 1/60 and 15/60 more.
  match(
    lines.find((line) => line.startsWith("text|CLIP|"))!,
    /\|compared in the paper\|\+0.017 \[.*\|no: within chance\|$/,
  );
  match(
    lines.find((line) => line.startsWith("text|Linear probe|"))!,
    /\|baseline of ours\|\+0.250 \[\+0\.1\d\d, \+0\.3\d\d\]\|.*\|yes\|$/,
  );
  ok(lines.includes(significanceRule));
  const level = lines.indexOf("Not significantly less accurate:");
  equal(lines[level + 1], "text: TF-IDF regression");
});

Deno.test("besideOthers() says it where no system does better", () => {
  const worse = runs.filter(({ job: { system } }) =>
    system === "Proposed" || system === "Majority"
  );
  const lines = table1(unlike, worse);
  ok(lines.includes("No system is more accurate."));
  ok(!lines.some((line) => line.startsWith("Not significantly")));
});

Deno.test("besideOthers() names the predictors that collapsed, or says that there are none", () => {
  ok(table1().includes("These say nearly always the same: Majority on text (every seed)."));
  const others = runs.filter(({ job }) => job.system !== "Majority");
  ok(table1(unlike, others).includes("No system says nearly always the same."));
});

/** An ablation's row; what else a comparison holds is not read. */
function ablation(
  name: string,
  difference: number,
  { pHolm, seeds = [difference, difference] }: { pHolm: number; seeds?: number[] },
): AblationRow {
  const interval = [difference - 0.01, difference + 0.01] as const;
  return {
    ...{ family: "gate", name, setting: "audio" },
    accuracy: { mean: 0.8, sd: 0, seeds: [0.8, 0.8] },
    comparison: { difference, interval, pHolm, seeds } as unknown as NonNullable<
      AblationRow["comparison"]
    >,
  };
}

Deno.test("partsThatAdd() names the ablations that are significant after Holm's correction", () => {
  const { comparison: _, ...full } = ablation("full model", 0, { pHolm: 1 });
  const lines = textOf({
    ablation_gate: [
      full,
      ablation("sum", -0.03, { pHolm: 0.049 }),
      ablation("scalar", -0.02, { pHolm: 0.051 }),
      ablation("softmax", -0.02, { pHolm: 0.001, seeds: [-0.05, 0.01] }),
    ],
  });
  deepEqual(lines, [
    "Significantly different from the full model: 1 of 3 ablations.",
    "tested on|variant|accuracy, less the full model’s|p (Holm)|",
    "speech alone|gate: sum|−0.030 [−0.040, −0.020]|0.049|",
  ]);
});

Deno.test("partsThatAdd() takes no p that is not a number for a small one", () => {
  ok(
    textOf({ ablation_gate: [ablation("sum", -0.03, { pHolm: NaN })] })
      .includes("Significantly different from the full model: 0 of 1 ablations."),
  );
});

Deno.test("findings rank nothing by one seed, and print no deviation of it", () => {
  const one = [ablation("2 heads", -0.015, { pHolm: 0.009, seeds: [-0.015] })];
  const lines = [...table1(unlike, runsOf(1)), ...textOf({ ablation_heads: one })];
  const oneSeed = "One seed: nothing is ranked, and no difference is called significant.";
  equal(lines.filter((line) => line === oneSeed).length, 2);
  ok(!lines.some((line) => /±|2 heads|Linear probe\|/.test(line)));
});

Deno.test("findings have nothing to say of experiments that they do not know", () => {
  deepEqual(textOf({ robustness: [{ system: "Proposed", collapsed: true }] }), []);
});
