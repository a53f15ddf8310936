/**
 * Judges new samples with a saved model.
 *
 *     deno task predict [--model DIR] [--text "…"] [--image FILE] [--audio FILE] [--csv FILE] [--out FILE] [--json] [--page FILE]
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import { fillFromVideo } from "../lib/datasets/row_videos.ts";
import type { OpenVideo } from "../lib/datasets/table_cells.ts";
import { videoOpener } from "../lib/encoders/video_opener.ts";
import { kindOf, writeWhole } from "../lib/files.ts";
import { explain, type Explanation } from "../lib/inference/explain.ts";
import { loadExportedModel } from "../lib/inference/exported_model.ts";
import { openInputEncoders, type SampleInput } from "../lib/inference/input_encoders.ts";
import {
  learntModalities,
  type ModelFolder,
  openModelFolder,
} from "../lib/inference/model_folder.ts";
import { readSamples, type SampleLine } from "./read_samples.ts";
import { modalities } from "../lib/modality.ts";
import { runCommand } from "./command.ts";
import { file, flag, folder, text, type Values } from "./option.ts";
import { studyOptions } from "./options.ts";
import { stepLines } from "./progress.ts";
import { samplesToCsv } from "./verdict_csv.ts";
import { verdictToText } from "./verdict_text.ts";

const usualModel = "out/model";

const options = {
  model: folder(`a folder that deno task train has made (default: ${usualModel}, if it is there)`),
  text: text("TEXT", "a message"),
  image: file("a JPEG, PNG, WebP, GIF, TIFF, AVIF or BMP image"),
  audio: file("a WAV, FLAC, MP3 or Ogg file, or another one that an installed ffmpeg reads"),
  video: file(
    "a video, of which sound, face and, from a transcript or subtitles beside it, text are judged; " +
      "needs an installed ffmpeg",
  ),
  csv: file(
    "many samples: a table (CSV, TSV, JSON lines) with some of the columns text, image, audio, video and " +
      "any others, paths relative to it, an empty field where a modality is missing",
  ),
  out: file(
    "of a table, writes its columns and the verdicts to this file: .csv, or .jsonl as --json prints",
  ),
  json: flag("one JSON object per line, with the line and the id of a table's row"),
  page: file("of a single sample, writes an HTML page that shows, plays and explains it"),
  cache: { ...studyOptions.cache, help: "where encoders are kept" },
};

/** What the command line asks for. */
interface Request
  extends
    Pick<Values<typeof options>, "model" | "video" | "csv" | "out" | "json" | "page" | "cache"> {
  /** The one sample, where there is no CSV file. */
  readonly sample: SampleInput;
}

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    name: "predict",
    does: "Judges samples as positive or negative, and says what each modality contributed.",
    options,
    read,
    // The page is written under another name in its folder, and then renamed.
    writes: ({ page, out, cache }) => [
      ...[page, out].filter((path) => path !== undefined).map(dirname),
      cache,
    ],
    // Printed when all are judged: of a file with one bad row nothing is.
    run: async (request) => {
      const said = await predict(request);
      if (said !== "") console.log(said);
    },
  });
}

function read({ text, image, audio, ...rest }: Values<typeof options>): Request {
  const { csv, out, page, video } = rest;
  if (page !== undefined && csv !== undefined) {
    throw new RangeError("Cannot predict: expected --page for one sample, got also --csv");
  }
  if (out !== undefined && csv === undefined) {
    throw new RangeError("Cannot predict: expected --csv with --out, got none");
  }
  if (out !== undefined && !/\.(csv|jsonl)$/i.test(out)) {
    throw new RangeError(`Cannot use --out: expected a file .csv or .jsonl, got "${out}"`);
  }
  if (out !== undefined && resolve(out) === resolve(csv!)) {
    throw new RangeError(`Cannot use --out: expected another file than --csv, got "${out}"`);
  }
  const inputs = { text, image, audio };
  const given = modalities.filter((m) => inputs[m] !== undefined);
  const all = video === undefined ? given : [...given, "video"];
  if (csv !== undefined && all.length > 0) {
    throw new RangeError(`Cannot predict: expected --csv alone, got also --${all.join(", --")}`);
  }
  if (csv === undefined && all.length === 0) {
    throw new RangeError(
      "Cannot predict: expected --text, --image, --audio, --video or --csv, got none",
    );
  }
  return { ...rest, sample: Object.fromEntries(given.map((m) => [m, inputs[m]!])) };
}

async function predict({ csv, out, json, page, cache, ...request }: Request): Promise<string> {
  for (const path of [page, out]) {
    if (path === undefined || await kindOf(dirname(path)) === "folder") continue;
    throw new RangeError(`Cannot write "${path}": expected a folder to write in, got none`);
  }
  const folder = request.model ?? await findUsualModel();
  const opened = await openModelFolder(folder);
  const openVideo = videoOpener(cache);
  const rows = csv === undefined ? undefined : await readTable(csv, opened, openVideo);
  if (rows === undefined) assertLearnt(request.sample, opened);
  const sample = await withVideo(request, opened, openVideo);
  const samples = rows?.map(({ sample }) => sample) ?? [sample];
  const exported = await loadExportedModel(opened.onnx);
  const encoders = openInputEncoders(opened.description.encoders, { cache, folder });
  try {
    const { show, end } = stepLines();
    const features = rows === undefined
      ? [await encoders.encode(sample)]
      : await encoders.encodeAll(samples, (i) => `line ${rows[i]!.line}`);
    const explanations: Explanation[] = [];
    for (const of of features) {
      explanations.push(await explain(exported, of, opened.description.model.target));
      if (rows !== undefined) show("judging", explanations.length, features.length);
    }
    end();
    if (page !== undefined) {
      // Imported when needed: a verdict alone should not wait for what compiles gradients.
      const workflow = await import("../lib/workflow/explain.ts");
      const saved = { ...opened, folder, cache };
      await writeWhole(page, (await workflow.explain(saved, sample, { words })).page);
    }
    const lines = explanations.map((own, i) =>
      verdictLine(own, rows?.[i], json || out !== undefined)
    );
    if (out === undefined) return lines.join("\n");
    const isCsv = out.toLowerCase().endsWith(".csv");
    await writeWhole(out, isCsv ? samplesToCsv(rows!, explanations) : `${lines.join("\n")}\n`);
    return "";
  } finally {
    await encoders.dispose();
    await exported.dispose();
  }
}

function verdictLine(explanation: Explanation, row: SampleLine | undefined, json: boolean): string {
  if (!json) return verdictToText(explanation, row?.line);
  const { line, id } = row ?? {};
  return JSON.stringify({ ...line !== undefined && { line }, ...id && { id }, ...explanation });
}

/** The table's samples; what the model has not learnt is said, and not read. */
async function readTable(
  csv: string,
  { description }: ModelFolder,
  openVideo: OpenVideo,
): Promise<SampleLine[]> {
  const learnt = learntModalities(description);
  const rows = await readSamples(csv, { learnt, openVideo });
  const ignored = modalities.filter((m) =>
    !learnt.includes(m) &&
    rows.some(({ names, cells }) =>
      names.some((name, i) => name.toLowerCase() === m && cells[i]!.trim() !== "")
    )
  );
  if (ignored.length > 0) {
    console.error(
      `The model has not learnt ${ignored.join(" and ")}: only ${learnt.join(", ")} is read.`,
    );
  }
  return rows;
}

/** The sample, and of its video what it lacks and the model has learnt. */
async function withVideo(
  { sample, video }: Pick<Request, "sample" | "video">,
  { description }: ModelFolder,
  openVideo: OpenVideo,
): Promise<SampleInput> {
  if (video === undefined) return sample;
  const of = learntModalities(description);
  const whole = await fillFromVideo({ cells: sample, video }, { openVideo, of });
  if (Object.keys(whole).length > 0) return whole;
  throw new RangeError(`Cannot predict: expected ${of.join(", ")} in "${video}", got none`);
}

function assertLearnt(sample: SampleInput, { description }: ModelFolder): void {
  const learnt = learntModalities(description);
  const other = modalities.find((m) => sample[m] !== undefined && !learnt.includes(m));
  if (other === undefined) return;
  throw new RangeError(
    `Cannot predict: expected ${learnt.join(", ")}, which the model has learnt, got --${other}`,
  );
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

if (import.meta.main) Deno.exit(await main(Deno.args));
