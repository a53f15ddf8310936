import { deepEqual, equal, rejects } from "node:assert/strict";
import { fitLinearProbe } from "../../lib/baselines/linear_probe.ts";
import { predictProbability } from "../../lib/baselines/logistic_regression.ts";
import { speechRegression } from "../../lib/baselines/speech_regression.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { problem, test } from "./tiny_problem.ts";

const width = 3;
const { labels } = problem.features.audio;
// The label, weakly, beside two numbers that say nothing.
const summary = Float32Array.from(
  { length: labels.length * width },
  (_, i) => i % width === 0 ? labels[i / width]! + Math.sin(i) : Math.cos(7 * i),
);

function withSummary(): Problem {
  const { audio } = problem.features;
  const tables = {
    ...audio.tables,
    speechSummary: { shape: [labels.length, 1, width], data: summary },
  };
  const features = { ...problem.features, audio: { ...audio, tables } };
  return { ...problem, present: ["audio"], features };
}

Deno.test("speechRegression is the linear probe of a clip's measurements", async () => {
  const of = withSummary();
  const at = (rows: ArrayLike<number>) =>
    Float32Array.from(
      Array.from(rows).flatMap((row) => [...summary.subarray(row * width, (row + 1) * width)]),
    );
  const part = (rows: readonly number[]) => ({
    ...{ inputs: at(rows), width },
    labels: rows.map((row) => labels[row]!),
  });
  const { model, C } = fitLinearProbe({
    train: part(of.train.audio),
    validation: part(of.validation.audio),
  });
  const { predict, record } = await speechRegression().fit(of);
  deepEqual(
    (await predict({ audio: test.audio })).audio,
    predictProbability(model, at(test.audio)),
  );
  equal(record.C, C);
  equal(record.parameters, width + 1);
});

Deno.test("speechRegression wants the measurements", () =>
  rejects(speechRegression().fit({ ...problem, present: ["audio"] }), /speechSummary/));
