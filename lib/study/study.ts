/** What the experiments of one command share: samples, features, and the way jobs are run. @module */

import { defaultValence } from "../datasets/mod.ts";
import {
  type Encoders,
  ensureEncoders,
  type FeatureStore,
  loadClipEncoders,
  openFeatureStore,
} from "../encoders/mod.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { openCheckpoints } from "../training/checkpoint.ts";
import type { InputSizes } from "../model/mod.ts";
import { type CorpusFeatures, inputSizes } from "../systems/features.ts";
import type { Options } from "./command_options.ts";
import {
  type Corpora,
  dataHash,
  encodeSamples,
  type Failure,
  keptHashes,
  openCorpora,
  subsets,
} from "./corpora.ts";
import { type Elsewhere, readElsewhere } from "./elsewhere.ts";
import { encoderCaption, trainedBySplit } from "./encoder_source.ts";
import { featureMemory } from "./feature_memory.ts";
import { watchJob } from "./fit_watch.ts";
import { withMixture } from "./mixed_arithmetic.ts";
import { neutralBeside, noteNeutral, readNeutral } from "./neutral.ts";
import { runShare, storeOfShare } from "./part.ts";
import { runJobs, shareFeatures } from "./pool.ts";
import type { ResultFiles, SavedTexts } from "./result_files.ts";
import { rowsToCsv } from "./rows_csv.ts";
import type { Job, Outcome } from "./job.ts";
import { fitJob, type JobFit } from "./run.ts";
import { encodersTrained } from "./scratch_systems.ts";
import { divideBy, presentIn } from "./protocol.ts";
import {
  assertExecutor,
  rowCounts,
  type RunExecutor,
  settleExecutor,
  stepsOf,
} from "./run_executor.ts";
import type { Samples } from "./splits.ts";
import { readsClip, type StudyClip, studyClip, withoutClip } from "./study_clip.ts";
import { assertUnmet, digestsOf, frozenOf, listEncoders, openEncoders } from "./study_encoders.ts";
import { encodersKey, runOnTrained, trainedSizes, trainedStates } from "./trained_encoders.ts";

export type { CommandOptions, Options } from "./command_options.ts";

/** The corpora of a command, read and encoded, and what an experiment needs to go on. */
export interface Study {
  readonly options: Options;
  readonly corpora: Corpora;
  readonly samples: Samples;
  /** Samples that were left out since they can't be read or encoded, if the command goes on then. */
  readonly failures?: readonly Failure[];
  readonly features: CorpusFeatures;
  /** Texts of another corpus, if the command names one. */
  readonly elsewhere?: Elsewhere;
  readonly encoders: Encoders;
  readonly clip: StudyClip;
  readonly store: FeatureStore;
  /** How many times an encoder has met a sample; 0 when the feature store had them all. */
  readonly encoded: number;
  /** All that decides a result beside the experiment's name. */
  readonly decides: Readonly<Record<string, unknown>>;
  /** What executes its graphs. */
  readonly on: RunExecutor;
  /** Where its unfinished work is. */
  readonly workFolder?: string;
  /** Runs jobs, or finds them done by an earlier experiment or command; the order stays. */
  run(jobs: readonly Job[], options?: RunOptions): Promise<Outcome[]>;
  /**
   * What a job learns from: the study's features or, of encoders that are yet to be trained, what
   * those give that the job's split has trained.
   */
  featuresOf(job: Job): Promise<CorpusFeatures>;
  /** Fits a job here, for what it has learnt; the fit goes on where another run of it was. */
  fit(job: Job): Promise<JobFit & Pick<Study, "features">>;
  /** Frees the encoders. */
  close(): Promise<void>;
}

/** Of jobs whose rows are not those of the study. */
export interface RunOptions {
  readonly features?: CorpusFeatures;
  /** The samples of these features, row by row. */
  readonly samples?: Samples;
}

/** What an experiment makes: its files, and what to print. */
export interface Result {
  /** The whole result as `NAME.json` has it. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly markdown: string;
  readonly files: SavedTexts;
}

/** One table, figure or ablation. */
export type Experiment = (study: Study) => Promise<Result>;

const noSamples = byModality((): Samples["text"] => []);

/** Reads and encodes the corpora. Nothing is written but models and features in the cache. */
export async function openStudy(options: Options): Promise<Study> {
  const { config, onProgress, protocol } = options;
  const present = presentIn(options);
  await assertExecutor(options);
  onProgress("reading the corpora");
  const failures: Failure[] = [];
  const onFailure = options.onFailure && ((failure: Failure) => {
    failures.push(failure);
    options.onFailure?.(failure);
  });
  const hashes = keptHashes(options.cache, onProgress);
  const reading = {
    ...{ label: options.dataLabel, from: options.from, hashes, onFailure, onProgress },
    ...{ cache: options.cache, present, inParts: protocol?.split === "own" },
  };
  const corpora = await openCorpora(options.data, { ...reading, valence: defaultValence });
  const drawn = subsets(corpora, config.data, present);
  const divided = (samples: Samples) =>
    options.seeds.flatMap((seed) => divideBy(samples, { seed, data: config.data, protocol }));
  // A corpus that can't be divided, or leaks, is refused before anything is encoded.
  const splits = divided(drawn);
  const yetToTrain = trainedBySplit(options.encoders);
  const neutral = await readNeutral(options.data, { ...reading, yetToTrain, corpora, drawn });

  const elsewhere = options.elsewhere === undefined
    ? undefined
    : await readElsewhere(options.elsewhere, { from: options.from, hashes });

  onProgress("loading the encoders");
  const { cache, speech, speechLayers, textEncoder, imageEncoder, precision = "fp32" } = options;
  const own = { textEncoder, imageEncoder };
  const place = { cache, precision, onProgress: (message: string) => onProgress(message) };
  const frozen = frozenOf(options.encoders);
  // Of all models that are missing before any is loaded.
  await ensureEncoders(frozen, { ...place, ...own, clip: true });
  const opening = { ...place, ...own, speech, speechLayers, samples: drawn };
  const { encoders: opened, trained } = await openEncoders(options.encoders, opening);
  if (trained) assertUnmet(trained, drawn, splits);
  const { share } = options;
  const kept = openFeatureStore(`${options.cache}/features`, {
    onDamage: (message) => onProgress(message),
  });
  const store = storeOfShare(kept, share);
  const encoding = {
    ...{ encoders: opened, store, onFailure, workers: options.jobs },
    storing: featureMemory(options),
    onProgress: (m: Modality, done: number, total: number) =>
      onProgress(`encoding ${m}`, done, total),
  };
  // What compares with CLIP has all modalities.
  const comparable = present.length === modalities.length;
  const load = () => loadClipEncoders(frozen, place);
  // Where samples may be left out, they are before anything is made of the others.
  const early = comparable && onFailure ? await load() : undefined;
  const made = await encodeSamples(drawn, { ...encoding, ...early && { clip: early } });
  const { samples } = made;
  const features = shareFeatures(withoutClip(made.features));
  let { encoded } = made;
  const clip = studyClip({
    features,
    load: () => early ? Promise.resolve(early) : load(),
    async encode(clip) {
      if (!comparable) return features;
      const found = await encodeSamples(samples, { ...encoding, clip });
      encoded += found.encoded;
      return found.features;
    },
  });
  const used = failures.length > 0 ? divided(samples) : splits;
  const beside = neutral && await encodeSamples(neutral, encoding);
  const besideOf = (of: Samples) => beside && neutralBeside(beside, of);
  const encoders = noteNeutral(opened, besideOf(samples), used.map(({ split }) => split));

  const decides = {
    code: options.code,
    data: dataHash(samples),
    encoders: digestsOf(listEncoders(encoders)),
    // The small CLIP is what this code makes of its packages.
    ...frozen === "paper" && { clip: await clip.encoders().then(clip.digests) },
    ...encodersTrained(options.encoders, config),
    ...beside && { neutral: dataHash(beside.samples) },
    configuration: config,
    ...protocol && { protocol },
    provider: options.provider,
  };
  const work = await options.openWork(decides);
  const on = await settleExecutor(options, { work, steps: stepsOf(rowCounts(features), config) });
  const pool = {
    config,
    workers: options.jobs,
    on,
    work,
    watcher: options.watcher,
    onDamage: onProgress,
  };
  const states = trainedStates(yetToTrain);
  const onEncoder = (done: number, total: number) => onProgress("training encoders", done, total);
  const trains = yetToTrain.length > 0;
  const asksClip = (jobs: readonly Job[]) => jobs.some(readsClip) || trains && comparable;
  const run: Study["run"] = async (
    jobs,
    { features: own = features, samples: of = samples } = {},
  ) => {
    if (trained) assertUnmet(trained, of, jobs);
    const isOwn = own !== features;
    const asked = asksClip(jobs) ? await clip.features() : undefined;
    const mayHave = (job: Job) => asked && !isOwn && readsClip(job) ? asked.features : own;
    const count = (done: number) => onProgress("training and judging", done, jobs.length);
    const told = {
      ...pool,
      ...asked && { prompts: asked.prompts },
      features: mayHave,
      onOutcome: (_: Outcome, done: number) => count(done),
    };
    count(0);
    if (!trains) return await runJobs(jobs, told);
    const raw = isOwn ? own : asked?.features ?? own;
    const more = { features: raw, onEncoder, neutral: besideOf(of) };
    return await runOnTrained(jobs, states, { ...told, ...more });
  };
  const whose = {
    ...trains && { keyOf: encodersKey },
    encode: async (jobs: readonly Job[]) => asksClip(jobs) && await clip.features(),
  };
  const runOwn: Study["run"] = share === undefined
    ? run
    : (jobs, own) => runShare(jobs, share, { run: (ours) => run(ours, own), ...whose });
  const featuresOf: Study["featuresOf"] = async (job) => {
    if (!trains) return features;
    const told = { ...pool, features, onEncoder, neutral: besideOf(samples) };
    return (await states.featuresOf([job], told))(job);
  };
  return {
    options,
    corpora,
    samples,
    ...onFailure && { failures },
    features,
    encoders,
    clip,
    store,
    get encoded() {
      return encoded + (beside?.encoded ?? 0);
    },
    ...elsewhere && { elsewhere },
    on,
    workFolder: work.folder,
    decides: {
      ...decides,
      executor: on.executor,
      label: options.dataLabel,
      seeds: options.seeds,
      ...elsewhere && { elsewhere: dataHash({ ...noSamples, text: elsewhere.samples }) },
    },
    run: runOwn,
    featuresOf,
    async fit(job) {
      if (share) return await runShare([job], share, { run, ...whose });
      const own = await featuresOf(job);
      const { folder, ...kept } = work.checkpoints(job, own);
      const { arithmetic } = on;
      const checkpoints = openCheckpoints(folder, { ...kept, arithmetic, onDamage: onProgress });
      const watch = watchJob(job, { watcher: options.watcher, config });
      const told = { features: own, config, on, checkpoints, onEpoch: watch.onEpoch };
      return { ...await fitJob(job, told).finally(watch.end), features: own };
    },
    async close() {
      await Promise.all(listEncoders(encoders).map((encoder) => encoder.dispose()));
      await clip.dispose();
    },
  };
}

/**
 * The seeds of an experiment that trains many variants: the first half of the study's, rounded up,
 * so that such experiments together take about as long as Table 1.
 */
export function fewerSeeds({ options: { seeds } }: Pick<Study, "options">): number[] {
  return seeds.slice(0, Math.ceil(seeds.length / 2));
}

/** What a reader has to know of a result: data, encoders, settings, seeds, code. */
function provenance(
  { options, corpora, samples, failures, encoders, clip, on }: Study,
  { comparesWithClip = false }: Pick<Draft, "comparesWithClip">,
): Record<string, unknown> {
  const { dataLabel, data, config, provider, seeds, command, commit } = options;
  return {
    data: {
      label: dataLabel,
      folder: data,
      hash: dataHash(samples),
      valence: defaultValence,
      corpora: byModality((m) => {
        const { name, samples: read, excluded, notes = [] } = corpora[m];
        const failed = failures?.filter(({ modality }) => modality === m)
          .map(({ id, reason }) => ({ id, reason }));
        return {
          name,
          read: read.length,
          used: samples[m].length,
          excluded,
          notes,
          ...failed && { failed },
        };
      }),
    },
    encoders: { ...digestsOf(listEncoders(encoders)), ...comparesWithClip && clip.digests() },
    ...encoders.notes && { encoderNotes: encoders.notes },
    ...encodersTrained(options.encoders, config),
    configuration: config,
    ...options.protocol && { protocol: options.protocol },
    provider,
    arithmetic: on.arithmetic,
    seeds,
    command,
    commit,
  };
}

/** What a result of the embedded corpus has to say, wherever it stands alone. */
export const syntheticCaveat =
  "Made on the embedded corpus, which is synthetic: the scores show that the code learns and say nothing of the paper's data.";

/** What these data are, for every caption. */
export function dataCaption({ options, corpora, samples, encoders }: Study): string {
  const sizes = presentIn(options)
    .map((m) => `${samples[m].length} of ${corpora[m].name}`).join(", ");
  const warning = options.dataLabel === "embedded" ? `${syntheticCaveat} ` : "";
  return `${warning}Samples used: ${sizes}. Encoders: ${
    encoderCaption(options.encoders, encoders.notes)
  }.`;
}

/** The sizes of the model upon the study's encoders. */
export function sizesOf({ options, features }: Study): InputSizes {
  const trained = trainedBySplit(options.encoders);
  return trained.length > 0 ? trainedSizes(features, trained) : inputSizes(features);
}

/** The same in a few words, for a figure. */
export function shortCaption({ options }: Study, seeds: number = options.seeds.length): string {
  const data = options.dataLabel === "embedded" ? "embedded corpus" : options.dataLabel;
  return `${data}, ${seeds} seed${seeds === 1 ? "" : "s"}`;
}

/** A result to be finished. */
export interface Draft {
  /** Of the experiment and of its folder. */
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  readonly markdown: string;
  /** The numbers, by name. */
  readonly numbers: Readonly<Record<string, unknown>>;
  /** The rows of its table, for `NAME.csv`; unless given, a figure of its name has one. */
  readonly rows?: readonly object[];
  /** What it has beside `NAME.json`, `NAME.md` and `NAME.csv`: figures, runs, predictions. */
  readonly files: ResultFiles;
  /** Whether it has runs of CLIP. */
  readonly comparesWithClip?: boolean;
}

/** The result of a study, with where it comes from. */
export function finish(
  study: Study,
  { name, title, caption, markdown: made, numbers, rows, files, ...origin }: Draft,
): Result {
  const { markdown, arithmetics } = withMixture(made, files);
  const data = { name, title, caption, ...provenance(study, origin), ...arithmetics, ...numbers };
  files.set(`${name}.json`, json(data));
  files.set(`${name}.md`, markdown);
  if (rows) files.set(`${name}.csv`, rowsToCsv(rows));
  return { data, markdown, files };
}

/** JSON as result files have it. */
export function json(value: unknown): string {
  return JSON.stringify(value, null, 2) + "\n";
}
