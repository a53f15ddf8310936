/** Clips to states, whatever runs the network. @module */

import { windowSeconds } from "./clip_extent.ts";
import { type Clip, clipRateHz, type Features } from "./encoder.ts";
import { equalParts, joined, segmentMeans } from "./segments.ts";

// Of a window: RAVDESS clips last 2.9 to 5.3 s; attention costs the square of the length.
const maxSeconds = windowSeconds;
// Shorter than any word, and four times what the first frame needs.
const minSeconds = 0.1;
// Of wav2vec 2.0 and of Whisper: a state every 20 ms.
const samplesPerState = 320;

/** What of the recipe decides the features, beside the network: see `digestRecipe`. */
export const speechRecipe = { maxSeconds, clipRateHz } as const;

/** The states of one layer, `[frames, width]`. */
export interface LayerStates {
  readonly data: Float32Array;
  readonly width: number;
}

/** What runs a network of speech. */
export interface SpeechNetwork {
  /** Of a network that takes waveforms: the clip as a whole, before it is cut. */
  normalise?(samples: Float32Array): Promise<Float32Array>;
  /** The states of each layer that is wanted; there may be more of them than the window has sound. */
  run(window: Float32Array): Promise<readonly LayerStates[]>;
}

/** The layers' states of a clip as a whole, window after window, without those of padding. */
export async function layersOf(
  { normalise, run }: SpeechNetwork,
  { path, samples }: Clip,
): Promise<LayerStates[]> {
  if (samples.length < minSeconds * clipRateHz) {
    throw new RangeError(
      `Cannot encode "${path}": expected a clip of ${minSeconds} s or more, ` +
        `got ${samples.length / clipRateHz} s`,
    );
  }
  const whole = normalise ? await normalise(samples) : samples;
  const windows: LayerStates[][] = [];
  for (const { start, end } of equalParts(samples.length, maxSeconds * clipRateHz)) {
    const layers = await run(whole.slice(start, end));
    windows.push(layers.map(({ data, width }) => {
      // Beyond are the states of padding.
      const most = Math.ceil((end - start) / samplesPerState) * width;
      return { data: data.subarray(0, most), width };
    }));
  }
  return windows[0]!.map(({ width }, layer) => ({
    data: joined(windows.map((layers) => layers[layer]!.data)),
    width,
  }));
}

/** `states [segments, width]` or, of several layers, `[segments, layers, width]`, and `mask [segments]`. */
export async function speechStates(
  network: SpeechNetwork,
  clip: Clip,
  { segments }: { readonly segments: number },
): Promise<Features> {
  const layers = await layersOf(network, clip);
  const { width } = layers[0]!;
  const means = layers.map(({ data }) =>
    segmentMeans({ data, rows: data.length / width, width }, segments)
  );
  return { states: interleave(means, width), mask: means[0]!.mask! };
}

/** `[segments, layers, width]` from `[segments, width]` a layer: masks speak of the first axis. */
function interleave(layers: readonly Features[], width: number): Float32Array {
  const segments = layers[0]!.states!.length / width;
  const result = new Float32Array(segments * layers.length * width);
  layers.forEach(({ states }, l) => {
    for (let s = 0; s < segments; s++) {
      const row = states!.subarray(s * width, (s + 1) * width);
      result.set(row, (s * layers.length + l) * width);
    }
  });
  return result;
}
