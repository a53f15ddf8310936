/** Concatenation MLP: mean states, joined, and a perceptron. @module */

import type { InputSizes } from "../model/config.ts";
import { maskedMean } from "../tensor/layers.ts";
import { byModality } from "../modality.ts";
import { inputSizes } from "../systems/features.ts";
import type { Network } from "../systems/network.ts";
import type { System } from "../systems/system.ts";
import { settle, settleTraining, trainingDefaults } from "../systems/settings.ts";
import type { TrainConfig, TrainOptions } from "../training/train.ts";
import {
  joinedVectorsNetwork,
  type JoinedVectorsParams,
  type JoinedVectorsSettings,
  type Learns,
} from "./joined_vectors.ts";
import { segmentTokens, tokenSpecs, tokenWidth } from "./segment_tokens.ts";
import { trainedClassifier } from "./single_classifier.ts";

/** As many hidden layers as the proposed model's fusion, of its width and dropout: our choice, not tuned. */
export const concatMlpDefaults: JoinedVectorsSettings = { width: 64, layers: 2, dropout: 0.3 };

/**
 * The simplest fusion: the mean of each modality's segments, of audio with the
 * mean of its prosody, through {@linkcode joinedVectorsNetwork}. What attention
 * adds shows against it. The paper has no such row.
 */
export function concatMlpNetwork(
  { inputs, ...settings }: JoinedVectorsSettings & Learns & { readonly inputs: InputSizes },
): Network<JoinedVectorsParams> {
  return joinedVectorsNetwork({
    name: JSON.stringify(["mean states", inputs]),
    widths: byModality((m) => tokenWidth(inputs, m)),
    inputs: (present, batch) => tokenSpecs(inputs, present, batch),
    vector(_, tables) {
      const { tokens, mask } = segmentTokens(tables);
      return maskedMean(tokens, mask);
    },
  }, settings);
}

// docs/tuning.md has the trials.
const tuned: TrainConfig = { ...trainingDefaults, learningRate: 3e-3 };

/**
 * "Concatenation MLP" as a system: the mean of each modality's segments, joined, and a
 * perceptron. It shows what attention adds. The paper has no such row.
 *
 * Settings that are left out are the defaults, and those of the tables.
 *
 * The fit throws a RangeError under the protocol `random`.
 */
export function concatMlp(
  settings: Partial<JoinedVectorsSettings> = {},
  training: Partial<TrainConfig> = {},
  options: Omit<TrainOptions, "threads"> = {},
): System {
  const settled = settle(concatMlpDefaults, settings, "the MLP's settings");
  return trainedClassifier(
    "Concatenation MLP",
    (features, target) => concatMlpNetwork({ ...settled, target, inputs: inputSizes(features) }),
    settleTraining(training, tuned),
    options,
  );
}
