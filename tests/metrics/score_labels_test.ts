import { deepEqual, equal, throws } from "node:assert/strict";
import { cutLabels, roundedLabels } from "../../lib/metrics/mod.ts";

const classesOf = (scores: readonly number[], most: number) =>
  roundedLabels({ actual: scores, predicted: scores }, most).actual;

Deno.test("roundedLabels() rounds a half to the even neighbour, on both sides of 0", () => {
  const halves = [-2.5, -1.5, -0.5, -0, 0, 0.5, 1.5, 2.5];
  deepEqual(classesOf(halves, 3), [1, 1, 3, 3, 3, 3, 5, 5]);
  // The float64 on either side of a half goes to its own side.
  const hair = 2 ** -52;
  deepEqual(classesOf([0.5 + hair, 0.5 - hair, -0.5 - hair, -0.5 + hair], 3), [4, 3, 2, 3]);
});

Deno.test("roundedLabels() clips before it rounds", () => {
  deepEqual(classesOf([-9, -3.5, -2.6, 2.6, 3.5, 9], 3), [0, 0, 0, 6, 6, 6]);
  deepEqual(classesOf([-3, -1.5, 1.5, 3], 2), [0, 0, 4, 4]);
  equal(roundedLabels({ actual: [0], predicted: [0] }, 2).classes, 5);
});

Deno.test("cutLabels() puts a cut into the class below it, as float64 and as float32", () => {
  const cuts = [-0.7, -0.1, 0.1, 0.7];
  const { actual, predicted, classes } = cutLabels({
    actual: cuts,
    predicted: Float32Array.from(cuts),
  }, cuts);
  deepEqual(actual, [0, 1, 2, 3]);
  deepEqual(predicted, [0, 1, 2, 3]);
  equal(classes, 5);
  const beside = { actual: [-0.699, -0.099, 0.101, 0.701], predicted: [-5, -0, 0, 5] };
  deepEqual(cutLabels(beside, cuts), { actual: [1, 2, 3, 4], predicted: [0, 2, 2, 4], classes: 5 });
});

Deno.test("scores are not sorted by what is no scale", () => {
  const pairs = { actual: [0], predicted: [0] };
  for (const most of [0, 1.5, NaN]) {
    throws(() => roundedLabels(pairs, most), /RangeError: Cannot round scores: .* got (0|1.5|NaN)/);
  }
  for (const cuts of [[], [1, 0], [1, 1]]) {
    throws(() => cutLabels(pairs, cuts), {
      name: "RangeError",
      message: `Cannot cut scores: expected rising cuts, got [${cuts.join(", ")}]`,
    });
  }
  throws(() => cutLabels(pairs, [NaN]), /expected a finite number in cuts\[0\], got NaN/);
});
