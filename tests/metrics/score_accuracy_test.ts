import { equal, ok, throws } from "node:assert/strict";
import * as metrics from "../../lib/metrics/score_accuracy.ts";
import { agree } from "./reference.ts";
import { agreesOnScores } from "./regression_reference.ts";

Deno.test("accuracies and F1 of scores agree with numpy and scikit-learn, by name", () => {
  const { acc2BelowAbove: _, f1WeightedBelowAbove: __, ...measures } = metrics;
  for (const [name, measure] of Object.entries(measures)) agreesOnScores(name, measure);
  equal(Object.keys(measures).length, 10);
});

Deno.test("the three measures called Acc-2 differ in where they put a zero", () => {
  const pairs = { actual: [0, 0, -1, 1], predicted: [0.5, -0.5, 0, 1] };
  equal(metrics.acc2NegativeNonNegative(pairs), 2 / 4); // 0 with 0.5, and 1.
  equal(metrics.acc2NegativePositive(pairs), 2 / 2); // A prediction of 0 is negative.
  equal(metrics.acc2NonPositivePositive(pairs), 3 / 4); // 0 with −0.5, −1 with 0, and 1.
});

Deno.test("weighted F1 weighs by what is true, so the order of the arguments matters", () => {
  // Truth: one negative, three positive. F1 2/3 and 4/5, weighted (2/3 + 3 · 4/5) / 4.
  const pairs = { actual: [-1, 1, 1, 1], predicted: [-1, -1, 1, 1] };
  agree(metrics.f1WeightedNegativePositive(pairs), (1 * 2 / 3 + 3 * 4 / 5) / 4, "as it is");
  const swapped = { actual: pairs.predicted, predicted: pairs.actual };
  agree(metrics.f1WeightedNegativePositive(swapped), (2 * 2 / 3 + 2 * 4 / 5) / 4, "swapped");
});

Deno.test("what is measured without zeros is not a number where nothing else is", () => {
  const pairs = { actual: [0, -0], predicted: [1, -1] };
  ok(Number.isNaN(metrics.acc2NegativePositive(pairs)));
  ok(Number.isNaN(metrics.f1WeightedNegativePositive(pairs)));
});

Deno.test("acc2BelowAbove() leaves out the middle, and a middle that went through float32", () => {
  const stars = { actual: [1, 3, 3, 5], predicted: [2, 9, 1, 3] };
  equal(metrics.acc2BelowAbove(stars, 3), 1 / 2);
  const narrow = { actual: [Math.fround(0.3), 0.3, 0.4], predicted: [0.4, 0.4, 0.4] };
  equal(metrics.acc2BelowAbove(narrow, 0.3), 1);
  throws(() => metrics.acc2BelowAbove(stars, NaN), /expected a finite number/);
});

Deno.test("accuracies of scores refuse what is not a pair of finite scores", () => {
  const { acc2BelowAbove, f1WeightedBelowAbove, ...measures } = metrics;
  const all = [
    ...Object.values(measures),
    (pairs: Parameters<typeof acc2BelowAbove>[0]) => acc2BelowAbove(pairs, 1),
    (pairs: Parameters<typeof acc2BelowAbove>[0]) => f1WeightedBelowAbove(pairs, 1),
  ];
  for (const measure of all) {
    throws(() => measure({ actual: [1], predicted: [] }), /expected 1 values, as in actual, got 0/);
    throws(() => measure({ actual: [], predicted: [] }), /expected at least one sample/);
    throws(
      () => measure({ actual: [1, 1], predicted: [1, "1" as unknown as number] }),
      /RangeError: .* expected a finite number in predicted\[1\], got "1"/,
    );
  }
});
