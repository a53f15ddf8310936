/** Models in the Hugging Face layout: found in a local folder or on the hub, identified by digest, loaded. @module */

import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { type PreTrainedModel, type Tensor, transformers } from "../deps/transformers.ts";

/** Which model, and where it may be. */
export interface ModelOptions {
  /** The id, `organisation/name`: a folder below `root`, and the name on the hub. */
  readonly model: string;
  /** The folder that holds models, and where downloads are put. */
  readonly root: string;
  /** A branch, tag or commit of the hub; `main` unless told. */
  readonly revision?: string;
  /** Whether the hub may be asked for what `root` lacks; no, unless told. */
  readonly allowRemote?: boolean;
  /** States or segments of a sample that the features keep. */
  readonly segments?: number;
  /** The width the states must have: a wrong export of a model is refused. */
  readonly width?: number;
  /** Threads for one operator; as many as there are cores unless told. */
  readonly threads?: number;
  /** The ONNX files it consists of, without `.onnx`; `model` alone unless told. */
  readonly graphs?: readonly string[];
}

const onlyModel = ["model"] as const;

/** A folder with a model in it. */
export interface ModelFolder {
  readonly path: string;
  /** Where in it the graphs are: transformers.js wants `onnx`, Optimum writes beside the rest. */
  readonly subfolder: "onnx" | "";
}

/**
 * Where `root` holds a model: in `root/model/revision` or `root/model`, as
 * transformers.js stores downloads. `undefined` if neither has both `config.json`
 * and all graphs (`model.onnx`).
 */
export async function findModelFolder(
  { model, root, revision = "main", graphs = onlyModel }: ModelOptions,
): Promise<ModelFolder | undefined> {
  for (const path of [resolve(root, model, revision), resolve(root, model)]) {
    for (const subfolder of ["onnx", ""] as const) {
      const weights = graphs.map((name) => join(path, subfolder, `${name}.onnx`));
      const files = [join(path, "config.json"), ...weights];
      if ((await Promise.all(files.map(isFile))).every(Boolean)) return { path, subfolder };
    }
  }
}

/**
 * Where each model is, after those that `root` lacks were downloaded, if they may be.
 *
 * @throws {Deno.errors.NotFound} Some are in neither place: one message for all of them.
 */
export async function ensureModelFolders(models: readonly ModelOptions[]): Promise<ModelFolder[]> {
  const found = await Promise.all(models.map(findModelFolder));
  const missing = models.filter((_, i) => found[i] === undefined);
  if (missing.some(({ allowRemote }) => !allowRemote)) throw missingModels(missing);
  try {
    for (const model of missing) await download(model);
  } catch (cause) {
    throw missingModels(missing, { cause });
  }
  return Promise.all(models.map(async (model, i) => {
    const folder = found[i] ?? await findModelFolder(model);
    if (folder === undefined) throw missingModels([model]);
    return folder;
  }));
}

// What was looked for, where, and how to get it.
function missingModels(models: readonly ModelOptions[], options: ErrorOptions = {}): Error {
  const wanted = models.map(({ model, root, revision = "main", graphs = onlyModel }) =>
    `  ${model} (${revision}), looked for as ` +
    graphs.map((name) => `${resolve(root, model)}/onnx/${name}.onnx`).join(" and ")
  );
  const commands = models.map(({ model, root, revision = "main", graphs }) => {
    const files = graphs
      ? `--include "*.json" ${graphs.map((name) => `"onnx/${name}.onnx"`).join(" ")}`
      : '--exclude "onnx/*_*"';
    return `  hf download ${model} --revision ${revision} ${files} ` +
      `--local-dir ${resolve(root, model)}`;
  });
  return new Deno.errors.NotFound(
    `Cannot load encoders: expected these models in a local folder or on the hub, got neither\n` +
      `${wanted.join("\n")}\nPut them there with\n${commands.join("\n")}\n` +
      `or allow the network: --allow-net=huggingface.co,*.huggingface.co,*.hf.co`,
    options,
  );
}

/** A model that is ready to run. */
export interface LoadedModel {
  readonly folder: ModelFolder;
  readonly model: PreTrainedModel;
  /** SHA-256 over the model's files. */
  readonly digest: string;
}

/**
 * Loads a model on the CPU in single precision, from `root` or, if allowed, from
 * the hub, which fills `root`.
 *
 * @throws {Deno.errors.NotFound} It is in neither.
 */
export async function loadModel(options: ModelOptions): Promise<LoadedModel> {
  const { AutoModel } = await configuredTransformers();
  const [folder] = await ensureModelFolders([options]) as [ModelFolder];
  const digest = await digestFolder(folder, options);
  const model = await AutoModel.from_pretrained(folder.path, localSettings(folder, options));
  return { folder, model, digest };
}

/** What `from_pretrained` needs to load from a folder as {@linkcode loadModel} does. */
export function localSettings({ subfolder }: ModelFolder, options: ModelOptions) {
  return { ...modelSettings(options), subfolder, local_files_only: true } as const;
}

/** Transformers.js, set to use the folders that it is given. */
export async function configuredTransformers(): Promise<Awaited<ReturnType<typeof transformers>>> {
  const library = await transformers();
  // Deno has a browser cache too, and transformers.js prefers it to the folder it is given.
  library.env.useBrowserCache = false;
  library.env.allowRemoteModels = true;
  return library;
}

async function download(options: ModelOptions): Promise<void> {
  const { AutoModel, AutoProcessor, AutoTokenizer } = await configuredTransformers();
  const { model, root, revision = "main", graphs = onlyModel } = options;
  const from = { revision, cache_dir: resolve(root) };
  for (const model_file_name of graphs) {
    const settings = { ...modelSettings(options), ...from, model_file_name };
    await (await AutoModel.from_pretrained(model, settings)).dispose();
  }
  // A model has one or the other; which one, its encoder finds out.
  await Promise.allSettled([
    AutoTokenizer.from_pretrained(model, from),
    AutoProcessor.from_pretrained(model, from),
  ]);
}

function modelSettings({ threads = navigator.hardwareConcurrency }: ModelOptions) {
  return {
    dtype: "fp32",
    device: "cpu",
    // 4: fatal errors only; what fails is thrown as well.
    session_options: { intraOpNumThreads: threads, logSeverityLevel: 4 },
  } as const;
}

const describingFiles = [
  "config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "preprocessor_config.json",
];

/** SHA-256 over the files of a model that decide what it computes. */
export async function digestFolder(
  { path, subfolder }: ModelFolder,
  { graphs = onlyModel }: Pick<ModelOptions, "graphs"> = {},
): Promise<string> {
  const total = createHash("sha256");
  const weights = graphs.flatMap((name) => [`${name}.onnx`, `${name}.onnx_data`])
    .map((name) => join(subfolder, name));
  for (const name of [...describingFiles, ...weights]) {
    if (await isFile(join(path, name))) {
      total.update(`${name} ${await digestFile(join(path, name))}\n`);
    }
  }
  return total.digest("hex");
}

async function digestFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}

/** The digest of an encoder: of its model and of what is done before and after it. */
export function digestRecipe(
  modelDigest: string,
  recipe: Readonly<Record<string, unknown>>,
): string {
  return createHash("sha256").update(modelDigest).update(JSON.stringify(recipe)).digest("hex");
}

/**
 * The output `last_hidden_state` of a model, which must have `rank` axes; the
 * width along `widthAxis` must be `width`, if given.
 *
 * @throws {RangeError} It has not: the export has a head for another task.
 */
export function lastHiddenState(
  output: Readonly<Record<string, Tensor | undefined>>,
  { model, rank, widthAxis, width }: {
    readonly model: string;
    readonly rank: number;
    readonly widthAxis: number;
    readonly width?: number | undefined;
  },
): { data: Float32Array; dims: readonly number[] } {
  const tensor = output.last_hidden_state;
  const found = Object.entries(output).map(([name, t]) => `${name} [${t?.dims}]`).join(", ");
  if (tensor?.dims.length !== rank) {
    throw new RangeError(
      `Cannot use ${model}: expected an output last_hidden_state of ${rank} axes, got ${found}`,
    );
  }
  if (width !== undefined && tensor.dims[widthAxis] !== width) {
    throw new RangeError(`Cannot use ${model}: expected states ${width} wide, got ${found}`);
  }
  return { data: tensor.data as Float32Array, dims: tensor.dims };
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
