import { deepEqual, equal, notDeepEqual, throws } from "node:assert/strict";
import type { Polarity } from "../../lib/modality.ts";
import type { Sample } from "../../lib/datasets/sample.ts";
import { auditSplit } from "../../lib/datasets/audit.ts";
import { emoboxFolds, foldSplit, groupedSplit, statementSplit } from "../../lib/datasets/split.ts";
import { parts } from "../../lib/datasets/parts.ts";
import { fold, key, uniforms } from "../../lib/tensor/random.ts";

function sample(id: number, group: string, label: Polarity): Sample {
  return {
    id: String(id),
    modality: "audio",
    source: { path: String(id) },
    emotion: label === 1 ? "happy" : "sad",
    label,
    group,
    hash: String(id),
  };
}

/** Groups of the sizes given, a sample in `period` positive. */
function groupsOf(sizes: readonly number[], { period = 2 } = {}): Sample[] {
  let id = 0;
  return sizes.flatMap((size, group) =>
    Array.from({ length: size }, () => sample(id, `g${group}`, id++ % period === 0 ? 1 : 0))
  );
}

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

Deno.test("groupedSplit() places every sample once and no group on two sides", () => {
  for (const seed of seeds) {
    const random = uniforms(fold(key(seed), "sizes"));
    const samples = groupsOf(Array.from({ length: 40 }, () => 1 + Math.floor(30 * random())));
    const split = groupedSplit(samples, { key: key(seed) });
    const all = parts.flatMap((part) => split[part]);
    deepEqual(all.toSorted((a, b) => a - b), samples.map((_, i) => i));
    const groups = parts.map((part) => new Set(split[part].map((i) => samples[i]!.group)));
    equal(groups.reduce((sum, set) => sum + set.size, 0), 40);
    for (const part of parts) deepEqual(split[part], split[part].toSorted((a, b) => a - b));
  }
});

Deno.test("groupedSplit() meets sizes and shares to a sample with thousands of singletons", () => {
  const samples = groupsOf(new Array(5000).fill(1), { period: 4 });
  for (const seed of seeds) {
    const split = groupedSplit(samples, { key: key(seed) });
    const count = (part: "train" | "validation" | "test", label: Polarity) =>
      split[part].filter((i) => samples[i]!.label === label).length;
    // 1,250 positive and 3,750 negative, by 0.7, 0.1 and 0.2.
    const wanted = { train: [2625, 875], validation: [375, 125], test: [750, 250] };
    for (const part of parts) {
      for (const polarity of [0, 1] as const) {
        equal(Math.abs(count(part, polarity) - wanted[part][polarity]!) <= 1, true);
      }
    }
  }
});

Deno.test("groupedSplit() divides equal groups as Sainte-Laguë does", () => {
  // Quotas 16.8, 2.4 and 4.8 of 24; 4.9, 0.7 and 1.4 of 7.
  for (const [groups, wanted] of [[24, [17, 2, 5]], [7, [5, 1, 1]]] as const) {
    const samples = groupsOf(new Array(groups).fill(10));
    for (const seed of seeds) {
      const split = groupedSplit(samples, { key: key(seed) });
      deepEqual(parts.map((part) => split[part].length / 10), wanted);
    }
  }
});

Deno.test("groupedSplit() stays near the fractions with two dozen unequal groups", () => {
  for (const seed of seeds) {
    const random = uniforms(fold(key(seed), "sizes"));
    const samples = groupsOf(Array.from({ length: 24 }, () => 60 + Math.floor(45 * random())), {
      period: 3,
    });
    const split = groupedSplit(samples, { key: key(seed) });
    const wanted = { train: 0.7, validation: 0.1, test: 0.2 };
    for (const part of parts) {
      const positive = split[part].filter((i) => samples[i]!.label === 1).length;
      // A group is about a twenty-fourth of all.
      equal(Math.abs(split[part].length / samples.length - wanted[part]) < 1 / 24, true);
      equal(Math.abs(positive / split[part].length - 1 / 3) < 0.02, true);
    }
  }
});

Deno.test("groupedSplit() balances polarity even where each group has one only", () => {
  let id = 0;
  const samples = Array.from({ length: 60 }, (_, group) => group).flatMap((group) =>
    Array.from({ length: 5 }, () => sample(id++, `g${group}`, group < 20 ? 1 : 0))
  );
  for (const seed of seeds) {
    const split = groupedSplit(samples, { key: key(seed) });
    const positive = parts.map((part) =>
      split[part].filter((i) => samples[i]!.label === 1).length / 5
    );
    deepEqual(positive, [14, 2, 4]);
  }
});

Deno.test("groupedSplit() gives each part a group, down to three groups", () => {
  for (const sizes of [[1, 1, 1], [100, 1, 1], [1, 100, 100], [5, 5, 5, 5]]) {
    for (const seed of seeds) {
      const samples = groupsOf(sizes).map((sample) => ({ ...sample, label: 1 as const }));
      const split = groupedSplit(samples, { key: key(seed) });
      for (const part of parts) equal(split[part].length > 0, true);
    }
  }
});

Deno.test("groupedSplit() gives each part both polarities, if only three groups have one, or says how many it takes", () => {
  const withFew = (few: number) =>
    groupsOf(new Array(200 + few).fill(1)).map((sample, i): Sample => ({
      ...sample,
      label: i < 200 ? 0 : 1,
    }));
  for (const few of [3, 4, 5]) {
    for (let seed = 0; seed < 50; seed++) {
      const split = groupedSplit(withFew(few), { key: key(seed) });
      for (const part of parts) equal(split[part].some((i) => i >= 200), true);
    }
  }
  throws(() => groupedSplit(withFew(2), { key: key(1) }), {
    name: "RangeError",
    message: /expected positive samples in 3 groups or more, one for each part, got 2 in 2$/,
  });
});

Deno.test("groupedSplit() repeats itself for a key, and each group can be in any part", () => {
  const samples = groupsOf(new Array(7).fill(4));
  deepEqual(groupedSplit(samples, { key: key(1) }), groupedSplit(samples, { key: key(1) }));
  notDeepEqual(groupedSplit(samples, { key: key(1) }), groupedSplit(samples, { key: key(2) }));
  const tested = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const { test } = groupedSplit(samples, { key: key(seed) });
    for (const i of test) tested.add(samples[i]!.group);
  }
  equal(tested.size, 7);
});

Deno.test("groupedSplit() divides by another key when given one", () => {
  const samples = groupsOf([50, 50]);
  const split = groupedSplit(samples, { key: key(1), by: ({ hash }) => hash });
  deepEqual(parts.map((part) => split[part].length), [70, 10, 20]);
});

Deno.test("groupedSplit() refuses two groups and fractions that leave a part empty", () => {
  throws(() => groupedSplit(groupsOf([5, 5]), { key: key(1) }), {
    name: "RangeError",
    message: "Cannot split 10 samples: expected 3 groups or more, got 2",
  });
  const samples = groupsOf([5, 5, 5, 5]);
  const cases: [number, number, RegExp][] = [
    [0, 0.1, /a test fraction between 0 and 1, got 0/],
    [0.2, -1, /a validation fraction between 0 and 1, got -1/],
    [0.5, 0.5, /a train fraction between 0 and 1, got 0/],
    [NaN, 0.1, /a test fraction between 0 and 1, got NaN/],
  ];
  for (const [testFraction, validationFraction, message] of cases) {
    throws(() => groupedSplit(samples, { key: key(1), testFraction, validationFraction }), {
      name: "RangeError",
      message,
    });
  }
});

const actors = Array.from({ length: 24 }, (_, i) => `actor ${String(i + 1).padStart(2, "0")}`);
const clips = actors.flatMap((actor, i) => [sample(2 * i, actor, 0), sample(2 * i + 1, actor, 1)]);

Deno.test("emoboxFolds hold each of the 24 actors once", () => {
  deepEqual(emoboxFolds.flat().sort(), actors);
});

Deno.test("foldSplit() tests on the fold, validates on the next and trains on the rest", () => {
  const actorsOf = (
    indices: readonly number[],
  ) => [...new Set(indices.map((i) => clips[i]!.group))];
  const first = foldSplit(clips, { fold: 1 });
  deepEqual(actorsOf(first.test), ["actor 01", "actor 11", "actor 20", "actor 21"]);
  deepEqual(actorsOf(first.validation), ["actor 04", "actor 10", "actor 12", "actor 14"]);
  equal(actorsOf(first.train).length, 16);
  const last = foldSplit(clips, { fold: 6 });
  deepEqual(actorsOf(last.test), ["actor 06", "actor 13", "actor 17", "actor 22"]);
  deepEqual(last.validation, first.test);
  const tested = [1, 2, 3, 4, 5, 6].flatMap((fold) => foldSplit(clips, { fold }).test);
  deepEqual(tested.sort((a, b) => a - b), clips.map((_, i) => i));
});

Deno.test("foldSplit() refuses a fold that is none, a group in no fold and an empty part", () => {
  for (const fold of [0, 7, 1.5]) {
    throws(() => foldSplit(clips, { fold }), {
      name: "RangeError",
      message: `Cannot split: expected a fold from 1 to 6, got ${fold}`,
    });
  }
  throws(() => foldSplit([sample(7, "actor 25", 1)], { fold: 1 }), {
    message: 'Cannot split: expected "7" in a fold, got group "actor 25" in none',
  });
  throws(() =>
    foldSplit(clips.filter(({ group }) => group > "actor 04"), {
      fold: 1,
      folds: [
        ["actor 01"],
        actors.slice(1),
      ],
    }), { message: "Cannot split at fold 1: expected train samples, got none" });
});

const groupsIn = (samples: readonly Sample[], indices: readonly number[]) =>
  [...new Set(indices.map((i) => samples[i]!.group))].sort();

Deno.test("foldSplit() validates on actors drawn from all other folds when told how many", () => {
  const drawn = new Set<string>();
  for (const seed of seeds) {
    const split = foldSplit(clips, { fold: 2, validation: { groups: 4, key: key(seed) } });
    deepEqual(groupsIn(clips, split.test), ["actor 04", "actor 10", "actor 12", "actor 14"]);
    equal(groupsIn(clips, split.validation).length, 4);
    equal(groupsIn(clips, split.train).length, 16);
    equal(auditSplit(clips, split).unused, 0);
    for (const actor of groupsIn(clips, split.validation)) drawn.add(actor);
    // The order of the samples says nothing.
    const turned = clips.toReversed();
    const other = foldSplit(turned, { fold: 2, validation: { groups: 4, key: key(seed) } });
    deepEqual(groupsIn(turned, other.validation), groupsIn(clips, split.validation));
  }
  equal(drawn.size > 10, true);
  for (const groups of [0, 20, 1.5]) {
    throws(() => foldSplit(clips, { fold: 2, validation: { groups, key: key(1) } }), {
      name: "RangeError",
      message: `Cannot split: expected from 1 to 19 groups to validate on, got ${groups}`,
    });
  }
});

/** Six actors say two sentences, each once in joy and once in sorrow. */
const spoken = Array.from({ length: 24 }, (_, i) => ({
  ...sample(i, actors[i >> 2]!, (i & 1) as Polarity),
  emotion: i & 2 ? "dogs" : "kids",
}));
const statementOf = ({ emotion }: Sample) => emotion;

Deno.test("statementSplit() tests on a sentence, and validates on actors, that training never hears", () => {
  const options = { statementOf, test: "dogs", validation: { groups: 2, key: key(1) } };
  const split = statementSplit(spoken, options);
  deepEqual(split.test, spoken.flatMap(({ emotion }, i) => emotion === "dogs" ? [i] : []));
  deepEqual(parts.map((part) => split[part].length), [8, 4, 12]);
  // The statement tested, and the groups of all others.
  const undivided = {
    by: (sample: Sample) => statementOf(sample) === "dogs" ? "dogs" : sample.group,
    byName: "dogs to test, groups of the rest",
  };
  const report = auditSplit(spoken, split, undivided);
  equal(report.by, "dogs to test, groups of the rest");
  equal(report.unused, 0);
  // A clip of another sentence in the test part, or a validated actor's in the training part, is a leak.
  const [first, ...rest] = split.train;
  const [heard, ...unheard] = split.validation;
  for (
    const leak of [
      { ...split, train: rest, test: [...split.test, first!] },
      { ...split, train: [...split.train, heard!], validation: unheard },
    ]
  ) {
    throws(
      () => auditSplit(spoken, leak, undivided),
      /groups of the rest in two parts/,
    );
  }
});

Deno.test("statementSplit() with test groups keeps voice and sentence from training", () => {
  const testGroups = ["actor 02", "actor 05"];
  const split = statementSplit(spoken, {
    ...{ statementOf, test: "kids", testGroups, validation: { groups: 1, key: key(1) } },
  });
  deepEqual(groupsIn(spoken, split.test), testGroups);
  deepEqual(parts.map((part) => split[part].length), [6, 2, 4]);
  equal(auditSplit(spoken, split).unused, 12);
  for (const part of parts) {
    for (const i of split[part]) equal(spoken[i]!.emotion === "kids", part === "test");
  }
});

Deno.test("statementSplit() refuses a sentence that nobody says, and too many actors to validate on", () => {
  const validation = { groups: 1, key: key(1) };
  throws(() => statementSplit(spoken, { statementOf, test: "cats", validation }), {
    message: "Cannot split by statement cats: expected test samples, got none",
  });
  throws(
    () =>
      statementSplit(spoken, {
        ...{ statementOf, test: "dogs" },
        validation: { ...validation, groups: 6 },
      }),
    { message: "Cannot split: expected from 1 to 5 groups to validate on, got 6" },
  );
});
