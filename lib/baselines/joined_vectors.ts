/** A perceptron on one vector per modality, joined; an absent modality has a vector that is learnt. @module */

import * as tf from "../deps/tf.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { constant, type Init, keys } from "../tensor/parameter.ts";
import type { Key } from "../tensor/random.ts";
import { outputsOf, polarities, type Target } from "../target.ts";
import * as network from "../systems/network.ts";
import {
  initPerceptron,
  perceptron,
  perceptronMasks,
  type PerceptronParams,
} from "./perceptron.ts";
import { type Seen, singleClassifier } from "./single_classifier.ts";

/** Parameters of {@linkcode joinedVectorsNetwork}. */
export type JoinedVectorsParams = {
  /** What stands for an absent modality, `[w_m]`. */
  absent: Record<Modality, tf.Tensor>;
  perceptron: PerceptronParams;
};

/** The layers of a {@linkcode joinedVectorsNetwork}. */
export interface JoinedVectorsSettings {
  /** Width of every hidden layer. */
  readonly width: number;
  /** Hidden layers. */
  readonly layers: number;
  /** Dropout rate p after each. */
  readonly dropout: number;
}

/** What a network learns beside its settings; by default two polarities. */
export interface Learns {
  /** Of the rows. */
  readonly target?: Target | undefined;
}

/** Where the vectors come from. */
export interface VectorSource {
  /** Tells this source from any other, and its sizes: see `Network.graph`. */
  readonly name: string;
  /** w_m. */
  readonly widths: Readonly<Record<Modality, number>>;
  /** As `Network.inputs`. */
  inputs(present: readonly Modality[], batch: number): network.NamedSpecs;
  /** The vector of a modality, `[B, w_m]`. */
  vector(modality: Modality, tables: network.NamedTensors[string]): tf.Tensor;
}

/** Zero vectors for what is absent, the mean of standardised features, and a fresh perceptron. */
export function initJoinedVectors(
  key: Key,
  widths: Readonly<Record<Modality, number>>,
  { width, layers, target = polarities }: Pick<JoinedVectorsSettings, "width" | "layers"> & Learns,
): Init<JoinedVectorsParams> {
  const input = modalities.reduce((sum, m) => sum + widths[m], 0);
  return {
    absent: byModality((m) => constant([widths[m]], 0)),
    perceptron: initPerceptron(keys(key, "perceptron").perceptron, {
      input,
      hidden: Array<number>(layers).fill(width),
      outputs: outputsOf(target),
    }),
  };
}

/**
 * The perceptron's input, `[V B, Σ w_m]`:
 *
 *     x = [x_text; x_image; x_audio],  x_m = s_m v_m + (1 - s_m) a_m
 *
 * s_m is a column of `presence` `[V B, 3]`, v_m `[V B, w_m]` a modality's
 * vector, which may be left out where no sample has the modality, and a_m
 * `[w_m]` what is learnt to stand for it.
 */
export function joinVectors(
  absent: JoinedVectorsParams["absent"],
  { vectors, presence }: {
    vectors: { readonly [M in Modality]?: tf.Tensor };
    presence: tf.Tensor;
  },
): tf.Tensor {
  const columns = network.presenceColumns(presence);
  const parts = modalities.map((m) => {
    const shown: tf.Tensor = tf.expandDims(columns[m], 1); // [V B, 1]
    const instead: tf.Tensor = tf.mul(tf.sub(1, shown), absent[m]);
    return vectors[m] === undefined ? instead : tf.add(tf.mul(shown, vectors[m]), instead);
  });
  return tf.concat(parts, 1); // [V B, Σ w_m]
}

/** A perceptron on the joined vectors of a source. */
export function joinedVectorsNetwork(
  source: VectorSource,
  { width, layers, dropout, target }: JoinedVectorsSettings & Learns,
): network.Network<JoinedVectorsParams> {
  const hidden = Array<number>(layers).fill(width);
  return singleClassifier<JoinedVectorsParams>({
    graph: JSON.stringify([
      "joined vectors",
      source.name,
      source.widths,
      hidden,
      dropout,
      ...target ? [target] : [],
    ]),
    target,
    init: (key) => initJoinedVectors(key, source.widths, { width, layers, target }),
    inputs: source.inputs,
    masks: ({ batch, views }) => ({
      perceptron: perceptronMasks(hidden, { rows: batch * views, rate: dropout }),
    }),
    classify(params, { inputs, presence, views, keep }: Seen) {
      const entries = network.modalitiesIn(inputs).map((m) => [
        m,
        network.repeatViews(source.vector(m, inputs[m]!), views),
      ]);
      const x = joinVectors(params.absent, { vectors: Object.fromEntries(entries), presence });
      return perceptron(params.perceptron, { x, keep: keep.perceptron });
    },
  });
}
