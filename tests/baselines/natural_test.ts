import { deepEqual, equal, notDeepEqual, ok, rejects } from "node:assert/strict";
import * as baselines from "../../lib/baselines/mod.ts";
import { byModality, type Modality } from "../../lib/modality.ts";
import type { Problem, System } from "../../lib/systems/system.ts";
import { mostLikely, type Target, verdictWidth } from "../../lib/target.ts";
import { withOtherRows } from "../systems/tiny_corpus.ts";
import { inTurn, moods, naturalProblem, targets } from "./natural_problem.ts";

const systems = [
  baselines.linearProbe(),
  baselines.clipProbe(),
  baselines.lateFusion(),
  baselines.learntLateFusion(),
  baselines.bestSingle(),
  baselines.majority(),
  baselines.shuffledLabels(baselines.linearProbe()),
];
const ofOne: readonly (readonly [Modality, System])[] = [
  ["text", baselines.tfIdfRegression()],
  ["audio", baselines.mfccRegression()],
];

/** Fails unless there is a verdict of the target for each of `count` samples. */
function checkVerdicts(verdicts: ArrayLike<number>, count: number, target: Target) {
  const width = verdictWidth(target), all = Array.from(verdicts);
  equal(all.length, count * width);
  const [low, high] = target.kind === "score" ? [target.low, target.high] : [0, 1];
  ok(all.every((p) => p >= low && p <= high), `${all}`);
  for (let at = 0; width > 1 && at < all.length; at += width) {
    const sum = all.slice(at, at + width).reduce((a, b) => a + b, 0);
    ok(Math.abs(sum - 1) < 1e-9, `${sum}`);
  }
}

/** The share of right classes, or one less the mean error over that of the middle score. */
function skill(verdicts: ArrayLike<number>, labels: readonly number[], target: Target): number {
  if (target.kind === "score") {
    const error = (of: (i: number) => number) =>
      labels.reduce((sum, y, i) => sum + Math.abs(of(i) - y), 0);
    return 1 - error((i) => verdicts[i]!) / error(() => 0);
  }
  const width = verdictWidth(target), all = Array.from(verdicts);
  const right = labels.filter((y, i) => mostLikely(all.slice(i * width, (i + 1) * width)) === y);
  return right.length / labels.length;
}

for (const [kind, target] of Object.entries(targets)) {
  const { problem, exams } = naturalProblem(target);
  for (const system of systems) {
    Deno.test(`${system.name} judges rows by what they show, of ${kind}`, async () => {
      const fitted = await system.fit(problem);
      deepEqual(exams.map(({ shown }) => shown), inTurn);
      for (const { shown, rows, labels } of exams) {
        const heads = await fitted.predict(rows);
        deepEqual(Object.keys(heads), [...shown, "unified"]);
        for (const verdicts of Object.values(heads)) checkVerdicts(verdicts, labels.length, target);
        const reached = skill(heads.unified!, labels, target);
        const learns = system.name !== "Majority" && system.name !== "Shuffled labels";
        if (learns) ok(reached > (target.kind === "score" ? 0.35 : 0.8), `${shown}: ${reached}`);
      }
      await fitted.dispose();
    });

    Deno.test(`${system.name} answers where training lacks what rows show, of ${kind}`, async () => {
      // No training row has audio, no validation row an image; test rows have both.
      const lacking = naturalProblem(target, {
        shows: (row) => {
          const all = inTurn[row % 4]!;
          const own = row < 80
            ? all.filter((m) => m !== "audio")
            : row < 120
            ? all.filter((m) => m === "text")
            : row % 4 === 3
            ? ["audio"] as const
            : all;
          return own.length > 0 ? own : ["text"];
        },
      });
      const { predict } = await system.fit(lacking.problem);
      deepEqual(lacking.exams.map(({ shown }) => shown.join()), [
        ...["text,image,audio", "text,audio", "image", "audio"],
      ]);
      for (const { shown, rows, labels } of lacking.exams) {
        const { unified, ...heads } = await predict(rows);
        deepEqual(Object.keys(heads), shown.filter((m) => m !== "audio"));
        checkVerdicts(unified!, labels.length, target);
        // Of nothing that was learnt, all rows are alike.
        if (shown.join() !== "audio") continue;
        const all = Array.from(unified!), first = all.slice(0, verdictWidth(target));
        deepEqual(all, labels.flatMap(() => first));
      }
    });
  }

  for (const [m, system] of ofOne) {
    Deno.test(`${system.name} judges rows that show ${m}, and refuses others, of ${kind}`, async () => {
      const { predict } = await system.fit(problem);
      for (const { shown, rows, labels } of exams) {
        if (!shown.includes(m)) {
          await rejects(() => predict(rows), {
            name: "RangeError",
            message: `Cannot predict from ${shown.join(" and ")}: expected ${m}`,
          });
          continue;
        }
        const heads = await predict(rows);
        deepEqual(Object.keys(heads), [m, "unified"]);
        deepEqual(heads.unified, heads[m]);
        checkVerdicts(heads.unified!, labels.length, target);
        if (m === "text") ok(skill(heads.unified!, labels, target) > 0.5);
      }
      const train = { ...problem.train, [m]: [] };
      await rejects(system.fit({ ...problem, train }), {
        name: "RangeError",
        message: `Cannot fit ${system.name}: expected ${m} samples in the training part, got none`,
      });
    });
  }
}

Deno.test("no baseline looks at a test row, and all judge other samples alike", async () => {
  const { problem, exams } = naturalProblem(moods);
  const test = byModality((m) => exams.flatMap(({ rows }) => [...rows[m] ?? []]));
  const changed = withOtherRows(problem.features, test);
  const texts = { text: { ...changed.text, texts: problem.features.text.texts! } };
  const features: Problem["features"] = { ...changed, ...texts };
  for (const system of systems) {
    const fitted = await system.fit(problem);
    const other = await system.fit({ ...problem, features });
    deepEqual(other.record, fitted.record, system.name);
    for (const { rows } of exams) {
      deepEqual(await other.predict(rows, problem.features), await fitted.predict(rows));
      if (system.name === "Majority") continue;
      notDeepEqual(await other.predict(rows), await fitted.predict(rows));
    }
  }
});

Deno.test("rows are needed in the training part", async () => {
  const { problem } = naturalProblem(moods);
  for (const system of systems) {
    await rejects(
      system.fit({ ...problem, pairs: [] }),
      /RangeError: Cannot fit .*: expected rows in the training part, got none/,
      system.name,
    );
  }
});

Deno.test("triples of three classes are learnt and judged as of two", async () => {
  const { problem: rows } = naturalProblem(moods, { shows: () => ["text", "image", "audio"] });
  const problem: Problem = { ...rows, protocol: "label" };
  const test = Array.from({ length: 40 }, (_, i) => 120 + i);
  const labels = test.map((i) => rows.features.text.labels[i]!);
  for (const system of systems) {
    const { predict } = await system.fit(problem);
    const { unified } = await predict(byModality(() => test));
    checkVerdicts(unified!, 40, moods);
    if (system.name === "Majority") {
      deepEqual(Array.from(unified!).slice(0, 3), [1 / 3, 1 / 3, 1 / 3]);
    } else if (system.name !== "Shuffled labels") ok(skill(unified!, labels, moods) > 0.9);
  }
});
