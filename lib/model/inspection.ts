/** What the gate and the attention of a batch did, a few numbers per sample. @module */

import * as tf from "../deps/tf.ts";
import { modalities, type Modality } from "../modality.ts";
import { maskedMean } from "../tensor/layers.ts";
import type { ModelInputs, ModelOutputs } from "./model.ts";

/**
 * Numbers by name, `[B, …]` each:
 *
 * - `gate` `[B, 2]`: mean and deviation of the audio gate over the clip's segments and features;
 *   the mean is the share of the spectral path.
 * - `attention` `[B, 3, 3]`: of level 2, the share of its attention that a modality (row) pays to a
 *   modality (column), the mean over heads and over the segments of the row's modality that exist.
 *   Rows add up to 1; those of absent modalities are 0.
 * - `summaries` `[B, 3, 3]`: the same of level 3.
 *
 * What the model does not have, or these inputs do not show, is left out.
 */
export function inspection(
  inputs: ModelInputs,
  { gate, weights }: Pick<ModelOutputs, "weights"> & { gate?: tf.Tensor },
): Record<string, tf.Tensor> {
  const found: Record<string, tf.Tensor> = {};
  if (gate && inputs.audio) found.gate = gateMoments(gate, inputs.audio.mask);
  const there = modalities.filter((m) => inputs[m] !== undefined);
  const { across, summaries } = weights;
  if (across.attention) {
    found.attention = amongModalities(across.attention, there, (m) => inputs[m]!.mask);
  }
  if (summaries.attention) {
    const present = (m: Modality) => tf.max(inputs[m]!.mask, 1, true);
    found.summaries = amongModalities(summaries.attention, there, present);
  }
  return found;
}

function gateMoments(gate: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const overFeatures = (x: tf.Tensor) => maskedMean(tf.mean(x, 2, true), mask);
  const mean = overFeatures(gate);
  const variance = tf.sub(overFeatures(tf.square(gate)), tf.square(mean)); // [B, 1]
  return tf.concat([mean, tf.sqrt(tf.relu(variance))], 1); // [B, 2]
}

// `weights` are [B, H, N, N] over the segments of the modalities that are there, in order.
function amongModalities(
  weights: tf.Tensor,
  there: readonly Modality[],
  maskOf: (m: Modality) => tf.Tensor,
): tf.Tensor {
  const [batch] = weights.shape as [number];
  const overHeads = tf.mean(weights, 1); // [B, N, N]
  const lengths = there.map((m) => maskOf(m).shape[1]!);
  const starts = lengths.map((_, i) => lengths.slice(0, i).reduce((a, b) => a + b, 0));
  const block = (m: Modality, axis: 1 | 2, x: tf.Tensor) => {
    const i = there.indexOf(m);
    const begin = [0, 0, 0], size = [-1, -1, -1];
    begin[axis] = starts[i]!;
    size[axis] = lengths[i]!;
    return tf.slice(x, begin, size); // N of the axis becomes n_m
  };
  const zero = tf.zeros([batch, 1]);
  const rows = modalities.map((from) =>
    tf.concat(
      modalities.map((to) => {
        if (!there.includes(from) || !there.includes(to)) return zero;
        const paid = tf.sum(block(to, 2, block(from, 1, overHeads)), 2, true); // [B, n_from, 1]
        return maskedMean(paid, maskOf(from));
      }),
      1,
    )
  );
  return tf.stack(rows, 1); // [B, 3, 3]
}
