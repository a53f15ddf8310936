/** A voice for tests: monotonous and clean. @module */

import type { Prosody, Speaker } from "../../../lib/datasets/embedded/prosody.ts";

/** A man of average build who gives each cue as its profile has it. */
export const speaker: Speaker = {
  pitchHz: 125,
  tract: 1,
  rate: 1,
  level: 0,
  brightness: 0,
  cues: Array.from({ length: 9 }, () => 1),
};

/** Range 0 takes the melody away, jitter and breath the chance. */
export const plain: Prosody = {
  rate: 1,
  pitch: 1,
  range: 0,
  level: 0,
  brightness: 0,
  tremor: 0,
  breath: 0,
  jitter: 0,
  finalRise: 0,
};
