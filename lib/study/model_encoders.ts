/** The encoders that a model is trained upon, and what of them is kept in its folder. @module */

import type { Encoder, EncoderInput, Encoders, GraphPrecision } from "../encoders/mod.ts";
import {
  type BranchParts,
  trainedEncoderFiles,
  trainedEncoderNames,
} from "../branches/trained_encoder.ts";
import { trainedBranches, trainedIn } from "../branches/trained_branches.ts";
import type { Sample } from "../datasets/mod.ts";
import type { EncoderRecord, EncoderRecords } from "../inference/mod.ts";
import type { Modality } from "../modality.ts";
import { flatten, type Parameter } from "../tensor/parameter.ts";
import { key } from "../tensor/random.ts";
import type { Tree } from "../tensor/tree.ts";
import type { CorpusFeatures } from "../systems/features.ts";
import { branchParameters } from "../branches/joint.ts";
import type { Checkpoints } from "../training/train.ts";
import type { Config } from "./settings.ts";
import { type EncoderSource, trainedBySplit } from "./encoder_source.ts";
import { type FitWatcher, watchJob } from "./fit_watch.ts";
import { type NeutralToLearn, noteNeutral, withNeutralBehind } from "./neutral.ts";
import type { RunExecutor } from "./run_executor.ts";
import { fitJob } from "./run.ts";
import type { Job } from "./job.ts";
import { rawInputsOf } from "./scratch_systems.ts";
import type { Samples } from "./splits.ts";
import { noEncoder } from "./study_encoders.ts";
import { encoderJob, neutralRows, statesOf, withStates } from "./trained_encoders.ts";

/** What of a run's settings decides its encoders. */
export interface EncodersOptions {
  readonly encoders: EncoderSource;
  readonly config: Config;
  /** Whether clips were normalised by their speakers. */
  readonly bySpeaker?: boolean | undefined;
  readonly onProgress: (step: string, done?: number, total?: number) => void;
  /** Told of those that train. */
  readonly watcher?: FitWatcher | undefined;
}

/** How frozen encoders were asked. */
export interface EncoderSettings {
  readonly precision: GraphPrecision;
}

function recordOf({ id, digest, folder }: Encoder<never>, shape: readonly number[]): EncoderRecord {
  return { id, digest, segments: shape[0]!, ...folder !== undefined && { folder } };
}

type TrainedRecords = { readonly [M in Modality]?: EncoderRecord };

/** What a model says of its encoders; `trained` are those of which `encoders` has the raw inputs. */
export function recordEncoders(
  { text, image, audio: [speech, spectral], notes }: Encoders,
  choice: EncoderRecords["choice"],
  { precision, trained = {} }: EncoderSettings & { readonly trained?: TrainedRecords },
): EncoderRecords {
  const isFrozenAlone = choice === "trained" && !("trainedOn" in speech);
  return {
    choice,
    ...(precision === "fp32" ? {} : { precision }),
    text: trained.text ?? recordOf(text, text.shapes.states!),
    image: trained.image ?? recordOf(image, image.shapes.states!),
    audio: trained.audio ?? {
      ...recordOf(speech, speech.shapes.states!),
      ...(speech.layers === undefined ? {} : { layers: speech.layers }),
      ...isFrozenAlone && { choice: "embedded" },
    },
    spectral: recordOf(spectral, spectral.shapes.prosody!),
    ...(notes && { notes }),
  };
}

/** What a model learns from, what it tells of its encoders, and those that go into its folder. */
export interface ModelEncoders {
  readonly features: CorpusFeatures;
  readonly records: EncoderRecords;
  /** What encoders have learnt beside the training part. */
  readonly besides?: readonly Sample[];
  /** By their path in the model folder. */
  readonly files: Readonly<Record<string, Uint8Array>>;
}

/** The encoders of a model: frozen ones as they are, and such as its training part trains. */
export async function encodersOf(
  { encoders: source, config, onProgress, watcher, bySpeaker }: EncodersOptions,
  { encoders, encoded, samples, neutral, job, settings, on, checkpointsOf }: {
    readonly encoders: Encoders;
    /** By them. */
    readonly encoded: CorpusFeatures;
    readonly samples: Samples;
    /** Learnt by encoders that are trained here. */
    readonly neutral?: NeutralToLearn | undefined;
    readonly job: Job;
    readonly settings: EncoderSettings;
    readonly on: RunExecutor;
    readonly checkpointsOf: (job: Job, features: CorpusFeatures) => Checkpoints;
  },
): Promise<ModelEncoders> {
  const choice = source === "embedded" || source === "paper" ? source : "trained";
  const trained = trainedBySplit(source);
  if (trained.length === 0) {
    const files = typeof source === "string" ? {} : await filesIn(source.folder);
    return { features: encoded, records: recordEncoders(encoders, choice, settings), files };
  }
  const given = { samples, neutral, config, on, checkpointsOf, onProgress, watcher, bySpeaker };
  const made = await trainEncoders(job, trained, { ...given, features: encoded });
  const told = noteNeutral(encoders, neutral, [job.split]);
  return {
    features: withStates(encoded, made.states, trained),
    records: recordEncoders(told, choice, { ...settings, trained: made.records }),
    besides: made.besides,
    files: made.files,
  };
}

/** Trains an encoder of each of these modalities on the job's training part, where it has samples. */
async function trainEncoders(
  job: Job,
  trained: readonly Modality[],
  { features, samples, neutral, config, on, checkpointsOf, onProgress, ...told }: {
    readonly features: CorpusFeatures;
    readonly samples: Samples;
    readonly neutral: NeutralToLearn | undefined;
    readonly config: Config;
    readonly on: RunExecutor;
    readonly checkpointsOf: (job: Job, features: CorpusFeatures) => Checkpoints;
    readonly onProgress: EncodersOptions["onProgress"];
    readonly watcher: EncodersOptions["watcher"];
    readonly bySpeaker: EncodersOptions["bySpeaker"];
  },
) {
  const { watcher, bySpeaker = false } = told;
  const states: { [M in Modality]?: ReturnType<typeof statesOf> } = {};
  const files: Record<string, Uint8Array> = {};
  const records: { [M in Modality]?: EncoderRecord } = {};
  const besides: Sample[] = [];
  const learnt = neutral ? withNeutralBehind(features, neutral) : features;
  for (const m of trained) {
    if (job.split[m].train.length === 0) {
      const none = noEncoder(m);
      records[m] = recordOf(none, none.shapes.states!);
      continue;
    }
    const rows = neutralRows(job, m, neutral);
    const further = rows.map((row) => neutral!.samples[m][row]!);
    besides.push(...further);
    const own = encoderJob(job, m, features[m], rows);
    const raw = rawInputsOf(m);
    onProgress(`training the ${m} encoder`);
    const watch = watchJob(own, { watcher, config });
    const { fitted, outcome } = await fitJob(own, {
      features: learnt,
      config,
      on,
      checkpoints: checkpointsOf(own, learnt),
      onEpoch: watch.onEpoch,
    }).finally(watch.end);
    states[m] = statesOf(outcome);
    const parts = trainedBranches[m]() as BranchParts<EncoderInput>;
    const { split: { [m]: { train, validation } } } = own;
    const made = trainedEncoderFiles(parts, {
      parameters: flatten(
        branchParameters(parts.branch.init(key(0)) as Tree<Parameter>, fitted.parameters!),
      ),
      // Of what the branch reads: an encoder is not given more.
      standardisation: Object.fromEntries(
        Object.entries(fitted.standardisation![m] ?? {}).filter(([name]) => raw.includes(name)),
      ),
      trainedOn: [...[...train, ...validation].map((row) => samples[m][row]!), ...further]
        .map(({ hash }) => hash),
      bySpeaker: bySpeaker && m === "audio",
    });
    for (const [name, bytes] of Object.entries(made.files)) files[`encoders/${m}/${name}`] = bytes;
    const { segments } = parts.branch;
    records[m] = { id: `trained ${m}`, digest: made.digest, segments };
  }
  return { states, records, besides, files };
}

/** The files of the trained encoders in a folder, by their path in that of a model. */
async function filesIn(folder: string): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const m of await trainedIn(folder)) {
    for (const name of trainedEncoderNames) {
      files[`encoders/${m}/${name}`] = await Deno.readFile(`${folder}/${m}/${name}`);
    }
  }
  return files;
}
