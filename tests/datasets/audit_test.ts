import { deepEqual, equal, throws } from "node:assert/strict";
import { auditEncoder, auditSplit } from "../../lib/datasets/audit.ts";
import type { Sample } from "../../lib/datasets/sample.ts";

/** Two samples of each polarity in each of three parts; sample i is of group i. */
function clean(): Sample[] {
  return Array.from({ length: 12 }, (_, i) => ({
    id: `text.csv:${i + 2}`,
    modality: "text",
    source: { text: `message ${i}` },
    emotion: i % 2 === 0 ? "fear" : "joy",
    label: i % 2 === 0 ? 0 : 1,
    group: `g${i}`,
    hash: `h${i}`,
  }));
}

const split = { train: [0, 1, 2, 3], validation: [4, 5, 6, 7], test: [8, 9, 10, 11] };

/** {@linkcode clean}, with changes to some samples by index. */
function changed(changes: Readonly<Record<number, Partial<Sample>>>): Sample[] {
  return clean().map((sample, i) => ({ ...sample, ...changes[i] }));
}

Deno.test("auditSplit() reports counts of a clean split", () => {
  const samples = changed({ 1: { group: "g0" } });
  deepEqual(auditSplit(samples, { ...split, test: [8, 9, 10] }), {
    by: "group",
    samples: {
      train: { positive: 2, negative: 2 },
      validation: { positive: 2, negative: 2 },
      test: { positive: 1, negative: 2 },
    },
    groups: { train: 3, validation: 4, test: 3 },
    unused: 1,
  });
});

Deno.test("auditSplit() catches a group, a hash or a text in two parts, with the samples' ids", () => {
  const cases: [Record<number, Partial<Sample>>, RegExp][] = [
    [
      { 1: { group: "ann" }, 9: { group: "ann" } },
      /- group in two parts, 1 times \(1 of train, 1 of test\): "ann" \(text\.csv:3 in train, text\.csv:11 in test\)$/,
    ],
    [
      { 1: { hash: "abc" }, 5: { hash: "abc" } },
      /- hash in two parts, 1 times \(1 of train, 1 of validation\): "abc" \(text\.csv:3 in train, text\.csv:7 in validation\)$/,
    ],
    [
      { 4: { source: { text: "Don't!" } }, 8: { source: { text: "dont" } } },
      /- normalised text in two parts, 1 times \(1 of validation, 1 of test\): "dont" \(text\.csv:6 in validation, .*:10 in test\)$/,
    ],
    [
      { 0: { nearDuplicates: "abc" }, 11: { nearDuplicates: "abc" } },
      /- near-duplicates in two parts, 1 times \(1 of train, 1 of test\): "abc" \(text\.csv:2 in train, .*:13 in test\)$/,
    ],
  ];
  for (const [changes, message] of cases) {
    throws(() => auditSplit(changed(changes), split), { name: "Error", message });
  }
});

Deno.test("auditSplit() counts the near-duplicates that it found together", () => {
  const samples = changed({
    0: { nearDuplicates: "a" },
    1: { nearDuplicates: "a" },
    9: { nearDuplicates: "b" },
    // In no part.
    10: { nearDuplicates: "a" },
    11: { nearDuplicates: "c" },
  });
  equal(auditSplit(samples, { ...split, test: [8, 9] }).nearDuplicates, 2);
});

Deno.test("auditSplit() lists every kind of leak at once, and the first few of many", () => {
  const samples = clean().map((sample, i) => ({
    ...sample,
    group: `g${i % 4}`,
    hash: `h${i % 5}`,
  }));
  throws(() => auditSplit(samples, split), (error: Error) => {
    const lines = error.message.split("\n");
    equal(lines.length, 3);
    equal(lines[1]!.startsWith("- group in two parts, 4 times"), true);
    equal(lines[1]!.endsWith("; …"), true);
    equal(lines[1]!.match(/in train/g)!.length, 3);
    equal(lines[2]!.startsWith("- hash in two parts, 5 times"), true);
    return true;
  });
});

Deno.test("auditSplit() says that samples of one class can't be divided, whatever the division", () => {
  const joyful = clean().map((sample) => ({ ...sample, label: 1 }));
  for (const mayLeak of [false, true]) {
    throws(() => auditSplit(joyful, split, { mayLeak }), {
      name: "RangeError",
      message: "Cannot split: expected samples of negative, positive, got 12 positive",
    });
  }
});

Deno.test("auditSplit() catches indices shared, repeated or out of range", () => {
  const cases: [Partial<typeof split>, RegExp][] = [
    [{ test: [8, 9, 0] }, /- 1 indices more than once: 0 \(train, test\)$/],
    [{ test: [8, 9, 9] }, /- 1 indices more than once: 9 \(test, test\)$/],
    [{ test: [8, 9, 12, -1] }, /- 2 indices outside 0 to 11: 12; -1$/],
  ];
  for (const [part, message] of cases) {
    throws(() => auditSplit(clean(), { ...split, ...part }), { name: "Error", message });
  }
});

Deno.test("auditSplit() catches an empty part and a part of one class", () => {
  const cases: [Partial<typeof split>, RegExp][] = [
    [{ validation: [] }, /- no sample in validation$/],
    [{ test: [8, 10] }, /- no positive sample in test, 2 negative$/],
    [{ train: [1] }, /- no negative sample in train, 1 positive$/],
  ];
  for (const [part, message] of cases) {
    throws(() => auditSplit(clean(), { ...split, ...part }), { name: "Error", message });
  }
});

Deno.test("auditSplit() checks another key when the split was made by it, and reports which", () => {
  const samples = clean().map((sample) => ({ ...sample, group: "one" }));
  throws(() => auditSplit(samples, split), { message: /group in two parts/ });
  const byHash = { by: ({ hash }: Sample) => hash, byName: "hash" };
  const report = auditSplit(samples, split, byHash);
  equal(report.by, "hash");
  deepEqual(report.groups, { train: 4, validation: 4, test: 4 });
  const byEmotion = { by: ({ emotion }: Sample) => emotion, byName: "emotion" };
  throws(() => auditSplit(samples, split, byEmotion), { message: /emotion in two parts, 2 times/ });
});

Deno.test("auditEncoder() lets an encoder be tested on samples that it has not met", () => {
  const trainedOn = new Set(["h0", "h1", "h4", "another corpus's"]);
  auditEncoder(clean(), split, { id: "trained text", trainedOn });
});

Deno.test("auditEncoder() refuses test samples that an encoder was trained on, or their likes", () => {
  const trainedOn = new Set(["h0", "h9"]);
  const encoder = { id: "trained text", trainedOn };
  const likes = changed({
    0: { nearDuplicates: "look" },
    8: { group: "g0" },
    10: { nearDuplicates: "look" },
    11: { nearDuplicates: "another look" },
  });
  throws(() => auditEncoder(likes, split, encoder), {
    name: "Error",
    message: `Cannot test encoder "trained text": expected samples that it has not met, got
- trained on themselves, 1 of 4: text.csv:11
- trained on their group, 2 of 4: text.csv:10; text.csv:11
- trained on near-duplicates, 1 of 4: text.csv:12`,
  });
  const key = { by: ({ hash }: Sample) => hash, byName: "hash" };
  const others = { ...encoder, trainedOn: new Set(["h0"]) };
  auditEncoder(changed({ 8: { group: "g0" } }), split, others, key);
});
