/** Meyda: descriptors of an amplitude spectrum. @module */

import Meyda from "npm:meyda@5.6.3";

/** A function of one amplitude spectrum, bins 0 to size / 2. */
export type Extractor = (
  input: { readonly ampSpectrum: Float32Array; readonly sampleRate: number },
) => number;

/**
 * The bare extractors. `Meyda.extract` keeps window, rate and filter banks in
 * module state; these functions keep nothing. The package's types miss them.
 */
export const extractors: Readonly<
  Record<"spectralCentroid" | "spectralFlatness" | "spectralRolloff", Extractor>
> = (Meyda as unknown as { featureExtractors: Record<string, Extractor> })
  .featureExtractors as Record<
    "spectralCentroid" | "spectralFlatness" | "spectralRolloff",
    Extractor
  >;
