/** Models in the Hugging Face layout: found in a local folder or on the hub, checked, identified by digest, loaded. @module */

import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { sha256 } from "../files.ts";
import { type PreTrainedModel, transformers } from "../deps/transformers.ts";
import { downloadModel } from "./download_model.ts";
import type { HubOptions } from "./hub.ts";
import * as layout from "./model_layout.ts";
import { manifestName, type ModelManifest, readManifest } from "./model_manifest.ts";

/** Which model, and where it may be. */
export interface ModelOptions {
  /** The id, `organisation/name`: a folder below `root`, and the name on the hub. */
  readonly model: string;
  /** The folder that holds models, and where downloads are put. */
  readonly root: string;
  /** A branch, tag or commit of the hub; `main` by default. */
  readonly revision?: string;
  /** Whether the hub may be asked for what `root` lacks; no by default. */
  readonly allowRemote?: boolean;
  /** How the hub is asked. */
  readonly hub?: HubOptions;
  /**
   * SHA-256 by path (`onnx/model.onnx`) of files that must be these and no others, whether they
   * are downloaded or there. Where a file is not named, the record of its download decides.
   */
  readonly files?: Readonly<Record<string, string>>;
  /** `int8` takes the quantised graphs (`model_quantized.onnx` or `model_int8.onnx`); `fp32` by default. */
  readonly precision?: layout.GraphPrecision | undefined;
  /** States or segments of a sample that the features keep. */
  readonly segments?: number | undefined;
  /** The width the states must have: a wrong export of a model is refused. */
  readonly width?: number;
  /** Threads for one operator; as many as there are cores by default. */
  readonly threads?: number | undefined;
  /** The ONNX files it consists of, without `.onnx`; `model` alone by default. */
  readonly graphs?: readonly string[];
}

const onlyModel = ["model"] as const;

/** A folder with a model in it. */
export interface ModelFolder extends layout.GraphPlace {
  readonly path: string;
}

/**
 * Where `root` holds a model: in `root/model/revision`, where downloads go, or in `root/model`.
 * `undefined` if neither has both `config.json` and all graphs of the precision (`model.onnx`).
 * What was downloaded as another revision is not taken for this one.
 */
export async function findModelFolder(options: ModelOptions): Promise<ModelFolder | undefined> {
  const { model, root, revision = "main", graphs = onlyModel, precision = "fp32" } = options;
  for (const path of [resolve(root, model, revision), resolve(root, model)]) {
    for (const place of layout.graphPlaces({ graphs, precision })) {
      const files = ["config.json", ...place.paths].map((name) => join(path, name));
      if (!(await Promise.all(files.map(layout.isFile))).every(Boolean)) continue;
      const manifest = await readManifest(path);
      const isOther = manifest && ![manifest.revision, manifest.commit].includes(revision);
      if (!isOther) return { path, ...place };
    }
  }
}

/**
 * Where each model is, after those that `root` lacks were downloaded, if they may be.
 *
 * @throws {Deno.errors.NotFound} Some are in neither place: one message for all of them.
 * @throws {RangeError} What the hub sent is not what it declares, or not what `files` says.
 */
export async function ensureModelFolders(models: readonly ModelOptions[]): Promise<ModelFolder[]> {
  const found = await Promise.all(models.map(findModelFolder));
  const missing = models.filter((_, i) => found[i] === undefined);
  if (missing.some(({ allowRemote }) => !allowRemote)) throw missingModels(missing);
  for (const [i, model] of missing.entries()) {
    try {
      await download(model);
    } catch (cause) {
      // Wrong bytes are no missing model, and no command would mend them.
      if (cause instanceof RangeError) throw cause;
      throw missingModels(missing.slice(i), { cause });
    }
  }
  return Promise.all(models.map(async (model, i) => {
    const folder = found[i] ?? await findModelFolder(model);
    if (folder === undefined) throw missingModels([model]);
    return folder;
  }));
}

function download(options: ModelOptions): Promise<void> {
  const { model, root, revision = "main", graphs = onlyModel, hub = {} } = options;
  const { precision = "fp32", files = {} } = options;
  const folder = resolve(root, model, revision);
  return downloadModel({ model, revision, folder, graphs, precision, files }, hub);
}

// What was looked for, where, and how to get it.
function missingModels(models: readonly ModelOptions[], options: ErrorOptions = {}): Error {
  const wanted = models.map(({ model, root, revision = "main", ...graphs }) =>
    `  ${model} (${revision}), looked for as ` +
    likeliestGraphs(graphs).map((path) => `${resolve(root, model)}/${path}`).join(" and ")
  );
  const commands = models.map(({ model, root, revision = "main", ...graphs }) => {
    const files = ["*.json", ...likeliestGraphs(graphs).map((path) => `${path}*`)];
    return `  hf download ${model} --revision ${revision} ` +
      `${files.map((pattern) => `--include "${pattern}"`).join(" ")} ` +
      `--local-dir ${resolve(root, model)}`;
  });
  const { cause } = options;
  const reason = cause instanceof Error ? `\nThe hub was asked: ${cause.message}` : "";
  return new Deno.errors.NotFound(
    `Cannot load encoders: expected these models in a local folder or on the hub, got neither\n` +
      `${wanted.join("\n")}${reason}\nPut them there with\n${commands.join("\n")}\n` +
      `or allow the network: --allow-net=huggingface.co,*.huggingface.co,*.hf.co`,
    options,
  );
}

function likeliestGraphs(
  { graphs = onlyModel, precision = "fp32" }: Pick<ModelOptions, "graphs" | "precision">,
): readonly string[] {
  return layout.graphPlaces({ graphs, precision })[0]!.paths;
}

/** A folder whose files were checked. */
export interface CheckedModel {
  readonly folder: ModelFolder;
  /** SHA-256 over the model's files. */
  readonly digest: string;
}

/**
 * Finds a model, or downloads it if it may, and checks its files before anything opens them.
 *
 * @throws {Deno.errors.NotFound} It is neither in `root` nor on the hub.
 * @throws {RangeError} A file is not what it was when it was downloaded, or not what `files` says.
 */
export async function openModel(options: ModelOptions): Promise<CheckedModel> {
  const [folder] = await ensureModelFolders([options]) as [ModelFolder];
  return { folder, digest: await digestFolder(folder, options) };
}

/** A model that is ready to run. */
export interface LoadedModel extends CheckedModel {
  readonly model: PreTrainedModel;
}

/**
 * Loads a model on the CPU, from `root` or, if allowed, from the hub, which fills `root`.
 *
 * @throws {Deno.errors.NotFound | RangeError} As {@linkcode openModel}.
 */
export async function loadModel(options: ModelOptions): Promise<LoadedModel> {
  const { folder, digest } = await openModel(options);
  const { AutoModel } = await configuredTransformers();
  const model = await AutoModel.from_pretrained(folder.path, localSettings(folder, options));
  return { folder, model, digest };
}

// Names of transformers.js for what follows a graph's name.
const dtypes = { "": "fp32", "_quantized": "q8", "_int8": "int8" } as const;

/** What `from_pretrained` needs to load from a folder as {@linkcode loadModel} does. */
export function localSettings(
  { subfolder, variant }: ModelFolder,
  { threads = navigator.hardwareConcurrency }: Pick<ModelOptions, "threads">,
) {
  return {
    subfolder,
    local_files_only: true,
    dtype: dtypes[variant],
    device: "cpu",
    session_options: {
      intraOpNumThreads: threads,
      // Threads that wait for work sleep: what decodes the next samples runs on the same cores.
      extra: { session: { intra_op: { allow_spinning: "0" } } },
      // Fatal errors only; what fails is thrown as well.
      logSeverityLevel: 4,
    },
  } as const;
}

/** Transformers.js, set to read local folders and nothing else. */
export async function configuredTransformers(): Promise<Awaited<ReturnType<typeof transformers>>> {
  const library = await transformers();
  // Deno has a browser cache too, and transformers.js prefers it to the folder it is given.
  library.env.useBrowserCache = false;
  library.env.allowRemoteModels = false;
  return library;
}

/**
 * SHA-256 over the files of a model that decide what it computes, each of them checked.
 *
 * A file has to be the one that `files` names, or else the one that the manifest of a download
 * records. A folder that nobody downloaded has no manifest, and its files are taken as they are.
 *
 * @throws {RangeError} A file is another one.
 */
async function digestFolder(
  { path, paths }: ModelFolder,
  { model, files = {} }: Pick<ModelOptions, "model" | "files">,
): Promise<string> {
  const manifest = await readManifest(path);
  const total = createHash("sha256");
  const graphs = (await Promise.all(paths.map((graph) => layout.filesOfGraph(path, graph)))).flat();
  for (const name of [...layout.describingFiles, ...graphs]) {
    if (!await layout.isFile(join(path, name))) continue;
    const digest = await layout.digestFile(join(path, name));
    checkDigest({ name, digest, path, model }, { files, manifest });
    total.update(`${name} ${digest}\n`);
  }
  return total.digest("hex");
}

function checkDigest(
  { name, digest, path, model }: {
    readonly name: string;
    readonly digest: string;
    readonly path: string;
    readonly model: string;
  },
  { files, manifest }: {
    readonly files: Readonly<Record<string, string>>;
    readonly manifest: ModelManifest | undefined;
  },
): void {
  // Optimum's layout has no folder for graphs.
  const pinned = files[name] ?? files[`onnx/${name}`];
  if (pinned === undefined && manifest === undefined) return;
  const wanted = pinned ?? manifest?.files[name]?.sha256;
  if (digest === wanted) return;
  const expected = wanted === undefined
    ? `no file "${join(path, name)}", since none was downloaded`
    : `SHA-256 ${wanted} of "${join(path, name)}"`;
  const remedy = pinned === undefined
    ? `delete "${path}" to download it again, or ${manifestName} in it to use the files as they are`
    : `put the right file there, or delete "${path}" to download it again`;
  throw new RangeError(`Cannot load ${model}: expected ${expected}, got ${digest}; ${remedy}`);
}

/** The digest of an encoder: of its model and of what is done before and after it. */
export function digestRecipe(
  modelDigest: string,
  recipe: Readonly<Record<string, unknown>>,
): string {
  return sha256(modelDigest + JSON.stringify(recipe));
}

/**
 * How many samples run together: `most`, or one in `int8`. A graph that was quantised dynamically
 * rounds by the range of all that it is given at once: features of a sample would depend on its
 * neighbours.
 */
export function rowsAtOnce(most: number, { precision }: Pick<ModelOptions, "precision">): number {
  return precision === "int8" ? 1 : most;
}

/** What of that is told in a recipe. */
export function soleRows({ precision }: Pick<ModelOptions, "precision">) {
  return precision === "int8" ? { rowsAtOnce: 1 } : {};
}
