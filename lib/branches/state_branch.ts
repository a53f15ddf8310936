/** A branch upon a frozen speech encoder: its layers mixed, and the moments that matter drawn together. @module */

import { float32 } from "../compile/mod.ts";
import * as tf from "../deps/tf.ts";
import { initLayerMix, layerMix, type LayerMixParams } from "../model/layer_mix.ts";
import { type CorpusFeatures, tableOf } from "../systems/features.ts";
import { assertShape, dropout, initLinear, linear, type LinearParams } from "../tensor/layers.ts";
import { maskedSoftmax } from "../tensor/masked_softmax.ts";
import { constant, type Init } from "../tensor/parameter.ts";
import { fold, type Key } from "../tensor/random.ts";
import type { Branch } from "./branch.ts";

/** Parameters of {@linkcode stateBranch}. */
export type StateBranchParams = {
  /** Of the encoder's layers; empty where there is one. */
  mix: LayerMixParams | Record<string, never>;
  /** q, `[w, 1]`. */
  query: tf.Tensor;
  /** From w numbers to d. */
  output: LinearParams;
};

/** What the states of an encoder are: n a clip, w numbers each, of L layers or, without, of one. */
export interface StateSize {
  /** n. */
  readonly segments: number;
  /** w. */
  readonly width: number;
  /** L. */
  readonly layers?: number;
}

/** Equal shares of layers and of moments; W is uniform on ±√(6 / w), b is 0. */
export function initStateBranch(
  key: Key,
  size: StateSize,
  { width }: { readonly width: number },
): Init<StateBranchParams> {
  return {
    mix: size.layers === undefined ? {} : initLayerMix(size.layers),
    query: constant([size.width, 1], 0),
    output: initLinear(fold(key, "output"), { in: size.width, out: width }),
  };
}

/** What {@linkcode stateBranch} reads. */
export interface StateBranchInputs {
  /** `[B, n, w]`, or `[B, n, L, w]`, standardised. */
  readonly states: tf.Tensor;
  /** `[B, n]`, 1 for those that exist. */
  readonly mask: tf.Tensor;
}

/**
 * One state of a clip from an encoder's n, by attention over time:
 *
 *     h_t = dropout(layerMix(states)_t)         [B, n, w]
 *     a   = softmax over time of h_t · q / √w   [B, n]
 *     y   = ReLU((Σ_t a_t h_t) W + b)           [B, d]
 *
 * Training begins with q = 0, the mean over time that a linear probe reads, and may go on to
 * moments that say more (Mirsamadi, Barsoum and Zhang, *Automatic speech emotion recognition using
 * recurrent neural networks with local attention*, 2017). `keep` is a dropout mask `[B, 1, w]`: a
 * number of the encoder is dropped at all moments. A clip without states has y of none. The paper
 * reads its encoder by the whole model; this branch reads it alone.
 */
export function stateBranch(
  { mix, query, output }: StateBranchParams,
  { states, mask }: StateBranchInputs,
  keep?: tf.Tensor,
): tf.Tensor {
  const mixed = states.rank === 4 ? layerMix(mix as LayerMixParams, states) : states;
  assertShape("states", mixed, [-1, -1, query.shape[0]!]);
  const [batch, segments, width] = mixed.shape as [number, number, number];
  assertShape("mask", mask, [batch, segments]);
  const h = keep === undefined ? mixed : dropout(mixed, tf.tile(keep, [1, segments, 1]));
  const scores = tf.reshape(linear({ weight: query, bias: tf.zeros([1]) }, h), [batch, segments]);
  const weights = maskedSoftmax(tf.div(scores, Math.sqrt(width)), mask); // [B, n]
  const pooled = tf.sum(tf.mul(h, tf.expandDims(weights, 2)), 1); // [B, w]
  return tf.relu(linear(output, pooled)); // [B, d]
}

/** Settings of {@linkcode trainedOnStates}. */
export interface StateBranchSettings {
  /** d. */
  readonly width: number;
  /** Rate at which numbers of the encoder are dropped. */
  readonly dropout: number;
}

/** Chosen on validation parts of RAVDESS (docs/trained_branches.md has the trials). */
export const stateBranchDefaults: StateBranchSettings = { width: 64, dropout: 0.3 };

/**
 * {@linkcode stateBranch} as a branch, of one state a clip, on the tables `states` and `mask` of
 * the frozen speech encoder that made these features.
 *
 * @throws {RangeError} The features have no such tables.
 */
export function trainedOnStates(
  features: CorpusFeatures,
  settings: StateBranchSettings = stateBranchDefaults,
): Branch<StateBranchParams> {
  const size = stateSizeOf(features);
  const { segments, width, layers } = size;
  return {
    modality: "audio",
    graph: JSON.stringify(["states", size, settings]),
    segments: 1,
    width: settings.width,
    init: (key) => initStateBranch(key, size, settings),
    inputs: (batch) => ({
      states: float32(batch, segments, ...layers === undefined ? [] : [layers], width),
      mask: float32(batch, segments),
    }),
    masks: (batch) => ({ frozen: { shape: [batch, 1, width], rate: settings.dropout } }),
    states(params, { inputs, keep }) {
      const { states, mask } = inputs as unknown as StateBranchInputs;
      const y = tf.expandDims(stateBranch(params, { states, mask }, keep.frozen), 1);
      return { states: y, mask: tf.ones([y.shape[0]!, 1]) };
    },
  };
}

function stateSizeOf(features: CorpusFeatures): StateSize {
  const [, segments, ...rest] = tableOf(features, "audio", "states").shape as number[];
  const [width, layers] = rest.toReversed();
  return { segments: segments!, width: width!, ...layers !== undefined && { layers } };
}
