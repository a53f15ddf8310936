import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { lateFusion } from "../../lib/baselines/late_fusion.ts";
import { linearProbe } from "../../lib/baselines/linear_probe.ts";
import { logit, sigmoid } from "../../lib/baselines/logistic_loss.ts";
import { independencePrediction } from "../../lib/metrics/independence.ts";
import { aucRoc } from "../../lib/metrics/roc.ts";
import { byModality, modalities } from "../../lib/modality.ts";
import { fold, key, normals } from "../../lib/tensor/random.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { range, withOtherRows } from "../systems/tiny_corpus.ts";
import { mostlyOnes, problem, test, withLabels } from "./tiny_problem.ts";
import { toldBranches } from "./told_branches.ts";

const labelled: Problem = { ...problem, protocol: "label" };

function near(got: ArrayLike<number>, wanted: readonly number[], within = 1e-9) {
  equal(got.length, wanted.length);
  wanted.forEach((w, i) => ok(Math.abs(got[i]! - w) <= within, `[${i}]: ${got[i]}, not ${w}`));
}

const always = (score: number) => new Array<number>(40).fill(score);

Deno.test("lateFusion() multiplies odds, worked by hand", async () => {
  // Half of each training part is positive. Odds 3, 1/2 and 4 make 6; 3 and 4 make 12.
  const branches = toldBranches({
    text: always(3 / 4),
    image: always(1 / 3),
    audio: always(4 / 5),
  });
  const { predict } = await lateFusion(branches, { calibration: "none" }).fit(labelled);
  near((await predict({ text: [1], image: [2], audio: [3] })).unified!, [6 / 7]);
  near((await predict({ text: [1], audio: [3] })).unified!, [12 / 13]);
});

Deno.test("lateFusion() counts a prior once only", async () => {
  // Three of four training texts are positive, so that a verdict of 3/4 on a text says nothing.
  const branches = toldBranches({
    text: always(3 / 4),
    image: always(1 / 3),
    audio: always(1 / 2),
  });
  const uneven = { ...withLabels("text", mostlyOnes), protocol: "label" } as const;
  const { predict, record } = await lateFusion(branches, { calibration: "none" }).fit(uneven);
  near((await predict({ text: [1], image: [2], audio: [3] })).unified!, [1 / 3]);
  deepEqual(record.fusion, {
    calibration: "none",
    text: { slope: 1, offset: 0, prior: 3 / 4 },
    image: { slope: 1, offset: 0, prior: 1 / 2 },
    audio: { slope: 1, offset: 0, prior: 1 / 2 },
  });
});

Deno.test("lateFusion() calibrates on validation: a branch that is sure and wrong loses its say", async () => {
  // Of the validation rows 24 to 31 the odd ones are positive; images are right on all of them.
  const scores = {
    text: Array.from({ length: 40 }, (_, i) => i % 4 < 2 ? 0.999 : 0.001),
    image: Array.from({ length: 40 }, (_, i) => i % 2 === 1 ? 0.9 : 0.1),
    audio: always(0.5),
  };
  const unified = async (calibration: "platt" | "none") => {
    const { predict } = await lateFusion(toldBranches(scores), { calibration }).fit(labelled);
    return (await predict({ text: [34], image: [33], audio: [33] })).unified![0]!;
  };
  ok(await unified("none") < 0.05);
  ok(await unified("platt") > 0.9);
});

Deno.test("lateFusion() takes calibration from no row but the validation part's", async () => {
  const scores = byModality((m) =>
    Array.from({ length: 40 }, (_, i) => (((i + m.length) * 7) % 11 + 1) / 13)
  );
  const fusion = async (features: CorpusFeatures) =>
    (await lateFusion(toldBranches(scores), { calibration: "platt" }).fit({
      ...labelled,
      features,
    })).record;
  const own = await fusion(problem.features);
  const others = byModality((m) => [...problem.train[m], ...test[m]]);
  deepEqual(await fusion(withOtherRows(problem.features, others)), own);
  const valid = problem.validation.text.filter((i) => i % 3 === 0);
  const changed = withOtherRows(problem.features, byModality(() => valid));
  ok(JSON.stringify(await fusion(changed)) !== JSON.stringify(own));
});

Deno.test("lateFusion() needs validation samples of both labels to calibrate by", async () => {
  const ones = byModality(() => problem.validation.text.filter((i) => i % 2 === 1));
  await rejects(
    lateFusion(toldBranches(byModality(() => always(0.5))), { calibration: "platt" }).fit({
      ...labelled,
      validation: ones,
    }),
    /RangeError: Cannot calibrate logits: .* of both classes, got 4 labels, 4 of them positive/,
  );
});

Deno.test("lateFusion adds up the logits of one linear probe a modality", async () => {
  const probes = await linearProbe().fit(problem);
  const { predict, record } = await lateFusion().fit(labelled);
  const alone = byModality(() => [] as number[]);
  for (const m of modalities) {
    alone[m] = Array.from((await probes.predict({ [m]: test[m] }))[m]!);
  }
  const { unified, ...heads } = await predict(test);
  for (const m of modalities) near(heads[m]!, alone[m]);
  const sums = alone.text.map((_, i) =>
    modalities.reduce((sum, m) => sum + logit(alone[m][i]!), 0)
  );
  near(unified!, sums.map(sigmoid));
  deepEqual(Object.keys(record.branches as object), ["text", "image", "audio"]);
});

/** One number a sample, normal, the classes `distance` deviations apart. */
function normalFeatures(count: number, distance: Readonly<Record<string, number>>): CorpusFeatures {
  return byModality((m) => {
    const next = normals(fold(key(9), m));
    const labels = Array.from({ length: count }, (_, i) => i % 2 as 0 | 1);
    const data = Float32Array.from(labels, (y) => next() + (y - 0.5) * distance[m]!);
    const mask = { shape: [count, 1], data: new Float32Array(count).fill(1) };
    return { tables: { states: { shape: [count, 1, 1], data }, mask }, labels };
  });
}

Deno.test("lateFusion of independent views reaches what independence predicts", async () => {
  const features = normalFeatures(6000, { text: 1.5, image: 1, audio: 0.5 });
  const rows = range(2000, 6000);
  const { predict } = await lateFusion().fit({
    ...labelled,
    features,
    train: range(0, 1000),
    validation: range(1000, 2000),
  });
  const { unified, ...heads } = await predict(rows);
  const auc = (scores: ArrayLike<number>) =>
    aucRoc({ actual: rows.text.map((i) => i % 2), scores });
  const predicted = independencePrediction({ aucs: modalities.map((m) => auc(heads[m]!)) });
  ok(predicted.auc > auc(heads.text!) + 0.03);
  // The deviation of an AUC over 4,000 samples is about 0.005.
  near([auc(unified!)], [predicted.auc], 0.01);
});
