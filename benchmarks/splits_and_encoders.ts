/**
 * What a split and an encoder are worth on a user's data:
 *
 *     deno run --allow-all benchmarks/splits_and_encoders.ts --data DIR [--model FOLDER]
 *
 * Each modality alone, by a linear probe and by the proposed model, with the embedded encoders: on a
 * random split, in which copies, near-duplicates and speakers may be on both sides, and on one by
 * group. With
 * `--model`, a folder with a BERT in the Hugging Face layout, the text also by its states, in single
 * precision and, if it has `onnx/model_quantized.onnx`, in 8 bits. Prints a table in Markdown.
 *
 * @module
 */

import { basename, dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { answersTo } from "../lib/study/comparisons.ts";
import { defaults } from "../lib/study/settings.ts";
import { encodeSamples, openCorpora, subsets } from "../lib/study/corpora.ts";
import { runJobs } from "../lib/study/pool.ts";
import { type Job, named } from "../lib/study/job.ts";
import { byContent, divide, type Division, divisions } from "../lib/study/splits.ts";
import { defaultValence, groupedSplit } from "../lib/datasets/mod.ts";
import {
  type Encoders,
  loadEncoders,
  loadTextEncoder,
  openFeatureStore,
} from "../lib/encoders/mod.ts";
import { meanAndDeviation, scoreBinary } from "../lib/metrics/mod.ts";
import { byModality, modalities, type Modality } from "../lib/modality.ts";
import { key } from "../lib/tensor/random.ts";

const { values: args } = parseArgs({
  options: {
    data: { type: "string", default: "data/embedded" },
    model: { type: "string" },
    cache: { type: "string", default: ".cache" },
    seeds: { type: "string", default: "5" },
  },
});
const seeds = Array.from({ length: Number(args.seeds) }, (_, i) => i + 1);
const cache = args.cache;
const store = openFeatureStore(`${cache}/features`);
const samples = subsets(
  await openCorpora(args.data, { valence: defaultValence, label: args.data }),
  defaults.data,
);
// The speech encoder that the numbers in README.md are of.
const embedded = await loadEncoders("embedded", { cache, speech: "wav2vec2-mini" });

// Any sample for itself: what the experiments refuse, since copies and speakers end up on both sides.
const random: Division = { by: ({ id }) => id, name: "nothing: random" };
const systems = ["Linear probe", "Proposed"] as const;

console.log("| modality | encoder | split by | system | accuracy | balanced accuracy |");
console.log("| --- | --- | --- | --- | ---: | ---: |");
for (const m of modalities) {
  await judge(m, { encoders: embedded, name: "embedded", division: random });
  const division = m === "image" ? byContent : divisions[m];
  await judge(m, { encoders: embedded, name: "embedded", division });
}
for (const precision of args.model === undefined ? [] : ["fp32", "int8"] as const) {
  const root = dirname(resolve(args.model!)), model = basename(args.model!);
  const text = await loadTextEncoder({ root, model, precision });
  const name = `${model}, ${precision}`;
  await judge("text", { encoders: { ...embedded, text }, name, division: divisions.text });
  await text.dispose();
}
for (const encoder of [embedded.text, embedded.image, ...embedded.audio]) await encoder.dispose();

async function judge(
  m: Modality,
  { encoders, name, division }: {
    readonly encoders: Encoders;
    readonly name: string;
    readonly division: Division;
  },
): Promise<void> {
  const { features } = await encodeSamples(samples, { encoders, store, onProgress: () => {} });
  const jobs = systems.flatMap((system) =>
    seeds.map((seed): Job => {
      const { split } = division === random
        ? { split: groupedSplit(samples[m], { ...defaults.data, ...random, key: key(seed) }) }
        : divide(samples, m, { seed, data: defaults.data, division });
      const divided = { split: byModality(() => split) };
      return named({ system, kind: m, seed, protocol: "single", present: [m], ...divided });
    })
  );
  const outcomes = await runJobs(jobs, { features, config: defaults, workers: 2 });
  for (const system of systems) {
    const judged = outcomes.filter(({ job }) => job.system === system).map(
      ({ job, verdicts }) => ({
        job,
        exams: verdicts.map(({ name, head, labels, scores }) => ({
          ...{ exam: name, head, ids: {} },
          ...{ labels: Array.from(labels), scores: Array.from(scores) },
        })),
      }),
    );
    const scores = answersTo(judged).map(({ predictions: { labels, scores } }) =>
      scoreBinary({ actual: labels, scores })
    );
    const cell = (of: "accuracy" | "recall") => {
      const { mean, sd } = meanAndDeviation(scores.map((score) => score[of]));
      return `${mean.toFixed(3)} ± ${sd.toFixed(3)}`;
    };
    // Balanced accuracy is the macro average of the recalls.
    console.log(
      `| ${[m, name, division.name, system, cell("accuracy"), cell("recall")].join(" | ")} |`,
    );
  }
}
