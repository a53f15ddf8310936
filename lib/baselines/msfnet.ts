/**
 * MSFNet (adaptation): our reading of "MSFNet: modality smoothing fusion network for multimodal
 * aspect-based sentiment analysis" (Xiang, Cai, Guo, Front. Phys. 11:1187503, 2023).
 *
 * @module
 */

import * as tf from "../deps/tf.ts";
import { byModality, type Modality } from "../modality.ts";
import type { InputSizes } from "../model/config.ts";
import {
  initMultiHeadAttention,
  multiHeadAttention,
  type MultiHeadAttentionParams,
} from "../tensor/attention.ts";
import { initLinear, linear, type LinearParams, maskedMean } from "../tensor/layers.ts";
import { heUniform, type Init, keys } from "../tensor/parameter.ts";
import { fold, type Key } from "../tensor/random.ts";
import { outputsOf, polarities, type Target } from "../target.ts";
import { inputSizes } from "../systems/features.ts";
import { modalitiesIn, type Network, presenceColumns, repeatViews } from "../systems/network.ts";
import type { System } from "../systems/system.ts";
import { settle, settleTraining, trainingDefaults } from "../systems/settings.ts";
import type { TrainConfig, TrainOptions } from "../training/train.ts";
import {
  initModalitySmoothing,
  modalitySmoothing,
  type ModalitySmoothingParams,
} from "./msfnet/modality_smoothing.ts";
import {
  initMultiChannelAttention,
  multiChannelAttention,
  type MultiChannelAttentionParams,
} from "./msfnet/multi_channel_attention.ts";
import {
  initPerceptron,
  perceptron,
  perceptronMasks,
  type PerceptronParams,
} from "./perceptron.ts";
import { segmentTokens, tokenSpecs, tokenWidth } from "./segment_tokens.ts";
import { type Seen, singleClassifier, trainedClassifier } from "./single_classifier.ts";

/** Sizes and choices of {@linkcode msfnetForward}. */
export interface MsfnetSettings {
  /** d, the width of every token; a multiple of `heads`. */
  readonly width: number;
  /** H, heads of each attention. */
  readonly heads: number;
  /** C, channels of the fusing attention. */
  readonly channels: number;
  /** Dropout rate p of the classifier. */
  readonly dropout: number;
}

/** The settings, and the sizes of what it reads. */
export interface MsfnetConfig extends MsfnetSettings {
  /** Of the features; see `inputSizes`. */
  readonly inputs: InputSizes;
  /** What is learnt; by default two polarities. */
  readonly target?: Target | undefined;
}

/** Width, heads and dropout of the proposed model, and as many channels as heads: our choice, not tuned. */
export const msfnetDefaults: MsfnetSettings = { width: 64, heads: 4, channels: 4, dropout: 0.3 };

/** Parameters of {@linkcode msfnetForward}. */
export type MsfnetParams = {
  projection: Record<Modality, LinearParams>;
  /** q `[d]`, in place of an aspect; one for all modalities. */
  query: tf.Tensor;
  awareness: Record<Modality, MultiHeadAttentionParams>;
  smoothing: ModalitySmoothingParams;
  fusion: MultiChannelAttentionParams;
  classifier: PerceptronParams;
};

/** Initial parameters; the same key gives the same numbers. */
export function initMsfnet(key: Key, config: MsfnetConfig): Init<MsfnetParams> {
  const { width, channels, inputs, target = polarities } = config;
  const k = keys(key, "projection", "query", "awareness", "fusion", "classifier");
  return {
    projection: byModality((m) =>
      initLinear(fold(k.projection, m), { in: tokenWidth(inputs, m), out: width }, 1)
    ),
    query: heUniform(k.query, [width], 1, 1),
    awareness: byModality((m) => initMultiHeadAttention(fold(k.awareness, m), width)),
    smoothing: initModalitySmoothing(width),
    fusion: initMultiChannelAttention(k.fusion, { width, channels }),
    classifier: initPerceptron(k.classifier, {
      input: width,
      hidden: hiddenLayers(config),
      outputs: outputsOf(target),
    }),
  };
}

function hiddenLayers({ width }: Pick<MsfnetSettings, "width">): number[] {
  return [Math.ceil(width / 2)];
}

/**
 * Four steps, of which the authors' abstract gives the names:
 *
 *     t_m = x_m W_m + b_m,  u_m = attention_m(q, t_m)      unimodal aware features
 *     X_m = smoothing([u_m; t_m])                          modality smoothing
 *     Y   = multiChannel([X_text; X_image; X_audio])       multi-channel attention
 *     z   = perceptron(mean(Y))                            classifier
 *
 * The authors' equations, sizes and code were not available to us: what each
 * step computes is our reading. Their model takes a text, an image and an
 * aspect term; ours takes audio too, and since our data name no aspect, a
 * learnt query q stands for it. u_m goes along with the tokens of its modality,
 * so that it counts where there is no other modality to smooth.
 *
 * `logits` z are `[V B, C]` and `gates`, the shares of the channels, `[V B, C]`.
 * An absent modality is left out of every mean and gets no attention.
 */
export function msfnetForward(
  params: MsfnetParams,
  { inputs, presence, views, keep }: Seen,
  { heads }: Pick<MsfnetConfig, "heads">,
): { logits: tf.Tensor; gates: tf.Tensor } {
  const shown = presenceColumns(presence);
  const tokens: { [M in Modality]?: tf.Tensor } = {};
  const found: { [M in Modality]?: tf.Tensor } = {};
  const masks: tf.Tensor[] = [];
  for (const m of modalitiesIn(inputs)) {
    const aware = awareTokens(params, m, inputs[m]!, { heads });
    tokens[m] = repeatViews(aware.tokens, views);
    found[m] = repeatViews(aware.found, views);
    masks.push(tf.mul(repeatViews(aware.mask, views), tf.expandDims(shown[m], 1))); // [V B, 1 + n]
  }
  const smoothed = modalitySmoothing(params.smoothing, { tokens, found, shown });
  const mask: tf.Tensor = tf.concat(masks, 1); // [V B, N]
  const x: tf.Tensor = tf.concat(modalitiesIn(smoothed).map((m) => smoothed[m]!), 1); // [V B, N, d]
  const { y, gates } = multiChannelAttention(params.fusion, { x, mask }, { heads });
  const logits = perceptron(params.classifier, { x: maskedMean(y, mask), keep: keep.classifier });
  return { logits, gates };
}

// [u; t], `[B, 1 + n, d]`, the mask of both, and u, `[B, d]`.
function awareTokens(
  { projection, query, awareness }: MsfnetParams,
  m: Modality,
  tables: Seen["inputs"][string],
  { heads }: Pick<MsfnetConfig, "heads">,
): { tokens: tf.Tensor; mask: tf.Tensor; found: tf.Tensor } {
  const { tokens: read, mask } = segmentTokens(tables);
  const tokens = linear(projection[m], read);
  const { y } = multiHeadAttention(awareness[m], { queries: query, tokens, mask }, { heads });
  const one = tf.ones([mask.shape[0]!, 1]);
  return {
    tokens: tf.concat([tf.expandDims(y, 1), tokens], 1), // [B, 1 + n, d]
    mask: tf.concat([one, mask], 1), // [B, 1 + n]
    found: y,
  };
}

/** {@linkcode msfnetForward} as a network; that of the verdict is its only loss. */
export function msfnetNetwork(config: MsfnetConfig): Network<MsfnetParams> {
  const { inputs, dropout } = config;
  return singleClassifier<MsfnetParams>({
    graph: JSON.stringify(["MSFNet (adaptation)", config]),
    target: config.target,
    init: (key) => initMsfnet(key, config),
    inputs: (present, batch) => tokenSpecs(inputs, present, batch),
    masks: ({ batch, views }) => ({
      classifier: perceptronMasks(hiddenLayers(config), { rows: batch * views, rate: dropout }),
    }),
    classify: (params, seen) => msfnetForward(params, seen, config).logits,
  });
}

// docs/tuning.md has the trials.
const tuned: TrainConfig = { ...trainingDefaults, learningRate: 3e-3 };

/**
 * "MSFNet (adaptation)" as a system: our reading of Xiang, Cai and Guo (2023), with a learnt
 * query in place of their aspect. See {@linkcode msfnetNetwork}.
 *
 * Settings that are left out are the defaults, and those of the tables.
 *
 * The fit throws a RangeError under the protocol `random`.
 */
export function msfnet(
  settings: Partial<MsfnetSettings> = {},
  training: Partial<TrainConfig> = {},
  options: Omit<TrainOptions, "threads"> = {},
): System {
  const settled = settle(msfnetDefaults, settings, "MSFNet's settings");
  return trainedClassifier(
    "MSFNet (adaptation)",
    (features, target) => msfnetNetwork({ ...settled, target, inputs: inputSizes(features) }),
    settleTraining(training, tuned),
    options,
  );
}
