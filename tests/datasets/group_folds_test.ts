import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import { auditSplit } from "../../lib/datasets/audit.ts";
import { groupFolds, leaveOneGroupOut } from "../../lib/datasets/group_folds.ts";
import type { Target } from "../../lib/target.ts";
import { key } from "../../lib/tensor/random.ts";
import { labelled } from "./labelled_samples.ts";

const three: Target = { kind: "classes", classes: ["bad", "fair", "good"] };

// Twenty speakers with nine samples each, three of each class.
const samples = labelled(
  Array.from({ length: 180 }, (_, i) => i % 3),
  (i) => `speaker ${String(Math.floor(i / 9)).padStart(2, "0")}`,
);

const groupsIn = (indices: readonly number[]) =>
  [...new Set(indices.map((i) => samples[i]!.group))].sort();

Deno.test("groupFolds() tests each group once, trains and validates on all others", () => {
  const folds = groupFolds(samples, { k: 5, key: key(1), target: three });
  equal(folds.length, 5);
  deepEqual(
    folds.flatMap(({ test }) => test).sort((a, b) => a - b),
    samples.map((_, i) => i),
  );
  for (const split of folds) {
    equal(auditSplit(samples, split, { target: three }).unused, 0);
    // A fifth of twenty groups, and an eighth of the sixteen left.
    deepEqual(
      [split.test, split.validation, split.train].map((part) => groupsIn(part).length),
      [4, 2, 14],
    );
  }
  notDeepEqual(folds[0]!.validation, folds[1]!.validation);
  deepEqual(groupFolds(samples, { k: 5, key: key(1), target: three }), folds);
  notDeepEqual(groupFolds(samples, { k: 5, key: key(2), target: three }), folds);
});

Deno.test("groupFolds() gives each fold every class that enough groups have, or says how many it takes", () => {
  // Each group has one class; eight groups have the rare one.
  const rare = labelled(
    Array.from({ length: 100 }, (_, i) => (i < 8 ? 2 : i % 2)),
    (i) => `g${i}`,
  );
  for (let seed = 0; seed < 20; seed++) {
    for (
      const { train, validation, test } of groupFolds(rare, { k: 5, key: key(seed), target: three })
    ) {
      for (const part of [train, validation, test]) ok(part.some((i) => rare[i]!.label === 2));
    }
  }
  throws(() => groupFolds(rare, { k: 9, key: key(1), target: three }), {
    name: "RangeError",
    message:
      "Cannot split: expected good samples in 9 groups or more, one for each part, got 8 in 8",
  });
  // The folds have one each, but what is left of two groups can't train and validate as well.
  const two = labelled([2, 2, ...Array.from({ length: 98 }, (_, i) => i % 2)], (i) => `g${i}`);
  throws(
    () => groupFolds(two, { k: 2, key: key(1), target: three }),
    /expected good samples in 2 groups or more, one for each part, got 1 in 1$/,
  );
});

Deno.test("groupFolds() refuses less than two folds, and a share that is none", () => {
  for (const k of [1, 0, 2.5, NaN]) {
    throws(() => groupFolds(samples, { k, key: key(1), target: three }), {
      message: `Cannot split into folds: expected 2 folds or more, got ${k}`,
    });
  }
  throws(
    () => groupFolds(samples, { k: 2, key: key(1), target: three, validationShare: 1 }),
    /expected a validation share between 0 and 1, got 1$/,
  );
});

Deno.test("leaveOneGroupOut() tests each group alone, in the order of their names", () => {
  const splits = leaveOneGroupOut(samples.toReversed(), { key: key(1), target: three });
  const tested = splits.map(({ test }) => samples.toReversed()[test[0]!]!.group);
  deepEqual(tested, groupsIn(samples.map((_, i) => i)));
  for (const split of splits) {
    equal(split.test.length, 9);
    equal(auditSplit(samples.toReversed(), split, { target: three }).unused, 0);
  }
  throws(
    () => leaveOneGroupOut(samples.slice(0, 18), { key: key(1), target: three }),
    /expected 2 groups or more, got 1$/,
  );
});

Deno.test("folds of scores hold their thirds in equal shares, and the drawn groups by another key", () => {
  const score: Target = { kind: "score", low: -3, high: 3 };
  const scored = labelled(Array.from({ length: 90 }, (_, i) => i / 15 - 3), (i) => `g${i}`);
  for (const { test } of groupFolds(scored, { k: 3, key: key(1), target: score })) {
    const thirds = [0, 0, 0];
    for (const i of test) thirds[Math.floor(i / 30)]!++;
    deepEqual(thirds, [10, 10, 10]);
  }
  const halves = groupFolds(scored, {
    ...{ k: 2, key: key(1), target: score },
    by: ({ id }) => String(Number(id.slice(1)) % 6),
  });
  for (const { test } of halves) equal(new Set(test.map((i) => i % 6)).size, 3);
});
