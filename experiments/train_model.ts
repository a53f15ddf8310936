/**
 * Trains the proposed model once, to be kept.
 *
 *     deno task train [--data DIR] [--protocol label|single] [--seed N]
 *
 * The split, the initial parameters and the batches are those of the same
 * protocol and seed in Table 1, so a kept model is one that the table judged. A
 * run that is killed goes on at its last checkpoint when the command is given
 * again.
 *
 * @module
 */

import { onnxruntime } from "../lib/deps/onnxruntime.ts";
import * as tf from "../lib/deps/tf.ts";
import { defaultValence, parts, type Sample, type Split } from "../lib/datasets/mod.ts";
import {
  type BranchParts,
  type Encoder,
  type EncoderInput,
  type Encoders,
  type GraphPrecision,
  openFeatureStore,
  type SpeechLayers,
  trainedEncoderFiles,
  trainedEncoderNames,
} from "../lib/encoders/mod.ts";
import { trainedBranches } from "../lib/encoders/trained_branches.ts";
import {
  checkValues,
  type EncoderRecord,
  type EncoderRecords,
  exportOnnx,
  loadExportedModel,
  modelCard,
  type ModelDescription,
  modelToSafetensors,
  type SavedFiles,
  type TestScore,
  type TrainedModel,
} from "../lib/inference/mod.ts";
import { scoreBinary } from "../lib/metrics/mod.ts";
import { byModality, modalities, type Modality } from "../lib/modality.ts";
import { initModel } from "../lib/model/mod.ts";
import { flatten, type Parameter, unflatten } from "../lib/tensor/parameter.ts";
import { key } from "../lib/tensor/random.ts";
import type { Tree } from "../lib/tensor/tree.ts";
import { openCheckpoints } from "../lib/training/checkpoint.ts";
import { type CorpusFeatures, inputSizes, standardiseFeatures } from "../lib/training/features.ts";
import { branchParameters } from "../lib/training/scratch.ts";
import type { Checkpoints, Epoch } from "../lib/training/train.ts";
import type { Config } from "./config.ts";
import {
  type Corpora,
  dataHash,
  encodeSamples,
  type Failure,
  readCorpora,
  subsets,
} from "./corpora.ts";
import type { EncoderSource } from "./encoder_source.ts";
import { type Job, type Outcome, runJob, type Verdicts } from "./run.ts";
import { encoderRecord, rawInputsOf } from "./scratch_systems.ts";
import type { Samples } from "./splits.ts";
import { assertUnmet, openEncoders } from "./study_encoders.ts";
import { planTable1 } from "./table_1.ts";
import { encoderJob, statesOf, withStates } from "./trained_encoders.ts";
import type { OpenWork } from "./work_folder.ts";

/** What a run is told. */
export interface TrainModelOptions {
  readonly config: Config;
  /** `label` shows triples, with modalities missing at random; `single` one modality at a time. */
  readonly protocol: "label" | "single";
  readonly seed: number;
  /** The folder with `emotions/`, `faces/` and `ravdess/`. */
  readonly data: string;
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
  const corpora = await readCorpora(options.data, {
    valence: defaultValence,
    label: options.dataLabel,
    onFailure,
    onProgress,
  });
  const drawn = subsets(corpora, config.data.cap);
  // A corpus that can't be divided, or leaks, is refused before anything is encoded.
  planJob(drawn, options);

  onProgress("loading the encoders");
  const { cache, speechLayers = "last", precision = "fp32" } = options;
  const settings = { speechLayers, precision };
  const { encoders, trained: met } = await openEncoders(options.encoders, {
    ...{ cache, onProgress },
    ...settings,
  });
  if (met) assertUnmet(met, drawn, [planJob(drawn, options)]);
  const { samples, features: encoded } = await encodeSamples(drawn, {
    encoders,
    onFailure,
    store: openFeatureStore(`${cache}/features`, { onDamage: onProgress }),
    onProgress: (m, done, total) => onProgress(`encoding ${m}`, done, total),
  });
  const job = planJob(samples, options);
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
    ...{ encoders, encoded, samples, job, settings, checkpointsOf },
  });
  for (const encoder of [encoders.text, encoders.image, ...encoders.audio]) await encoder.dispose();

  const { trained, outcome } = await fit(job, {
    features,
    config,
    checkpoints: checkpointsOf(job, features),
    onEpoch: ({ epoch }) => onProgress("training", epoch, config.training.epochs),
  });
  const description: ModelDescription = {
    model: trained.config,
    training: config.training,
    protocol: options.protocol,
    seed: options.seed,
    bestEpoch: outcome.record.bestEpoch as number,
    encoders: records,
    data: {
      label: options.dataLabel,
      hash: dataHash(samples),
      valence: defaultValence,
      corpora: byModality((m) => recordCorpus(corpora, samples, job.split, m)),
    },
    scores: outcome.verdicts.map(scoreOf),
    versions: {
      trivalence: options.version,
      deno: Deno.version.deno,
      tfjs: tf.version.tfjs,
      onnxruntime: (await onnxruntime()).env.versions.common,
    },
    commit: options.commit,
  };
  const model = await modelFiles(trained, description);
  return { trained, description, files: { ...model, ...files } };
}

/** What a model learns from, what it tells of its encoders, and those that go into its folder. */
interface ModelEncoders {
  readonly features: CorpusFeatures;
  readonly records: EncoderRecords;
  /** By their path in the model folder. */
  readonly files: Readonly<Record<string, Uint8Array>>;
}

async function encodersOf(
  options: TrainModelOptions,
  { encoders, encoded, samples, job, settings, checkpointsOf }: {
    readonly encoders: Encoders;
    /** By them. */
    readonly encoded: CorpusFeatures;
    readonly samples: Samples;
    readonly job: Job;
    readonly settings: EncoderSettings;
    readonly checkpointsOf: (job: Job, features: CorpusFeatures) => Checkpoints;
  },
): Promise<ModelEncoders> {
  const { encoders: source, config, onProgress } = options;
  if (source === "scratch") {
    return await trainEncoders(job, {
      ...{ features: encoded, samples, config, checkpointsOf, spectral: encoders.audio[1] },
      onProgress,
    });
  }
  const choice = typeof source === "string" ? source : "trained";
  const files = typeof source === "string" ? {} : await filesIn(source.folder);
  return { features: encoded, records: recordEncoders(encoders, choice, settings), files };
}

/** Trains an encoder of each modality on the job's training part. */
async function trainEncoders(
  job: Job,
  { features, samples, config, checkpointsOf, spectral, onProgress }: {
    readonly features: CorpusFeatures;
    readonly samples: Samples;
    readonly config: Config;
    readonly checkpointsOf: (job: Job, features: CorpusFeatures) => Checkpoints;
    readonly spectral: Encoder<never>;
    readonly onProgress: TrainModelOptions["onProgress"];
  },
): Promise<ModelEncoders> {
  const states: { [M in Modality]?: ReturnType<typeof statesOf> } = {};
  const files: Record<string, Uint8Array> = {};
  const records: { [M in Modality]?: EncoderRecord } = {};
  for (const m of modalities) {
    const own = encoderJob(job, m, features[m]);
    const best = keepBest(checkpointsOf(own, features));
    const outcome = await runJob(own, {
      ...{ features, config, checkpoints: best },
      onEpoch: ({ epoch }) => onProgress(`training the ${m} encoder`, epoch),
    });
    states[m] = statesOf(outcome);
    const parts = trainedBranches[m]() as BranchParts<EncoderInput>;
    const { split: { [m]: { train, validation } } } = own;
    const made = trainedEncoderFiles(parts, {
      parameters: flatten(
        branchParameters(parts.branch.init(key(0)) as Tree<Parameter>, best.parameters()),
      ),
      standardisation: standardisationOf(own, m, features),
      trainedOn: [...train, ...validation].map((row) => samples[m][row]!.hash),
    });
    for (const [name, bytes] of Object.entries(made.files)) files[`encoders/${m}/${name}`] = bytes;
    const { segments } = parts.branch;
    records[m] = { id: `trained ${m}`, digest: made.digest, segments };
  }
  const { text, image, audio } = records as Record<Modality, EncoderRecord>;
  return {
    features: withStates(features, states),
    records: {
      ...{ choice: "trained", text, image, audio },
      spectral: recordOf(spectral, spectral.shapes.prosody!),
    },
    files,
  };
}

// Of what the branch reads: an encoder is not given more.
function standardisationOf(job: Job, m: Modality, features: CorpusFeatures) {
  const train = byModality((m) => job.split[m].train);
  const { standardisation } = standardiseFeatures(features, train, { present: [m] });
  const raw = rawInputsOf(m);
  return Object.fromEntries(
    Object.entries(standardisation[m] ?? {}).filter(([name]) => raw.includes(name)),
  );
}

/** The files of the trained encoders in a folder, by their path in that of a model. */
async function filesIn(folder: string): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const m of modalities) {
    for (const name of trainedEncoderNames) {
      files[`encoders/${m}/${name}`] = await Deno.readFile(`${folder}/${m}/${name}`);
    }
  }
  return files;
}

function digestsOf({ text, image, audio }: Encoders): Record<string, string> {
  return Object.fromEntries([text, image, ...audio].map(({ id, digest }) => [id, digest]));
}

function planJob(
  samples: Readonly<Record<Modality, readonly Sample[]>>,
  { config, protocol, seed }: TrainModelOptions,
): Job {
  const { jobs } = planTable1(samples, { seeds: [seed], data: config.data });
  const job = jobs.find(({ system, protocol }) => system === "Proposed" && protocol === "label")!;
  return { ...job, protocol, name: `proposed-${protocol}-seed${seed}` };
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
  ) as unknown as typeof like;
  return { trained: { parameters, standardisation, config: model }, outcome };
}

/** Remembers the parameters of the best epoch so far, and passes all on to `kept`. */
function keepBest(kept?: Checkpoints): Checkpoints & { parameters(): Float32Array } {
  let parameters = new Float32Array();
  return {
    parameters: () => parameters,
    async ended(size) {
      const ended = await kept?.ended?.(size);
      if (ended) parameters = ended.best.parameters.slice();
      return ended;
    },
    end: async (ended) => await kept?.end?.(ended),
    async load(size) {
      const standing = await kept?.load(size);
      // A run that was cut off after its last epoch trains none, and saves none.
      if (standing) parameters = standing.best.parameters.slice();
      return standing;
    },
    async save(standing) {
      parameters = standing.best.parameters.slice();
      await kept?.save(standing);
    },
  };
}

function scoreOf({ head, rows, labels, scores }: Verdicts): TestScore {
  const { accuracy, precision, recall, f1, auc } = scoreBinary({ actual: labels, scores });
  const shown = modalities.filter((m) => rows[m] !== undefined);
  return { head, shown, tested: labels.length, accuracy, precision, recall, f1, auc };
}

/** How frozen encoders were asked. */
interface EncoderSettings {
  readonly speechLayers: SpeechLayers;
  readonly precision: GraphPrecision;
}

function recordOf({ id, digest }: Encoder<never>, shape: readonly number[]): EncoderRecord {
  return { id, digest, segments: shape[0]! };
}

function recordEncoders(
  { text, image, audio: [speech, spectral] }: Encoders,
  choice: EncoderRecords["choice"],
  { speechLayers, precision }: EncoderSettings,
): EncoderRecords {
  return {
    choice,
    ...(precision === "fp32" ? {} : { precision }),
    text: recordOf(text, text.shapes.states!),
    image: recordOf(image, image.shapes.states!),
    audio: {
      ...recordOf(speech, speech.shapes.states!),
      ...(speechLayers === "last" ? {} : { layers: speechLayers }),
    },
    spectral: recordOf(spectral, spectral.shapes.prosody!),
  };
}

function recordCorpus(
  corpora: Corpora,
  samples: Readonly<Record<Modality, readonly Sample[]>>,
  split: Readonly<Record<Modality, Split>>,
  m: Modality,
) {
  const [train, validation, test] = parts.map((part) => split[m][part].length);
  return {
    name: corpora[m].name,
    used: samples[m].length,
    train: train!,
    validation: validation!,
    test: test!,
  };
}

/** The files of a model folder. The check's values come from the very bytes of `model.onnx`. */
export async function modelFiles(
  trained: TrainedModel,
  description: ModelDescription,
): Promise<SavedFiles> {
  const onnx = exportOnnx(trained);
  const model = await loadExportedModel(onnx);
  const check = await checkValues(model, trained);
  await model.dispose();
  const encode = (text: string) => new TextEncoder().encode(text);
  return {
    "model.safetensors": modelToSafetensors(trained),
    "model.onnx": onnx,
    "check.json": encode(JSON.stringify(check)),
    "README.md": encode(modelCard(description)),
  };
}
