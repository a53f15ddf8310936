import { deepEqual, ok, throws } from "node:assert/strict";
import { calibrationLine } from "../../lib/metrics/calibration_line.ts";
import { agree } from "./reference.ts";
import { agreesOnScores, regressionCases } from "./regression_reference.ts";

Deno.test("calibrationLine() agrees with scipy's linregress", () => {
  agreesOnScores("slope", (pairs) => calibrationLine(pairs).slope);
  agreesOnScores("intercept", (pairs) => calibrationLine(pairs).intercept);
});

Deno.test("calibrationLine() agrees with values worked by hand", () => {
  // Deviations −1, 0, 1 of the prediction and −2/3, 1/3, 1/3 of the truth: 1 / 2, and 2/3 − 1/2 · 2.
  const { slope, intercept } = calibrationLine({ actual: [0, 1, 1], predicted: [1, 2, 3] });
  agree(slope, 1 / 2, "slope");
  agree(intercept, 2 / 3 - 1, "intercept");
});

Deno.test("predictions moved along their line are calibrated", () => {
  const { actual, predicted } = regressionCases[0]!;
  const { slope, intercept } = calibrationLine({ actual, predicted });
  const moved = Array.from(predicted, (score) => slope * score + intercept);
  const line = calibrationLine({ actual, predicted: moved });
  agree(line.slope, 1, "slope");
  agree(line.intercept, 0, "intercept");
});

Deno.test("calibrationLine() of one prediction for all is not a number", () => {
  const line = calibrationLine({ actual: [1, 2, 3], predicted: [0.1, 0.1, 0.1] });
  deepEqual(line, { slope: NaN, intercept: NaN });
  ok(Number.isNaN(calibrationLine({ actual: [1], predicted: [1] }).slope));
});

Deno.test("calibrationLine() refuses what is not a pair of finite scores", () => {
  throws(() => calibrationLine({ actual: [1], predicted: [] }), /expected 1 values/);
  throws(
    () => calibrationLine({ actual: [1], predicted: ["1"] as never }),
    /RangeError: .* expected a finite number in predicted\[0\], got "1"/,
  );
});
