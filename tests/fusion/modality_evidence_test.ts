import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { linearProbe } from "../../lib/baselines/linear_probe.ts";
import { logit } from "../../lib/baselines/logistic_loss.ts";
import { evidenceFolds } from "../../lib/fusion/evidence_folds.ts";
import { fitModalityEvidence } from "../../lib/fusion/modality_evidence.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { moods, naturalProblem, score, targets } from "../baselines/natural_problem.ts";
import { mostlyOnes, problem, withLabels } from "../baselines/tiny_problem.ts";
import { type Log, told } from "../baselines/told_branches.ts";
import { range, tinyFeatures } from "../systems/tiny_corpus.ts";

const groupsOfTwo = (count: number) => Array.from({ length: count }, (_, i) => `g${i >> 1}`);

function withGroups(own: Problem): Problem {
  const { features } = own;
  const groups = groupsOfTwo(features.text.labels.length);
  return { ...own, features: { ...features, text: { ...features.text, groups } } };
}

Deno.test("evidenceFolds() has every training row once, and divides no group", () => {
  const { folds, areOfGroups } = evidenceFolds(withGroups(problem), "text", 5);
  equal(areOfGroups, true);
  equal(folds.length, 5);
  deepEqual(folds.flat().sort((a, b) => a - b), problem.train.text);
  for (const fold of folds) {
    for (const place of fold) ok(fold.includes(place ^ 1), `${place} without its fellow`);
  }
  equal(evidenceFolds(problem, "text", 5).areOfGroups, false);
});

Deno.test("fitModalityEvidence() judges a training row by a probe that has not met its group", async () => {
  const log: Log = { fitted: [], disposed: [] };
  const says = Array.from({ length: 40 }, (_, i) => (i + 1) / 42);
  const own = withGroups(problem);
  const evidence = await fitModalityEvidence(own, "text", {
    probeOf: () => told("text", says, log),
  });
  const ofFolds = log.fitted.filter(({ train }) => train.text.length < 24);
  // Five to choose the strength by, five of that strength, and one on all.
  deepEqual([log.fitted.length, ofFolds.length], [11, 10]);
  for (const { train: { text }, validation } of ofFolds) {
    deepEqual([...text, ...validation.text].sort((a, b) => a - b), own.train.text);
    for (const row of text) ok(text.includes(row ^ 1), `${row} without its fellow`);
  }
  const judged = ofFolds.slice(5).flatMap(({ validation }) => validation.text);
  deepEqual(judged.sort((a, b) => a - b), own.train.text);
  equal(evidence.outOfFold.length, 24);
});

Deno.test("fitModalityEvidence() takes the strength of the lowest loss over all folds", async () => {
  const asked: (readonly number[] | undefined)[] = [];
  const loss: Record<number, (rows: number) => number> = {
    // The larger folds decide, though most folds are small.
    0.1: (rows) => (rows > 4 ? 1 : 3),
    0.5: (rows) => (rows > 4 ? 2.5 : 1),
  };
  const groups = Array.from({ length: 40 }, (_, i) => (i < 16 ? "large" : `g${i}`));
  const { features } = problem;
  const own = { ...problem, features: { ...features, text: { ...features.text, groups } } };
  const { record } = await fitModalityEvidence(own, "text", {
    probeOf(strengths) {
      asked.push(strengths);
      const { fit, ...rest } = told("text", new Array<number>(40).fill(0.5));
      const trials = (rows: number) =>
        Object.entries(loss).map(([C, of]) => ({ C: Number(C), validationLogLoss: of(rows) }));
      return {
        ...rest,
        fit: async (part) => ({
          ...await fit(part),
          record: { text: { trials: trials(part.validation.text.length) } },
        }),
      };
    },
  });
  equal(record.C, 0.1);
  deepEqual(asked, [undefined, undefined, undefined, undefined, undefined, [0.1]]);
  // 16 of 24 rows are in the large fold.
  const wanted = [{ C: 0.1, loss: (16 + 8 * 3) / 24 }, { C: 0.5, loss: (16 * 2.5 + 8) / 24 }];
  deepEqual(record.trials, wanted);
});

Deno.test("fitModalityEvidence() is a temperature on log-odds less the prior's", async () => {
  // Three of four training texts are positive.
  const uneven = withLabels("text", mostlyOnes);
  const says = Array.from({ length: 40 }, (_, i) => i % 4 === 3 ? 0.2 : 0.9);
  const { of, outOfFold, record } = await fitModalityEvidence(uneven, "text", {
    probeOf: () => told("text", says),
  });
  const { slope, offset: [offset] } = record.temperature as { slope: number; offset: number[] };
  const wanted = (p: number) => slope * (logit(p) - logit(3 / 4)) + offset!;
  const [first, second] = await of([3, 36]);
  ok(Math.abs(first! - wanted(0.2)) < 1e-12);
  ok(Math.abs(second! - wanted(0.9)) < 1e-12);
  ok(Math.abs(outOfFold[3]! - wanted(0.2)) < 1e-12);
});

Deno.test("evidence of rows that say little is less sure out of fold than of rows that were met", async () => {
  const counts = { text: 40, image: 40, audio: 40 };
  const noise = { ...problem, features: tinyFeatures(counts, { signal: 0.3 }) };
  // Of a strength that lets a probe learn its rows by heart.
  const { outOfFold, of, record } = await fitModalityEvidence(noise, "text", {
    probeOf: () => linearProbe({ strengths: [100] }),
  });
  const meanOf = (z: Float64Array) =>
    noise.train.text.reduce((sum, row, i) => sum + (row % 2 === 1 ? z[i]! : -z[i]!), 0) / 24;
  ok(meanOf(await of(noise.train.text)) > meanOf(outOfFold));
  ok((record.temperature as { slope: number }).slope < 0.5);
});

Deno.test("fitModalityEvidence() tells classes and scores, of a part of the modalities too", async () => {
  for (const [name, target] of Object.entries(targets)) {
    const { problem, exams } = naturalProblem(target);
    const exam = exams.find(({ shown }) => shown.join() === "image")!;
    const { of, outOfFold, score: told } = await fitModalityEvidence(problem, "image");
    const width = target === moods ? 3 : 1;
    equal(outOfFold.length, problem.train.image.length * width, name);
    const z = await of(exam.rows.image!);
    const right = exam.labels.filter((y, i) => {
      const own = z.subarray(i * width, (i + 1) * width);
      if (target === moods) return own.indexOf(Math.max(...own)) === y;
      if (target !== score) return (own[0]! > 0) === (y === 1);
      return Math.abs(own[0]! + told!.mean - y) < 1.5;
    });
    ok(right.length >= 0.8 * exam.labels.length, `${name}: ${right.length}`);
    if (target === score) ok(told!.told > 2 * told!.prior);
  }
});

Deno.test("fitModalityEvidence() reads no row but those of its parts", async () => {
  const log: Log = { fitted: [], disposed: [] };
  const says = new Array<number>(40).fill(0.5);
  await fitModalityEvidence({ ...problem, train: range(0, 10) }, "image", {
    probeOf: () => told("image", says, log),
  });
  const known = new Set([...range(0, 10).image, ...problem.validation.image]);
  for (const { train, validation, present, protocol } of log.fitted) {
    deepEqual([present, protocol], [["image"], "single"]);
    ok([...train.image, ...validation.image].every((row) => known.has(row)));
  }
});

Deno.test("fitModalityEvidence() needs two training rows", async () => {
  await rejects(
    fitModalityEvidence({ ...problem, train: range(0, 1) }, "audio"),
    /RangeError: Cannot divide audio into folds: expected 2 training rows or more, got 1/,
  );
});
