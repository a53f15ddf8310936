/** A trained model as a folder: written whole or not at all, and read with suspicion. @module */

import { join } from "node:path";
import { kindOf, namesIn, replaceFolder, sha256 } from "../files.ts";
import type { SplitReport } from "../datasets/audit.ts";
import type { Arithmetic } from "../compile/arithmetic.ts";
import type { ValenceMap } from "../datasets/valence.ts";
import type { EncoderChoice, GraphPrecision, InputCounts, SpeechLayers } from "../encoders/mod.ts";
import { modalities, type Modality } from "../modality.ts";
import type { ModelConfig } from "../model/config.ts";
import { type NamedArray, readSafetensors, writeSafetensors } from "../tensor/safetensors.ts";
import type { TrainConfig } from "../training/train.ts";
import type { Standardisation } from "../systems/features.ts";
import type { TrainedModel } from "../systems/system.ts";
import { type OutlierRecords, reliabilityFile } from "./reliability.ts";
import { type BySpeakerRecord, speakersFile } from "./speakers.ts";
import type { ScoreName } from "./verdict_scores.ts";
import type { CalibrationRecords } from "./verdict_temperature.ts";

/** Names the layout; raised with every change to what the files hold or mean. */
const format = "trivalence model 1";

/** A frozen encoder that the model was trained on. */
export interface EncoderRecord {
  /** See `Encoder.id`. */
  readonly id: string;
  /** See `Encoder.digest`. */
  readonly digest: string;
  /** That it gives a sample, from 1. */
  readonly segments: number;
  /** Of speech: whose states, if not those of the last layer. */
  readonly layers?: SpeechLayers;
  /** Of one's own: the folder that it was loaded from, which is not kept with the model. */
  readonly folder?: string;
  /**
   * Which encoders it is of, where it is another choice than that of all: a frozen one beside trained
   * ones, or `given`, features that came with the rows.
   */
  readonly choice?: EncoderChoice | "given";
}

/** The encoders of a model: one per modality, two for audio. */
export interface EncoderRecords {
  /**
   * As `loadEncoders` takes it; `trained`: then they are in the model folder, but for those that have
   * another choice, and of modalities without samples; or `given`: features came from others, and there
   * are no encoders of new samples.
   */
  readonly choice: EncoderChoice | "trained" | "given";
  /** As `loadEncoders` takes it, if it is not `fp32`. */
  readonly precision?: GraphPrecision;
  /** Of messages. */
  readonly text: EncoderRecord;
  /** Of image files. */
  readonly image: EncoderRecord;
  /** Of speech. */
  readonly audio: EncoderRecord;
  /** Of the log-mel spectrogram and prosody, which given features lack. */
  readonly spectral?: EncoderRecord;
  /** As the encoders tell of themselves, such as that one stands for another. */
  readonly notes?: readonly string[];
  /** How many neighbours before and behind a row in its group are further segments of it, if any. */
  readonly context?: number;
  /** Where what they give of clips is normalised by their speakers: then that of new clips has to be. */
  readonly bySpeaker?: BySpeakerRecord;
}

/** A corpus that the model was trained on: samples used, and in each part. */
export interface CorpusRecord {
  /** For captions. */
  readonly name: string;
  /** Samples after subsets were drawn; the sum of the parts. */
  readonly used: number;
  /** Samples that parameters were fitted on. */
  readonly train: number;
  /** Samples that chose the epoch. */
  readonly validation: number;
  /** Samples that were read once, for the scores. */
  readonly test: number;
  /** Samples of the corpus that are not used, by reason: neutral, conflicting, duplicate. */
  readonly excluded?: Readonly<Record<string, number>>;
  /** Samples used by emotion, as the corpus names it. */
  readonly emotions?: Readonly<Record<string, number>>;
  /** What the encoders took in of the samples used. */
  readonly inputs?: InputCounts;
}

/**
 * Scores on the test part of what one head says, by the names that `verdictScores` has for the
 * target: of classes `accuracy` and others in [0, 1], of which precision, recall and F1 are macro
 * averages; of scores `mae`, `pearson` and others. One that is not defined there is left out.
 */
export type TestScore = {
  /** Whose verdict. */
  readonly head: Modality | "unified";
  /** What the model was shown. */
  readonly shown: readonly Modality[];
  /** Of rows of a table, which they are: `text+audio` of those with both, `text of rows` of all with a text. */
  readonly exam?: string;
  /** Samples, or triples for `unified`. */
  readonly tested: number;
} & { readonly [S in ScoreName]?: number };

/** What `config.json` says. */
export interface ModelDescription {
  /** Sizes and choices. */
  readonly model: ModelConfig;
  /** Settings of the run. */
  readonly training: TrainConfig;
  /** The settings that decided the run by section, as `--config` takes them; older folders have none. */
  readonly configuration?: {
    readonly model: object;
    readonly training: object;
    readonly data?: object;
  };
  /** How samples were put together in training and in the test. */
  readonly protocol: "label" | "single" | "natural";
  /** What the run was drawn from. */
  readonly seed: number;
  /** The epoch that was kept, counted from 1. */
  readonly bestEpoch: number;
  /** What its features have to come from. */
  readonly encoders: EncoderRecords;
  /** What it was trained on. */
  readonly data: {
    /** `embedded` for the synthetic corpus. */
    readonly label: string;
    /** Whether a program has drawn the samples: the model knows nothing of real people. */
    readonly synthetic?: boolean;
    /** SHA-256 over the samples used: id, content and label of each. */
    readonly hash: string;
    readonly valence: ValenceMap;
    readonly corpora: Readonly<Record<Modality, CorpusRecord>>;
    /** Of rows that belong together, what the audit of their split found. */
    readonly split?: SplitReport;
  };
  /** On the test part, by head and by what was shown. */
  readonly scores: readonly TestScore[];
  /** How the checks for inputs unlike the training part did on the test part. */
  readonly outliers?: OutlierRecords;
  /** How the temperatures of probabilities did on the test part; older folders and scores have none. */
  readonly calibration?: CalibrationRecords;
  /** What executed its training; older folders have none. */
  readonly arithmetic?: Arithmetic;
  /** Of this project, Deno, TensorFlow.js and ONNX Runtime. */
  readonly versions: Readonly<Record<string, string>>;
  /** Of the working copy, in hexadecimal; null where there is none. */
  readonly commit: string | null;
}

/** The modalities whose features a model was given, so that it has no encoder of them. */
export function givenModalities(encoders: EncoderRecords): Modality[] {
  return modalities.filter((m) => (encoders[m].choice ?? encoders.choice) === "given");
}

/** The modalities that a model has learnt: a table may have none of one. */
export function learntModalities({ data: { corpora } }: ModelDescription): Modality[] {
  return modalities.filter((m) => corpora[m].train > 0);
}

const checkedFiles = [
  "model.safetensors",
  "model.onnx",
  reliabilityFile,
  speakersFile,
] as const;

/**
 * The files of a model folder beside `config.json`, which holds the digests of these two and of
 * `reliability.safetensors` and `speakers.safetensors`.
 */
export interface SavedFiles {
  /** Parameters and standardisation. */
  readonly "model.safetensors": Uint8Array;
  /** The whole model, for any ONNX runtime. */
  readonly "model.onnx": Uint8Array;
  /**
   * Other files by their path in the folder: `reliability.safetensors`, the model card, the values
   * of a check, encoders.
   */
  readonly [name: string]: Uint8Array;
}

/**
 * The bytes of `model.safetensors`: each parameter as float32 under its path
 * (`gate/weight`), and the standardisation as float64 under
 * `standardisation/<modality>/<table>/mean` and `…/scale`.
 */
export function modelToSafetensors(
  { parameters, standardisation }: Pick<TrainedModel, "parameters" | "standardisation">,
): Uint8Array {
  const arrays: Record<string, NamedArray> = {};
  addParameters(parameters as ParameterTree, "", arrays);
  for (const [m, tables] of Object.entries(standardisation)) {
    for (const [table, { mean, scale }] of Object.entries(tables)) {
      for (const [name, values] of Object.entries({ mean, scale })) {
        const data = Float64Array.from(values);
        arrays[`standardisation/${m}/${table}/${name}`] = { shape: [data.length], data };
      }
    }
  }
  return writeSafetensors(arrays, { metadata: { layout: format } });
}

type ParameterTree = { readonly [name: string]: ParameterTree | Leaf };
type Leaf = { readonly shape: readonly number[]; readonly values: Float32Array };

function addParameters(
  tree: ParameterTree,
  prefix: string,
  arrays: Record<string, NamedArray>,
): void {
  for (const [name, node] of Object.entries(tree)) {
    if (node.values instanceof Float32Array) {
      const { shape, values } = node as Leaf;
      arrays[prefix + name] = { shape, data: values };
    } else addParameters(node as ParameterTree, `${prefix}${name}/`, arrays);
  }
}

/**
 * What {@linkcode modelToSafetensors} wrote.
 *
 * @throws {RangeError} The file is damaged, or of another layout.
 */
export function modelFromSafetensors(
  bytes: Uint8Array,
  { path, config }: { readonly path: string; readonly config: ModelConfig },
): TrainedModel {
  const { arrays, metadata } = readSafetensors(new Uint8Array(bytes), { path });
  if (metadata.layout !== format) {
    throw new RangeError(`Cannot read "${path}": expected a ${format}, got ${metadata.layout}`);
  }
  // Boxes that have nothing to learn, such as a level that is switched off, are not in the file.
  const parameters: Record<string, unknown> = {
    gate: {},
    hierarchy: { within: {}, across: {}, summaries: {} },
    fusion: {},
  };
  const standardisation: Record<string, unknown> = {};
  for (const [name, { shape, data }] of Object.entries(arrays)) {
    const steps = name.split("/");
    if (steps[0] !== "standardisation") put(parameters, steps, { shape, values: data });
    else put(standardisation, steps.slice(1), Array.from(data as Float64Array));
  }
  return {
    parameters: parameters as TrainedModel["parameters"],
    standardisation: standardisation as Standardisation,
    config,
  };
}

function put(tree: Record<string, unknown>, steps: readonly string[], leaf: unknown): void {
  const [first, ...rest] = steps as [string, ...string[]];
  if (rest.length === 0) tree[first] = leaf;
  else put((tree[first] ??= {}) as Record<string, unknown>, rest, leaf);
}

/**
 * Refuses to write a model where something else is.
 *
 * @throws {RangeError} `folder` is a file, or a folder that holds something but no model.
 */
export async function assertPlaceForModel(folder: string): Promise<void> {
  const kind = await kindOf(folder);
  if (kind === "nothing") return;
  const names = kind === "file" ? undefined : await namesIn(folder);
  if (names?.length === 0 || names?.includes("config.json") && names.includes("model.onnx")) return;
  const got = names === undefined ? "a file" : `a folder with ${names.slice(0, 3).join(", ")}`;
  throw new RangeError(`Cannot save to "${folder}": expected a model or nothing, got ${got}`);
}

/**
 * Writes a model folder, in place of one that is there. The files are written
 * to a folder beside it, which is then renamed: one cut short leaves the old
 * model or the new one, and never a mixture.
 *
 * @throws {RangeError} Something that is no model is in the way.
 */
export async function writeModel(
  folder: string,
  { description, files }: {
    readonly description: ModelDescription;
    readonly files: SavedFiles;
  },
): Promise<void> {
  await assertPlaceForModel(folder);
  const digests = Object.fromEntries(
    checkedFiles.filter((name) => files[name]).map((name) => [name, sha256(files[name]!)]),
  );
  const config = `${JSON.stringify({ format, ...description, files: digests }, null, 2)}\n`;
  const all = { ...files, "config.json": new TextEncoder().encode(config) };
  await replaceFolder(folder, Object.entries(all));
}

/** A model folder, whole and unchanged since it was written. */
export interface ModelFolder {
  /** What `config.json` says. */
  readonly description: ModelDescription;
  /** The bytes of `model.onnx`. */
  readonly onnx: Uint8Array;
  /** The bytes of `model.safetensors`. */
  readonly safetensors: Uint8Array;
  /** The bytes of `reliability.safetensors`, which models of older versions lack. */
  readonly reliability?: Uint8Array;
  /** The bytes of `speakers.safetensors`, of a model whose clips were normalised by their speakers. */
  readonly speakers?: Uint8Array;
}

/**
 * Reads a model folder and checks its files against the digests in `config.json`.
 *
 * @throws {RangeError} The folder is no model folder, lacks a file, or one is damaged.
 */
export async function openModelFolder(folder: string): Promise<ModelFolder> {
  const kind = await kindOf(folder);
  if (kind !== "folder") {
    const got = kind === "file" ? "a file" : "nothing";
    throw new RangeError(`Cannot open model "${folder}": expected a folder, got ${got}`);
  }
  const { files, ...description } = parseConfig(
    new TextDecoder().decode(await readPart(folder, "config.json")),
    join(folder, "config.json"),
  );
  const required: readonly string[] = checkedFiles.slice(0, 2);
  const [safetensors, onnx, reliability, speakers] = await Promise.all(
    checkedFiles.map(async (name) => {
      if (!required.includes(name) && files[name] === undefined) return undefined;
      const bytes = await readPart(folder, name);
      const found = sha256(bytes);
      if (found === files[name]) return bytes;
      throw new RangeError(
        `Cannot read "${join(folder, name)}": expected SHA-256 ${files[name]}, got ${found}: ` +
          "the file is damaged",
      );
    }),
  ) as [Uint8Array, Uint8Array, Uint8Array | undefined, Uint8Array | undefined];
  return {
    ...{ description, onnx, safetensors },
    ...reliability && { reliability },
    ...speakers && { speakers },
  };
}

async function readPart(folder: string, name: string): Promise<Uint8Array> {
  const kind = await kindOf(join(folder, name));
  if (kind === "file") return Deno.readFile(join(folder, name));
  throw new RangeError(
    `Cannot open model "${folder}": expected a folder with ${name}, got one without`,
  );
}

type Config = ModelDescription & { readonly files: Readonly<Record<string, string>> };

function parseConfig(text: string, path: string): Config {
  let found: unknown;
  try {
    const { format: said, ...config } = JSON.parse(text) as Config & { format: string };
    if (said === format && typeof config.files === "object") return config as Config;
    found = said;
  } catch {
    throw new RangeError(
      `Cannot read "${path}": expected JSON, got ${JSON.stringify(text.slice(0, 20))}`,
    );
  }
  throw new RangeError(`Cannot read "${path}": expected format "${format}", got "${found}"`);
}
