/**
 * Trains the proposed model once, to be kept.
 *
 *     deno task train [--data DIR] [--protocol label|single|natural] [--seed N]
 *
 * The split, the initial parameters and the batches are those of the same
 * protocol and seed in Table 1 (of rows, in `natural` and `compare`), so a kept model is one that
 * the table judged. A run that is killed goes on at its last checkpoint when the command is given
 * again.
 *
 * @module
 */

import * as datasets from "../datasets/mod.ts";
import {
  metSamples,
  type ModelDescription,
  type SavedFiles,
  speakersFile,
  speakersToBytes,
} from "../inference/mod.ts";
import type { TrainedModel } from "../systems/system.ts";
import { byModality, modalities } from "../modality.ts";
import { isBinary, otherThanPolarities, polarities, type Target } from "../target.ts";
import { openCheckpoints } from "../training/checkpoint.ts";
import type { Checkpoints, Epoch } from "../training/train.ts";
import type { CorpusFeatures } from "../systems/features.ts";
import { describeModel, modelFiles } from "./describe_model.ts";
import {
  type Corpora,
  dataHash,
  type Extents,
  keptHashes,
  openCorpora,
  subsets,
} from "./corpora.ts";
import { withSoundFeatures } from "./feature_audit.ts";
import { watchJob } from "./fit_watch.ts";
import { fitReliability } from "./fit_reliability.ts";
import { encodersOf, type ModelEncoders } from "./model_encoders.ts";
import { trainedBySplit } from "./encoder_source.ts";
import { neutralBeside, readNeutral } from "./neutral.ts";
import { planNatural } from "./natural_rows.ts";
import { assertHeeded, heededSettings } from "./heeded_settings.ts";
import {
  allGiven,
  assertContext,
  assertEncodersFit,
  digestsOfRows,
  type GivenOfRows,
  inContext,
  recordGiven,
  recordsOfGiven,
  withGiven,
} from "./row_features.ts";
import { readRows, type RowMeaning, type RowReports } from "./read_rows.ts";
import type { NamedSettings } from "./setting_names.ts";
import { configOf, fitJob, type JobFit } from "./run.ts";
import {
  assertExecutor,
  rowCounts,
  type RunExecutor,
  settleExecutor,
  stepsOf,
} from "./run_executor.ts";
import { type Job, modalitiesOf, named } from "./job.ts";
import { encodersTrained } from "./scratch_systems.ts";
import { actors, assertSpeakers, metSpeakers } from "./speakers.ts";
import { divideTable, type Samples } from "./splits.ts";
import { digestsOf, encodeOnce } from "./study_encoders.ts";
import { proposedJobs, trainingRecord } from "./proposed_runs.ts";
import type { CommandOptions } from "./study.ts";
import type { WorkFolder } from "./work_folder.ts";

/** What a run is told. */
export interface TrainModelOptions extends CommandOptions, RowReports, Omit<RowMeaning, "valence"> {
  /**
   * `label` shows triples, with modalities missing at random; `single` one modality at a time;
   * `natural` the rows of a table, as they belong together.
   */
  readonly protocol: ModelDescription["protocol"];
  /** Which settings of `config` were asked for: those that would change nothing are refused. */
  readonly asked?: NamedSettings;
  readonly seed: number;
  /** What becomes of samples that training shares with the test part of a table that gives its parts. */
  readonly leaks?: datasets.LeakChoice | undefined;
  /** How many neighbours before and behind a row in its group are its context; 0 by default. */
  readonly context?: number | undefined;
  /** Whether features that know the labels are used all the same; no by default. */
  readonly leakingFeatures?: boolean | undefined;
  /** Whether clips are normalised by their speakers (`normaliseBySpeaker`); no by default. */
  readonly bySpeaker?: boolean | undefined;
  /** Told how its rows are divided, before anything is learnt. */
  readonly onSplit?: (report: datasets.SplitReport) => void;
  /** Told what corpora were read as. */
  readonly onCorpora?: (corpora: Corpora) => void;
  readonly version: string;
}

/** A model and all that goes into its folder. */
export interface TrainedFolder {
  readonly trained: TrainedModel;
  readonly description: ModelDescription;
  /** A line for each epoch, as `history.csv` has them. */
  readonly history: readonly Epoch[];
  readonly files: SavedFiles;
}

/** All that a fit needs: data that are read, encoded and divided. */
export interface PreparedTraining {
  /** The proposed model's, with the test part as its exams. */
  readonly job: Job;
  readonly features: CorpusFeatures;
  readonly work: WorkFolder;
  /** What executes graphs. */
  readonly on: RunExecutor;
  /** SHA-256 of the samples that are used. */
  readonly dataHash: string;
  /** Fits and judges a job here, where it goes on from what the work folder has of it. */
  fit(job: Job): Promise<JobFit>;
  /** The folder of a model that was fitted. */
  folderOf(fit: JobFit): Promise<TrainedFolder>;
}

/**
 * Reads, encodes, splits, trains, and only then reads the test part, once. Nothing is written but
 * the cache, and checkpoints in the work folder.
 */
export async function trainModel(options: TrainModelOptions): Promise<TrainedFolder> {
  const { job, fit, folderOf } = await prepareTraining(options);
  return await folderOf(await fit(job));
}

/** {@linkcode trainModel} up to its fit. */
export async function prepareTraining(options: TrainModelOptions): Promise<PreparedTraining> {
  const { config, onProgress } = options;
  await assertExecutor(options);
  onProgress("reading the corpora");
  const source = await readFor(options);
  const { valence, corpora, pairs } = source;
  assertHeeded(options.asked ?? {}, { ...source, data: options.data });
  const drawn = pairs ? byModality((m) => corpora[m].samples) : subsets(corpora, config.data);
  // A corpus that can't be divided, or leaks, is refused before anything is encoded.
  const { job: planned, report } = planJob({ ...source, samples: drawn }, options);
  assertEncodersFit(options, source.features);
  const rows = source.pairs && { ...source, pairs: source.pairs };
  assertContext(options, rows);
  const { target, groupedBy } = source;
  const { report: audit } = withSoundFeatures(report, {
    ...{ given: source.features, samples: drawn, split: planned.split, target, groupedBy },
  }, options);
  if (audit) options.onSplit?.(audit);
  const spoken = options.bySpeaker && assertSpeakers(drawn, source.groupedBy);
  const given = allGiven(drawn, source.features);
  const made = given
    ? await takeFeatures(options, { features: given, source, samples: drawn, job: planned })
    : await encode(options, { source, drawn, planned });
  const { samples, extents, job, work, on, checkpointsOf, besides, files } = made;
  const features = inContext(made.features, rows, options);
  const records = {
    ...{ ...made.records, ...spoken && { bySpeaker: spoken } },
    ...options.context && { context: options.context },
  };
  return {
    job,
    features,
    work,
    on,
    dataHash: dataHash(samples),
    fit(job) {
      const { onEpoch, end } = watchJob(job, options);
      const checkpoints = checkpointsOf(job, features);
      return fitJob(job, { features, config, on, checkpoints, onEpoch }).finally(end);
    },
    async folderOf({ fitted, outcome: { job, record, verdicts } }) {
      const trained = fitted.model!;
      const { bestEpoch, history, stepsPerEpoch } = trainingRecord(
        { job: { present: modalitiesOf(job) }, record },
        configOf(job, config).training,
      );
      const { reliability, outliers, calibration } = await fitReliability(trained, {
        ...job,
        features,
      });
      const description = await describeModel(trained, {
        training: fitted.training!,
        settings: heededSettings(configOf(job, config).data, source),
        protocol: options.protocol,
        seed: job.seed,
        bestEpoch,
        encoders: records,
        outliers,
        calibration,
        data: {
          name: options.dataLabel,
          valence,
          corpora,
          samples,
          split: job.split,
          audit,
          ...extents && { extents },
        },
        verdicts,
        arithmetic: on.arithmetic,
        versions: { trivalence: options.version, deno: Deno.version.deno },
        commit: options.commit,
      });
      const model = await modelFiles(trained, description, {
        met: metSamples(samples, job.split, besides),
        reliability,
        history: { history, stepsPerEpoch, bestEpoch },
        tested: { verdicts, samples },
      });
      return { trained, description, history, files: { ...model, ...files } };
    },
  };
}

/** What a model is fitted on, and where the fit is kept. */
interface MadeFeatures extends ModelEncoders {
  readonly samples: Samples;
  /** What encoders took in of them, if encoders made the features. */
  readonly extents?: Extents;
  readonly job: Job;
  readonly work: WorkFolder;
  readonly on: RunExecutor;
  readonly checkpointsOf: (job: Job, features: CorpusFeatures) => Checkpoints;
}

function checkpointsIn(
  work: WorkFolder,
  { on: { arithmetic }, onProgress }: Pick<TrainModelOptions, "onProgress"> & {
    readonly on: RunExecutor;
  },
) {
  return (job: Job, features: CorpusFeatures) => {
    const { folder, ...kept } = work.checkpoints(job, features);
    return openCheckpoints(folder, { ...kept, arithmetic, onDamage: onProgress });
  };
}

function settled(
  options: TrainModelOptions,
  { work, features }: Pick<MadeFeatures, "work" | "features">,
): Promise<RunExecutor> {
  return settleExecutor(options, { work, steps: stepsOf(rowCounts(features), options.config) });
}

/** Features that came with the data. */
async function takeFeatures(
  options: TrainModelOptions,
  { features, source, samples, job }:
    & Pick<MadeFeatures, "features" | "samples" | "job">
    & { readonly source: GivenOfRows },
): Promise<MadeFeatures> {
  const records = recordGiven(samples, source);
  const work = await options.openWork({
    code: options.code,
    data: dataHash(samples),
    encoders: digestsOf(Object.values(recordsOfGiven(samples, source))),
    ...options.context && { context: options.context },
    configuration: options.config,
  });
  const on = await settled(options, { work, features });
  const checkpointsOf = checkpointsIn(work, { ...options, on });
  return { samples, job, work, on, checkpointsOf, features, records, files: {} };
}

async function encode(
  options: TrainModelOptions,
  { source, drawn, planned }: {
    readonly source: Source;
    readonly drawn: Samples;
    readonly planned: Job;
  },
): Promise<MadeFeatures> {
  const { config, onFailure } = options;
  const neutral = await readNeutral(options.data, {
    ...{ yetToTrain: trainedBySplit(options.encoders), corpora: source.corpora, drawn, onFailure },
    ...{ label: options.dataLabel, hashes: keptHashes(options.cache, options.onProgress) },
    onProgress: options.onProgress,
  });
  const { encoders, settings, samples, extents, features: encoded, speakers, ...made } =
    await encodeOnce(options, {
      ...{ samples: drawn, given: source.features, neutral, jobs: [planned] },
      // Without a sample, the places of pairs would be others.
      ...!source.pairs && { onFailure },
    });
  const job = source.pairs ? planned : planJob({ ...source, samples }, options).job;
  const work = await options.openWork({
    code: options.code,
    data: dataHash(samples),
    encoders: digestsOfRows(encoders, samples, source),
    ...encodersTrained(options.encoders, config),
    ...made.neutral && { neutral: dataHash(made.neutral.samples) },
    ...speakers && { bySpeaker: true },
    ...options.context && { context: options.context },
    configuration: config,
  });
  const on = await settled(options, { work, features: encoded });
  const checkpointsOf = checkpointsIn(work, { ...options, on });
  const { features, records, besides, files } = await encodersOf(options, {
    encoders,
    encoded,
    samples,
    neutral: made.neutral && neutralBeside(made.neutral, samples),
    job,
    settings,
    on,
    checkpointsOf,
  });
  const met = speakers && metSpeakers(speakers, samples, job.split);
  const all = { ...files, ...met && { [speakersFile]: speakersToBytes(met) } };
  const found = {
    ...{ features, files: all, records: withGiven(records, samples, source) },
    ...besides && { besides },
  };
  return { samples, extents, job, work, on, checkpointsOf, ...found };
}

/** What is learnt from: corpora, and what belongs together if the protocol is natural. */
interface Source extends GivenOfRows {
  readonly corpora: Corpora;
  readonly valence: datasets.ValenceMap;
  readonly target: Target;
  readonly pairs?: readonly datasets.Pair[];
  readonly order?: readonly datasets.RowOrder[];
  readonly given?: readonly (datasets.Part | undefined)[];
  /** Whether samples that are learnt by themselves are of one table, and its groups of all. */
  readonly isTable?: true;
  /** What names the groups of its clips; null where nothing does. */
  readonly groupedBy: string | null;
}

async function readFor(options: TrainModelOptions): Promise<Source> {
  const { protocol, data, dataLabel, cache, onFailure, onProgress } = options;
  const isGiven = datasets.isFeatureFile(data);
  if (isGiven && protocol !== "natural") {
    throw notNatural(options);
  }
  if (!isGiven && !await datasets.holdsRows(data)) {
    const valence = datasets.defaultValence;
    const hashes = keptHashes(cache, onProgress);
    const told = { label: dataLabel, hashes, onFailure, onProgress };
    const corpora = await openCorpora(data, { valence, ...told });
    options.onCorpora?.(corpora);
    return { corpora, valence, target: polarities, groupedBy: actors };
  }
  const rows = await readRows(data, options);
  if (protocol === "natural") return rows;
  if (rows.features) throw notNatural(options);
  const { corpora, valence, target, groupedBy } = rows;
  // As many samples are drawn of the one as of the other.
  if (!isBinary(target)) {
    const got = target.kind === "score" ? "a score" : target.classes.slice(0, 12).join(", ");
    throw new RangeError(
      `Cannot train on "${data}" under protocol ${protocol}: expected two classes, got ${got}; ` +
        "protocol natural learns any labels",
    );
  }
  const missing = modalities.find((m) => corpora[m].samples.length === 0);
  if (missing === undefined) return { corpora, valence, target, groupedBy, isTable: true };
  throw new RangeError(
    `Cannot train on "${data}" under protocol ${protocol}: expected text, image and audio, ` +
      `got no ${missing}; protocol natural takes any of them`,
  );
}

function notNatural({ data, protocol }: TrainModelOptions): RangeError {
  return new RangeError(
    `Cannot train on "${data}" under protocol ${protocol}: expected protocol natural, since its ` +
      "samples belong together, got another",
  );
}

function planJob(
  { samples, corpora, pairs, given, isTable, target: learnt }:
    & Omit<Source, "valence" | "groupedBy">
    & {
      readonly samples: Samples;
    },
  { config: { data }, protocol, seed, leaks }: TrainModelOptions,
): { job: Job; report?: datasets.SplitReport } {
  const target = otherThanPolarities(learnt);
  let report: datasets.SplitReport | undefined;
  const onSplit = (found: datasets.SplitReport) => void (report = found);
  const divide = (own: Samples) => {
    const divided = divideTable(own, { seed, data });
    onSplit(divided.report);
    return divided;
  };
  const [planned] = pairs
    ? planNatural({ corpora, pairs, ...given && { given } }, {
      ...{ seeds: [seed], target, data, leaks, onSplit },
    })
    : proposedJobs(samples, "unified", { seeds: [seed], data, ...isTable && { divide } });
  const job = named({
    ...{ ...planned!, kind: protocol, protocol },
    ...target && { target },
    ...data.unbalanced && { classesAlike: true },
  });
  return { job, ...report && { report } };
}
