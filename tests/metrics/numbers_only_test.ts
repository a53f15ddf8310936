import { throws } from "node:assert/strict";
import * as metrics from "../../lib/metrics/mod.ts";

// What JSON, a CSV file or an unchecked notebook cell may hold where numbers are meant.
const strings = ["0.25", "0.75", "0.5", "0.125"] as unknown as number[];
const numbers = [0.25, 0.75, 0.5, 0.125];
const actual = [0, 1, 1, 0];
const half = "0.5" as unknown as number;

const calls: Readonly<Record<string, () => unknown>> = {
  accuracy: () => metrics.accuracy({ actual, predicted: ["0", "1", "1", "0"] as never }),
  aucRoc: () => metrics.aucRoc({ actual, scores: strings }),
  predictedClasses: () => metrics.predictedClasses(strings),
  "predictedClasses, threshold": () => metrics.predictedClasses(numbers, half),
  "scoreBinary, threshold": () => metrics.scoreBinary({ actual, scores: numbers, threshold: half }),
  brierScore: () => metrics.brierScore({ actual, scores: strings }),
  binaryLogLoss: () => metrics.binaryLogLoss({ actual, scores: strings }),
  expectedCalibrationError: () => metrics.expectedCalibrationError({ actual, scores: strings }),
  fitTemperature: () => metrics.fitTemperature({ actual, scores: strings }),
  "applyTemperature, scores": () => metrics.applyTemperature({ scores: strings, temperature: 1 }),
  "applyTemperature, temperature": () =>
    metrics.applyTemperature({ scores: numbers, temperature: half }),
  coverageCurve: () => metrics.coverageCurve({ actual, scores: strings }),
  holm: () => metrics.holm(strings),
  meanAndDeviation: () => metrics.meanAndDeviation(strings),
  pairedTTest: () => metrics.pairedTTest({ first: strings, second: numbers }),
  cohensH: () => metrics.cohensH({ first: half, second: 0.25 }),
  independencePrediction: () => metrics.independencePrediction({ aucs: strings }),
  accuracyInterval: () => metrics.accuracyInterval({ accuracy: half, count: 10 }),
  "accuracyInterval, level": () =>
    metrics.accuracyInterval({ accuracy: 0.5, count: 10 }, { level: half }),
};

for (const [name, call] of Object.entries(calls)) {
  Deno.test(`${name}() refuses a string where a number is meant`, () => {
    throws(call, { name: "RangeError", message: /^Cannot .*: expected .*, got "[\d.]+"$/ });
  });
}
