import { equal, ok, throws } from "node:assert/strict";
import { fitTemperature, withTemperature } from "../../lib/fusion/temperature.ts";
import { polarities, type Target } from "../../lib/target.ts";
import { moods, score } from "../baselines/natural_problem.ts";

const fit = (
  evidence: readonly number[],
  labels: readonly number[],
  { prior, target }: { prior: readonly number[]; target: Target },
) =>
  fitTemperature({
    evidence: Float64Array.from(evidence),
    labels,
    prior: Float64Array.from(prior),
    target,
  });

function near(got: readonly number[], wanted: readonly number[], within = 1e-5) {
  equal(got.length, wanted.length);
  wanted.forEach((w, i) => ok(Math.abs(got[i]! - w) <= within, `[${i}]: ${got[i]}, not ${w}`));
}

// Wanted values are SciPy's, by tests/fixtures/temperature.py.
const sure = [2, -1, 0.5, 3, -2.5, 1.5];

Deno.test("fitTemperature() finds SciPy's minimum of two classes", () => {
  const { slope, offset } = fit(sure, [1, 0, 0, 1, 0, 0], { prior: [-0.4], target: polarities });
  near([slope, ...offset], [1.01686866, -0.69335316]);
});

Deno.test("fitTemperature() finds SciPy's minimum of three classes", () => {
  const evidence = [2, -1, 0, -1, 1.5, 0.2, 0.3, 0.1, 1, 1, 2, -1, 0.5, -0.5, 0.1];
  const prior = [0.5, 0.3, 0.2].map(Math.log);
  const { slope, offset } = fit(evidence, [0, 1, 2, 0, 2], { prior, target: moods });
  near([slope, ...offset], [1.24248985, -0.20752608, -0.45563215, 0.6631582]);
});

Deno.test("fitTemperature() of scores solves the normal equations", () => {
  const { slope, offset } = fit([1, -0.5, 0.25, 2], [1.8, -0.6, 1.2, 2.9], {
    ...{ prior: [0.3], target: score },
  });
  near([slope, ...offset], [1.31127205, 0.11493427]);
});

Deno.test("fitTemperature() turns no evidence round: contrary evidence counts nothing", () => {
  const contrary = [-2, 1, 0.5, -3, 2.5, 1.5];
  const { slope, offset } = fit(contrary, [1, 0, 0, 1, 0, 0], {
    ...{ prior: [-0.4], target: polarities },
  });
  equal(slope, 0);
  near(offset, [-0.16891849]);
});

Deno.test("withTemperature() scales and shifts each number of a row", () => {
  const calibrated = withTemperature(Float64Array.of(1, 2, -4, 0), { slope: 0.5, offset: [0, 3] });
  near([...calibrated], [0.5, 4, -2, 3]);
});

Deno.test("fitTemperature() refuses evidence without labels, and of another number of them", () => {
  const two = { prior: [0], target: polarities };
  throws(() => fit([], [], two), /RangeError: Cannot fit a temperature: expected 1 numbers/);
  throws(() => fit([1, 2, 3], [0, 1], two), /got 3 for 2 labels/);
});
