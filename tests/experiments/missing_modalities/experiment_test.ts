import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  attentionUnderConflict,
  conflictExam,
} from "../../../experiments/missing_modalities/conflicts.ts";
import { ratesFigure, subsetsFigure } from "../../../experiments/missing_modalities/figures.ts";
import {
  missingFindings,
  missingShortcomings,
} from "../../../experiments/missing_modalities/findings.ts";
import {
  type LearningRow,
  learningRows,
} from "../../../experiments/missing_modalities/learning.ts";
import { missingLines } from "../../../experiments/missing_modalities/markdown.ts";
import {
  comparedSystems,
  missingSystems,
  planLearning,
  planMissing,
} from "../../../experiments/missing_modalities/plan.ts";
import {
  imbalancedRates,
  shared,
  sharedRates,
} from "../../../experiments/missing_modalities/rates.ts";
import { collateMissing, type MissingRows } from "../../../experiments/missing_modalities/rows.ts";
import { shownSubsets, subsetName } from "../../../experiments/robustness/exams.ts";
import { planTrials } from "../../../experiments/robustness/plan.ts";
import { byModality, modalities, type Modality } from "../../../lib/modality.ts";
import { predictionsFromCsv, predictionsToCsv } from "../../../lib/study/predictions.ts";
import { proposedJobs } from "../../../lib/study/proposed_runs.ts";
import { runJob } from "../../../lib/study/run.ts";
import { type Outcome, slug } from "../../../lib/study/job.ts";
import { graphCache } from "../../../lib/training/graph_cache.ts";
import { tinyFeatures } from "../../systems/tiny_corpus.ts";
import { samples } from "../made_up.ts";
import { tinyExperiment } from "../../study/tiny_settings.ts";

const { data } = tinyExperiment;
const features = tinyFeatures({ text: 60, image: 60, audio: 60 }, { signal: 1.5 });
const trials = planTrials(samples, { seeds: [1, 2], data });
const [trial] = trials as [typeof trials[number]];
const plan = planMissing(trials, samples);
const learningPlan = planLearning(trials.slice(0, 1));

Deno.test("every system and seed has one job, whose exams have names of their own", () => {
  deepEqual(
    plan.map(({ name }) => name),
    missingSystems.flatMap((system) =>
      [1, 2].map((seed) => `${slug(system)}-robustness-missing-seed${seed}`)
    ),
  );
  for (const { exams, protocol, present, gradients } of plan) {
    // The key of a fit: these and the seed make it the model of Table 1.
    deepEqual([protocol, present, gradients], ["label", modalities, undefined]);
    const names = exams!.map(({ name }) => name);
    equal(new Set(names).size, names.length);
    deepEqual(names.slice(0, 7), shownSubsets.map(subsetName));
    equal(names.length, 7 + 3);
    for (const { name, rows } of exams!.slice(0, 7)) equal(Object.keys(rows).join("+"), name);
  }
  deepEqual(learningPlan.map(({ name, gradients }) => [name, gradients]), [
    ["proposed-robustness-learning-seed1", true],
    ["residual-fusion-ours-robustness-learning-seed1", true],
    ["misa-robustness-learning-seed1", true],
  ]);
});

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
  const graphs = graphCache();
  const options = { features, config: tinyExperiment, graphs };
  try {
    const [table1] = proposedJobs(samples, "unified", { seeds: [1], data });
    // Of those whose gradients are kept the last takes longest, and is as the first.
    for (const job of [...plan, learningPlan[0]!, learningPlan[1]!, table1!]) {
      outcomes.push(await runJob(job, options));
    }
  } finally {
    await graphs.dispose();
  }
  const judged = outcomes.map(({ job, verdicts }) => ({
    job,
    exams: predictionsFromCsv(predictionsToCsv(verdicts, samples)),
  }));
  return {
    outcomes: outcomes.slice(0, plan.length),
    learnt: outcomes.slice(-3, -1),
    table1: outcomes.at(-1)!,
    rows: collateMissing(judged.slice(0, plan.length), samples),
  };
}

Deno.test("one model answers all, and what makes no difference makes none", async () => {
  const { outcomes, rows, learnt, table1 } = await runAll();
  // The model is Table 1's; that whose gradients are kept is the same.
  const whole = outcomes[0]!.verdicts.find(({ name }) => name === "text+image+audio")!;
  deepEqual(whole.rows, table1.verdicts[0]!.rows);
  deepEqual(whole.scores, table1.verdicts[0]!.scores);
  deepEqual(learnt[0]!.verdicts[0]!.scores, whole.scores);
  const { subsets, missing, equity, conflicts } = rows;
  const subset = (system: string, shown: string) =>
    subsets.find((row) => row.system === system && subsetName(row.shown) === shown)!;
  equal(missing.length, missingSystems.length * (10 + 6));
  for (const system of missingSystems) {
    equal(subsets.filter((row) => row.system === system).length, 7);
    const own = missing.filter((row) => row.system === system);
    for (const { rates, accuracy } of own) {
      if (Object.values(rates).every((rate) => rate === 0)) {
        deepEqual(accuracy, subset(system, "text+image+audio").accuracy);
      }
      if (system === "Majority") ok(Math.abs(accuracy.mean - 0.5) < 1e-12);
    }
    const compared = subsets.filter((row) => row.system === system && row.comparison);
    equal(compared.length, (comparedSystems as readonly string[]).includes(system) ? 7 : 0);
  }
  // Ten groups of clips, seeds together: enough for an interval around what was found.
  for (const { accuracy, interval } of subsets.filter(({ shown }) => shown.length === 3)) {
    if (interval) ok(interval[0] <= accuracy.mean && accuracy.mean <= interval[1]);
  }
  for (const { system, contributions } of equity) {
    const all = subset(system, "text+image+audio").accuracy.mean;
    const sum = modalities.reduce((sum, m) => sum + contributions[m].mean, 0);
    ok(Math.abs(sum - (all - 0.5)) < 1e-9);
  }
  deepEqual(equity.map(({ system }) => system), missingSystems.slice(0, -1));
  for (const { pull, majority, system } of conflicts) {
    ok(Math.abs(pull.mean + majority.mean - 1) < 1e-12);
    if (system === "Majority") equal(pull.mean, 0.5);
  }
  for (const { paid, gate } of attentionUnderConflict(outcomes)) {
    for (const share of [paid, gate].flatMap((both) => Object.values(both!))) {
      ok(share > 0 && share < 1);
    }
  }
  const learning = learningRows(learnt);
  deepEqual(learning.map(({ system }) => system), ["Proposed", "Residual fusion (ours)"]);
  for (const { imbalance, gradients } of learning) {
    ok(imbalance.mean > 0 && imbalance.mean < 1);
    ok(Math.abs(modalities.reduce((sum, m) => sum + gradients[m].mean, 0) - 3) < 1e-9);
  }
});

Deno.test("learning is what the records of training keep, worked by hand", () => {
  const epoch = (text: number, image: number, audio: number, gate: number) => ({
    gradients: { text, image, audio, "audio gate": gate },
  });
  const outcome = (seed: number, history: readonly unknown[]): Outcome => ({
    job: { ...learningPlan[0]!, seed },
    verdicts: [],
    record: { history },
  });
  // Seed 1: means 2 and 4; seed 2: mean 1.
  const [row] = learningRows([
    outcome(1, [epoch(1, 2, 3, 6), epoch(4, 4, 4, 2)]),
    outcome(2, [epoch(1, 1, 1, 1)]),
  ]);
  deepEqual(row!.gradients.text.seeds, [0.75, 1]);
  deepEqual(row!.gradients.audio.seeds, [1.25, 1]);
  deepEqual(row!.modules["audio gate"]!.seeds, [1.75, 1]);
  ok(Math.abs(row!.imbalance.seeds[0]! - Math.sqrt(1 / 12) / 2) < 1e-12);
  equal(row!.imbalance.seeds[1], 0);
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
function resultsWith({ subsets = {}, difference = 0.1, pHolm = 0.01, pull = 0.2 }: {
  readonly subsets?: Readonly<Record<string, readonly number[]>>;
  readonly difference?: number;
  readonly pHolm?: number;
  readonly pull?: number;
}): MissingRows {
  const interval = [difference - 0.1, difference + 0.1];
  const comparison = { difference, pHolm, interval, seeds: [difference, difference] };
  const rates = [
    ...sharedRates.map((rate) => ({ protocol: "shared" as const, rates: shared(rate) })),
    ...imbalancedRates.map((rates) => ({ protocol: "imbalanced" as const, rates })),
  ];
  return {
    subsets: missingSystems.flatMap((system) =>
      shownSubsets.map((shown) => ({
        ...{ system, shown, interval: [0.8, 0.95] as const },
        accuracy: score(...subsets[subsetName(shown)] ?? [0.9, 0.9]),
        ...(comparedSystems as readonly string[]).includes(system) &&
          { comparison: comparison as never },
      }))
    ),
    missing: missingSystems.flatMap((system) =>
      rates.map((one) => ({
        ...{ system, ...one },
        // The more audio is missing, the worse.
        accuracy: score(0.9 - one.rates.audio / 10),
      }))
    ),
    equity: (["Proposed", "Late fusion", "Learnt late fusion"] as const).map((system, i) => ({
      system,
      equity: score(0.5 + i / 10),
      contributions: byModality((m) => score(m === "text" && i === 1 ? -0.02 : 0.2)),
    })),
    conflicts: missingSystems.flatMap((system) =>
      modalities.map((odd: Modality) => ({
        ...{ system, odd },
        ...{ pull: score(odd === "audio" ? pull : 0.3), majority: score(0.7) },
      }))
    ),
  };
}

const learning: LearningRow[] = [{
  system: "MISA",
  imbalance: score(0.25),
  gradients: { text: score(0.5), image: score(1), audio: score(1.5) },
  modules: { "audio projection": score(1.5) },
}];

Deno.test("where it does not hold is said in words, with how many seeds agree", () => {
  const shortcomings = missingShortcomings;
  deepEqual(shortcomings(resultsWith({})), []);
  deepEqual(shortcomings(resultsWith({ subsets: { "text+image": [0.92, 0.92] } })), [
    "Showing audio beside text and image costs 0.020 (in 2 of 2 seeds).",
  ]);
  deepEqual(shortcomings(resultsWith({ pull: 0.6 })), [
    "Audio outvotes the two others in 60 % of its conflicts.",
  ]);
  const worse = shortcomings(resultsWith({ difference: -0.02 }));
  equal(worse.length, 7 * comparedSystems.length);
  equal(worse[0], "Late fusion is better than Proposed on text by 0.020.");
  match(
    shortcomings(resultsWith({ difference: -0.02, pHolm: 0.3 }))[6]!,
    /on all three by 0\.020 \(within chance\)\.$/,
  );
  const one = resultsWith({ difference: -0.02, pull: 0.6 });
  deepEqual(
    shortcomings({ ...one, subsets: one.subsets.map((row) => ({ ...row, accuracy: score(0.9) })) }),
    ["One seed: too few to say where it does not hold."],
  );
});

Deno.test("what is found is said in sentences of the rows' numbers", () => {
  const rows = resultsWith({});
  const differences = [0.03, -0.04, 0.01, 0.02, 0, 0, 0];
  const subsets = rows.subsets.map((row) =>
    row.comparison
      ? {
        ...row,
        comparison: {
          ...row.comparison,
          difference: differences[shownSubsets.indexOf(row.shown)]!,
          seeds: Array<number>(2).fill(differences[shownSubsets.indexOf(row.shown)]!),
          pHolm: row.shown.length === 1 ? 0.01 : 0.2,
        },
      }
      : row
  );
  const found = missingFindings({ ...rows, subsets }, learning);
  equal(
    found[0],
    "Proposed less late fusion is −0.040 (image) to +0.030 (text) over the seven subsets; " +
      "significantly better: audio; text; significantly worse: image.",
  );
  ok(
    found.includes(
      "With every modality missing in 50 %, Late fusion is right in 85.0 %; with rates of 0.2, 0.5 " +
        "and 0.8 in the worst order, audio the most fragile, in 82.0 %.",
    ),
  );
  ok(
    found.includes(
      "Modality equity (1: all contribute alike), from the most even: Learnt late fusion 0.700, " +
        "Late fusion 0.600, Proposed 0.500.",
    ),
  );
  ok(found.includes("Text does Late fusion harm over all subsets: −0.020."));
  equal(
    found.at(-1),
    "In training MISA, the modules of audio have 3.0 times the gradient of those of text (learning " +
      "index 0.250; 0: all alike).",
  );
});

Deno.test("the Markdown has every table, and the figures leave out what knows nothing", () => {
  const attention = modalities.map((odd) => ({
    odd,
    paid: { conflict: 0.31, agreement: 0.33 },
    gate: { conflict: 0.5, agreement: 0.5 },
  }));
  const rows = resultsWith({});
  const markdown = missingLines({ ...rows, attention, learning }).join("\n");
  match(markdown, /^Nothing that was tried did more harm/m);
  match(markdown, /^\| text and image \| 0\.900 \[0\.800, 0\.950\] \|/m);
  match(markdown, /^\| Proposed \| all three \| \+0\.100 \[0\.000, \+0\.200\] \| 0\.010 \|$/m);
  match(markdown, /^\| 0\.5 \| 0\.5 \| 0\.5 \| 0\.850 \|/m);
  match(markdown, /^\| 0\.2 \| 0\.5 \| 0\.8 \| 0\.820 \|/m);
  match(markdown, /^\| MISA \| audio projection \| 1\.500 \|$/m);
  match(markdown, /^\| audio \| 0\.700 \| 0\.200 .*\| 0\.310 \| 0\.330 \|$/m);
  // Every line of a table has as many cells as its head.
  for (const table of markdown.split("\n\n").filter((part) => part.startsWith("|"))) {
    const widths = table.trim().split("\n").map((line) => line.split(" | ").length);
    // The rule has other gaps.
    equal(new Set(widths.filter((_, i) => i !== 1)).size, 1, table);
  }
  for (
    const figure of [
      subsetsFigure(rows.subsets, { subtitle: "made up" }),
      ratesFigure(rows.missing, { subtitle: "" }),
    ]
  ) {
    const text = JSON.stringify(figure);
    ok(text.includes('"Learnt late fusion"') && !text.includes("Majority"));
  }
});
