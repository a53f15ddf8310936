import { deepEqual, equal, ok } from "node:assert/strict";
import { bootstrapInterval, expandedLevel, recallMacro } from "../../lib/metrics/mod.ts";
import { key, uniforms } from "../../lib/tensor/random.ts";
import {
  differenceByGroup,
  type Judgements,
  polarityJudgements,
  scoreByGroup,
} from "../../experiments/by_group.ts";
import { samples } from "./made_up.ts";

/** Three classes, of eight groups of unlike size. */
const noise = uniforms(key(3));
const actual = Array.from({ length: 120 }, (_, i) => i % 3);
const predictedOf = (right: number) =>
  actual.map((own) => noise() < right ? own : Math.floor(3 * noise()));
const groups = actual.map((_, i) => `actor ${Math.floor(Math.sqrt(i) * 0.72)}`);
const judgements = (right: number): Judgements => ({
  actual,
  predicted: predictedOf(right),
  classes: 3,
  groups,
});

Deno.test("accuracy and mean recall are those of all verdicts, worked by hand", () => {
  // Class 0: 2 of 3 right; class 1: 0 of 1; class 2 is never true.
  const own = {
    actual: [0, 0, 0, 1],
    predicted: [0, 2, 0, 0],
    classes: 3,
    groups: ["a", "a", "b", "b"],
  };
  deepEqual(scoreByGroup(own, "accuracy"), { estimate: 0.5, interval: null });
  deepEqual(scoreByGroup(own, "recall"), { estimate: 1 / 3, interval: null });
});

Deno.test("an interval is that of the bootstrap of whole groups over rows, expanded", () => {
  const own = judgements(0.6);
  equal(new Set(groups).size, 8);
  const { estimate, low, high } = bootstrapInterval({
    count: actual.length,
    clusters: groups,
    statistic: (rows) =>
      recallMacro({
        actual: Array.from(rows, (row) => own.actual[row]!),
        predicted: Array.from(rows, (row) => own.predicted[row]!),
        classes: 3,
      }),
    key: key(0),
    resamples: 2000,
    level: expandedLevel(8),
  });
  const { estimate: ours, interval } = scoreByGroup(own, "recall");
  ok(Math.abs(ours - estimate) < 1e-12);
  ok(Math.abs(interval![0] - low) < 1e-12 && Math.abs(interval![1] - high) < 1e-12);
  ok(low < estimate && estimate < high);
});

Deno.test("a difference is of the same draws: of a system and itself it is 0 without doubt", () => {
  const first = judgements(1), second = judgements(0.2);
  deepEqual(differenceByGroup({ first, second: first }, "recall"), {
    estimate: 0,
    interval: [0, 0],
  });
  const there = differenceByGroup({ first, second }, "accuracy");
  const back = differenceByGroup({ first: second, second: first }, "accuracy");
  ok(there.interval![0] > 0);
  for (
    const [a, b] of [[there.interval![0], -back.interval![1]], [there.estimate, -back.estimate]]
  ) {
    ok(Math.abs(a! - b!) < 1e-12);
  }
});

Deno.test("five groups have no interval, six have one", () => {
  const of = (count: number): Judgements => ({
    actual: Array.from({ length: 2 * count }, (_, i) => i % 2),
    predicted: Array.from({ length: 2 * count }, () => 1),
    classes: 2,
    groups: Array.from({ length: 2 * count }, (_, i) => `${Math.floor(i / 2)}`),
  });
  equal(scoreByGroup(of(5), "recall").interval, null);
  // Each group has one of two right, whichever are drawn.
  deepEqual(scoreByGroup(of(6), "recall").interval, [0.5, 0.5]);
});

Deno.test("polarities of all seeds are judged together, in the groups of their clips", () => {
  const predictions = (scores: number[]) => ({
    ...{ exam: "audio", head: "audio" as const, labels: [1, 0], scores },
    ids: { audio: ["audio 5", "audio 6"] },
  });
  const answers = [[0.7, 0.2], [0.1, 0.6]].map((scores, at) => ({
    seed: at + 1,
    predictions: predictions(scores),
  }));
  deepEqual(polarityJudgements(answers, samples), {
    actual: [1, 0, 1, 0],
    predicted: [1, 0, 0, 1],
    groups: ["group 0", "group 1", "group 0", "group 1"],
    classes: 2,
  });
});
