/**
 * Trains the proposed model once, to be kept.
 *
 *     deno task train [--data DIR] [--protocol label|single|natural] [--seed N]
 *
 * The split, the initial parameters and the batches are those of the same
 * protocol and seed in Table 1 (of natural pairs, in `natural_pairs`), so a kept model is one that the table judged. A
 * run that is killed goes on at its last checkpoint when the command is given
 * again.
 *
 * @module
 */

import {
  defaultValence,
  isTable,
  type Pair,
  type Part,
  readPairedTable,
  type TableReport,
  type ValenceMap,
} from "../datasets/mod.ts";
import { type GraphPrecision, openFeatureStore, type SpeechLayers } from "../encoders/mod.ts";
import type { ModelDescription, SavedFiles } from "../inference/mod.ts";
import type { TrainedModel } from "../systems/system.ts";
import { byModality, modalities } from "../modality.ts";
import { initModel } from "../model/mod.ts";
import { type Parameter, unflatten } from "../tensor/parameter.ts";
import { key } from "../tensor/random.ts";
import type { Tree } from "../tensor/tree.ts";
import { openCheckpoints } from "../training/checkpoint.ts";
import { type CorpusFeatures, inputSizes, standardiseFeatures } from "../systems/features.ts";
import type { Checkpoints, Epoch } from "../training/train.ts";
import { keepBest } from "./best_epoch.ts";
import { describeModel, modelFiles } from "./describe_model.ts";
import type { Config } from "./settings.ts";
import {
  type Corpora,
  dataHash,
  encodeSamples,
  type Failure,
  openCorpora,
  subsets,
} from "./corpora.ts";
import type { EncoderSource } from "./encoder_source.ts";
import { digestsOf, encodersOf } from "./model_encoders.ts";
import { planNatural } from "./natural_rows.ts";
import { runJob } from "./run.ts";
import { type Job, named, type Outcome } from "./job.ts";
import { encoderRecord } from "./scratch_systems.ts";
import type { Samples } from "./splits.ts";
import { assertUnmet, openEncoders } from "./study_encoders.ts";
import { proposedJobs } from "./proposed_runs.ts";
import type { OpenWork } from "./with_work_folder.ts";

/** What a run is told. */
export interface TrainModelOptions {
  readonly config: Config;
  /**
   * `label` shows triples, with modalities missing at random; `single` one modality at a time;
   * `natural` the rows of a table, as they belong together.
   */
  readonly protocol: ModelDescription["protocol"];
  readonly seed: number;
  /** The folder with `emotions/`, `faces/` and `ravdess/`, or a table. */
  readonly data: string;
  /** What labels of a table count as, beside those of {@linkcode defaultValence}. */
  readonly labels?: ValenceMap | undefined;
  /** Told what a table was understood to be, before anything is learnt. */
  readonly onReport?: (report: TableReport) => void;
  /** What these data are; `embedded` for the embedded corpus. */
  readonly dataLabel: string;
  readonly encoders: EncoderSource;
  /** As `loadEncoders` takes them. */
  readonly speechLayers?: SpeechLayers | undefined;
  readonly precision?: GraphPrecision | undefined;
  /** Where models and features are kept between runs. */
  readonly cache: string;
  /** Opens the folder for the checkpoints of a run that all this decides; the caller ends it. */
  readonly openWork: OpenWork;
  readonly version: string;
  readonly commit: string | null;
  /** The digest of the code, by which a run of other code is told from its own. */
  readonly code: string | null;
  /** What is under way: `step` names it; without `total` it cannot be counted. */
  readonly onProgress: (step: string, done?: number, total?: number) => void;
  /**
   * Told of each sample that can't be read or encoded, which is then left out; without it, the
   * first is thrown.
   */
  readonly onFailure?: ((failure: Failure) => void) | undefined;
}

/** A model and all that goes into its folder. */
export interface TrainedFolder {
  readonly trained: TrainedModel;
  readonly description: ModelDescription;
  readonly files: SavedFiles;
}

/**
 * Reads, encodes, splits, trains, and only then reads the test part, once. Nothing is written but
 * the cache, and checkpoints in the work folder.
 */
export async function trainModel(options: TrainModelOptions): Promise<TrainedFolder> {
  const { config, onProgress, onFailure } = options;
  onProgress("reading the corpora");
  const { valence, ...data } = await readFor(options);
  const { corpora, pairs } = data;
  const drawn = pairs ? byModality((m) => corpora[m].samples) : subsets(corpora, config.data.cap);
  // A corpus that can't be divided, or leaks, is refused before anything is encoded.
  const planned = planJob({ ...data, samples: drawn }, options);

  onProgress("loading the encoders");
  const { cache, speechLayers = "last", precision = "fp32" } = options;
  const settings = { speechLayers, precision };
  const { encoders, trained: met } = await openEncoders(options.encoders, {
    cache,
    onProgress,
    ...settings,
  });
  if (met) assertUnmet(met, drawn, [planned]);
  const { samples, features: encoded } = await encodeSamples(drawn, {
    encoders,
    // Without a sample, the places of pairs would be others.
    ...!pairs && { onFailure },
    store: openFeatureStore(`${cache}/features`, { onDamage: onProgress }),
    onProgress: (m, done, total) => onProgress(`encoding ${m}`, done, total),
  });
  const job = pairs ? planned : planJob({ ...data, samples }, options);
  const work = await options.openWork({
    code: options.code,
    data: dataHash(samples),
    encoders: digestsOf(encoders),
    ...options.encoders === "scratch" && { encodersTrained: encoderRecord(config) },
    configuration: config,
  });
  const checkpointsOf = (job: Job, features: CorpusFeatures) => {
    const { folder, ...kept } = work.checkpoints(job, features);
    return openCheckpoints(folder, { ...kept, onDamage: onProgress });
  };
  const { features, records, files } = await encodersOf(options, {
    encoders,
    encoded,
    samples,
    job,
    settings,
    checkpointsOf,
  });
  for (const encoder of [encoders.text, encoders.image, ...encoders.audio]) await encoder.dispose();

  const { trained, outcome } = await fit(job, {
    features,
    config,
    checkpoints: checkpointsOf(job, features),
    onEpoch: ({ epoch }) => onProgress("training", epoch, config.training.epochs),
  });
  const description = await describeModel(trained, {
    training: config.training,
    protocol: options.protocol,
    seed: options.seed,
    bestEpoch: outcome.record.bestEpoch as number,
    encoders: records,
    data: { name: options.dataLabel, valence, corpora, samples, split: job.split },
    verdicts: outcome.verdicts,
    versions: { trivalence: options.version, deno: Deno.version.deno },
    commit: options.commit,
  });
  const model = await modelFiles(trained, description);
  return { trained, description, files: { ...model, ...files } };
}

/** What is learnt from: corpora, and what belongs together if the protocol is natural. */
interface Source {
  readonly corpora: Corpora;
  readonly valence: ValenceMap;
  readonly pairs?: readonly Pair[];
  readonly given?: readonly Part[];
}

async function readFor(
  { protocol, data, dataLabel, labels, onReport, onFailure, onProgress }: TrainModelOptions,
): Promise<Source> {
  if (!isTable(data)) {
    const valence = defaultValence;
    const told = { label: dataLabel, onFailure, onProgress };
    return { corpora: await openCorpora(data, { valence, ...told }), valence };
  }
  const { report, ...table } = await readPairedTable(data, {
    labels,
    onProgress: (done, total) => onProgress("reading files", done, total),
  });
  onReport?.(report);
  if (protocol === "natural") return table;
  const missing = modalities.find((m) => table.corpora[m].samples.length === 0);
  if (missing === undefined) return { corpora: table.corpora, valence: table.valence };
  throw new RangeError(
    `Cannot train on "${data}" under protocol ${protocol}: expected text, image and audio, ` +
      `got no ${missing}; protocol natural takes any of them`,
  );
}

function planJob(
  { samples, corpora, pairs, given }: Omit<Source, "valence"> & { readonly samples: Samples },
  { config: { data }, protocol, seed }: TrainModelOptions,
): Job {
  const [planned] = pairs
    ? planNatural({ corpora, pairs, ...given && { given } }, { seeds: [seed], data })
    : proposedJobs(samples, "unified", { seeds: [seed], data });
  return named({ ...planned!, kind: protocol, protocol });
}

/** Fits and judges one job, and keeps what the fit learnt; with `checkpoints`, it goes on from them. */
export async function fit(
  job: Job,
  { features, config, checkpoints, onEpoch }: {
    readonly features: CorpusFeatures;
    readonly config: Config;
    readonly checkpoints?: Checkpoints;
    readonly onEpoch?: (epoch: Epoch) => void;
  },
): Promise<{ trained: TrainedModel; outcome: Outcome }> {
  const best = keepBest(checkpoints);
  const outcome = await runJob(job, {
    features,
    config,
    checkpoints: best,
    ...onEpoch && { onEpoch },
  });
  const model = { ...config.model, inputs: inputSizes(features) };
  // A pure function of the training rows: the statistics of the fit once more.
  const { standardisation } = standardiseFeatures(
    features,
    byModality((m) => job.split[m].train),
    job,
  );
  const like = initModel(key(0), model);
  const parameters = unflatten(
    like as Tree<Parameter>,
    best.parameters(),
  ) as typeof like;
  return { trained: { parameters, standardisation, config: model }, outcome };
}
