/** MISA: modality-invariant and -specific representations (Hazarika, Zimmermann, Poria 2020). @module */

import * as tf from "../../deps/tf.ts";
import { byModality, modalities, type Modality } from "../../modality.ts";
import type { InputSizes } from "../../model/mod.ts";
import { processingLayer } from "../../model/processing_layer.ts";
import * as layers from "../../tensor/layers.ts";
import { type Init, keys } from "../../tensor/parameter.ts";
import { fold, type Key } from "../../tensor/random.ts";
import { modalitiesIn, presenceColumns } from "../../systems/network.ts";
import { segmentTokens, tokenWidth } from "../segment_tokens.ts";
import type { Seen } from "../single_classifier.ts";
import {
  initRecurrentEncoder,
  recurrentEncoder,
  type RecurrentEncoderParams,
} from "./recurrent_encoder.ts";
import {
  initTransformerLayer,
  type TransformerKeep,
  transformerLayer,
  type TransformerLayerParams,
} from "./transformer_layer.ts";

/** MISA's sizes and dropout rates. */
export interface MisaConfig {
  /** d, the width of every representation; a multiple of `heads`. */
  readonly width: number;
  /** h, the width of the LSTMs of image and audio in each direction. */
  readonly recurrentWidth: number;
  /** Attention heads of the Transformer layer. */
  readonly heads: number;
  /** Width of the Transformer layer's feed-forward part. */
  readonly feedForward: number;
  /** Dropout rate within the Transformer layer. */
  readonly transformerDropout: number;
  /** Dropout rate before the classifier. */
  readonly fusionDropout: number;
}

/** Every trainable parameter. */
export type MisaParams = {
  recurrent: Record<"image" | "audio", RecurrentEncoderParams>;
  projection: Record<Modality, { linear: layers.LinearParams; norm: layers.LayerNormParams }>;
  private: Record<Modality, layers.LinearParams>;
  shared: layers.LinearParams;
  decoder: Record<Modality, layers.LinearParams>;
  transformer: TransformerLayerParams;
  /** From the six tokens, `6d`, to `3d`. */
  fusion: layers.LinearParams;
  /** From `3d` to the two classes. */
  classifier: layers.LinearParams;
};

/** One tensor a modality that the batch has. */
export type PerModality = { readonly [M in Modality]?: tf.Tensor };

/** The representations of a batch, `[B, d]` each. */
export type MisaSubspaces = {
  /** u, what the encoders and the projection make of a sample. */
  readonly projected: PerModality;
  /** p, what is particular to the modality. */
  readonly private: PerModality;
  /** s, what the modalities have in common. */
  readonly shared: PerModality;
  /** û, u again from p + s. */
  readonly reconstructed: PerModality;
};

/** All that MISA computes of a batch. */
export type MisaOutputs = MisaSubspaces & {
  /**
   * `[V B, 6, d]` after the Transformer layer: the private tokens of text, image and audio, then
   * the shared.
   */
  readonly tokens: tf.Tensor;
  /** `[V B, C]`: negative, positive; or as the target has it. */
  readonly logits: tf.Tensor;
};

/** Initial parameters, with C `outputs`; the same key gives the same numbers. */
export function initMisa(
  key: Key,
  { width, recurrentWidth, feedForward }: MisaConfig,
  inputs: InputSizes,
  outputs = 2,
): Init<MisaParams> {
  const k = keys(key, "recurrent", "projection", "private", "shared", "decoder", "joint");
  const square = (which: Key) => layers.initLinear(which, { in: width, out: width }, 1);
  const read = {
    text: tokenWidth(inputs, "text"),
    image: 4 * recurrentWidth,
    audio: 4 * recurrentWidth,
  };
  const recurrent = (m: "image" | "audio", from: number) =>
    initRecurrentEncoder(fold(k.recurrent, m), { in: from, hidden: recurrentWidth });
  return {
    recurrent: {
      image: recurrent("image", tokenWidth(inputs, "image")),
      audio: recurrent("audio", tokenWidth(inputs, "audio")),
    },
    projection: byModality((m) => ({
      linear: layers.initLinear(fold(k.projection, m), { in: read[m], out: width }),
      norm: layers.initLayerNorm(width),
    })),
    private: byModality((m) => square(fold(k.private, m))),
    shared: square(k.shared),
    decoder: byModality((m) => square(fold(k.decoder, m))),
    transformer: initTransformerLayer(fold(k.joint, "transformer"), { width, feedForward }),
    fusion: layers.initLinear(fold(k.joint, "fusion"), { in: 6 * width, out: 3 * width }),
    classifier: layers.initLinear(fold(k.joint, "classifier"), { in: 3 * width, out: outputs }, 1),
  };
}

/**
 * One vector per sample. Text is the mean of its segments, as the authors
 * average BERT's tokens. Image and audio go through
 * {@linkcode recurrentEncoder}: the segments of an image are the cells of its
 * grid, row after row, and those of a clip its spans in time, each with its
 * prosody. The authors read frames of video and of acoustic features.
 */
function utterances({ recurrent }: MisaParams, inputs: Seen["inputs"]): PerModality {
  const result: { [M in Modality]?: tf.Tensor } = {};
  for (const m of modalitiesIn(inputs)) {
    const { tokens, mask } = segmentTokens(inputs[m]!);
    result[m] = m === "text"
      ? layers.maskedMean(tokens, mask)
      : recurrentEncoder(recurrent[m], { x: tokens, mask });
  }
  return result;
}

/**
 * Projection, private and shared subspace and reconstruction of each modality
 * m that the batch has:
 *
 *     u_m = layerNorm(ReLU(x_m W_m + b_m))            x_m the encoder's vector
 *     p_m = σ(u_m P_m + q_m),  s_m = σ(u_m S + r)     S and r the same for all m
 *     û_m = (p_m + s_m) D_m + e_m
 */
function misaSubspaces(
  params: MisaParams,
  { inputs }: Pick<Seen, "inputs">,
): MisaSubspaces {
  const read = utterances(params, inputs);
  const present = modalitiesIn(inputs);
  const each = (fn: (m: Modality) => tf.Tensor): PerModality =>
    Object.fromEntries(present.map((m) => [m, fn(m)]));
  const projected = each((m) => {
    const own = params.projection[m];
    return layers.layerNorm(own.norm, tf.relu(layers.linear(own.linear, read[m]!)));
  });
  const personal = each((m) => tf.sigmoid(layers.linear(params.private[m], projected[m]!)));
  const shared = each((m) => tf.sigmoid(layers.linear(params.shared, projected[m]!)));
  const reconstructed = each((m) =>
    layers.linear(params.decoder[m], tf.add(personal[m]!, shared[m]!))
  );
  return { projected, private: personal, shared, reconstructed };
}

/**
 * The six representations as tokens of one Transformer layer, and what is read
 * off them:
 *
 *     T = transformerLayer([p_text; p_image; p_audio; s_text; s_image; s_audio])
 *     z = ReLU(dropout([T_1; …; T_6] W + b)) W' + b'
 *
 * `presence` `[V B, 3]` is 1 for a modality that a view of a sample shows
 * (text, image, audio). The two tokens of one that it does not show get no
 * attention and are 0 in T, which is our completion: the authors have no
 * missing modalities.
 */
function misaFusion(
  params: MisaParams,
  { subspaces, presence, keep }: Pick<Seen, "presence" | "keep"> & {
    subspaces: Pick<MisaSubspaces, "private" | "shared">;
  },
  { heads }: Pick<MisaConfig, "heads">,
): { tokens: tf.Tensor; logits: tf.Tensor } {
  const present = modalitiesIn(subspaces.shared);
  const columns = presenceColumns(presence);
  // [V B, 2M], of M modalities
  const mask = tf.stack([...present, ...present].map((m) => columns[m]), 1);
  const joined = [subspaces.private, subspaces.shared].flatMap((of) => present.map((m) => of[m]!));
  const fused = transformerLayer(params.transformer, {
    x: tf.stack(joined, 1), // [B, 2M, d]
    mask,
    keep: (keep.transformer ?? {}) as TransformerKeep,
  }, { heads });
  const shown = tf.mul(fused, tf.expandDims(mask, 2)); // [V B, 2M, d] by [V B, 2M, 1]
  // A modality that the whole batch lacks has no token above, and zeros here.
  const [rows, , width] = shown.shape as [number, number, number];
  const absent = tf.zeros([rows, 1, width]);
  const inOrder = [0, present.length].flatMap((from) =>
    modalities.map((m) =>
      // [V B, 1, d]
      present.includes(m) ? tf.slice(shown, [0, from + present.indexOf(m), 0], [-1, 1, -1]) : absent
    )
  );
  const tokens = tf.concat(inOrder, 1); // [V B, 6, d]
  const flat = tf.reshape(tokens, [rows, 6 * width]); // [V B, 6d]
  // ReLU before the dropout gives the same numbers as after it.
  const joint = processingLayer(params.fusion, { x: flat, keep: keep.fusion?.joint });
  return { tokens, logits: layers.linear(params.classifier, joint) };
}

/**
 * MISA on one batch. `inputs` hold B samples, of which `presence` shows V
 * views: what belongs to one modality is computed once per sample. The encoders
 * are frozen, as the authors have it on UR_FUNNY; on MOSI they tune BERT.
 *
 * @throws {RangeError} No modality.
 */
export function misaForward(
  params: MisaParams,
  { inputs, ...views }: Seen,
  config: Pick<MisaConfig, "heads">,
): MisaOutputs {
  if (modalitiesIn(inputs).length === 0) {
    throw new RangeError("Cannot apply MISA: expected inputs of a modality, got none");
  }
  const subspaces = misaSubspaces(params, { inputs });
  return { ...subspaces, ...misaFusion(params, { subspaces, ...views }, config) };
}
