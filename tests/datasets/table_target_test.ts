import { deepEqual, throws } from "node:assert/strict";
import { readTarget, type TargetOptions } from "../../lib/datasets/table_target.ts";
import { defaultValence } from "../../lib/datasets/valence.ts";

function target(labels: string[], options: Partial<TargetOptions> = {}) {
  return readTarget(labels, { valence: defaultValence, path: "set.csv", ...options });
}

Deno.test("what labels look like says what is learnt", () => {
  const kinds = (labels: string[]) => {
    const { target: learnt, values } = target(labels);
    return [learnt.kind === "score" ? [learnt.low, learnt.high] : learnt.classes, values];
  };
  deepEqual(kinds(["1", "0", "1.0"]), [["negative", "positive"], [1, 0, 1]]);
  deepEqual(kinds(["1", "-1", "+1.0"]), [["negative", "positive"], [1, 0, 1]]);
  deepEqual(kinds(["1", "-1", "0"]), [[-1, 1], [1, -1, 0]]);
  deepEqual(kinds(["HAP", "ang", "neu", "exc"]), [["negative", "positive"], [1, 0, undefined, 1]]);
  deepEqual(kinds(["joy", "Sad", "neutral"]), [["negative", "positive"], [1, 0, undefined]]);
  deepEqual(kinds(["Fun", "dull", " fun"]), [["dull", "fun"], [1, 0, 1]]);
  deepEqual(kinds(["-3", "2.5", "0"]), [[-3, 3], [-3, 2.5, 0]]);
  deepEqual(kinds(["-1", "0.2", "1"]), [[-1, 1], [-1, 0.2, 1]]);
  deepEqual(kinds(["0.5", "1"]), [[0, 1], [0.5, 1]]);
  deepEqual(kinds(["-7.5", "2"]), [[-8, 2], [-7.5, 2]]);
  // As programs and word processors write numbers.
  deepEqual(kinds(["-0.3333333333333333", "1e-05", " 1.2000000476837158", "\u22122", ".5"]), [
    [-3, 3],
    [-0.3333333333333333, 1e-5, 1.2000000476837158, -2, 0.5],
  ]);
  // As float32 prints.
  deepEqual(kinds(["-0.6666666865348816", "1e-1"]), [[-1, 1], [-0.6666666865348816, 0.1]]);
});

Deno.test("whole numbers are classes or scores only on request", () => {
  const stars = ["1", "5", "3", "5"];
  throws(() => target(stars), /--target score learns numbers as scores/);
  deepEqual(target(stars, { target: "score" }).target, { kind: "score", low: 1, high: 5 });
  const { target: classes, values } = target(stars, { target: "classes" });
  deepEqual(classes, { kind: "classes", classes: ["1", "3", "5"] });
  deepEqual(values, [0, 2, 1, 2]);
  const range = { kind: "score", low: 0, high: 10 } as const;
  deepEqual(target(stars, { target: range }).target, range);
});

Deno.test("classes are in their usual order, and a map leaves out or renames", () => {
  const { target: sentiments, values } = target(["Positive", "neutral", "negative", "pos"], {
    target: "classes",
  });
  deepEqual(sentiments, { kind: "classes", classes: ["negative", "neutral", "positive"] });
  deepEqual(values, [2, 1, 0, 2]);
  const mapped = target(["joy", "other", "anger", "grief"], {
    target: "classes",
    labels: { other: "excluded", grief: "negative", anger: "negative", joy: "positive" },
  });
  deepEqual(mapped.target, { kind: "classes", classes: ["negative", "positive"] });
  deepEqual(mapped.values, [1, undefined, 0, 0]);
  deepEqual(mapped.counts[1], {
    ...{ label: "other", emotion: "excluded", meaning: "excluded", rows: 1 },
  });
  const numbers = target(["10", "2", "2.0"], { target: "classes" });
  deepEqual(numbers.target, { kind: "classes", classes: ["2", "10"] });
});

Deno.test("labels of which the target can make nothing are refused with their counts", () => {
  const scores = { target: "score" } as const;
  throws(() => target(["1", "high", "high", ""], scores), {
    name: "RangeError",
    message: 'Cannot read "set.csv": expected a number as every label, got also "high" (2), "" (1)',
  });
  throws(() => target(["1", "Infinity"], scores), /every label, got also "Infinity" \(1\)/);
  throws(
    () => target(["1", "6"], { target: { kind: "score", low: 1, high: 5 } }),
    /expected scores from 1 to 5, got 6/,
  );
  throws(() => target(["2", "2"], scores), /expected scores that differ, got 2/);
  throws(
    () => target(["fun", "fun"], { target: "classes" }),
    /two classes or more, got "fun" \(2\)/,
  );
  throws(() => target(["joy", "glee", "dull"]), /--target classes learns every label as a class/);
});
