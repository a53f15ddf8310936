/** Networks in which one classifier answers for everything that it is shown. @module */

import * as tf from "../deps/tf.ts";
import { modalities } from "../modality.ts";
import { modalitiesIn, type NamedTensors, type Network, viewsOf } from "../systems/network.ts";
import type { System } from "../systems/system.ts";
import { targetLoss } from "../systems/target_loss.ts";
import type { TrainConfig, TrainOptions } from "../training/train.ts";
import { type Design, trained } from "../systems/trained.ts";

/** Samples as a classifier meets them, in V views. */
export interface Seen {
  /** Features of B samples. */
  readonly inputs: NamedTensors;
  /** `[V B, 3]`, as `GroupSpecs.presence`. */
  readonly presence: tf.Tensor;
  /** V. */
  readonly views: number;
  /** Dropout masks by part and layer; empty in inference. */
  readonly keep: NamedTensors;
}

/** A network but for its loss and its heads, which follow from one classifier. */
export interface Classifier<P>
  extends Pick<Network<P>, "graph" | "target" | "init" | "inputs" | "masks"> {
  /** Outputs `[V B, C]`: logits (negative, positive), or as the target has it. */
  classify(params: P, seen: Seen): tf.Tensor;
}

/**
 * The network of one classifier. Its verdict is that of the unified head and
 * of the head of each modality that the samples show. Its loss is that of the whole
 * (`targetLoss`); a sample that is alone is a whole too.
 */
export function singleClassifier<P>({ classify, ...rest }: Classifier<P>): Network<P> {
  return {
    ...rest,
    loss(params, group) {
      const logits = classify(params, { ...group, views: viewsOf(group) });
      return targetLoss({ logits, ...group.unified }, rest.target);
    },
    logits(params, inputs) {
      const present = modalitiesIn(inputs);
      const logits = classify(params, { inputs, presence: shown(inputs), views: 1, keep: {} });
      return Object.fromEntries([...present, "unified"].map((head) => [head, logits]));
    },
  };
}

/** `[B, 3]`: every sample shows the modalities of `inputs`. */
function shown(inputs: NamedTensors): tf.Tensor {
  const present = modalitiesIn(inputs);
  const batch = Object.values(inputs[present[0]!]!)[0]!.shape[0]!;
  const row = modalities.map((m) => present.includes(m) ? 1 : 0);
  return tf.tensor2d(Array<number[]>(batch).fill(row));
}

/**
 * A network of one classifier as a system, by `trained`; `title` names it in errors.
 * Under `random` a triple has no label of its own, so there is nothing that
 * one classifier could learn.
 *
 * @throws {RangeError} The protocol `random`.
 */
export function trainedClassifier<P>(
  title: string,
  design: Design<P>,
  training: TrainConfig,
  options: Omit<TrainOptions, "threads"> = {},
): System {
  const { name, fit } = trained(title, design, training, options);
  return {
    name,
    fit: async (problem) => {
      if (problem.protocol === "random") {
        throw new RangeError(`Cannot train ${name}: expected protocol single or label, got random`);
      }
      return await fit(problem);
    },
  };
}
