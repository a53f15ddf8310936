/** A configuration that runs in moments. @module */

import type { Config } from "../../lib/study/settings.ts";
import { tinySettings, tinyTraining } from "../systems/tiny_corpus.ts";

/** The tiny model, trained for two epochs. */
export const tinyExperiment: Config = {
  model: tinySettings,
  training: tinyTraining,
  tuned: {},
  thorough: false,
  data: { cap: 100, testFraction: 0.2, validationFraction: 0.2 },
};
