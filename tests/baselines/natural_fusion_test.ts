import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { bestSingle } from "../../lib/baselines/best_single.ts";
import { lateFusion } from "../../lib/baselines/late_fusion.ts";
import { learntLateFusion } from "../../lib/baselines/learnt_late_fusion.ts";
import { logit, sigmoid } from "../../lib/baselines/logistic_loss.ts";
import { majority } from "../../lib/baselines/majority.ts";
import { binaryLogLoss } from "../../lib/metrics/mod.ts";
import { aucRoc } from "../../lib/metrics/roc.ts";
import type { Pair } from "../../lib/datasets/paired.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import type { Problem, System } from "../../lib/systems/system.ts";
import { polarities, type Target } from "../../lib/target.ts";
import { key, normals } from "../../lib/tensor/random.ts";
import { moods, score } from "./natural_problem.ts";
import { toldBranches } from "./told_branches.ts";

/** A row: its label, and what the branch of each modality that it shows says of it. */
interface ToldRow {
  readonly label: number;
  readonly says: { readonly [M in Modality]?: number };
}

/** Rows with told verdicts, the first `train` of them to fit on, then `validation`, the rest to ask. */
function toldProblem(
  rows: readonly ToldRow[],
  { train, validation, target = polarities }: {
    readonly train: number;
    readonly validation: number;
    readonly target?: Target;
  },
): { problem: Problem; scores: Record<Modality, number[]> } {
  const own = byModality((m) => [...rows.keys()].filter((i) => rows[i]!.says[m] !== undefined));
  const pairs: Pair[] = rows.map(({ says }, i) =>
    Object.fromEntries(
      modalities.filter((m) => says[m] !== undefined).map((m) => [m, own[m].indexOf(i)]),
    )
  );
  const part = (from: number, to: number) =>
    byModality((m) => [...own[m].keys()].filter((k) => own[m][k]! >= from && own[m][k]! < to));
  return {
    problem: {
      features: byModality((m) => ({ tables: {}, labels: own[m].map((i) => rows[i]!.label) })),
      train: part(0, train),
      validation: part(train, train + validation),
      target,
      protocol: "natural",
      pairs,
      present: modalities,
      key: key(1),
    },
    scores: byModality((m) => own[m].map((i) => rows[i]!.says[m]!)),
  };
}

function near(got: ArrayLike<number>, wanted: readonly number[], within = 1e-9) {
  equal(got.length, wanted.length);
  wanted.forEach((w, i) => ok(Math.abs(got[i]! - w) <= within, `[${i}]: ${got[i]}, not ${w}`));
}

// Of four training rows three are positive; of the two texts one, of the three images two.
const unevenly: ToldRow[] = [
  { label: 1, says: { text: 0.5, image: 0.5 } },
  { label: 0, says: { text: 0.5, image: 0.5 } },
  { label: 1, says: { image: 0.5 } },
  { label: 1, says: { audio: 0.5 } },
  { label: 0, says: { text: 0.4, image: 0.6 } },
  { label: 1, says: { text: 0.6, image: 0.4 } },
];

Deno.test("lateFusion() of rows starts from the share of the training rows, worked by hand", async () => {
  const rows: ToldRow[] = [...unevenly, { label: 1, says: { text: 3 / 4, image: 1 / 3 } }];
  const { problem, scores } = toldProblem(rows, { train: 4, validation: 2 });
  const { predict, record } = await lateFusion(toldBranches(scores)).fit(problem);
  // Odds 3 of a text against 1, 1/2 of an image against 2, and 3 of the rows: 3 · 1/4 · 3 = 9/4.
  near((await predict({ text: [4], image: [5] })).unified!, [9 / 13]);
  // A lone text that says 3/4: its odds, 3, and those of rows, 3.
  const { unified, ...heads } = await predict({ text: [4] });
  near(unified!, [9 / 10]);
  deepEqual(heads, { text: [3 / 4] });
  deepEqual(record.fusion, {
    calibration: "none",
    text: { slope: 1, offset: 0, prior: 1 / 2 },
    image: { slope: 1, offset: 0, prior: 2 / 3 },
    // One audio, positive: the other class has 1 / (n + K).
    audio: { slope: 1, offset: 0, prior: 1 - 1 / 3 },
    prior: 3 / 4,
  });
});

/** Branches that say `says[m]` of every sample. */
function always(says: { readonly [M in Modality]?: readonly number[] }) {
  return byModality((m): System => ({
    name: m,
    fit: () =>
      Promise.resolve({
        predict: (rows) => {
          const count = rows[m]!.length;
          return Promise.resolve({ [m]: Array.from({ length: count }, () => says[m]!).flat() });
        },
        record: {},
        dispose: () => Promise.resolve(),
      }),
  }));
}

Deno.test("lateFusion() of three classes multiplies what verdicts add to the shares", async () => {
  // Training rows: classes 0, 1, 1, 2; texts 0, 1, 2; images 1, 2, and so 1 / 5 for class 0.
  const rows: ToldRow[] = [
    { label: 0, says: { text: 0 } },
    { label: 1, says: { text: 0, image: 0 } },
    { label: 1, says: { audio: 0 } },
    { label: 2, says: { text: 0, image: 0 } },
    { label: 1, says: { text: 0, image: 0 } },
  ];
  const { problem } = toldProblem(rows, { train: 4, validation: 0, target: moods });
  const branches = always({ text: [1 / 2, 1 / 4, 1 / 4], image: [1 / 5, 1 / 5, 3 / 5] });
  const { predict } = await lateFusion(branches).fit(problem);
  const { unified } = await predict({ text: [3], image: [2] });
  // Class k: text / (1/3) · image / share · share of rows.
  const odds = [3 / 2 * 1 * 1 / 4, 3 / 4 * (1 / 5) / (2 / 5) * 1 / 2, 3 / 4 * (3 / 2) * 1 / 4];
  const sum = odds.reduce((a, b) => a + b, 0);
  near(unified!, odds.map((x) => x / sum));
});

Deno.test("lateFusion() of scores weights each branch by its error on validation", async () => {
  const rows: ToldRow[] = [
    { label: -1, says: { text: 0, image: 0, audio: 0 } },
    { label: 3, says: { text: 0, image: 0, audio: 0 } },
    // Texts are off by 1, images by 2; no validation row has audio, whose training labels vary by 4.
    { label: 1, says: { text: 2, image: -1 } },
    { label: 2, says: { text: 1, image: 4 } },
    { label: 0, says: { text: 1, image: 2, audio: -3 } },
  ];
  const { problem, scores } = toldProblem(rows, { train: 2, validation: 2, target: score });
  const { predict, record } = await lateFusion(toldBranches(scores)).fit(problem);
  deepEqual(record.fusion, { validationSquaredErrors: { text: 1, image: 4, audio: 4 } });
  near((await predict({ text: [4], image: [4], audio: [2] })).unified!, [
    (1 + 2 / 4 - 3 / 4) / 1.5,
  ]);
  near((await predict({ image: [4] })).unified!, [2]);
});

Deno.test("lateFusion() by Platt scaling is of two classes, and leaves alone what it can't scale", async () => {
  const platt = { calibration: "platt" } as const;
  const { problem, scores } = toldProblem(unevenly, { train: 4, validation: 2 });
  const { record } = await lateFusion(toldBranches(scores), platt).fit(problem);
  const { text, audio } = record.fusion as unknown as Record<Modality, { slope: number }>;
  ok(text.slope !== 1 && audio.slope === 1);
  for (const [target, got] of [[moods, "3"], [score, "scores"]] as const) {
    const other = toldProblem(unevenly, { train: 4, validation: 2, target });
    await rejects(lateFusion(toldBranches(other.scores), platt).fit(other.problem), {
      name: "RangeError",
      message: `Cannot calibrate Late fusion by Platt scaling: expected two classes, got ${got}`,
    });
  }
});

/**
 * 600 rows in which both text and image have one noise e: text says y + e, image y / 4 + e, each as the
 * log-odds that it has by itself. Their difference tells all, and their sum little.
 */
function dependent(): ToldRow[] {
  const next = normals(key(8));
  return Array.from({ length: 600 }, (_, i) => {
    const label = i % 2, y = 2 * label - 1, e = next();
    // Of two normal classes at ±d with the deviation 1 the log-odds of x are 2 d x.
    return { label, says: { text: sigmoid(2 * (y + e)), image: sigmoid(0.5 * (y / 4 + e)) } };
  });
}

Deno.test("learntLateFusion() finds a dependence of rows that lateFusion() can't", async () => {
  const rows = dependent();
  const { problem, scores } = toldProblem(rows, { train: 100, validation: 200 });
  const asked = rows.slice(300), places = asked.map((_, i) => 300 + i);
  const auc = async (system: System) => {
    const { predict } = await system.fit(problem);
    const { unified } = await predict({ text: places, image: places });
    return aucRoc({ actual: asked.map(({ label }) => label), scores: unified! });
  };
  const branches = toldBranches(scores);
  const [independent, learnt] = [
    await auc(lateFusion(branches)),
    await auc(learntLateFusion(branches)),
  ];
  ok(independent < 0.92, `${independent}`);
  ok(learnt > 0.999, `${learnt}`);
});

Deno.test("learntLateFusion() counts a witness once that is heard twice", async () => {
  const rows = dependent().map(({ label, says: { text } }): ToldRow => ({
    label,
    says: { text: text!, image: text! },
  }));
  const { problem, scores } = toldProblem(rows, { train: 100, validation: 200 });
  const branches = toldBranches(scores);
  const places = Array.from({ length: 300 }, (_, i) => 300 + i);
  const loss = async (system: System) => {
    const { unified } = await (await system.fit(problem)).predict({ text: places, image: places });
    return binaryLogLoss({ actual: places.map((i) => rows[i]!.label), scores: unified! });
  };
  const alone = binaryLogLoss({
    actual: places.map((i) => rows[i]!.label),
    scores: places.map((i) => scores.text[i]!),
  });
  ok(await loss(lateFusion(branches)) > alone + 0.05);
  ok(await loss(learntLateFusion(branches)) < alone + 0.01);
});

Deno.test("learntLateFusion() of rows is its record's weighted sum of centred evidence", async () => {
  const rows: ToldRow[] = [
    ...unevenly,
    { label: 1, says: { text: 0.9 } },
    { label: 0, says: { text: 0.7, image: 0.2, audio: 0.1 } },
  ];
  const { problem, scores } = toldProblem(rows, { train: 4, validation: 3 });
  const { predict, record } = await learntLateFusion(toldBranches(scores)).fit(problem);
  const { weights, bias, rows: count } = record.fusion as unknown as {
    weights: Record<Modality, number[][]>;
    bias: number[];
    rows: number;
  };
  equal(count, 3);
  // No validation row has audio.
  deepEqual(weights.audio, [[0]]);
  const mean = (of: number[]) => of.map(logit).reduce((a, b) => a + b, 0) / of.length;
  const text = weights.text[0]![0]! * (logit(0.7) - mean([0.4, 0.6, 0.9]));
  const image = weights.image[0]![0]! * (logit(0.2) - mean([0.6, 0.4]));
  ok(Math.abs(text) > 0.01 && Math.abs(image) > 0.01);
  const at = { text: [5], image: [5], audio: [1] };
  near((await predict(at)).unified!, [sigmoid(text + image + bias[0]!)], 1e-6);
  near((await predict({ text: [5] })).unified!, [sigmoid(text + bias[0]!)], 1e-6);
  near((await predict({ audio: [1] })).unified!, [sigmoid(bias[0]!)], 1e-6);
});

Deno.test("learntLateFusion() learns from what is said, not from who says something", async () => {
  // Positive rows alone have a text, of which the branch says the same each time.
  const rows = Array.from({ length: 20 }, (_, i): ToldRow => {
    const label = i % 2, image = i % 3 === 0 ? 0.2 : 0.7;
    return { label, says: label === 1 ? { text: 0.9, image } : { image } };
  });
  const { problem, scores } = toldProblem(rows, { train: 8, validation: 10 });
  const { record } = await learntLateFusion(toldBranches(scores)).fit(problem);
  const { weights } = record.fusion as unknown as { weights: Record<Modality, number[][]> };
  ok(Math.abs(weights.text[0]![0]!) < 1e-9);
});

Deno.test("learntLateFusion() needs validation rows of two classes", async () => {
  const { problem, scores } = toldProblem(unevenly, { train: 4, validation: 1 });
  const learnt = learntLateFusion(toldBranches(scores));
  await rejects(learnt.fit(problem), {
    name: "RangeError",
    message: "Cannot learn a fusion: expected validation rows of two classes or more, got 1 of one",
  });
  const { problem: none } = toldProblem(unevenly, { train: 4, validation: 0, target: score });
  await rejects(learnt.fit(none), {
    name: "RangeError",
    message: "Cannot learn a fusion: expected validation rows of some score, got no row",
  });
});

Deno.test("bestSingle() of rows asks the best of what is shown, and last what it can't rank", async () => {
  const rows: ToldRow[] = [
    ...unevenly,
    { label: 1, says: { text: 0.2, image: 0.3, audio: 0.9 } },
  ];
  const { problem, scores } = toldProblem(rows, { train: 4, validation: 2 });
  const { predict, record } = await bestSingle(toldBranches(scores)).fit(problem);
  deepEqual(record.fusion, {
    chosen: "text",
    validationAucRoc: { text: 1, image: 0, audio: NaN },
  });
  near((await predict({ text: [4], image: [5], audio: [1] })).unified!, [0.2]);
  near((await predict({ image: [5], audio: [1] })).unified!, [0.3]);
  near((await predict({ audio: [1] })).unified!, [0.9]);
});

Deno.test("bestSingle() ranks by log loss of three classes, by mean absolute error of scores", async () => {
  const says = { text: [1 / 2, 1 / 4, 1 / 4], image: [1 / 5, 1 / 5, 3 / 5] };
  const rows = [0, 1, 2, 0, 0, 2].map((label) => ({ label, says: { text: 0, image: 0 } }));
  const { problem } = toldProblem(rows, { train: 3, validation: 3, target: moods });
  const { record, predict } = await bestSingle(always(says)).fit(problem);
  const { chosen, validationLogLoss } = record.fusion as {
    chosen: Modality;
    validationLogLoss: Record<Modality, number>;
  };
  equal(chosen, "text");
  near([validationLogLoss.text, validationLogLoss.image], [
    (2 * Math.log(2) + Math.log(4)) / 3,
    (2 * Math.log(5) - Math.log(3 / 5)) / 3,
  ]);
  near((await predict({ text: [0], image: [0] })).unified!, says.text);
  const scored = toldProblem(rows, { train: 3, validation: 3, target: score });
  const errors = await bestSingle(always({ text: [1], image: [0] })).fit(scored.problem);
  deepEqual(errors.record.fusion, {
    chosen: "image",
    validationMeanAbsoluteError: { text: 1, image: 2 / 3 },
  });
});

Deno.test("majority says of rows what training rows are, and by head what samples are", async () => {
  const { problem } = toldProblem(unevenly, { train: 4, validation: 2 });
  const { predict, record } = await majority().fit(problem);
  deepEqual(record, {
    protocol: "natural",
    labels: { text: 1, image: 1, audio: 1 },
    unified: 1,
  });
  const { unified, ...heads } = await predict({ text: [2, 3], image: [3, 4] });
  deepEqual([...Array.from(unified!)], [3 / 4, 3 / 4]);
  near(heads.text!, [1 / 2, 1 / 2]);
  near(heads.image!, [2 / 3, 2 / 3]);
  const [of3, ofScores] = await Promise.all([moods, score].map(async (target) => {
    const { problem } = toldProblem(unevenly, { train: 4, validation: 2, target });
    return Array.from((await (await majority().fit(problem)).predict({ audio: [0] })).unified!);
  }));
  // Frequencies as they are; the median of 1, 0, 1, 1.
  deepEqual([of3, ofScores], [[1 / 4, 3 / 4, 0], [1]]);
});
