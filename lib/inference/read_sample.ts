/** A sample that is to be judged, and what its encoders take in of it. @module */

import type { Extent, Features } from "../encoders/encoder.ts";
import type { Modality } from "../modality.ts";
import type { SampleFeatures } from "./exported_model.ts";
import type { Spoken } from "./speakers.ts";

/** One sample: a text itself, an image or a sound file by path; any of the three. */
export type SampleInput = { readonly [M in Modality]?: string };

/** A sample as its encoders take it in. */
export interface ReadSample {
  /** Of its modalities. */
  readonly features: SampleFeatures;
  /** How much of each was taken in; of a clip, by the encoder that takes in least. */
  readonly extents: { readonly [M in Modality]?: Extent };
  /** Of a clip that was normalised by its speaker, what its encoders gave. */
  readonly heard?: Features;
}

/** How samples are read. */
export interface ReadSamplesOptions {
  /** What errors call a sample, by its place: `sample 3` by default. */
  readonly nameOf?: ((place: number) => string) | undefined;
  /** Whose their clips are, which a model has to be told whose clips were normalised by speaker. */
  readonly spoken?: Spoken | undefined;
}
