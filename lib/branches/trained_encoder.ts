/** A trained branch as a frozen encoder: saved in a folder with what it was trained on, and loaded again. @module */

import { join } from "node:path";
import { traceGraph } from "../compile/mod.ts";
import type * as tf from "../deps/tf.ts";
import { kindOf, sha256 } from "../files.ts";
import { byModality } from "../modality.ts";
import {
  flatten,
  type Init,
  isParameter,
  type Parameter,
  tensors,
  unflatten,
} from "../tensor/parameter.ts";
import { key } from "../tensor/random.ts";
import { readSafetensors, writeSafetensors } from "../tensor/safetensors.ts";
import { leaves, type Tree } from "../tensor/tree.ts";
import type { Branch } from "./branch.ts";
import {
  applyStandardisation,
  type CorpusFeatures,
  type Standardisation,
} from "../systems/features.ts";
import { compileInspector, type Forward } from "../systems/predict.ts";
import type { Encoder, EncoderInput, Features } from "../encoders/encoder.ts";
import { emptyTable, setRow } from "../encoders/feature_store.ts";
import { digestRecipe } from "../encoders/model_folder.ts";

/** What of a trained branch is code, and not saved: what it reads, and how it computes. */
export interface BranchParts<Input extends EncoderInput> {
  /** From samples to the tables of the branch. */
  readonly raw: Encoder<Input>;
  /** From those tables to states. */
  readonly branch: Branch;
}

/** What is saved of a trained branch. */
export interface TrainedBranch {
  /** As `flatten` gives them. */
  readonly parameters: Float32Array;
  /** By which its tables were standardised in training. */
  readonly standardisation?: Standardisation[keyof Standardisation];
  /** SHA-256 of each sample that it learnt from or was chosen by: training and validation parts. */
  readonly trainedOn: readonly string[];
  /** Whether its raw inputs were normalised by their speakers, as those of new clips then have to be. */
  readonly bySpeaker?: boolean;
}

/** An encoder that has learnt, and knows what from. */
export interface TrainedEncoder<Input extends EncoderInput> extends Encoder<Input> {
  /** SHA-256 of each sample that it must not be tested on. */
  readonly trainedOn: ReadonlySet<string>;
  /** Whether raw inputs have to be normalised by their speakers: `encode` then refuses. */
  readonly bySpeaker: boolean;
  /** The first half of `encode`: from samples to the tables of the branch. */
  readonly raw: Encoder<Input>;
  /** The second half: from those tables to states. */
  statesOf(rows: readonly Features[]): Promise<Features[]>;
}

const format = "trivalence trained encoder 1";

// A batch takes its time however few of its rows are samples: a lone face in a whole one waits for 64.
const batchSize = 64, fewInputs = 8;

interface Config {
  readonly format: string;
  readonly modality: string;
  /** What the branch and its inputs were, so that other code is refused. */
  readonly graph: string;
  readonly raw: { readonly id: string; readonly digest: string };
  readonly standardisation: Standardisation[keyof Standardisation];
  readonly trainedOn: readonly string[];
  readonly bySpeaker?: true;
  /** SHA-256 of `model.safetensors`. */
  readonly weights: string;
}

/** The files of a trained encoder. */
export const trainedEncoderNames = ["config.json", "model.safetensors"] as const;

/** The files of a trained encoder by name, and its digest. */
export interface TrainedEncoderFiles {
  /** What each file holds. */
  readonly files: Readonly<Record<(typeof trainedEncoderNames)[number], Uint8Array>>;
  /** Over the weights, the branch, what it reads and how that is scaled. */
  readonly digest: string;
}

/**
 * What is saved of a trained branch, and the digest that it has as an encoder.
 *
 * @throws {RangeError} The parameters are not the branch's.
 */
export function trainedEncoderFiles<Input extends EncoderInput>(
  { raw, branch }: BranchParts<Input>,
  { parameters, standardisation = {}, trainedOn, bySpeaker = false }: TrainedBranch,
): TrainedEncoderFiles {
  const tree = unflatten(initialOf(branch), parameters);
  const named = leaves<Parameter>(tree, isParameter)
    .map(({ path, leaf: { shape, values } }) => [path, { shape, data: values }]);
  const weights = writeSafetensors(Object.fromEntries(named), { metadata: { layout: format } });
  const config: Config = {
    format,
    modality: branch.modality,
    graph: branch.graph,
    raw: { id: raw.id, digest: raw.digest },
    standardisation,
    trainedOn: [...new Set(trainedOn)].sort(),
    ...bySpeaker && { bySpeaker },
    weights: sha256(weights),
  };
  const text = `${JSON.stringify(config, null, 2)}\n`;
  return {
    files: { "config.json": new TextEncoder().encode(text), "model.safetensors": weights },
    digest: digestOf(config),
  };
}

/**
 * The files of {@linkcode trainedEncoderFiles} in a folder, as an encoder: raw inputs, standardised
 * as in training, through the compiled branch. Features of a sample are `states [n, d]` and `mask
 * [n]`, as those of any frozen encoder.
 *
 * `parts` are those that it was saved with.
 *
 * @throws {RangeError} The folder lacks a file or has a damaged one, or the parts are others.
 */
export async function loadTrainedEncoder<Input extends EncoderInput>(
  folder: string,
  { raw, branch }: BranchParts<Input>,
): Promise<TrainedEncoder<Input>> {
  const { config, initial, parameters } = await readTrained(folder, { raw, branch });
  const { modality: m, segments, width } = branch;
  const compiled = new Map<number, Promise<Forward>>();
  const forward = (batch: number) => {
    const known = compiled.get(batch) ?? compileInspector<unknown>({
      initial: initial as Init<unknown>,
      parameters,
      present: [m],
      batch,
      network: {
        inputs: (_, batch) => ({ [m]: branch.inputs(batch) }),
        logits: () => ({}),
        inspect: (params, inputs) => branch.states(params, { inputs: inputs[m]!, keep: {} }),
      },
    });
    compiled.set(batch, known);
    return known;
  };
  const statesOf = async (read: readonly Features[]) => {
    if (read.length === 0) return [];
    const tables = emptyTable(raw, read.length);
    read.forEach((row, i) => setRow(tables, i, row));
    const scaled = applyStandardisation(m, tables, config.standardisation);
    const features = byModality(() => ({ tables: scaled, labels: [] })) as CorpusFeatures;
    const rows = { [m]: read.map((_, i) => i) };
    const { run } = await forward(read.length < fewInputs ? 1 : batchSize);
    const found = await run(features, rows);
    return read.map((_, i): Features => {
      const own = Object.entries(found).map(([name, { width, values }]) => [
        name,
        values.slice(i * width, (i + 1) * width),
      ]);
      return Object.fromEntries(own);
    });
  };
  const { bySpeaker = false } = config;
  return {
    modality: m,
    id: `trained ${m}`,
    digest: digestOf(config),
    ...raw.inspect && { inspect: raw.inspect },
    shapes: { states: [segments, width], mask: [segments] },
    ...{ trainedOn: new Set(config.trainedOn), bySpeaker, raw, statesOf },
    async encode(inputs) {
      if (!bySpeaker) return await statesOf(await raw.encode(inputs));
      throw new RangeError(
        `Cannot encode by "${folder}": expected an encoder that takes samples by themselves, got ` +
          "one whose clips are normalised by their speakers",
      );
    },
    async dispose() {
      for (const own of compiled.values()) await (await own).dispose();
      await raw.dispose();
    },
  };
}

/** A trained encoder for another runtime: its network, and what comes before it. */
export interface TrainedEncoderGraph {
  /**
   * ONNX of one sample: `in/<table>` of each that the branch reads, standardised, to `out/states` and
   * `out/mask`.
   */
  readonly onnx: Uint8Array;
  /** See {@linkcode TrainedBranch}. */
  readonly standardisation: NonNullable<TrainedBranch["standardisation"]>;
}

/**
 * The second half of what {@linkcode loadTrainedEncoder} loads, as a graph.
 *
 * @throws {RangeError} As that does.
 */
export async function trainedEncoderGraph<Input extends EncoderInput>(
  folder: string,
  parts: BranchParts<Input>,
): Promise<TrainedEncoderGraph> {
  const { config, initial, parameters } = await readTrained(folder, parts);
  const { branch } = parts;
  const { graph } = traceGraph((inputs) => {
    const params = tensors(unflatten(initial, parameters));
    return { ...branch.states(params, { inputs: inputs as Record<string, tf.Tensor>, keep: {} }) };
  }, branch.inputs(1));
  return { onnx: graph.toBytes(), standardisation: config.standardisation ?? {} };
}

async function readTrained<Input extends EncoderInput>(
  folder: string,
  { raw, branch }: BranchParts<Input>,
): Promise<{ config: Config; initial: Tree<Parameter>; parameters: Float32Array }> {
  const path = join(folder, "config.json");
  const config = parseConfig(new TextDecoder().decode(await readPart(path)), path);
  const refuse = (what: string, wanted: string, got: string) => {
    if (wanted === got) return;
    throw new RangeError(`Cannot load "${folder}": expected ${what} ${wanted}, got ${got}`);
  };
  refuse("a branch of", config.modality, branch.modality);
  refuse("the branch", config.graph, branch.graph);
  refuse(`raw inputs of`, config.raw.digest, raw.digest);
  const weightsPath = join(folder, "model.safetensors");
  const weights = await readPart(weightsPath);
  refuse(`weights of SHA-256`, config.weights, sha256(weights));
  const initial = initialOf(branch);
  const parameters = readParameters(weights, { path: weightsPath, like: initial });
  return { config, initial, parameters };
}

// Of any key: for the shapes alone.
function initialOf(branch: Branch): Tree<Parameter> {
  return branch.init(key(0)) as Tree<Parameter>;
}

function readParameters(
  bytes: Uint8Array<ArrayBuffer>,
  { path, like }: { readonly path: string; readonly like: Tree<Parameter> },
): Float32Array {
  const { arrays } = readSafetensors(bytes, { path });
  const parts = leaves<Parameter>(like, isParameter).map(({ path: name, leaf: { shape } }) => {
    const found = arrays[name];
    if (found?.shape.join() === shape.join()) return { shape, values: found.data as Float32Array };
    throw new RangeError(
      `Cannot read "${path}": expected "${name}" of [${shape}], got [${found?.shape ?? "none"}]`,
    );
  });
  return flatten(Object.fromEntries(parts.map((part, i) => [String(i), part])));
}

// Over what decides the states; which samples they were learnt from decides the weights already.
function digestOf({ weights, graph, raw, standardisation, bySpeaker }: Config): string {
  const scale = sha256(JSON.stringify(standardisation));
  return digestRecipe(weights, { graph, raw: raw.digest, scale, ...bySpeaker && { bySpeaker } });
}

async function readPart(path: string): Promise<Uint8Array<ArrayBuffer>> {
  if (await kindOf(path) === "file") return await Deno.readFile(path);
  throw new RangeError(`Cannot read "${path}": expected a file, got none`);
}

function parseConfig(text: string, path: string): Config {
  let said: unknown;
  try {
    const config = JSON.parse(text) as Config;
    if (config.format === format) return config;
    said = config.format;
  } catch {
    throw new RangeError(
      `Cannot read "${path}": expected JSON, got ${JSON.stringify(text.slice(0, 20))}`,
    );
  }
  throw new RangeError(`Cannot read "${path}": expected format "${format}", got "${said}"`);
}
