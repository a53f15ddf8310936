/** A fitted model as a folder, and the folder as a model. @module */

import * as checks from "../checks.ts";
import project from "../../deno.json" with { type: "json" };
import {
  metSamples,
  type ModelDescription,
  type ModelFolder,
  openModelFolder,
  speakersFile,
  speakersToBytes,
  writeModel,
} from "../inference/mod.ts";
import { describeModel, modelFiles } from "../study/describe_model.ts";
import { fitReliability } from "../study/fit_reliability.ts";
import { modalitiesOf } from "../study/job.ts";
import { trainingRecord } from "../study/proposed_runs.ts";
import { metSpeakers } from "../study/speakers.ts";
import type { ProposedTraining } from "../systems/settings.ts";
import { evaluate } from "./evaluate.ts";
import type { Model } from "./fit.ts";

/** How a model is saved. */
export interface SaveOptions {
  /** The commit of the caller's code, for the record. */
  readonly commit?: string;
}

const saveChecks = checks.record({ commit: checks.text }, { optional: "all" });

/**
 * Saves a proposed model, stages of the caller's own included: `config.json`, `model.safetensors`,
 * `model.onnx` for any ONNX runtime, a model card and values to check it by. A model that is there is
 * replaced whole. Its scores on the test part go into the card, so the test part is read.
 *
 * @throws {RangeError} The system is another one, whose fit can't be saved, or learnt from random
 * triples; something that is no model is in the way.
 */
export async function saveModel(
  model: Model,
  folder: string,
  options: SaveOptions = {},
): Promise<ModelDescription> {
  saveChecks(options, "the options of saveModel");
  const { fitted: { model: trained, training, record }, data, split, protocol, seed, present } =
    model;
  if (trained === undefined) {
    throw new RangeError(
      `Cannot save ${model.system}: expected the proposed model, whose folder predict can open, ` +
        `got a system without one`,
    );
  }
  if (protocol === "random") {
    throw new RangeError(
      "Cannot save a model: expected protocol label, single or natural, got random",
    );
  }
  const { verdicts } = await evaluate(model);
  const { headWeight } = training as ProposedTraining;
  const job = { present: modalitiesOf({ present, split: split.parts }) };
  const { bestEpoch, history, stepsPerEpoch } = trainingRecord({ job, record }, { headWeight });
  const { reliability, outliers, calibration } = await fitReliability(trained, {
    ...{ features: data.features, split: split.parts, protocol, present, seed },
    ...data.pairs && { pairs: data.pairs },
  });
  const description = await describeModel(trained, {
    training: training!,
    protocol,
    seed,
    bestEpoch,
    encoders: data.encoders,
    outliers,
    calibration,
    data: { ...data, split: split.parts },
    verdicts,
    versions: { trivalence: project.version, deno: Deno.version.deno },
    commit: options.commit ?? null,
  });
  const met = metSamples(data.samples, split.parts);
  const files = await modelFiles(trained, description, {
    ...{ met, reliability, history: { history, stepsPerEpoch, bestEpoch } },
    tested: { verdicts, samples: data.samples },
  });
  const known = data.speakers && metSpeakers(data.speakers, data.samples, split.parts);
  await writeModel(folder, {
    description,
    files: { ...files, ...known && { [speakersFile]: speakersToBytes(known) } },
  });
  return description;
}

/** A model that was saved, whole and unchanged since. */
export interface SavedModel extends ModelFolder {
  /** Where it was opened; trained encoders are in it. */
  readonly folder: string;
  /** Where its frozen encoders are. */
  readonly cache: string;
}

/** How a model is loaded. */
export interface LoadOptions {
  /** Where encoders are kept between runs, `.cache` by default. */
  readonly cache?: string;
}

const loadChecks = checks.record({ cache: checks.text }, { optional: "all" });

/**
 * Opens a folder that {@linkcode saveModel} or `deno task train` wrote, for `predict`.
 *
 * @throws {RangeError} It is no such folder, or a file of it is damaged.
 */
export async function loadModel(folder: string, options: LoadOptions = {}): Promise<SavedModel> {
  loadChecks(options, "the options of loadModel");
  return { ...await openModelFolder(folder), folder, cache: options.cache ?? ".cache" };
}
