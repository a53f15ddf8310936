/** MISA's encoder of image and audio: two bidirectional LSTMs, one upon the other. @module */

import * as tf from "../../deps/tf.ts";
import * as layers from "../../tensor/layers.ts";
import { heUniform, type Init, keys, type Parameter } from "../../tensor/parameter.ts";
import { type Key, normals } from "../../tensor/random.ts";

/** Parameters of {@linkcode bidirectionalLstm} with hidden width h. */
export type BidirectionalLstmParams = {
  /** W `[in, 8h]` and b `[8h]`: columns 0 to 4h - 1 read forwards, the others backwards. */
  input: layers.LinearParams;
  /** U, `[2, h, 4h]`: forwards, backwards. */
  recurrent: tf.Tensor;
};

/** Parameters of {@linkcode recurrentEncoder}. */
export type RecurrentEncoderParams = {
  /** From the frozen encoder's width to h. */
  reduce: layers.LinearParams;
  first: BidirectionalLstmParams;
  /** Over the 2h states of the first LSTM. */
  norm: layers.LayerNormParams;
  second: BidirectionalLstmParams;
};

/** W uniform on ±1 / √h, PyTorch's default, b zero, and U orthogonal, as the authors have it. */
export function initBidirectionalLstm(
  key: Key,
  width: { in: number; hidden: number },
): Init<BidirectionalLstmParams> {
  const { hidden } = width;
  const { input, forwards, backwards } = keys(key, "input", "forwards", "backwards");
  const recurrent = [forwards, backwards].flatMap((k) => orthonormalRows(k, hidden, 4 * hidden));
  return {
    input: {
      weight: heUniform(input, [width.in, 8 * hidden], hidden, 1 / 3),
      bias: { shape: [8 * hidden], values: new Float32Array(8 * hidden) },
    },
    recurrent: {
      shape: [2, hidden, 4 * hidden],
      values: Float32Array.from(recurrent.flat()),
    } satisfies Parameter,
  };
}

// Gram and Schmidt's rows of normal numbers: each is freed of those before it.
function orthonormalRows(key: Key, rows: number, columns: number): number[][] {
  const next = normals(key);
  const done: number[][] = [];
  for (let i = 0; i < rows; i++) {
    let row = Array.from({ length: columns }, next);
    for (const other of done) {
      const along = row.reduce((sum, x, j) => sum + x * other[j]!, 0);
      row = row.map((x, j) => x - along * other[j]!);
    }
    const norm = Math.hypot(...row);
    done.push(row.map((x) => x / norm));
  }
  return done;
}

/** Initial parameters for segments of width `in`. */
export function initRecurrentEncoder(
  key: Key,
  { in: from, hidden }: { in: number; hidden: number },
): Init<RecurrentEncoderParams> {
  const { reduce, first, second } = keys(key, "reduce", "first", "second");
  return {
    reduce: layers.initLinear(reduce, { in: from, out: hidden }, 1),
    first: initBidirectionalLstm(first, { in: hidden, hidden }),
    norm: layers.initLayerNorm(2 * hidden),
    second: initBidirectionalLstm(second, { in: 2 * hidden, hidden }),
  };
}

/**
 * A long short-term memory in both directions (Hochreiter & Schmidhuber 1997):
 *
 *     [i; f; g; o] = x_t W + h_{t-1} U + b
 *     c_t = σ(f) ⊙ c_{t-1} + σ(i) ⊙ tanh(g)
 *     h_t = σ(o) ⊙ tanh(c_t)
 *
 * from h = c = 0, once from the first segment to the last and once back. `x`
 * is `[B, n, in]`, `mask` `[B, n]` is 0 for padding: there h and c stay as
 * they are, so that `last` is what packed sequences give. Returns `states`
 * `[B, n, 2h]` and `last` `[B, 2h]`, the forward state at the last segment and
 * the backward state at the first.
 *
 * Where PyTorch has two biases that are added, this has one.
 */
export function bidirectionalLstm(
  { input, recurrent }: BidirectionalLstmParams,
  { x, mask }: { x: tf.Tensor; mask: tf.Tensor },
): { states: tf.Tensor; last: tf.Tensor } {
  layers.assertShape("x", x, [-1, -1, -1]);
  const [batch, segments] = x.shape as [number, number];
  layers.assertShape("mask", mask, [batch, segments]);
  const width = recurrent.shape[1]!;
  // Both directions are one batch: `[2, B, n, …]`, the second with its segments in reverse.
  const [ahead, back] = tf.split(layers.linear(input, x), 2, 2) as [tf.Tensor, tf.Tensor]; // [B, n, 4h]
  const gates = tf.stack([ahead, tf.reverse(back, 1)]); // [2, B, n, 4h]
  // [2, B, n, 1]
  const kept = tf.expandDims(tf.greater(tf.stack([mask, tf.reverse(mask, 1)]), 0), 3);
  const read = steps(gates), exists = steps(kept); // [2, B, …] of each segment

  let hidden: tf.Tensor = tf.zeros([2, batch, width]), cell: tf.Tensor = hidden;
  const states: tf.Tensor[] = [];
  for (let t = 0; t < segments; t++) {
    const next = lstmCell(tf.add(read[t]!, tf.matMul(hidden, recurrent)), cell);
    hidden = tf.where(exists[t]!, next.hidden, hidden);
    cell = tf.where(exists[t]!, next.cell, cell);
    states.push(hidden);
  }
  const [forwards, backwards] = directions(tf.stack(states, 2)); // [B, n, h] each, of [2, B, n, h]
  return {
    states: tf.concat([forwards, tf.reverse(backwards, 1)], 2), // [B, n, 2h]
    last: tf.concat(directions(hidden), 1), // [B, 2h]
  };
}

// The parts of `[2, B, n, …]` by segment. The gradient of all together is one stack, where slices would
// each have a gradient of the whole's size. tfjs has no gradient of unstacking a single one.
function steps(sequence: tf.Tensor): tf.Tensor[] {
  return sequence.shape[2] === 1 ? [tf.squeeze(sequence, [2])] : tf.unstack(sequence, 2);
}

function lstmCell(gates: tf.Tensor, cell: tf.Tensor): { hidden: tf.Tensor; cell: tf.Tensor } {
  // [2, B, h] each
  const [i, f, g, o] = tf.split(gates, 4, 2) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const next = tf.add(tf.mul(tf.sigmoid(f), cell), tf.mul(tf.sigmoid(i), tf.tanh(g)));
  return { hidden: tf.mul(tf.sigmoid(o), tf.tanh(next)), cell: next };
}

function directions(both: tf.Tensor): [tf.Tensor, tf.Tensor] {
  return tf.unstack(both) as [tf.Tensor, tf.Tensor];
}

/**
 * From segments to one vector per sample:
 *
 *     u  = x W + b                               [B, n, h]
 *     H1 = LSTM₁(u),  H2 = LSTM₂(layerNorm(H1))  [B, n, 2h]
 *     y  = [last of H1; last of H2]              [B, 4h]
 *
 * `x` is `[B, n, in]`, `mask` `[B, n]`. The authors' LSTMs are as wide as
 * their features, 35 to 74; the states of frozen encoders are ten times as
 * wide, so a linear layer first takes them to h.
 */
export function recurrentEncoder(
  { reduce, first, norm, second }: RecurrentEncoderParams,
  { x, mask }: { x: tf.Tensor; mask: tf.Tensor },
): tf.Tensor {
  const lower = bidirectionalLstm(first, { x: layers.linear(reduce, x), mask });
  const upper = bidirectionalLstm(second, { x: layers.layerNorm(norm, lower.states), mask });
  return tf.concat([lower.last, upper.last], 1); // [B, 4h]
}
