/**
 * Judges new samples with a saved model.
 *
 *     deno task predict [--model DIR] [--text "…"] [--image FILE] [--audio FILE] [--csv FILE] [--json] [--page FILE]
 *
 * @module
 */

import { dirname } from "node:path";
import { kindOf, writeWhole } from "../lib/files.ts";
import { explain } from "../lib/inference/explain.ts";
import { loadExportedModel } from "../lib/inference/exported_model.ts";
import { openInputEncoders, type SampleInput } from "../lib/inference/input_encoders.ts";
import { openModelFolder } from "../lib/inference/model_folder.ts";
import { readSamples, type SampleLine } from "../lib/inference/read_samples.ts";
import { modalities } from "../lib/modality.ts";
import { runCommand } from "./command.ts";
import { file, flag, folder, text, type Values } from "./option.ts";
import { studyOptions } from "./options.ts";
import { progress } from "./progress.ts";
import { verdictToText } from "./verdict_text.ts";

const usualModel = "out/model";

const options = {
  model: folder(`a folder that deno task train has made (default: ${usualModel}, if it is there)`),
  text: text("TEXT", "a message"),
  image: file("a JPEG, PNG or WebP image"),
  audio: file("a WAV, FLAC, MP3 or Ogg file"),
  csv: file(
    "many samples: a header with some of text, image, audio, paths relative to the file and " +
      "inside its folder, an empty field where a modality is missing",
  ),
  json: flag("one JSON object per line"),
  page: file("of a single sample, writes an HTML page that shows, plays and explains it"),
  cache: { ...studyOptions.cache, help: "where encoders are kept" },
};

/** What the command line asks for. */
interface Request
  extends Pick<Values<typeof options>, "model" | "csv" | "json" | "page" | "cache"> {
  /** The one sample, where there is no CSV file. */
  readonly sample: SampleInput;
}

/** A sample, with its line if it is one of a file. */
type Item = Partial<Pick<SampleLine, "line">> & Pick<SampleLine, "sample">;

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    name: "predict",
    does: "Judges samples as positive or negative, and says what each modality contributed.",
    options,
    read,
    // The page is written under another name in its folder, and then renamed.
    writes: ({ page, cache }) => page === undefined ? [cache] : [dirname(page), cache],
    // Printed when all are judged: of a file with one bad row nothing is.
    run: async (request) => console.log((await predict(request)).join("\n")),
  });
}

function read({ text, image, audio, ...rest }: Values<typeof options>): Request {
  const { csv, page } = rest;
  if (page !== undefined && csv !== undefined) {
    throw new RangeError("Cannot predict: expected --page for one sample, got also --csv");
  }
  const inputs = { text, image, audio };
  const given = modalities.filter((m) => inputs[m] !== undefined);
  if (csv !== undefined && given.length > 0) {
    throw new RangeError(`Cannot predict: expected --csv alone, got also --${given.join(", --")}`);
  }
  if (csv === undefined && given.length === 0) {
    throw new RangeError("Cannot predict: expected --text, --image, --audio or --csv, got none");
  }
  return { ...rest, sample: Object.fromEntries(given.map((m) => [m, inputs[m]!])) };
}

async function predict({ model, sample, csv, json, page, cache }: Request): Promise<string[]> {
  if (page !== undefined && await kindOf(dirname(page)) !== "folder") {
    throw new RangeError(`Cannot write "${page}": expected a folder to write in, got none`);
  }
  const folder = model ?? await findUsualModel();
  const opened = await openModelFolder(folder);
  const items: readonly Item[] = csv === undefined ? [{ sample }] : await readSamples(csv);
  const exported = await loadExportedModel(opened.onnx);
  const encoders = openInputEncoders(opened.description.encoders, { cache, folder });
  try {
    const bar = items.length > 1 ? progress("judging", items.length) : undefined;
    const lines: string[] = [];
    for (const { line, sample } of items) {
      const features = await encoders.encode(sample).catch((error) => fail(error, line));
      const explanation = await explain(exported, features);
      lines.push(
        json
          ? JSON.stringify({ ...line !== undefined && { line }, ...explanation })
          : verdictToText(explanation, line),
      );
      if (page !== undefined) {
        // Imported when needed: a verdict alone should not wait for what compiles gradients.
        const workflow = await import("../lib/workflow/explain.ts");
        const saved = { ...opened, folder, cache };
        await writeWhole(page, (await workflow.explain(saved, sample, { words })).page);
      }
      bar?.update(lines.length);
    }
    bar?.end();
    return lines;
  } finally {
    await encoders.dispose();
    await exported.dispose();
  }
}

const words = {
  faithfulness: "Whether such explanations are faithful, deno task reproduce explanations tests.",
};

async function findUsualModel(): Promise<string> {
  if (await kindOf(usualModel) !== "nothing") return usualModel;
  throw new RangeError(
    `Cannot predict: expected --model and a folder, got none, and there is no ${usualModel}; ` +
      "deno task train --quick makes a small one in out/quick/model",
  );
}

function fail(cause: Error, line: number | undefined): never {
  if (line === undefined) throw cause;
  throw new RangeError(`Cannot judge line ${line}: ${cause.message}`, { cause });
}

if (import.meta.main) Deno.exit(await main(Deno.args));
