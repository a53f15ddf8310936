/** Watching fits while they train. @module */

import { sha256 } from "../files.ts";
import type { Epoch, TrainProgress } from "../training/train.ts";
import { fitKey } from "./fit_key.ts";
import { type Job, modalitiesOf } from "./job.ts";
import { perClassifier } from "./per_classifier.ts";
import { configOf } from "./run.ts";
import { isScratchSystem } from "./scratch_systems.ts";
import type { NamedSettings } from "./setting_names.ts";
import type { Config } from "./settings.ts";
import { trainingOf } from "./systems.ts";

/** One fit among those of a command. */
export interface WatchedFit {
  /** The run's, as {@linkcode Job.name}: runs on other data may have the same. */
  readonly name: string;
  /** Its own among all fits of whatever settings and split. */
  readonly id: string;
  /** What it was asked to learn, and its settings by their dotted names. */
  readonly settings: NamedSettings;
}

/** Who is told of fits while they train. */
export interface FitWatcher {
  /** After each epoch; the training loss is in the unit of the validation loss. */
  onEpoch(fit: WatchedFit, epoch: Epoch, progress: TrainProgress): void;
  /** Once a fit trains no longer, be it done or failed. */
  onEnd(fit: WatchedFit): void;
}

/** A watcher of one job. */
export interface JobWatch {
  /** For the job's fit. */
  onEpoch(epoch: Epoch, progress: TrainProgress): void;
  /** Once it has ended. */
  end(): void;
}

/** Tells `watcher` of a job that is run with `config`. */
export function watchJob(
  job: Job,
  { watcher, config }: { readonly watcher?: FitWatcher | undefined; readonly config: Config },
): JobWatch {
  if (watcher === undefined) return { onEpoch() {}, end() {} };
  const own = configOf(job, config);
  const settings = settingsOf(job, own);
  const id = sha256(`${fitKey(job)} ${JSON.stringify(settings)}`);
  const fit = { name: job.name, id, settings };
  const told = job.system === "Proposed"
    ? perClassifier({ present: modalitiesOf(job) }, own.training.headWeight)
    : (epoch: Epoch) => epoch;
  return {
    onEpoch: (epoch, progress) => watcher.onEpoch(fit, told(epoch), progress),
    end: () => watcher.onEnd(fit),
  };
}

function settingsOf(
  { system, kind, protocol, present, seed }: Job,
  config: Config,
): NamedSettings {
  const { levels, ...model } = config.model;
  return {
    ...{ system, kind, protocol, modalities: present.join(", "), seed },
    ...system === "Proposed" && { ...dotted("model", model), ...dotted("model.levels", levels) },
    ...!isScratchSystem(system) && dotted("training", trainingOf(system, config)),
  };
}

function dotted(section: string, settings: object): NamedSettings {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`${section}.${name}`, value]),
  );
}
