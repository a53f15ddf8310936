/** The proposed model as a system. @module */

import * as checks from "../checks.ts";
import { assertHeadsFit, modelChecks } from "../model/config.ts";
import { initModel } from "../model/mod.ts";
import type { Target } from "../target.ts";
import { type Parameter, unflatten } from "../tensor/parameter.ts";
import { key } from "../tensor/random.ts";
import type { Tree } from "../tensor/tree.ts";
import {
  modelDefaults,
  type ModelSettings,
  type ProposedTraining,
  settleTraining,
  trainingDefaults,
} from "./settings.ts";
import { type CorpusFeatures, inputSizes } from "./features.ts";
import { proposedNetwork } from "./proposed_network.ts";
import type { System } from "./system.ts";
import type { TrainOptions } from "../training/train.ts";
import { trained } from "./trained.ts";

/**
 * The proposed model as a system: its sizes are read off the features, its loss is that of
 * {@linkcode proposedNetwork}, and {@linkcode trained} fits it and keeps the best epoch. Settings that
 * are left out are {@linkcode modelDefaults} and {@linkcode trainingDefaults}. The paper gives none.
 *
 * @throws {RangeError} A setting is unknown, missing or wrong.
 */
export function proposed(
  settings: Partial<ModelSettings> = {},
  training: Partial<ProposedTraining> = {},
  options: Omit<TrainOptions, "threads"> = {},
): System {
  const model = { ...modelDefaults, ...settings };
  checks.record(modelChecks)(model, "the model's settings");
  assertHeadsFit(model);
  const run = settleTraining(training, trainingDefaults);
  const configOf = (features: CorpusFeatures, target: Target | undefined) => ({
    ...model,
    inputs: inputSizes(features),
    ...target && { target },
  });
  const { name, fit } = trained(
    "Proposed",
    (features, target) => proposedNetwork(configOf(features, target), run),
    run,
    options,
  );
  return {
    name,
    fit: async (problem) => {
      const fitted = await fit(problem);
      const config = configOf(problem.features, problem.target);
      const like = initModel(key(0), config);
      const parameters = unflatten(like as Tree<Parameter>, fitted.parameters!);
      return {
        ...fitted,
        model: {
          parameters: parameters as unknown as typeof like,
          standardisation: fitted.standardisation!,
          config,
        },
      };
    },
  };
}
