import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  calibratedVerdict,
  calibrationOf,
  describeCalibration,
  fewestToCalibrate,
  fitVerdictTemperature,
  withCalibration,
} from "../../lib/inference/verdict_temperature.ts";
import { fitTemperature } from "../../lib/metrics/mod.ts";
import { key, uniforms } from "../../lib/tensor/random.ts";

const near = (got: readonly number[], wanted: readonly number[], within = 1e-9) =>
  got.forEach((value, i) => ok(Math.abs(value - wanted[i]!) < within, `${got} ${wanted}`));

Deno.test("of verdicts of 0.9 three of four come true: a temperature of 2 makes them 0.75", () => {
  const labels = Array.from({ length: 4000 }, (_, n) => n % 4 ? 1 : 0);
  const scores = labels.map(() => 0.9);
  // ln 9 / 2 = ln 3, the log-odds of 3/4; the second term weighs as one sample of 4000.
  const temperature = fitVerdictTemperature({ labels, scores });
  near([temperature, calibratedVerdict([0.9], temperature)[0]!], [2, 0.75], 2e-3);
  const both = scores.flatMap((p) => [1 - p, p]);
  near([fitVerdictTemperature({ labels, scores: both })], [temperature]);
});

function drawn(seed: number): number[] {
  const next = uniforms(key(seed));
  return Array.from({ length: 5000 }, () => next());
}

Deno.test("with many samples it is the temperature of least log loss", () => {
  const scores = drawn(3), chance = drawn(4);
  const actual = scores.map((p, n) => chance[n]! < 0.2 + 0.6 * p ? 1 : 0);
  near(
    [fitVerdictTemperature({ labels: actual, scores })],
    [fitTemperature({ actual, scores })],
    0.02,
  );
});

Deno.test("verdicts that are all right are not made certain, nor those that are no better than chance nonsense", () => {
  const right = { labels: [0, 1, 0, 1], scores: [0.2, 0.8, 0.3, 0.7] };
  const temperature = fitVerdictTemperature(right);
  ok(temperature > 0.2 && temperature < 1, `${temperature}`);
  const wrong = { labels: [1, 0, 1, 0, 1, 0], scores: [0.1, 0.9, 0.1, 0.9, 0.1, 0.9] };
  equal(fitVerdictTemperature(wrong), 100);
  throws(() => fitVerdictTemperature({ labels: [], scores: [] }), RangeError);
});

Deno.test("several classes under a temperature of 2 are as the roots of their probabilities", () => {
  // √0.64, √0.32, √0.04 over their sum.
  const sum = 0.8 + Math.sqrt(0.32) + 0.2;
  const wanted = [0.8 / sum, Math.sqrt(0.32) / sum, 0.2 / sum];
  near(calibratedVerdict([0.64, 0.32, 0.04], 2), wanted);
  const said = { label: "a", probability: 0.64, probabilities: { a: 0.64, b: 0.32, c: 0.04 } };
  const { calibrated, calibratedProbabilities, ...rest } = withCalibration(said, 2);
  deepEqual(rest, said);
  near([calibrated!, ...Object.values(calibratedProbabilities!)], [wanted[0]!, ...wanted]);
  deepEqual(withCalibration({ label: "1.20", score: 1.2 }, 2), { label: "1.20", score: 1.2 });
});

Deno.test("where nothing calibrates a verdict it is said why", () => {
  const few = fewestToCalibrate - 1;
  const known = {
    text: { temperature: 1.5, fitted: 40 },
    image: { fitted: few },
    audio: { fitted: 50 },
  };
  deepEqual(
    ["text", "image", "audio", "text+image"].map((shown) =>
      describeCalibration(calibrationOf(known, shown))
    ),
    [
      "temperature 1.50, fitted on 40 validation samples",
      `not calibrated: ${few} validation samples of image are too few`,
      "not calibrated: the validation samples of audio lack a class",
      "not calibrated: the validation part had no samples of text+image",
    ],
  );
  deepEqual(calibrationOf(undefined, "text"), {
    reason: "the model was saved without a calibration",
  });
});
