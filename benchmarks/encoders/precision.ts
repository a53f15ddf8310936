/**
 * What 8 bits do to an encoder: how far its features move, and what a probe loses.
 *
 *     deno run --allow-all benchmarks/encoders/precision.ts --text FOLDER --image FOLDER --audio FOLDER
 *         [--data DIR] [--cache DIR] [--count N] [--seeds N]
 *
 * Each option as often as there are encoders of it: folders in the Hugging Face layout, with
 * `onnx/model.onnx` and `onnx/model_quantized.onnx`, which quantise.py writes. Prints a table in
 * Markdown.
 *
 * @module
 */

import { basename, dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { defaultValence } from "../../lib/datasets/mod.ts";
import {
  type Encoders,
  type GraphPrecision,
  loadEncoders,
  loadImageEncoder,
  loadSpeechEncoder,
  loadTextEncoder,
  openFeatureStore,
} from "../../lib/encoders/mod.ts";
import { meanAndDeviation, scoreBinary } from "../../lib/metrics/mod.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { answersTo } from "../../lib/study/comparisons.ts";
import { encodeSamples, openCorpora, subsets } from "../../lib/study/corpora.ts";
import { type Job, named } from "../../lib/study/job.ts";
import { runJobs } from "../../lib/study/pool.ts";
import { defaults } from "../../lib/study/settings.ts";
import { byContent, divide, divisions } from "../../lib/study/splits.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";

const folders = { type: "string", multiple: true, default: [] as string[] } as const;
const { values: args } = parseArgs({
  options: {
    ...{ text: folders, image: folders, audio: folders },
    data: { type: "string", default: "data/embedded" },
    cache: { type: "string", default: ".cache" },
    count: { type: "string", default: "2000" },
    seeds: { type: "string", default: "5" },
  },
});
const data = { ...defaults.data, cap: Number(args.count) };
const drawn = subsets(
  await openCorpora(args.data, { valence: defaultValence, label: args.data }),
  data,
);
const embedded = await loadEncoders("embedded", { cache: args.cache });

console.log(
  "| modality | encoder | samples | median cosine | smallest | largest difference, in deviations " +
    "| accuracy fp32 | int8 | difference |",
);
console.log("| --- | --- | --: | --: | --: | --: | --: | --: | --: |");
for (const m of modalities) for (const folder of args[m]) await compare(m, resolve(folder));
for (const encoder of [embedded.text, embedded.image, ...embedded.audio]) await encoder.dispose();

async function compare(m: Modality, folder: string): Promise<void> {
  const samples = byModality((other) => other === m ? drawn[m] : []);
  const encode = async (precision: GraphPrecision) => {
    const { encoders, dispose } = await withEncoder(m, folder, precision);
    try {
      const store = openFeatureStore(`${args.cache}/features`);
      return (await encodeSamples(samples, { encoders, store, onProgress: () => {} })).features;
    } finally {
      await dispose();
    }
  };
  const [exact, small] = [await encode("fp32"), await encode("int8")];
  const { median, least, largest } = distance(m, exact, small);
  const [a, b] = [await accuracies(m, exact), await accuracies(m, small)];
  const cell = (values: readonly number[]) => {
    const { mean, sd } = meanAndDeviation(values);
    return `${mean.toFixed(3)} ± ${sd.toFixed(3)}`;
  };
  console.log(
    `| ${
      [
        ...[m, basename(folder), drawn[m].length, median.toFixed(4), least.toFixed(3)],
        ...[largest.toFixed(2), cell(a), cell(b), cell(b.map((x, i) => x - a[i]!))],
      ].join(" | ")
    } |`,
  );
}

async function withEncoder(m: Modality, folder: string, precision: GraphPrecision) {
  const place = { root: dirname(folder), model: basename(folder), precision };
  const of = <E extends { dispose(): Promise<void> }>(
    encoder: E,
    put: (encoder: E) => Partial<Encoders>,
  ) => ({ encoders: { ...embedded, ...put(encoder) }, dispose: () => encoder.dispose() });
  if (m === "text") return of(await loadTextEncoder(place), (text) => ({ text }));
  if (m === "image") return of(await loadImageEncoder(place), (image) => ({ image }));
  return of(
    await loadSpeechEncoder(place),
    (speech) => ({ audio: [speech, embedded.audio[1]] as const }),
  );
}

/** Of all segments that are not empty; differences in standard deviations of all numbers. */
function distance(m: Modality, exact: CorpusFeatures, small: CorpusFeatures) {
  const tables = [exact, small].map((features) => features[m].tables.states!);
  const [a, b] = tables.map(({ data }) => data) as [Float32Array, Float32Array];
  const width = tables[0]!.shape.at(-1)!;
  const cosines: number[] = [];
  const used: number[] = [];
  let largest = 0;
  for (let at = 0; at < a.length; at += width) {
    const [x, y] = [a.subarray(at, at + width), b.subarray(at, at + width)];
    if (x.every((v) => v === 0)) continue;
    let [xy, xx, yy] = [0, 0, 0];
    x.forEach((v, i) => {
      [xy, xx, yy] = [xy + v * y[i]!, xx + v * v, yy + y[i]! ** 2];
      largest = Math.max(largest, Math.abs(v - y[i]!));
      used.push(v);
    });
    cosines.push(xy / Math.sqrt(xx * yy));
  }
  cosines.sort((p, q) => p - q);
  const { sd } = meanAndDeviation(used);
  return { median: cosines[cosines.length >> 1]!, least: cosines[0]!, largest: largest / sd };
}

/** Of a linear probe on each seed's split, copies and speakers apart. */
async function accuracies(m: Modality, features: CorpusFeatures): Promise<number[]> {
  const division = m === "image" ? byContent : divisions[m];
  const samples = byModality((other) => other === m ? drawn[m] : []);
  const jobs = Array.from({ length: Number(args.seeds) }, (_, i): Job => {
    const { split } = divide(samples, m, { seed: i + 1, data, division });
    return named({
      ...{ system: "Linear probe", kind: m, seed: i + 1, protocol: "single", present: [m] },
      ...{ split: byModality(() => split) },
    });
  });
  const outcomes = await runJobs(jobs, { features, config: defaults, workers: 1 });
  const judged = outcomes.map(({ job, verdicts }) => ({
    job,
    exams: verdicts.map(({ name, head, labels, scores }) => ({
      ...{ exam: name, head, ids: {} },
      ...{ labels: Array.from(labels), scores: Array.from(scores) },
    })),
  }));
  return answersTo(judged).map(({ predictions: { labels, scores } }) =>
    scoreBinary({ actual: labels, scores }).accuracy
  );
}
