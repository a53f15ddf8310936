import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  applyTemperature,
  binaryLogLoss,
  brierScore,
  expectedCalibrationError,
  fitTemperature,
  reliabilityBins,
} from "../../lib/metrics/calibration.ts";
import { aucRoc } from "../../lib/metrics/roc.ts";
import { fixture, near } from "./statistics_reference.ts";

Deno.test("expectedCalibrationError() agrees with torchmetrics", () => {
  for (const { name, actual, scores, ece } of fixture.calibration) {
    near(expectedCalibrationError({ actual, scores }), ece[15], name);
    near(expectedCalibrationError({ actual, scores }, { bins: 7 }), ece[7], name);
  }
});

Deno.test("brierScore() and binaryLogLoss() agree with scikit-learn", () => {
  for (const { name, actual, scores, brier, logLoss } of fixture.calibration) {
    near(brierScore({ actual, scores }), brier, name);
    near(binaryLogLoss({ actual, scores }), logLoss, name);
  }
});

Deno.test("reliabilityBins() agrees with scikit-learn's curve, which drops empty bins", () => {
  for (const { name, actual, scores, meanScores, positiveRates } of fixture.calibration) {
    const filled = reliabilityBins({ actual, scores }, { bins: 7 }).filter((bin) => bin.count > 0);
    equal(filled.length, meanScores.length);
    filled.forEach((bin, k) => {
      near(bin.meanScore, meanScores[k]!, name);
      near(bin.positiveRate, positiveRates[k]!, name);
    });
  }
});

Deno.test("reliabilityBins() puts an edge into the bin above it, and 1 into the last", () => {
  const scores = [0, 0.25, 0.5, 0.75, 1];
  const bins = reliabilityBins({ actual: [0, 0, 0, 1, 1], scores }, { bins: 4 });
  deepEqual(bins.map(({ count }) => count), [1, 1, 1, 2]);
  deepEqual(bins[3], { low: 0.75, high: 1, count: 2, meanScore: 0.875, positiveRate: 1 });
  // 0.29 × 100 is 28.999…, yet 0.29 is where the bin begins.
  const fine = reliabilityBins({ actual: [1], scores: [0.29] }, { bins: 100 });
  equal(fine.findIndex(({ count }) => count === 1), 29);
  ok(Number.isNaN(fine[0]!.meanScore) && Number.isNaN(fine[0]!.positiveRate));
});

Deno.test("every edge falls into the bin that it opens, and the number before it into the last", () => {
  for (let bins = 2; bins <= 60; bins++) {
    for (let k = 1; k < bins; k++) {
      const scores = [k / bins, k / bins * (1 - 2 ** -53)];
      const found = reliabilityBins({ actual: [1, 1], scores }, { bins });
      deepEqual([found[k]!.count, found[k - 1]!.count], [1, 1], `${k} / ${bins}`);
    }
  }
});

Deno.test("binaryLogLoss() of a certain error is infinite, of a certain truth 0", () => {
  equal(binaryLogLoss({ actual: [1, 1], scores: [0, 1] }), Infinity);
  equal(binaryLogLoss({ actual: [0, 1], scores: [0, 1] }), 0);
});

Deno.test("fitTemperature() agrees with a logistic regression of the logits", () => {
  for (const { name, actual, scores, temperature } of fixture.calibration) {
    near(fitTemperature({ actual, scores }), temperature, name, 1e-9);
  }
  ok(fixture.calibration[0]!.temperature > 1.3 && fixture.calibration[1]!.temperature < 0.7);
});

Deno.test("a fitted temperature lowers the loss and keeps the ranking", () => {
  const { actual, scores } = fixture.calibration[0]!;
  const temperature = fitTemperature({ actual, scores });
  const cooled = applyTemperature({ scores, temperature });
  const loss = binaryLogLoss({ actual, scores: cooled });
  ok(loss < binaryLogLoss({ actual, scores }) - 0.01);
  for (const other of [0.98, 1.02]) {
    const off = applyTemperature({ scores, temperature: other * temperature });
    ok(loss < binaryLogLoss({ actual, scores: off }));
  }
  equal(aucRoc({ actual, scores: cooled }), aucRoc({ actual, scores }));
  near(fitTemperature({ actual, scores: cooled }), 1, "fitted twice", 1e-9);
});

Deno.test("fitTemperature() stops at the ends of its range", () => {
  equal(fitTemperature({ actual: [0, 1], scores: [0.4, 0.7] }), 0.01);
  equal(fitTemperature({ actual: [1, 0], scores: [0.4, 0.7] }), 100);
  equal(fitTemperature({ actual: [1, 0], scores: [0.5, 0.5] }), 1);
});

Deno.test("applyTemperature() divides the logit, certain scores included", () => {
  // The logit of 0.9 is ln 9, and half of it is ln 3.
  const [high, half, low, one, zero] = applyTemperature({
    scores: [0.9, 0.5, 0.1, 1, 0],
    temperature: 2,
  });
  near(high!, 0.75, "0.9");
  equal(half, 0.5);
  near(low!, 0.25, "0.1");
  // The odds of 1 count as 2²⁴ − 1, whose root is 4096 but for a hair.
  near(one!, 4096 / 4097, "1", 1e-9);
  near(zero!, 1 / 4097, "0", 1e-6);
});

Deno.test("calibration refuses what is no probability", () => {
  for (const wrong of [-0.1, 1.1, NaN]) {
    throws(() => brierScore({ actual: [0, 1], scores: [0.5, wrong] }), {
      name: "RangeError",
      message:
        `Cannot judge probabilities: expected a number from 0 to 1 in scores[1], got ${wrong}`,
    });
  }
  throws(
    () => reliabilityBins({ actual: [0], scores: [0.5] }, { bins: 0 }),
    /RangeError: Cannot bin scores: expected at least one bin, got 0/,
  );
  throws(
    () => applyTemperature({ scores: [0.5], temperature: 0 }),
    /RangeError: Cannot apply a temperature: expected a finite number above 0, got 0/,
  );
  throws(() => fitTemperature({ actual: [2], scores: [0.5] }), /expected a class from 0 to 1/);
});
