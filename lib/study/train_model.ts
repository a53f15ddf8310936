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

import * as datasets from "../datasets/mod.ts";
import { openFeatureStore } from "../encoders/mod.ts";
import { metSamples, type ModelDescription, type SavedFiles } from "../inference/mod.ts";
import type { TrainedModel } from "../systems/system.ts";
import { byModality, modalities } from "../modality.ts";
import { otherThanPolarities, polarities, type Target } from "../target.ts";
import { openCheckpoints } from "../training/checkpoint.ts";
import type { CorpusFeatures } from "../systems/features.ts";
import { describeModel, modelFiles } from "./describe_model.ts";
import { type Corpora, dataHash, encodeSamples, openCorpora, subsets } from "./corpora.ts";
import { encodersOf } from "./model_encoders.ts";
import { planNatural } from "./natural_rows.ts";
import { fitJob } from "./run.ts";
import { type Job, named } from "./job.ts";
import { encoderRecord } from "./scratch_systems.ts";
import type { Samples } from "./splits.ts";
import { assertUnmet, digestsOf, listEncoders, openEncoders } from "./study_encoders.ts";
import { proposedJobs } from "./proposed_runs.ts";
import type { CommandOptions } from "./study.ts";

/** What a run is told. */
export interface TrainModelOptions extends CommandOptions {
  /**
   * `label` shows triples, with modalities missing at random; `single` one modality at a time;
   * `natural` the rows of a table, as they belong together.
   */
  readonly protocol: ModelDescription["protocol"];
  readonly seed: number;
  /** What labels of a table count as, beside those of {@linkcode datasets.defaultValence}. */
  readonly labels?: datasets.LabelMap | undefined;
  /** What becomes of a table's rows with several labels. */
  readonly several?: datasets.Several | undefined;
  /** What is learnt of a table's labels; by default what they look like. */
  readonly target?: datasets.TargetChoice | undefined;
  /** Told what a table was understood to be, before anything is learnt. */
  readonly onReport?: (report: datasets.TableReport) => void;
  readonly version: string;
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
    encoders: digestsOf(listEncoders(encoders)),
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
  for (const encoder of listEncoders(encoders)) await encoder.dispose();

  const { fitted, outcome } = await fitJob(job, {
    features,
    config,
    checkpoints: checkpointsOf(job, features),
    onEpoch: ({ epoch }) => onProgress("training", epoch, config.training.epochs),
  });
  const trained = fitted.model!;
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
  const model = await modelFiles(trained, description, {
    met: metSamples(samples, job.split),
  });
  return { trained, description, files: { ...model, ...files } };
}

/** What is learnt from: corpora, and what belongs together if the protocol is natural. */
interface Source {
  readonly corpora: Corpora;
  readonly valence: datasets.ValenceMap;
  readonly target: Target;
  readonly pairs?: readonly datasets.Pair[];
  readonly given?: readonly datasets.Part[];
}

async function readFor(
  { protocol, data, dataLabel, labels, several, target, onReport, onFailure, onProgress }:
    TrainModelOptions,
): Promise<Source> {
  if (!await datasets.holdsRows(data)) {
    const valence = datasets.defaultValence;
    const told = { label: dataLabel, onFailure, onProgress };
    const corpora = await openCorpora(data, { valence, ...told });
    return { corpora, valence, target: polarities };
  }
  const { report, ...table } = await datasets.readPairedTable(data, {
    ...{ labels, several, target },
    onProgress: (done, total) => onProgress("reading files", done, total),
  });
  onReport?.(report);
  if (protocol === "natural") return table;
  const missing = modalities.find((m) => table.corpora[m].samples.length === 0);
  if (missing === undefined) {
    const { corpora, valence, target } = table;
    return { corpora, valence, target };
  }
  throw new RangeError(
    `Cannot train on "${data}" under protocol ${protocol}: expected text, image and audio, ` +
      `got no ${missing}; protocol natural takes any of them`,
  );
}

function planJob(
  { samples, corpora, pairs, given, target: learnt }: Omit<Source, "valence"> & {
    readonly samples: Samples;
  },
  { config: { data }, protocol, seed }: TrainModelOptions,
): Job {
  const target = otherThanPolarities(learnt);
  const [planned] = pairs
    ? planNatural({ corpora, pairs, ...given && { given } }, { seeds: [seed], target, data })
    : proposedJobs(samples, "unified", { seeds: [seed], data });
  return named({ ...planned!, kind: protocol, protocol, ...target && { target } });
}
