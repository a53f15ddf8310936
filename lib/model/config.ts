/** What can be chosen about the model. @module */

import * as checks from "../checks.ts";
import type * as tf from "../deps/tf.ts";
import { sha256 } from "../files.ts";
import type { Key } from "../tensor/random.ts";
import type { Target } from "../target.ts";
import type { Init, Parameter } from "../tensor/parameter.ts";
import type { Tree } from "../tensor/tree.ts";

/**
 * How the two audio paths become one; `per feature` is our reading of the
 * paper's "adaptive importance weights", the others are its ablations.
 */
export type Gate = GateKind | CustomGate;

/** The gates that are there. */
export type GateKind =
  | "per feature"
  | "scalar"
  | "softmax"
  | "sum"
  | "concatenation"
  | "spectral only"
  | "contextual only";

const gates: readonly GateKind[] = [
  "per feature",
  "scalar",
  "softmax",
  "sum",
  "concatenation",
  "spectral only",
  "contextual only",
];

/** A gate that is brought along: trained, saved and exported like the others. */
// deno-lint-ignore no-explicit-any -- gates have no parameters in common.
export interface CustomGate<P = any> {
  /** As results and model folders call it. */
  readonly name: string;
  /** Initial parameters, a tree of named ones; the same key gives the same numbers. */
  init(key: Key, width: number): Init<P> | Tree<Parameter>;
  /** The joint path y and the share g of the spectral one, `[B, n, d]` each, as both paths are. */
  apply(
    params: P,
    paths: { spectral: tf.Tensor; contextual: tf.Tensor },
  ): { y: tf.Tensor; g: tf.Tensor };
}

/** A level of attention that is brought along. */
// deno-lint-ignore no-explicit-any -- levels have no parameters in common.
export interface CustomAttention<P = any> {
  /** As results and model folders call it. */
  readonly name: string;
  /** Initial parameters, a tree of named ones; the same key gives the same numbers. */
  init(key: Key, width: number, heads: number): Init<P> | Tree<Parameter>;
  /**
   * From segments x `[B, N, d]`, of which those exist whose mask `[B, N]` is 1, to y `[B, N, d]`.
   * `weights` `[B, H, N, N]`, if it has such, are what figures show.
   */
  apply(
    params: P,
    inputs: { x: tf.Tensor; mask: tf.Tensor },
    options: { heads: number; residual: boolean },
  ): { y: tf.Tensor; weights?: tf.Tensor };
}

/** Whether there is a level, or what stands in its place. */
export type Level = boolean | CustomAttention;

/** The model's sizes and choices. The paper gives none of the numbers. */
export interface ModelConfig {
  /** d, the width of every segment after its processing layer; a multiple of `heads`. */
  readonly width: number;
  /** H, attention heads. */
  readonly heads: number;
  /** Output channels of the spectral CNN's convolutions, each of stride 2. */
  readonly channels: readonly number[];
  /** Consecutive frames of the spectrogram that are averaged into one before the CNN. */
  readonly framePooling: number;
  /** How the audio paths are joined. */
  readonly gate: Gate;
  /** The levels of the hierarchy; each can be switched off. */
  readonly levels: {
    /** 1: self-attention among the segments of one modality. */
    readonly within: Level;
    /** 2: attention among the segments of all modalities, the paper's X = [text; image; audio]. */
    readonly across: Level;
    /** 3: attention among the modalities' summaries. */
    readonly summaries: Level;
  };
  /** Whether attention adds to its input (with layer normalisation) or replaces it. */
  readonly residual: boolean;
  /** Linear-ReLU-Dropout layers of the fusion. */
  readonly fusionLayers: number;
  /** Dropout rate p of the processing and fusion layers. */
  readonly dropout: number;
  /** Sizes of what the encoders deliver. */
  readonly inputs: InputSizes;
  /** What is learnt; by default the paper's two polarities. */
  readonly target?: Target;
}

/** The shapes of one sample's features. */
export interface InputSizes {
  /** Segments n and width of the text encoder's states. */
  readonly text: { readonly segments: number; readonly width: number };
  /** Segments n and width of the image encoder's states. */
  readonly image: { readonly segments: number; readonly width: number };
  /** Segments n of both audio encoders, and what each delivers. */
  readonly audio: {
    readonly segments: number;
    /** Width of the speech encoder's states. */
    readonly width: number;
    /** L, layers of the speech encoder whose states the model mixes; without it there is one. */
    readonly layers?: number;
    /**
     * What the spectral path reads: frames and bands of the log-mel spectrogram, prosody values per
     * segment. Features that came without a waveform have none of the three: then the contextual
     * path is all there is, and there is no gate.
     */
    readonly frames?: number;
    readonly bands?: number;
    readonly prosody?: number;
  };
}

const level = checks.orObject(checks.flag, checks.stage("init", "apply"));

/** The checks of {@linkcode ModelConfig.levels}. */
export const levelChecks: Readonly<Record<keyof ModelConfig["levels"], checks.Check>> = {
  within: level,
  across: level,
  summaries: level,
};

/** The checks of {@linkcode ModelConfig} but for `inputs` and `target`, which follow from the data. */
export const modelChecks: Readonly<
  Record<Exclude<keyof ModelConfig, "inputs" | "target">, checks.Check>
> = {
  width: checks.whole(1),
  heads: checks.whole(1),
  channels: checks.list(checks.whole(1)),
  framePooling: checks.whole(1),
  gate: checks.orObject(
    checks.choice(gates, ", or { name, init, apply }"),
    checks.stage("init", "apply"),
  ),
  levels: checks.record(levelChecks),
  residual: checks.flag,
  fusionLayers: checks.whole(0),
  dropout: checks.between(0, 1, { open: true }),
};

/**
 * Checks what no setting alone can tell.
 *
 * @throws {RangeError} Attention can't divide the width among its heads.
 */
export function assertHeadsFit({ width, heads }: Pick<ModelConfig, "width" | "heads">): void {
  if (width % heads === 0) return;
  throw new RangeError(
    `Cannot use the model's settings: expected a width that is a multiple of heads, ` +
      `got a width of ${width} and ${heads} heads`,
  );
}

/** A stage that is brought along as it is told and compared: by its name and the SHA-256 of its code. */
function describeStage({ name, init, apply }: CustomGate | CustomAttention): {
  readonly name: string;
  readonly code: string;
} {
  return { name, code: sha256(`${init}\n${apply}`) };
}

/** The configuration as JSON may have it: stages that are brought along by {@linkcode describeStage}. */
export function describeConfig<Config extends Pick<ModelConfig, "gate" | "levels">>(
  config: Config,
): Config {
  const plain = <Stage>(stage: Stage) =>
    typeof stage === "object" && stage !== null && "apply" in stage
      ? describeStage(stage as unknown as CustomGate) as unknown as Stage
      : stage;
  const { within, across, summaries } = config.levels;
  return {
    ...config,
    gate: plain(config.gate),
    levels: { within: plain(within), across: plain(across), summaries: plain(summaries) },
  };
}

/**
 * The function of a stage that was brought along.
 *
 * @throws {RangeError} A model folder tells of it, and its code is not there.
 */
export function codeOf<Stage extends CustomGate | CustomAttention>(
  stage: Stage,
  what: string,
): Stage["apply"] {
  if (typeof stage.apply === "function") return stage.apply;
  throw new RangeError(
    `Cannot run the ${what} "${stage.name}": expected { name, init, apply }, got its name alone; ` +
      "model.onnx of its folder has it compiled",
  );
}
