/** What the experiments of one command share: samples, features, and the way jobs are run. @module */

import type { ExecutionProvider } from "../lib/backends/mod.ts";
import { defaultValence, type ValenceMap } from "../lib/datasets/mod.ts";
import { zeroShotPrompts } from "../lib/baselines/mod.ts";
import {
  type ClipEncoders,
  type EncoderChoice,
  type Encoders,
  type FeatureStore,
  loadClipEncoders,
  loadEncoders,
  openFeatureStore,
} from "../lib/encoders/mod.ts";
import { type Figure, renderSvg } from "../lib/figures/mod.ts";
import { byModality, modalities } from "../lib/modality.ts";
import type { CorpusFeatures } from "../lib/training/features.ts";
import type { Config } from "./config.ts";
import { type Corpora, dataHash, encodeSamples, readCorpora, subsets } from "./corpora.ts";
import { runJobs } from "./pool.ts";
import { type JudgedJob, predictionsFromCsv, predictionsToCsv } from "./predictions.ts";
import type { Files } from "./results.ts";
import type { Job, Outcome } from "./run.ts";
import { divideAll, type Samples } from "./splits.ts";
import type { OpenWork } from "./work_folder.ts";

/** What a command is told. */
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
  /** Opens the folder for unfinished work of a command that all this decides; the caller ends it. */
  readonly openWork: OpenWork;
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

/** The corpora of a command, read and encoded, and what an experiment needs to go on. */
export interface Study {
  readonly options: Options;
  readonly corpora: Corpora;
  readonly samples: Samples;
  readonly features: CorpusFeatures;
  readonly encoders: Encoders;
  readonly clip: ClipEncoders;
  readonly store: FeatureStore;
  /** How many times an encoder has met a sample; 0 when the feature store had them all. */
  readonly encoded: number;
  /** Seconds that reading and encoding took. */
  readonly seconds: Readonly<Record<string, number>>;
  /** Runs jobs, or finds them done by an earlier experiment or command; the order stays. */
  run(jobs: readonly Job[], options?: { readonly features?: CorpusFeatures }): Promise<Outcome[]>;
  /** Frees the encoders. */
  close(): Promise<void>;
}

/** What an experiment makes: its files, and what to print. */
export interface Result {
  /** The whole result as `NAME.json` has it. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly markdown: string;
  readonly files: Files;
}

/** One table, figure or ablation. */
export type Experiment = (study: Study) => Promise<Result>;

/** Reads and encodes the corpora. Nothing is written but models and features in the cache. */
export async function openStudy(options: Options): Promise<Study> {
  const { config, onProgress } = options;
  const clock = stopwatch();
  onProgress("reading the corpora");
  const corpora = await readCorpora(options.data, {
    valence: defaultValence,
    label: options.dataLabel,
  });
  const samples = subsets(corpora, config.data.cap);
  // A corpus that can't be divided, or leaks, is refused before anything is encoded.
  for (const seed of options.seeds) divideAll(samples, { seed, data: config.data });
  clock.lap("reading");

  onProgress("loading the encoders");
  const encoders = await loadEncoders(options.encoders, {
    cache: options.cache,
    onProgress: (message) => onProgress(message),
  });
  const store = openFeatureStore(`${options.cache}/features`, {
    onDamage: (message) => onProgress(message),
  });
  const clip = await loadClipEncoders(options.encoders, {
    cache: options.cache,
    onProgress: (message) => onProgress(message),
  });
  const prompts = await zeroShotPrompts(clip, { valence: defaultValence });
  const { features, encoded } = await encodeSamples(samples, {
    encoders,
    clip,
    store,
    onProgress: (m, done, total) => onProgress(`encoding ${m}`, done, total),
  });
  clock.lap("encoding");

  // The commit stands for the code; changes that are not committed can't be seen.
  const work = await options.openWork({
    commit: options.commit,
    data: dataHash(samples),
    encoders: encoderDigests(encoders, clip),
    configuration: config,
    provider: options.provider,
  });
  return {
    options,
    corpora,
    samples,
    features,
    encoders,
    clip,
    store,
    encoded,
    seconds: clock.laps,
    run: (jobs, { features: others = features } = {}) =>
      runJobs(jobs, {
        features: others,
        config,
        prompts,
        workers: options.jobs,
        executionProviders: [options.provider],
        work,
        onDamage: onProgress,
        onOutcome: (_, done) => onProgress("training and judging", done, jobs.length),
      }),
    async close() {
      await Promise.all(listEncoders(encoders).map((encoder) => encoder.dispose()));
      await clip.dispose();
    },
  };
}

/** What a reader has to know of a result: data, encoders, settings, seeds, code. */
export function provenance(
  { options, corpora, samples, encoders, clip }: Study,
  valence: ValenceMap = defaultValence,
): Record<string, unknown> {
  const { dataLabel, data, config, provider, seeds, command, commit } = options;
  return {
    data: {
      label: dataLabel,
      folder: data,
      hash: dataHash(samples),
      valence,
      corpora: byModality((m) => {
        const { name, samples: read, excluded, notes = [] } = corpora[m];
        return { name, read: read.length, used: samples[m].length, excluded, notes };
      }),
    },
    encoders: encoderDigests(encoders, clip),
    configuration: config,
    provider,
    seeds,
    command,
    commit,
  };
}

/** What these data are, for every caption. */
export function dataCaption({ options, corpora, samples }: Study): string {
  const sizes = modalities.map((m) => `${samples[m].length} of ${corpora[m].name}`).join(", ");
  const warning = options.dataLabel === "embedded"
    ? "Made on the embedded corpus, which is synthetic: the scores show that the code learns and say nothing of the paper's data. "
    : "";
  return `${warning}Samples used: ${sizes}. Encoders: ${options.encoders}.`;
}

/** The same in a few words, for a figure. */
export function shortCaption({ options }: Study, seeds: number = options.seeds.length): string {
  const data = options.dataLabel === "embedded" ? "embedded corpus" : options.dataLabel;
  return `${data}, ${seeds} seed${seeds === 1 ? "" : "s"}`;
}

/**
 * Adds the files of a run, its predictions and its record, and returns what
 * the predictions file says: every number of a table is computed from the
 * text of such files, as anybody can who has them.
 */
export function saveRun(files: Map<string, string>, outcome: Outcome, samples: Samples): JudgedJob {
  const { job, record, seconds } = outcome;
  const { split: _, exams: __, ...told } = job;
  files.set(`runs/${job.name}.json`, json({ ...told, seconds, ...record }));
  const csv = predictionsToCsv(outcome.verdicts, samples);
  files.set(`predictions/${job.name}.csv`, csv);
  return { job, exams: predictionsFromCsv(csv) };
}

/** Adds a figure to files: its Vega-Lite specification, data included, and the picture. */
export async function saveFigure(
  files: Map<string, string>,
  name: string,
  figure: Figure,
): Promise<void> {
  files.set(`${name}.vl.json`, json(figure));
  files.set(`${name}.svg`, await renderSvg(figure));
}

/** JSON as result files have it. */
export function json(value: unknown): string {
  return JSON.stringify(value, null, 2) + "\n";
}

function encoderDigests(encoders: Encoders, clip: ClipEncoders): Record<string, string> {
  const all = [...listEncoders(encoders), clip.text, clip.image, clip.audio];
  return Object.fromEntries(all.map(({ id, digest }) => [id, digest]));
}

function listEncoders({ text, image, audio }: Encoders) {
  return [text, image, audio].flat();
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
