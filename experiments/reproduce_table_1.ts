/** From raw files to Table 1: read, encode, split, audit, fit, judge, collate. @module */

import type { ExecutionProvider } from "../lib/backends/mod.ts";
import { defaultValence, type Sample } from "../lib/datasets/mod.ts";
import {
  type EncoderChoice,
  type Encoders,
  loadEncoders,
  openFeatureStore,
} from "../lib/encoders/mod.ts";
import { renderSvg, tableBars } from "../lib/figures/mod.ts";
import { byModality, modalities, type Modality } from "../lib/modality.ts";
import type { Config } from "./config.ts";
import { type Corpora, dataHash, encodeSamples, readCorpora, subsets } from "./corpora.ts";
import { runJobs } from "./pool.ts";
import { predictionsFromCsv, predictionsToCsv } from "./predictions.ts";
import type { Files } from "./results.ts";
import type { Outcome } from "./run.ts";
import {
  collateTable1,
  planTable1,
  type PredictionFile,
  type Row,
  table1ToCsv,
  table1ToMarkdown,
} from "./table_1.ts";
import type { WorkFolder } from "./work_folder.ts";

/** What a run is told. */
export interface Options {
  readonly config: Config;
  readonly seeds: readonly number[];
  /** The folder with `emotions/`, `faces/` and `ravdess/`. */
  readonly data: string;
  /** For captions: what these data are. */
  readonly dataLabel: string;
  readonly encoders: EncoderChoice;
  /** Where models and features are kept between runs. */
  readonly cache: string;
  /** Opens the folder for unfinished work of a run that all this decides; the caller ends it. */
  readonly openWork: (decides: Readonly<Record<string, unknown>>) => Promise<WorkFolder>;
  /** Runs side by side. */
  readonly jobs: number;
  /** Where ONNX Runtime executes training and tests. */
  readonly provider: ExecutionProvider;
  /** For the record. */
  readonly command: string;
  readonly commit: string | null;
  /** What is under way: `step` names it; without `total` it cannot be counted. */
  readonly onProgress: (step: string, done?: number, total?: number) => void;
}

/** What a run made. */
export interface Result {
  readonly rows: readonly Row[];
  readonly markdown: string;
  readonly files: Files;
  /** How many times an encoder met a sample; 0 when the feature store had them all. */
  readonly encoded: number;
}

/** Makes Table 1. Nothing is written but models and features in the cache, and unfinished work. */
export async function reproduceTable1(options: Options): Promise<Result> {
  const { config, seeds, onProgress } = options;
  const clock = stopwatch();
  onProgress("reading the corpora");
  const corpora = await readCorpora(options.data, {
    valence: defaultValence,
    label: options.dataLabel,
  });
  const samples = subsets(corpora, config.data.cap);
  const plan = planTable1(samples, { seeds, data: config.data });
  clock.lap("reading");

  onProgress("loading the encoders");
  const encoders = await loadEncoders(options.encoders, {
    cache: options.cache,
    onProgress: (message) => onProgress(message),
  });
  const { features, encoded } = await encodeSamples(samples, {
    encoders,
    store: openFeatureStore(`${options.cache}/features`, {
      onDamage: (message) => onProgress(message),
    }),
    onProgress: (m, done, total) => onProgress(`encoding ${m}`, done, total),
  });
  await Promise.all(listEncoders(encoders).map((encoder) => encoder.dispose()));
  clock.lap("encoding");

  // The commit stands for the code; changes that are not committed can't be seen.
  const decides = {
    commit: options.commit,
    data: dataHash(samples),
    encoders: Object.fromEntries(listEncoders(encoders).map(({ id, digest }) => [id, digest])),
    configuration: config,
    provider: options.provider,
  };
  const outcomes = await runJobs(plan.jobs, {
    features,
    config,
    workers: options.jobs,
    executionProviders: [options.provider],
    work: await options.openWork(decides),
    onDamage: onProgress,
    onOutcome: (_, done) => onProgress("training and judging", done, plan.jobs.length),
  });
  clock.lap("training");

  const files = new Map<string, string>();
  const predictions = outcomes.flatMap((outcome) => savePredictions(files, outcome, samples));
  const rows = collateTable1(predictions);
  const caption = captionOf(options, corpora, samples);
  const title = "Table 1. The proposed model beside the rows that a fair table needs";
  const markdown = table1ToMarkdown(rows, { title, caption });
  const figure = tableBars(rows, { title: "Table 1", subtitle: caption });
  files.set("table_1.md", markdown);
  files.set("table_1.csv", table1ToCsv(rows));
  files.set("table_1.vl.json", json(figure));
  files.set("table_1.svg", await renderSvg(figure));
  const table = {
    name: "table_1",
    title,
    caption,
    data: {
      label: options.dataLabel,
      folder: options.data,
      hash: decides.data,
      valence: defaultValence,
      corpora: byModality((m) => describeCorpus(corpora, samples, m)),
    },
    encoders: decides.encoders,
    configuration: config,
    provider: options.provider,
    seeds,
    splits: plan.audits,
    command: options.command,
    commit: options.commit,
    seconds: clock.laps,
    rows,
  };
  files.set("table_1.json", json(table));
  return { rows, markdown, files, encoded };
}

// The table is computed from the text of the files, as anybody can who has them.
function savePredictions(
  files: Map<string, string>,
  { job, verdicts, record, seconds }: Outcome,
  samples: Record<Modality, Sample[]>,
): PredictionFile[] {
  const { split: _, ...told } = job;
  files.set(`runs/${job.name}.json`, json({ ...told, seconds, ...record }));
  return verdicts.map((verdict) => {
    const csv = predictionsToCsv(verdict, samples);
    const name = verdicts.length === 1 ? job.name : `${job.name}-${verdict.head}`;
    files.set(`predictions/${name}.csv`, csv);
    return { job, head: verdict.head, predictions: predictionsFromCsv(csv) };
  });
}

function captionOf(
  { dataLabel, encoders, seeds }: Options,
  corpora: Corpora,
  samples: Record<Modality, Sample[]>,
): string {
  const sizes = modalities.map((m) => `${samples[m].length} of ${corpora[m].name}`).join(", ");
  const data = dataLabel === "embedded"
    ? "Made on the embedded corpus, which is synthetic: the scores show that the code learns and say nothing of the paper's data. "
    : "";
  const spread = seeds.length === 1
    ? "One seed"
    : `Mean ± standard deviation over ${seeds.length} seeds, each with its own split`;
  return `${data}Samples used: ${sizes}. Encoders: ${encoders}. ${spread}. ` +
    "Precision, recall and F1 are macro averages.";
}

function describeCorpus(corpora: Corpora, samples: Record<Modality, Sample[]>, m: Modality) {
  const { name, samples: read, excluded } = corpora[m];
  return { name, read: read.length, used: samples[m].length, excluded };
}

function listEncoders({ text, image, audio }: Encoders) {
  return [text, image, ...audio];
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2) + "\n";
}

function stopwatch() {
  const laps: Record<string, number> = {};
  let last = performance.now();
  return {
    laps,
    lap(name: string) {
      const now = performance.now();
      laps[name] = Math.round(now - last) / 1000;
      last = now;
    },
  };
}
