/**
 * Judges new samples with a saved model.
 *
 *     deno task predict --model DIR [--text "…"] [--image FILE] [--audio FILE] [--csv FILE] [--json] [--page FILE]
 *
 * @module
 */

import { dirname, isAbsolute, join, sep } from "node:path";
import { csvRows } from "../lib/datasets/csv.ts";
import { kindOf, writeWhole } from "../lib/files.ts";
import { parseWhole } from "../lib/deps/csv_parse_sync.ts";
import { explain, type Explanation } from "../lib/inference/explain.ts";
import { loadExportedModel, type SampleFeatures } from "../lib/inference/exported_model.ts";
import { openInputEncoders, type SampleInput } from "../lib/inference/input_encoders.ts";
import {
  type ModelFolder,
  modelFromSafetensors,
  openModelFolder,
} from "../lib/inference/model_folder.ts";
import { modalities, type Modality } from "../lib/modality.ts";
import { printNumber, signed } from "../lib/numbers.ts";
import { assertNamed, parseOptions, runCommand } from "./command.ts";
import { progress } from "./progress.ts";

const help = `Judges samples as positive or negative, and says what each modality contributed.

Usage: deno task predict --model DIR [options]

  --model DIR   a folder that deno task train has made
  --text TEXT   a message
  --image FILE  a JPEG, PNG or WebP image
  --audio FILE  a WAV, FLAC, MP3 or Ogg file
  --csv FILE    many samples: a header with some of text, image, audio, paths relative to
                the file and inside its folder, an empty field where a modality is missing
  --json        one JSON object a line
  --page FILE   of a single sample, writes an HTML page that shows, plays and explains it
  --cache DIR   where encoders are kept (default: .cache)
  --help        this text`;

/** What the command line asks for. */
interface Request {
  readonly model: string;
  /** The one sample, or a file of samples. */
  readonly input: { readonly sample: SampleInput } | { readonly csv: string };
  readonly json: boolean;
  /** Where to write the page that explains the one sample. */
  readonly page?: string;
  readonly cache: string;
}

/** A sample, and where it came from for messages and JSON. */
interface Item {
  /** The line of the CSV file. */
  readonly line?: number;
  readonly sample: SampleInput;
}

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    help,
    parse,
    writes: {
      task: "predict",
      // The page is written under another name in its folder, and then renamed.
      paths: ({ page, cache }) => page === undefined ? [cache] : [dirname(page), cache],
    },
    // Printed when all are judged: of a file with one bad row nothing is.
    run: async (request) => console.log((await predict(request)).join("\n")),
  });
}

function parse(args: string[]): Request | undefined {
  const { values } = parseOptions({
    args,
    options: {
      model: { type: "string" },
      text: { type: "string" },
      image: { type: "string" },
      audio: { type: "string" },
      csv: { type: "string" },
      json: { type: "boolean", default: false },
      page: { type: "string" },
      cache: { type: "string", default: ".cache" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const { model, csv, json, page, cache } = values;
  if (!model) throw new RangeError(`Cannot predict: expected --model and a folder, got none`);
  assertNamed(values, "cache");
  if (page === "") throw new RangeError('Cannot use --page: expected a file, got ""');
  if (page !== undefined && csv !== undefined) {
    throw new RangeError("Cannot predict: expected --page for one sample, got also --csv");
  }
  const given = modalities.filter((m) => values[m] !== undefined);
  if (csv !== undefined && given.length > 0) {
    throw new RangeError(`Cannot predict: expected --csv alone, got also --${given.join(", --")}`);
  }
  if (csv !== undefined) return { model, input: { csv }, json, cache };
  if (given.length === 0) {
    throw new RangeError("Cannot predict: expected --text, --image, --audio or --csv, got none");
  }
  const sample = Object.fromEntries(given.map((m) => [m, values[m]!]));
  return { model, input: { sample }, json, cache, ...page !== undefined && { page } };
}

async function predict({ model: folder, input, json, page, cache }: Request): Promise<string[]> {
  if (page !== undefined && await kindOf(dirname(page)) !== "folder") {
    throw new RangeError(`Cannot write "${page}": expected a folder to write in, got none`);
  }
  const opened = await openModelFolder(folder);
  const { description, onnx } = opened;
  const items = "csv" in input ? await readItems(input.csv) : [{ sample: input.sample }];
  const model = await loadExportedModel(onnx);
  const encoders = openInputEncoders(description.encoders, { cache, folder });
  try {
    const print = json ? asJson : asText;
    const bar = items.length > 1 ? progress("judging", items.length) : undefined;
    const lines: string[] = [];
    for (const item of items) {
      const features = await encoders.encode(item.sample).catch((error) => fail(item, error));
      const explanation = await explain(model, features);
      lines.push(print(item, explanation));
      if (page !== undefined) {
        const html = await pageOf(item.sample, { features, explanation, opened, folder, cache });
        await writeWhole(page, new TextEncoder().encode(html));
      }
      bar?.update(lines.length);
    }
    bar?.end();
    return lines;
  } finally {
    await encoders.dispose();
    await model.dispose();
  }
}

/** The page of a sample. The ONNX file has no gradients: they are those of its parameters. */
async function pageOf(
  sample: SampleInput,
  { features, explanation, opened, folder, cache }: {
    readonly features: SampleFeatures;
    readonly explanation: Explanation;
    readonly opened: ModelFolder;
    readonly folder: string;
    readonly cache: string;
  },
): Promise<string> {
  const { description, safetensors } = opened;
  // Imported when needed: a verdict alone should not wait for what compiles gradients.
  const { explainedPage, openExplainer, readSample, standardiseSample, ...texts } = await import(
    "../lib/explanation/mod.ts"
  );
  const path = join(folder, "model.safetensors");
  const trained = modelFromSafetensors(safetensors, { path, config: description.model });
  const present = modalities.filter((m) => sample[m] !== undefined);
  const explainer = await openExplainer(trained, { present });
  const explained = await explainer.explain(standardiseSample(features, trained.standardisation));
  await explainer.dispose();
  const { data, seed, encoders, model } = description;
  const isTrained = encoders.choice === "trained";
  const place = { model: encoders.text.id, root: join(cache, "models") };
  return explainedPage(await readSample(sample), {
    ...{ features, explanation, explained, explainer },
    sizes: model.inputs,
    ...sample.text !== undefined && {
      cutWords: isTrained
        ? texts.wholeMessage(model.inputs.text.segments)
        : await texts.loadWordCutter(place),
    },
    words: {
      title: "Why this verdict?",
      caption: `The model in ${folder}, trained on ${data.label} data with seed ${seed}.${
        isTrained ? ` ${texts.trainedParts}` : ""
      }`,
      faithfulness:
        "Whether such explanations are faithful, deno task reproduce explanations tests.",
    },
  });
}

function fail({ line }: Item, cause: Error): never {
  if (line === undefined) throw cause;
  throw new RangeError(`Cannot judge line ${line}: ${cause.message}`, { cause });
}

async function readItems(path: string): Promise<Item[]> {
  if (await kindOf(path) !== "file") {
    throw new RangeError(`Cannot read "${path}": expected a CSV file, got none`);
  }
  const columns = await readColumns(path);
  const items: Item[] = [];
  for await (const { line, fields } of csvRows(path, columns)) {
    const sample: { [M in Modality]?: string } = {};
    for (const m of columns) {
      if (fields[m] === "") continue;
      sample[m] = m === "text" ? fields[m] : await pathInside(path, fields[m], line);
    }
    if (Object.keys(sample).length === 0) {
      throw new RangeError(
        `Cannot read "${path}", line ${line}: expected ${columns.join(" or ")}, got none`,
      );
    }
    items.push({ line, sample });
  }
  if (items.length > 0) return items;
  throw new RangeError(`Cannot read "${path}": expected a row or more, got a header only`);
}

/** The modalities that the header names. */
async function readColumns(path: string): Promise<Modality[]> {
  const [first = ""] = (await Deno.readTextFile(path)).split("\n", 1);
  const [header = []] = parseWhole(first, { bom: true, relax_quotes: true }) as string[][];
  const names = header.map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => !(modalities as readonly string[]).includes(name));
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (unknown === undefined && twice === undefined && names.length > 0) return names as Modality[];
  const got = unknown !== undefined ? `"${unknown}"` : twice ? `"${twice}" twice` : "none";
  throw new RangeError(
    `Cannot read "${path}", line 1: expected columns from ${modalities.join(", ")}, got ${got}`,
  );
}

/** A path of the file, which may name nothing outside its folder, through links neither. */
async function pathInside(csv: string, path: string, line: number): Promise<string> {
  const folder = await Deno.realPath(dirname(csv));
  const found = await Deno.realPath(join(folder, path)).catch(() => undefined);
  if (found === undefined && !isAbsolute(path)) {
    throw new RangeError(`Cannot read "${csv}", line ${line}: expected a file, got "${path}"`);
  }
  if (!isAbsolute(path) && found!.startsWith(`${folder}${sep}`)) return found!;
  throw new RangeError(
    `Cannot read "${csv}", line ${line}: expected a path inside its folder, got "${path}"`,
  );
}

function asJson({ line }: Item, explanation: Explanation): string {
  return JSON.stringify({ ...line !== undefined && { line }, ...explanation });
}

function asText({ line }: Item, told: Explanation): string {
  const where = line === undefined ? "" : `line ${line}: `;
  const rows = modalities.flatMap((m) => {
    const share = told.contributions[m];
    if (share === undefined) return [];
    return [`  ${m.padEnd(6)} head ${printNumber(told.heads[m])}  contribution ${signed(share)}`];
  });
  const sum = `  log-odds ${signed(told.logOdds)}, of which ${
    signed(told.baseline)
  } with no modality`;
  const gate = told.gate === null ? [] : [
    `  audio gate ${printNumber(told.gate)} spectral, ${printNumber(1 - told.gate)} contextual`,
  ];
  return [`${where}${told.label}, probability of positive ${printNumber(told.probability)}`]
    .concat(rows, sum, gate).join("\n");
}

if (import.meta.main) Deno.exit(await main(Deno.args));
