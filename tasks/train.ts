/**
 * Trains the proposed model and saves it as a folder.
 *
 *     deno task train [options]
 *
 * @module
 */

import { resolve } from "node:path";
import { isFeatureFile } from "../lib/datasets/mod.ts";
import { ifThere, namesIn, writeWhole } from "../lib/files.ts";
import { assertPlaceForModel } from "../lib/inference/model_folder.ts";
import { placeModel } from "../lib/inference/place_model.ts";
import { printNumber } from "../lib/numbers.ts";
import { assertTogether, withSettings } from "../lib/study/setting_names.ts";
import { defaults, quick } from "../lib/study/settings.ts";
import { type TrainedFolder, trainModel } from "../lib/study/train_model.ts";
import { withWorkFolder } from "../lib/study/with_work_folder.ts";
import { fingerprintOf } from "../lib/training/checkpoint.ts";
import { runCommand } from "./command.ts";
import { failureLog, failuresToCsv, listFailures } from "./failures.ts";
import { flag, folder } from "./option.ts";
import { assertFeaturesFit, assertSettingsFit, bySpeaker, givenSettings } from "./options.ts";
import { stepLines } from "./progress.ts";
import { eventFolders, withEvents } from "./tensorboard.ts";
import {
  protocolOf,
  testLines,
  trainingOf,
  trainingOptions,
  type TrainingRequest,
} from "./training.ts";
import { whatWasRead } from "./what_was_read.ts";

const options = {
  ...trainingOptions,
  bySpeaker,
  out: folder("where the model goes (default: out/model, with --quick out/quick/model)"),
  force: flag("replaces a model that is there already"),
};

/** What the command line asks for. */
interface Request extends TrainingRequest {
  readonly bySpeaker: boolean;
  readonly out: string;
  readonly force: boolean;
}

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    name: "train",
    does: "Trains the proposed model, tests it once, and saves it as a folder.\n" +
      "A run that was stopped goes on where it was when the same command is given again.",
    options,
    async read({ set, config, cap, unbalanced, ...values }): Promise<Request> {
      assertSettingsFit(values);
      if (values.data !== undefined && isFeatureFile(values.data)) assertFeaturesFit(values);
      const protocol = await protocolOf(values);
      const asked = givenSettings({ set, config, cap, unbalanced });
      const settled = withSettings(values.quick ? quick : defaults, asked);
      assertTogether(settled);
      return {
        ...values,
        protocol,
        asked,
        config: settled,
        out: values.out ?? (values.quick ? "out/quick/model" : "out/model"),
      };
    },
    writes: ({ out, cache, tensorboard }) => [
      ...[out, workFolderOf(out), cache],
      ...eventFolders(tensorboard),
    ],
    resumes: true,
    run: trainAndSave,
  });
}

async function trainAndSave({ out, force, ...request }: Request): Promise<void> {
  const work = workFolderOf(out);
  // None decides what is trained; on which executor it goes on, its work says.
  const { cache: _, executor: __, memory: ___, tensorboard, ...decides } = request;
  const command = fingerprintOf(decides);
  // Before minutes of training rather than after.
  await assertPlaceForModel(out);
  if (!force) await assertFree(out, { work, command });
  const steps = stepLines();
  const { failures, onFailure } = failureLog(request);
  try {
    const model = await withWorkFolder(work, { onMessage: steps.show }, async (openWork) => {
      const { files, ...model } = await trainModel({
        ...await trainingOf(request, { steps, onFailure }),
        bySpeaker: request.bySpeaker,
        async openWork(decides) {
          const opened = await openWork(decides);
          await writeWhole(commandFile(work), command);
          return opened;
        },
        watcher: withEvents(steps, tensorboard),
      });
      const list = new TextEncoder().encode(failuresToCsv(failures));
      const all = failures.length > 0 ? { ...files, "failures.csv": list } : files;
      await placeModel(out, { work, description: model.description, files: all });
      return model;
    });
    steps.end();
    for (const line of whatWasRead(model.description)) console.log(line);
    console.log(summary(model, request.config.data.unbalanced));
    console.log(`Saved the model in ${out}.`);
  } finally {
    steps.end();
    if (failures.length > 0) console.error(listFailures(failures));
  }
}

/**
 * Refuses to replace a model, unless this command was cut off while it did.
 *
 * @throws {RangeError} Something is at `out`.
 */
async function assertFree(
  out: string,
  { work, command }: { readonly work: string; readonly command: string },
): Promise<void> {
  if ((await namesIn(out)).length === 0) return;
  const begun = await ifThere(Deno.readTextFile(commandFile(work)));
  if (begun === command) return;
  throw new RangeError(
    `Cannot save to "${out}": expected nothing there, got a model; --force replaces it, ` +
      "--out DIR saves elsewhere",
  );
}

function commandFile(work: string): string {
  return `${work}/command`;
}

// Without the slash that a folder's name may end in, so that it is beside the model.
function workFolderOf(out: string): string {
  return `${resolve(out)}.work`;
}

function summary(
  { description, history }: Pick<TrainedFolder, "description" | "history">,
  unbalanced: boolean | undefined,
): string {
  const { bestEpoch } = description;
  const kept = history[bestEpoch - 1]!;
  const fit = `Trained ${history.length} epochs and kept epoch ${bestEpoch}: ` +
    `training loss ${printNumber(kept.trainLoss)}, ` +
    `validation loss ${printNumber(kept.validationLoss)}, ` +
    `accuracy ${printNumber(kept.validationAccuracy)}.`;
  const { model: { target }, encoders } = description;
  const { bySpeaker: spoken } = encoders;
  const protocol = spoken && `Under ${spoken.protocol}; speakers by ${spoken.speakers}.`;
  const tested = testLines({ ...description, target, unbalanced });
  return [fit, ...protocol ? [protocol] : [], ...tested].join("\n");
}

if (import.meta.main) Deno.exit(await main(Deno.args));
