/**
 * Trains the proposed model and saves it as a folder.
 *
 *     deno task train [options]
 *
 * @module
 */

import { resolve } from "node:path";
import { defaults, quick } from "../lib/study/settings.ts";
import { currentCommit, sourceDigest } from "../experiments/results/folder.ts";
import {
  type TrainedFolder,
  trainModel,
  type TrainModelOptions,
} from "../lib/study/train_model.ts";
import type { EncoderSource } from "../lib/study/encoder_source.ts";
import { moveInto } from "../lib/files.ts";
import { printNumber } from "../lib/numbers.ts";
import { withWorkFolder } from "../lib/study/with_work_folder.ts";
import type { GraphPrecision, SpeechLayers } from "../lib/encoders/mod.ts";
import {
  assertPlaceForModel,
  type ModelDescription,
  writeModel,
} from "../lib/inference/model_folder.ts";
import {
  assertNamed,
  assertSettingsFit,
  parseChoice,
  parseEncoders,
  parseLayers,
  parseOptions,
  parseSeed,
  runCommand,
} from "./command.ts";
import { corpusFolder } from "./corpus.ts";
import { failureLog, failuresToCsv, listFailures } from "./failures.ts";
import { stepLines } from "./progress.ts";
import project from "../deno.json" with { type: "json" };

const help = `Trains the proposed model, tests it once, and saves it as a folder.
A run that was killed goes on where it was when the same command is given again.

Usage: deno task train [options]

  --quick          small corpus, few epochs: a check that everything runs
  --data DIR       a folder with emotions/, faces/ and ravdess/, or a CSV file with the columns
                   text, image, audio, label and maybe group (default: the embedded corpus,
                   made in data/ when it is not there)
  --protocol NAME  label: triples of one label, with modalities missing at random;
                   single: one modality at a time; natural: the rows of a CSV file, whose
                   text, image and audio belong together (default: label)
  --seed N         another split and model for each whole number from 0 (default: 1)
  --encoders NAME  embedded, paper, or scratch: trained from raw inputs, on the training part
                   alone; or a folder of encoders that train --encoders scratch has made, such as
                   out/model/encoders, which must not have met the test part (default: embedded)
  --speech-layers N
                   whose states of wav2vec 2.0 are read: last, the number of a layer (0 is what
                   goes into the first), or mix, all of them in a learnt mix (default: last)
  --precision NAME fp32 or int8: the encoders' numbers; int8 is a quarter of the size and gives
                   other features (default: fp32)
  --out DIR        where the model goes (default: out/model, with --quick out/quick/model)
  --cache DIR      where encoders and features are kept (default: .cache)
  --keep-going     leaves out what can't be read or encoded, and lists it at the end and in
                   failures.csv in the model (default: the first such file ends the run)
  --help           this text`;

/** What the command line asks for. */
interface Request {
  readonly quick: boolean;
  readonly data: string | undefined;
  readonly protocol: TrainModelOptions["protocol"];
  readonly seed: number;
  readonly encoders: EncoderSource;
  readonly speechLayers: SpeechLayers;
  readonly precision: GraphPrecision;
  readonly out: string;
  readonly cache: string;
  readonly keepGoing: boolean;
}

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    help,
    parse,
    writes: { task: "train", paths: ({ out, cache }) => [out, workFolderOf(out), cache] },
    run: trainAndSave,
  });
}

function parse(args: string[]): Request | undefined {
  const { values } = parseOptions({
    args,
    options: {
      quick: { type: "boolean", default: false },
      data: { type: "string" },
      protocol: { type: "string", default: "label" },
      seed: { type: "string", default: "1" },
      encoders: { type: "string", default: "embedded" },
      "speech-layers": { type: "string", default: "last" },
      precision: { type: "string", default: "fp32" },
      out: { type: "string" },
      cache: { type: "string", default: ".cache" },
      "keep-going": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  assertNamed(values, "data", "out", "cache");
  const encoders = parseEncoders("--encoders", values.encoders);
  const settings = {
    speechLayers: parseLayers("--speech-layers", values["speech-layers"]),
    precision: parseChoice("--precision", ["fp32", "int8"], values.precision),
  };
  assertSettingsFit(encoders, settings);
  const protocol = parseChoice("--protocol", ["label", "single", "natural"], values.protocol);
  assertRows(protocol, values);
  return {
    ...{ quick: values.quick, data: values.data, protocol },
    seed: parseSeed("--seed", values.seed),
    ...{ encoders, ...settings },
    out: values.out ?? (values.quick ? "out/quick/model" : "out/model"),
    cache: values.cache,
    keepGoing: values["keep-going"],
  };
}

/** Natural pairs are the rows of a file, and none can be left out of them. */
function assertRows(
  protocol: Request["protocol"],
  { data, "keep-going": keepGoing }: {
    readonly data?: string | undefined;
    readonly "keep-going": boolean;
  },
): void {
  if (protocol !== "natural") return;
  if (!data?.endsWith(".csv")) {
    const got = data === undefined ? "none" : `"${data}"`;
    throw new RangeError(
      `Cannot use --protocol natural: expected a CSV file as --data, got ${got}`,
    );
  }
  if (keepGoing) {
    throw new RangeError(
      "Cannot use --keep-going: expected --protocol label or single with it, got natural",
    );
  }
}

async function trainAndSave(request: Request): Promise<void> {
  const { out } = request;
  // Before minutes of training rather than after.
  await assertPlaceForModel(out);
  const { show, end } = stepLines();
  const work = workFolderOf(out);
  const { failures, onFailure } = failureLog(request);
  try {
    const description = await withWorkFolder(work, { onMessage: show }, async (openWork) => {
      const { description, files } = await trainModel({
        ...await corpusFolder(request, show),
        config: request.quick ? quick : defaults,
        protocol: request.protocol,
        seed: request.seed,
        encoders: request.encoders,
        speechLayers: request.speechLayers,
        precision: request.precision,
        cache: request.cache,
        openWork,
        version: project.version,
        commit: await currentCommit(new URL("../", import.meta.url)),
        code: await sourceDigest(new URL("../", import.meta.url)),
        onProgress: show,
        onFailure,
      });
      const list = new TextEncoder().encode(failuresToCsv(failures));
      const all = failures.length > 0 ? { ...files, "failures.csv": list } : files;
      await placeModel(out, { work, description, files: all });
      return description;
    });
    end();
    console.log(summary(description));
    console.log(`Saved the model in ${out}.`);
  } finally {
    end();
    if (failures.length > 0) console.error(listFailures(failures));
  }
}

// Without the slash that a folder's name may end in, so that it is beside the model.
function workFolderOf(out: string): string {
  return `${resolve(out)}.work`;
}

// Through the work folder, so that what a kill leaves half-written is removed with it.
async function placeModel(
  out: string,
  { work, description, files }: Pick<TrainedFolder, "description" | "files"> & { work: string },
): Promise<void> {
  await writeModel(`${work}/model`, { description, files });
  await assertPlaceForModel(out);
  await moveInto(out, { made: `${work}/model`, previous: `${work}/previous` });
}

function summary({ data, protocol, scores }: ModelDescription): string {
  const data_ = data.label === "embedded" ? "the embedded corpus, which is synthetic" : data.label;
  const lines = scores.map(({ head, tested, accuracy, f1, auc }) =>
    `  ${head}: accuracy ${printNumber(accuracy)}, macro F1 ${printNumber(f1)}, ` +
    `AUC ${printNumber(auc)} (${tested} tested)`
  );
  return [`Test part of ${data_}, protocol ${protocol}:`, ...lines].join("\n");
}

if (import.meta.main) Deno.exit(await main(Deno.args));
