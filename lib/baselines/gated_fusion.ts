/** Gated fusion: how much of each modality, number by number. @module */

import * as tf from "../deps/tf.ts";
import { dropout, initLinear, linear, type LinearParams, maskedMean } from "../tensor/layers.ts";
import type { InputSizes } from "../model/config.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { inputSizes } from "../systems/features.ts";
import { modalitiesIn, type Network, presenceColumns, repeatViews } from "../systems/network.ts";
import type { System } from "../systems/system.ts";
import { settle, settleTraining, trainingDefaults } from "../systems/settings.ts";
import { outputsOf, polarities } from "../target.ts";
import { keys } from "../tensor/parameter.ts";
import { fold } from "../tensor/random.ts";
import type { TrainConfig, TrainOptions } from "../training/train.ts";
import type { Learns } from "./joined_vectors.ts";
import { type Seen, singleClassifier, trainedClassifier } from "./single_classifier.ts";
import { segmentTokens, tokenSpecs, tokenWidth } from "./segment_tokens.ts";

/** Parameters of {@linkcode gatedFusionNetwork}. */
export type GatedFusionParams = {
  /** W_m, of a modality's vector. */
  value: Record<Modality, LinearParams>;
  /** U_m, of all vectors. */
  gate: Record<Modality, LinearParams>;
  output: LinearParams;
};

/** The unit of a {@linkcode gatedFusionNetwork}. */
export interface GatedFusionSettings {
  /** d, numbers of the hidden vector. */
  readonly width: number;
  /** Dropout rate p after it. */
  readonly dropout: number;
}

/** Of the width and dropout of the proposed model's fusion: our choice, not tuned. */
export const gatedFusionDefaults: GatedFusionSettings = { width: 64, dropout: 0.3 };

/**
 * The Gated Multimodal Unit (Arevalo et al., ICLR workshop 2017) upon the mean of each modality's
 * segments x_m, and a linear output:
 *
 *     h_m = tanh(W_m x_m + b_m)
 *     g   = softmax over shown m of (U_m [x_1; …; x_M] + c_m)
 *     z   = V dropout(Σ_m g_m ⊙ h_m) + a
 *
 * h_m and g_m are `[B, d]`; what a row lacks is 0 in the gates' input, and its own gate is 0. Of two
 * modalities the authors tie the gates, g and 1 − g, which is this softmax; of more they leave them
 * free, each a sigmoid, where we keep the softmax, so that a row that lacks a modality is on the same
 * scale. They classify by a maxout network; ours is linear, so that what interacts does so in the gate.
 */
export function gatedFusionNetwork(
  { inputs, width, dropout: rate, target = polarities }:
    & GatedFusionSettings
    & Learns
    & { readonly inputs: InputSizes },
): Network<GatedFusionParams> {
  const widths = byModality((m) => tokenWidth(inputs, m));
  const all = modalities.reduce((sum, m) => sum + widths[m], 0);
  return singleClassifier<GatedFusionParams>({
    graph: JSON.stringify(["gated fusion", inputs, width, rate, target]),
    target,
    init(key) {
      const { value, gate, output } = keys(key, "value", "gate", "output");
      return {
        value: byModality((m) => initLinear(fold(value, m), { in: widths[m], out: width }, 1)),
        gate: byModality((m) => initLinear(fold(gate, m), { in: all, out: width }, 1)),
        output: initLinear(output, { in: width, out: outputsOf(target) }, 1),
      };
    },
    inputs: (present, batch) => tokenSpecs(inputs, present, batch),
    masks: ({ batch, views }) => ({
      fused: { hidden: { shape: [batch * views, width], rate } },
    }),
    classify({ value, gate, output }, { inputs: tables, presence, views, keep }: Seen) {
      const columns = presenceColumns(presence);
      const shown = byModality((m): tf.Tensor => tf.expandDims(columns[m], 1)); // [V B, 1]
      const there = modalitiesIn(tables);
      const vectors = Object.fromEntries(there.map((m) => {
        const { tokens, mask } = segmentTokens(tables[m]!);
        return [m, repeatViews(maskedMean(tokens, mask), views)];
      }));
      const rows = presence.shape[0]!;
      const x = tf.concat(
        modalities.map((m): tf.Tensor =>
          vectors[m] === undefined ? tf.zeros([rows, widths[m]]) : tf.mul(shown[m], vectors[m])
        ),
        1,
      ); // [V B, Σ w_m]
      const gates = tf.softmax(stacked(there.map((m) =>
        // exp(-1e4) is 0 in float32.
        tf.add(linear(gate[m], x), tf.mul(tf.sub(shown[m], 1), 1e4))
      )));
      const values = stacked(there.map((m) => tf.tanh(linear(value[m], vectors[m]!))));
      const h = tf.sum(tf.mul(gates, values), 2); // [V B, d, m], then [V B, d]
      return linear(output, dropout(h, keep.fused?.hidden));
    },
  });
}

/** `[V B, d]` a modality as `[V B, d, m]`. */
function stacked(all: readonly tf.Tensor[]): tf.Tensor {
  return tf.concat(all.map((x): tf.Tensor => tf.expandDims(x, 2)), 2);
}

// The rate of the Concatenation MLP, which reads the same and is about as large: not tuned by itself.
const usual: TrainConfig = { ...trainingDefaults, learningRate: 3e-3 };

/**
 * "Gated fusion" as a system: {@linkcode gatedFusionNetwork}, trained as the Concatenation MLP is. It
 * shows what a gate over modalities adds without attention. The paper has no such row.
 *
 * The fit throws a RangeError under the protocol `random`.
 */
export function gatedFusion(
  settings: Partial<GatedFusionSettings> = {},
  training: Partial<TrainConfig> = {},
  options: Omit<TrainOptions, "threads"> = {},
): System {
  const settled = settle(gatedFusionDefaults, settings, "the gated fusion's settings");
  return trainedClassifier(
    "Gated fusion",
    (features, target) => gatedFusionNetwork({ ...settled, target, inputs: inputSizes(features) }),
    settleTraining(training, usual),
    options,
  );
}
