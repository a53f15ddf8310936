import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { fitLinearProbe } from "../../lib/baselines/linear_probe.ts";
import { predictProbability } from "../../lib/baselines/logistic_regression.ts";
import { mfccRegression } from "../../lib/baselines/mfcc_regression.ts";
import { mfccStatistics } from "../../lib/signal/mfcc.ts";
import type { ModalityFeatures } from "../../lib/systems/features.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { problem, test } from "./tiny_problem.ts";

const audio = withTilt(problem.features.audio);
const alone = withAudio(audio);

/** Clips whose first band is louder and whose last is quieter if they are positive. */
function withTilt({ tables, labels }: ModalityFeatures): ModalityFeatures {
  const [, frames, bands] = tables.logMel!.shape as [number, number, number];
  const data = tables.logMel!.data.map((x, i) => {
    const sign = labels[Math.floor(i / (frames * bands))] === 1 ? 1 : -1;
    return x + (i % bands === 0 ? sign : i % bands === bands - 1 ? -sign : 0);
  });
  return { tables: { ...tables, logMel: { ...tables.logMel!, data } }, labels };
}

function withAudio(own: ModalityFeatures, change: Partial<Problem> = {}): Problem {
  return {
    ...problem,
    present: ["audio"],
    features: { ...problem.features, audio: own },
    ...change,
  };
}

/** The statistics of a clip's frames that count: 4 bands, so 4 coefficients. */
function statistics(row: number): number[] {
  const frames = audio.tables.frames!.data[row]!;
  const data = audio.tables.logMel!.data.subarray(row * 32, row * 32 + frames * 4);
  return [...mfccStatistics({ data, frames, bands: 4 }, { coefficients: 4 })];
}

Deno.test("mfccRegression is a linear probe on the statistics of the frames that count", async () => {
  const rows = (indices: readonly number[]) => ({
    inputs: Float32Array.from(indices.flatMap(statistics)),
    labels: indices.map((i) => i % 2),
    width: 16,
  });
  const { model, C, trials } = fitLinearProbe({
    train: rows(problem.train.audio),
    validation: rows(problem.validation.audio),
  });
  const { predict, record } = await mfccRegression().fit(alone);
  deepEqual(record, { coefficients: 4, C, trials });
  const { audio: scores, ...rest } = await predict({ audio: test.audio });
  deepEqual(rest, {});
  deepEqual(Array.from(scores!), [...predictProbability(model, rows(test.audio).inputs)]);
  ok(test.audio.filter((row, i) => scores![i]! >= 0.5 === (row % 2 === 1)).length >= 7);
});

Deno.test("mfccRegression takes 13 coefficients where there are bands enough", async () => {
  const shape = [40, 2, 16];
  const data = Float32Array.from({ length: 40 * 32 }, (_, i) => Math.sin(i * i));
  const tables = {
    logMel: { shape, data },
    frames: { shape: [40], data: new Float32Array(40).fill(2) },
  };
  const { record } = await mfccRegression().fit(withAudio({ ...audio, tables }));
  equal(record.coefficients, 13);
});

Deno.test("mfccRegression judges a triple by its clip", async () => {
  const { predict } = await mfccRegression().fit(
    withAudio(audio, { protocol: "label", present: ["text", "image", "audio"] }),
  );
  const { unified, audio: own } = await predict(test);
  deepEqual(unified, own);
  deepEqual(own, (await predict({ audio: test.audio })).audio);
});

Deno.test("mfccRegression refuses other modalities, and audio without a spectrogram", async () => {
  await rejects(mfccRegression().fit({ ...alone, present: ["text"] }), {
    name: "RangeError",
    message: "Cannot fit MFCC regression: expected audio, got text",
  });
  const { logMel: _, ...tables } = audio.tables;
  await rejects(mfccRegression().fit(withAudio({ ...audio, tables })), {
    name: "RangeError",
    message:
      "Cannot read audio features: expected one of states, mask, frames, prosody, got logMel",
  });
});
