import { deepEqual, equal, throws } from "node:assert/strict";
import { splitNotes, useGivenSplit } from "../../lib/datasets/given_split.ts";
import { leakText } from "../../lib/datasets/leaks.ts";
import type { Sample } from "../../lib/datasets/sample.ts";
import type { Target } from "../../lib/target.ts";
import { key } from "../../lib/tensor/random.ts";
import { labelled } from "./labelled_samples.ts";

const split = { train: [0, 1, 2, 3, 4, 5], validation: [6, 7, 8], test: [9, 10, 11] };

/** Twelve samples of two classes in turn, a group each, with changes by index. */
function samples(changes: Readonly<Record<number, Partial<Sample>>> = {}): Sample[] {
  return labelled(Array.from({ length: 12 }, (_, i) => i % 2), (i) => `g${i}`)
    .map((sample, i) => ({ ...sample, ...changes[i] }));
}

// In training: a copy of 9, a picture like 10, and a text like 11; in validation a copy of 9; a speaker of test.
const leaking = samples({
  0: { hash: "same" },
  1: { nearDuplicates: "look" },
  2: { source: { text: "It's so" } },
  3: { group: "ann" },
  6: { hash: "same" },
  9: { hash: "same", group: "ann" },
  10: { nearDuplicates: "look" },
  11: { source: { text: "it&#39;s SO!" } },
});

Deno.test("a given split is kept as it is by default, and its leaks are counted", () => {
  const { split: used, report } = useGivenSplit(leaking, split, { key: key(1) });
  deepEqual(used, split);
  deepEqual(
    report.leaks!.map(({ what, values, samples }) => [what, values, Object.values(samples)]),
    [
      ["group", 1, [1, 0, 1]],
      ["hash", 1, [1, 1, 1]],
      ["near-duplicates", 1, [1, 0, 1]],
      ["normalised text", 1, [1, 0, 1]],
    ],
  );
  equal(
    leakText(report.leaks![1]!),
    'hash in two parts, 1 times (1 of train, 1 of validation, 1 of test): "same" (s0 in train, s6 in validation)',
  );
  equal(splitNotes(report).length, 4);
  deepEqual(splitNotes(useGivenSplit(samples(), split, { key: key(1) }).report), []);
});

Deno.test("copies of test samples are dropped from training and validation, a speaker's are not", () => {
  const { split: used, report } = useGivenSplit(leaking, split, { key: key(1), leaks: "drop" });
  deepEqual(used, { train: [3, 4, 5], validation: [7, 8], test: [9, 10, 11] });
  deepEqual(report.dropped, { train: 3, validation: 1 });
  equal(report.unused, 4);
  deepEqual(report.leaks!.map(({ what }) => what), ["group"]);
  const [leak, dropped] = splitNotes(report);
  equal(
    leak!.startsWith("the split leaks: group in two parts, 1 times (1 of train, 1 of test)"),
    true,
  );
  equal(dropped, "4 copies of test samples are left out: 3 of train, 1 of validation");
});

Deno.test("a given split that leaks is refused if that is asked for", () => {
  const refuse = { key: key(1), leaks: "refuse" } as const;
  throws(() => useGivenSplit(leaking, split, refuse), /share nothing, got\n- group .*\n- hash .*/);
  deepEqual(useGivenSplit(samples(), split, refuse).split, split);
});

Deno.test("where no validation part is given, groups of training are drawn for one", () => {
  const many = labelled(Array.from({ length: 100 }, (_, i) => i % 2), (i) => `g${i >> 1}`);
  const train = many.slice(0, 80).map((_, i) => i);
  const test = many.slice(80).map((_, i) => 80 + i);
  const given = { train, validation: [], test };
  const { split: used, report } = useGivenSplit(many, given, { key: key(1), leaks: "refuse" });
  equal(used.validation.length, 10);
  deepEqual([...used.train, ...used.validation].sort((a, b) => a - b), train);
  deepEqual(used.test, test);
  equal(report.validationDrawn, 10);
  deepEqual(splitNotes(report), [
    "the split has no validation part: 10 samples are drawn from train, by group",
  ]);
  throws(
    () =>
      useGivenSplit(samples(), { train: [0, 1], validation: [], test: [2, 3] }, { key: key(1) }),
    /expected negative samples in 2 groups or more, one for each part, got 1 in 1; positive, got/,
  );
});

Deno.test("of several classes a given part may lack one, which is told; of two it is refused", () => {
  const target: Target = { kind: "classes", classes: ["a", "b", "c", "unheard"] };
  const three = samples().map((sample, i) => ({ ...sample, label: i % 3 }));
  const given = { ...split, test: [9, 10] };
  const { report } = useGivenSplit(three, given, { key: key(1), target });
  deepEqual(report.lacking, ["c in test"]);
  deepEqual(report.samples.test, { a: 1, b: 1, c: 0, unheard: 0 });
  equal(splitNotes(report)[0], "the split lacks c in test");
  throws(
    () => useGivenSplit(samples(), { ...split, test: [9, 11] }, { key: key(1) }),
    /no negative sample in test, 2 positive$/,
  );
  throws(
    () => useGivenSplit(three, { ...split, test: [] }, { key: key(1), target }),
    /no sample in test$/,
  );
});

Deno.test("a part of one score throughout is refused", () => {
  const target: Target = { kind: "score", low: 0, high: 9 };
  const scored = samples().map((sample, i) => ({ ...sample, label: i < 9 ? i : 9 }));
  throws(
    () => useGivenSplit(scored, split, { key: key(1), target }),
    /no two scores that differ in test$/,
  );
});
