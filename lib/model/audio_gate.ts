/** The gate between the two audio paths (paper, Fig. 3, Audio Fusion Module). @module */

import * as tf from "../deps/tf.ts";
import { assertShape, initLinear, linear, type LinearParams } from "../tensor/layers.ts";
import type { Init } from "../tensor/parameter.ts";
import type { Key } from "../tensor/random.ts";
import { codeOf, type Gate, type GateKind } from "./config.ts";

/**
 * W `[2d, g]` and b `[g]` of {@linkcode audioGate}; none for the joins that have nothing to learn,
 * and of a gate that was brought along whatever it has.
 */
export type AudioGateParams = LinearParams | Record<string, never>;

/** The columns of W for each kind of gate. */
function gateWidth(kind: GateKind, width: number): number {
  if (kind === "per feature" || kind === "concatenation") return width;
  return kind === "scalar" ? 1 : kind === "softmax" ? 2 : 0;
}

/** Small weights, so that training starts from an even blend. */
export function initAudioGate(key: Key, width: number, kind: Gate): Init<AudioGateParams> {
  if (typeof kind === "object") return kind.init(key, width) as Init<AudioGateParams>;
  const out = gateWidth(kind, width);
  if (out === 0) return {};
  return initLinear(key, { in: 2 * width, out }, kind === "concatenation" ? 2 : 0.1);
}

/**
 * Blends the CNN's spectral and wav2vec 2.0's contextual features, segment by
 * segment; by default with one gate per feature:
 *
 *     g = σ([spectral; contextual] W + b)
 *     y = g ⊙ spectral + (1 - g) ⊙ contextual
 *
 * Both paths, `y` and `g` are `[B, n, d]`. The paper gives no formula, only
 * "adaptive importance weights": a gate per feature is our reading. The
 * alternatives are ablations: `scalar` has one g a segment; `softmax` two
 * scores per segment, normalised against each other; `sum` adds half of each;
 * `concatenation` lets a layer read both, `y = ReLU([spectral; contextual] W + b)`;
 * and each path alone. `kind` may be a gate of the caller's, {@linkcode CustomGate}. Where nothing is gated `g` is the constant share of the
 * spectral path: 1/2, 1 or 0.
 */
export function audioGate(
  params: AudioGateParams,
  { spectral, contextual }: { spectral: tf.Tensor; contextual: tf.Tensor },
  kind: Gate = "per feature",
): { y: tf.Tensor; g: tf.Tensor } {
  assertShape("contextual", contextual, spectral.shape);
  if (typeof kind === "object") {
    const { y, g } = codeOf(kind, "gate")(params, { spectral, contextual });
    assertShape("y of the gate", y, spectral.shape);
    assertShape("g of the gate", g, spectral.shape);
    return { y, g };
  }
  const constantGate = (share: number) => tf.fill(spectral.shape, share);
  if (kind === "spectral only") return { y: spectral, g: constantGate(1) };
  if (kind === "contextual only") return { y: contextual, g: constantGate(0) };
  if (kind === "sum") {
    return { y: tf.mul(tf.add(spectral, contextual), 0.5), g: constantGate(0.5) };
  }
  // [B, n, g] from [B, n, 2d]
  const scores = linear(params as LinearParams, tf.concat([spectral, contextual], -1));
  if (kind === "concatenation") return { y: tf.relu(scores), g: constantGate(0.5) };
  const open = kind === "softmax"
    ? tf.slice(tf.softmax(scores), [0, 0, 0], [-1, -1, 1]) // [B, n, 1]
    : tf.sigmoid(scores);
  const g = kind === "per feature" ? open : tf.mul(open, constantGate(1));
  return { y: tf.add(tf.mul(g, spectral), tf.mul(tf.sub(1, g), contextual)), g };
}
