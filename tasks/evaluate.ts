/**
 * Scores a saved model on a table that it has not met.
 *
 *     deno task evaluate --model DIR --data TABLE [options]
 *
 * @module
 */

import { evaluationResult } from "../experiments/evaluation/mod.ts";
import { currentCommit, withManifest } from "../experiments/results/folder.ts";
import { isFeatureFile } from "../lib/datasets/mod.ts";
import { replaceFolder } from "../lib/files.ts";
import { evaluateSaved } from "../lib/study/evaluate_saved.ts";
import { fingerprintOf } from "../lib/training/checkpoint.ts";
import { assertPlace } from "./assert_place.ts";
import { callerFolder } from "./caller.ts";
import { runCommand } from "./command.ts";
import { labelOptions, readLabelMap } from "./label_options.ts";
import { flag, folder, type Values } from "./option.ts";
import { assertFeaturesFit, studyOptions } from "./options.ts";
import { stepLines } from "./progress.ts";
import { rowReports } from "./row_reports.ts";

const usualModel = "out/model";

const options = {
  model: folder(`a folder that deno task train has made (default: ${usualModel})`),
  data: folder(
    "a table with the columns label and some of text, image, audio, video, or features as those of training",
  ),
  ...labelOptions,
  unseen: flag(
    "leaves out rows that the model was trained on or chosen by (default: refuses them)",
  ),
  out: folder(
    "where the results go: evaluation.json, .md, predictions.csv, figures (default: only printed)",
  ),
  force: flag("replaces an evaluation that is there already"),
  json: flag("prints evaluation.json in place of the tables"),
  cache: studyOptions.cache,
};

/** What the command line asks for. */
type Request = Omit<Values<typeof options>, "data"> & { readonly data: string };

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    name: "evaluate",
    does:
      "Scores a saved model on a labelled table: by group, by modality, by class, with intervals.",
    options,
    read({ data, ...values }): Request {
      if (data !== undefined && isFeatureFile(data)) assertFeaturesFit(values);
      if (data !== undefined) return { data, ...values };
      throw new RangeError("Cannot evaluate: expected --data and a table, got none");
    },
    writes: ({ out, cache }) => [...out === undefined ? [] : [out], cache],
    run: evaluate,
  });
}

async function evaluate(
  { model = usualModel, data, out, json, force, ...request }: Request,
): Promise<void> {
  if (out !== undefined) {
    await assertPlace(out, { marker: "evaluation.json", name: "an evaluation", force });
  }
  const { show, end } = stepLines();
  try {
    const evaluation = await evaluateSaved({
      ...{ model, data, from: callerFolder() },
      ...{ cache: request.cache, unseen: request.unseen },
      labels: await readLabelMap(request.labels),
      several: request.several,
      ...!json && rowReports({ end }, { below: "\n" }),
      onProgress: show,
    });
    end();
    const commit = await currentCommit(new URL("../", import.meta.url));
    const { data: numbers, markdown, files } = await evaluationResult(evaluation, {
      ...{ model, data, commit },
    });
    console.log(json ? JSON.stringify(numbers) : markdown);
    if (out === undefined) return;
    await replaceFolder(
      out,
      withManifest(files, fingerprintOf({ name: "evaluation", model, data })),
    );
    if (!json) console.log(`Wrote ${out}`);
  } finally {
    end();
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
