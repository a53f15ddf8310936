/**
 * Trains the proposed model and saves it as a folder.
 *
 *     deno task train [options]
 *
 * @module
 */

import { resolve } from "node:path";
import { currentCommit, sourceDigest } from "../experiments/results/folder.ts";
import { holdsRows, printTableReport } from "../lib/datasets/mod.ts";
import { assertPlaceForModel, type ModelDescription } from "../lib/inference/model_folder.ts";
import { placeModel } from "../lib/inference/place_model.ts";
import { defaults, quick } from "../lib/study/settings.ts";
import { trainModel } from "../lib/study/train_model.ts";
import { withWorkFolder } from "../lib/study/with_work_folder.ts";
import { runCommand } from "./command.ts";
import { corpusFolder } from "./corpus.ts";
import { failureLog, failuresToCsv, listFailures } from "./failures.ts";
import { labelOptions, readLabelMap } from "./label_options.ts";
import { choice, flag, folder, type Values } from "./option.ts";
import { assertSettingsFit, seed, studyOptions, target } from "./options.ts";
import { stepLines } from "./progress.ts";
import { type ScoreName, verdictScores } from "../lib/inference/verdict_scores.ts";
import { printNumber } from "../lib/numbers.ts";
import project from "../deno.json" with { type: "json" };

const options = {
  quick: flag("small corpus, 12 epochs: a model that has learnt something, in seconds"),
  ...studyOptions,
  protocol: choice(
    ["label", "single", "natural"],
    "label: triples of one label, with modalities missing at random; single: one modality at a " +
      "time; natural: the rows of a table, whose text, image and audio belong together (default: " +
      "natural for a table, label for corpora)",
  ),
  ...labelOptions,
  target,
  seed: { ...seed, help: "another split and model for each whole number from 0" },
  out: folder("where the model goes (default: out/model, with --quick out/quick/model)"),
};

/** What the command line asks for. */
type Request = Omit<Values<typeof options>, "protocol"> & {
  readonly out: string;
  readonly protocol: "label" | "single" | "natural";
};

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    name: "train",
    does: "Trains the proposed model, tests it once, and saves it as a folder.\n" +
      "A run that was stopped goes on where it was when the same command is given again.",
    options,
    async read(values): Promise<Request> {
      assertSettingsFit(values);
      const isRows = values.data !== undefined && await holdsRows(values.data);
      const protocol = values.protocol ?? (isRows ? "natural" : "label");
      assertRows({ ...values, protocol }, isRows);
      return {
        ...values,
        protocol,
        out: values.out ?? (values.quick ? "out/quick/model" : "out/model"),
      };
    },
    writes: ({ out, cache }) => [out, workFolderOf(out), cache],
    resumes: true,
    run: trainAndSave,
  });
}

/** Natural pairs are the rows of a table, and none can be left out of them. */
function assertRows(
  { protocol, data, labels, several, target, keepGoing }: Values<typeof options>,
  isRows: boolean,
): void {
  const ofTables = [labels && "--labels", several && "--several", target && "--target"].find(
    Boolean,
  );
  if (!isRows && (protocol === "natural" || ofTables)) {
    const option = ofTables ?? "--protocol natural";
    const got = data === undefined ? "none" : `"${data}"`;
    throw new RangeError(`Cannot use ${option}: expected a table as --data, got ${got}`);
  }
  if (protocol !== "natural") return;
  if (keepGoing) {
    throw new RangeError(
      "Cannot use --keep-going: expected --protocol label or single with it, got natural",
    );
  }
}

async function trainAndSave(
  { out, quick: small, data, labels, ...settings }: Request,
): Promise<void> {
  // Before minutes of training rather than after.
  await assertPlaceForModel(out);
  const { show, end } = stepLines();
  const work = workFolderOf(out);
  const { failures, onFailure } = failureLog(settings);
  try {
    const description = await withWorkFolder(work, { onMessage: show }, async (openWork) => {
      const { description, files } = await trainModel({
        ...settings,
        ...await corpusFolder({ data, quick: small }, show),
        labels: await readLabelMap(labels),
        onReport(report) {
          end();
          console.log(printTableReport(report));
          if (settings.protocol !== "natural") console.error(repaired);
        },
        config: small ? quick : defaults,
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

const repaired = "Warning: samples of different rows are put together by their labels; " +
  "--protocol natural keeps those of a row together.";

// Without the slash that a folder's name may end in, so that it is beside the model.
function workFolderOf(out: string): string {
  return `${resolve(out)}.work`;
}

function summary({ data, protocol, scores, model: { target } }: ModelDescription): string {
  const data_ = data.label === "embedded" ? "the embedded corpus, which is synthetic" : data.label;
  const titles = new Map(verdictScores(target).map(({ name, title }) => [name, title]));
  const names: readonly ScoreName[] = target?.kind === "score"
    ? ["mae", "pearson", "acc2NegativePositive", "acc2NonPositivePositive", "acc7Rounded"]
    : ["accuracy", "balancedAccuracy", "f1", "auc"];
  const lines = scores.map((score) => {
    const numbers = names.filter((name) => score[name] !== undefined).map((name) =>
      `${name === "f1" ? "macro F1" : titles.get(name)} ${printNumber(score[name])}`
    );
    const what = score.exam ?? score.shown.join("+");
    return `  ${what}: ${numbers.join(", ")} (${score.tested} tested)`;
  });
  return [`Test part of ${data_}, protocol ${protocol}:`, ...lines].join("\n");
}

if (import.meta.main) Deno.exit(await main(Deno.args));
