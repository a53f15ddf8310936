import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { divideGroups, indicesByGroup } from "../../lib/datasets/divide_groups.ts";
import { groupedSplit } from "../../lib/datasets/split.ts";
import { parts } from "../../lib/datasets/parts.ts";
import type { Target } from "../../lib/target.ts";
import { fold, key, permutation, uniforms } from "../../lib/tensor/random.ts";
import { labelled } from "./labelled_samples.ts";

const classes = ["anger", "fear", "joy", "love", "sadness"];
const target: Target = { kind: "classes", classes };

Deno.test("no part lacks one of five classes, whatever the seed, if three groups have it", () => {
  for (let seed = 0; seed < 100; seed++) {
    const next = uniforms(fold(key(seed), "labels"));
    // Two hundred groups of one or two samples, most of two classes; of the others three groups each.
    const groups = Array.from({ length: 200 }, () => [Math.floor(2 * next())]);
    const order = permutation(key(seed), 200);
    for (let c = 2; c < 5; c++) {
      for (let g = 0; g < 3; g++) groups[order[3 * (c - 2) + g + (g && c % 2)]!]!.push(c);
    }
    const names = groups.flatMap((labels, g) => labels.map(() => `g${g}`));
    const samples = labelled(groups.flat(), (i) => names[i]!);
    const having = classes.map((_, c) => groups.filter((labels) => labels.includes(c)).length);
    const split = groupedSplit(samples, { key: key(seed), target });
    for (const part of parts) {
      const there = new Set(split[part].map((i) => samples[i]!.label));
      classes.forEach((_, c) => ok(having[c]! < 3 || there.has(c)));
    }
  }
});

Deno.test("groups of several rare classes are drawn again until each part has all of them", () => {
  // Only one of each kind in each part will do, and the first draw rarely has it.
  const labels = [[2, 3], [2, 3], [2], [3], [2, 4], [3, 4], [4]];
  const names = labels.flatMap((own, g) => own.map(() => `g${g}`));
  const samples = labelled(
    [...labels.flat(), ...Array.from({ length: 60 }, (_, i) => i % 2)],
    (i) => names[i] ?? `other ${i}`,
  );
  for (let seed = 0; seed < 50; seed++) {
    const split = groupedSplit(samples, { key: key(seed), target });
    for (const part of parts) equal(new Set(split[part].map((i) => samples[i]!.label)).size, 5);
  }
});

Deno.test("too few groups of classes are refused with what there is of each", () => {
  const samples = labelled(
    [...Array.from({ length: 40 }, (_, i) => i % 2), 2, 2, 2, 3, 4, 4],
    (i) => (i < 42 ? `g${i}` : i < 43 ? "g40" : `h${i}`),
  );
  throws(() => groupedSplit(samples, { key: key(1), target }), {
    name: "RangeError",
    message: "Cannot split: expected joy samples in 3 groups or more, one for each part, " +
      "got 3 in 2; love, got 1 in 1; sadness, got 2 in 2",
  });
});

Deno.test("no part is empty where there are three groups, however many strata they have", () => {
  const scores: Target = { kind: "score", low: -3, high: 3 };
  for (const count of [3, 4, 5, 6, 7]) {
    for (let seed = 0; seed < 20; seed++) {
      const samples = labelled(Array.from({ length: count }, (_, i) => i - 3), (i) => `g${i}`);
      const split = groupedSplit(samples, { key: key(seed), target: scores });
      ok(parts.every((part) => split[part].length > 0), `${count} groups, seed ${seed}`);
    }
  }
});

Deno.test("what no division can give is refused", () => {
  // Three groups have both classes; four parts can't.
  const strata = { names: ["a", "b", "c"], of: [0, 1, 2, 0, 1, 2, 0, 1, 2], areNeeded: true };
  const groups = [[0, 1], [2, 3], [4, 5], [6, 7, 8]];
  throws(() => divideGroups(groups, { strata, fractions: [0.4, 0.3, 0.3], key: key(1) }), {
    name: "RangeError",
    message: /^Cannot split 4 groups: expected a division in which each part has every class/,
  });
  const free = { ...strata, areNeeded: false };
  const divided = divideGroups(groups, { strata: free, fractions: [0.4, 0.3, 0.3], key: key(1) });
  deepEqual(divided.flat().sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

Deno.test("indicesByGroup() has groups in the order in which they come first", () => {
  deepEqual(indicesByGroup(["b", "a", "b"]), [[0, 2], [1]]);
});
