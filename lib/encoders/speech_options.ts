/** Which model of speech, and which of its layers. @module */

import type { SpeechLayers } from "./encoder.ts";
import type { ModelOptions } from "./model_folder.ts";

/** Which model, and which of its layers. */
export interface SpeechOptions extends ModelOptions {
  /** `last` by default. */
  readonly layers?: SpeechLayers | undefined;
}
