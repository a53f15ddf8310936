/** The parts of a sample that an explanation speaks of: words' segments, image cells, stretches of a clip, tiles of its spectrogram. @module */

import type { SampleFeatures } from "../inference/exported_model.ts";
import type { Modality } from "../modality.ts";
import type { InputSizes } from "../model/mod.ts";

/** A segment of a modality: some words, a cell of an image's grid, a stretch of a clip. */
export interface SegmentPlace {
  /** Whose segment. */
  readonly modality: Modality;
  /** From 0. */
  readonly segment: number;
}

/** Into how many tiles a spectrogram is cut along time, and along pitch. */
export interface TileGrid {
  /** Tiles along time. */
  readonly time: number;
  /** Tiles along the mel bands, from the lowest. */
  readonly pitch: number;
}

/** Tiles of 0.4 s by 8 mel bands of the spectral encoder's 4 s by 64 bands. */
export const defaultTiles: TileGrid = { time: 10, pitch: 8 };

/** Every segment of the modalities `present`, padding included, in the model's order. */
export function segmentPlaces(
  sizes: InputSizes,
  present: readonly Modality[],
): SegmentPlace[] {
  return present.flatMap((modality) =>
    Array.from({ length: sizes[modality].segments }, (_, segment) => ({ modality, segment }))
  );
}

/** The places in {@linkcode segmentPlaces} that the sample has: its masks are 1 there. */
export function segmentsThere(
  features: SampleFeatures,
  places: readonly SegmentPlace[],
): number[] {
  return places.flatMap(({ modality, segment }, i) =>
    features[modality]!.mask![segment]! > 0 ? [i] : []
  );
}

/**
 * Attributions by segment, in the order of `places`: a segment's states, for a
 * clip also its prosody and the frames of the log-mel spectrogram that lie in
 * it. The frames of the clip are cut into equal spans, one per segment, as the
 * spectral branch cuts them; a frame on a border is divided. The sums add up
 * to all that is attributed, since padding is 0 and gets none.
 */
export function bySegment(
  values: SampleFeatures,
  { places, sizes, features }: {
    readonly places: readonly SegmentPlace[];
    readonly sizes: InputSizes;
    readonly features: SampleFeatures;
  },
): number[] {
  const frames = features.audio && values.audio
    ? framesBySegment(values.audio.logMel!, { sizes: sizes.audio, frames: features.audio.frames! })
    : [];
  return places.map(({ modality, segment }) => {
    const { states, prosody } = values[modality]!;
    const count = sizes[modality].segments;
    const own = (table: Float32Array | undefined) =>
      table === undefined ? 0 : sum(part(table, segment, count));
    return own(states) + own(prosody) + (modality === "audio" ? frames[segment]! : 0);
  });
}

function framesBySegment(
  logMel: Float32Array,
  { sizes, frames }: { sizes: InputSizes["audio"]; frames: Float32Array },
): number[] {
  const { segments } = sizes;
  const steps = sizes.frames!;
  const span = Math.max(1, frames[0]!) / segments;
  const totals = new Array<number>(segments).fill(0);
  for (let t = 0; t < steps; t++) {
    const whole = sum(part(logMel, t, steps));
    if (whole === 0) continue;
    for (let s = 0; s < segments; s++) {
      const overlap = Math.min(t + 1, (s + 1) * span) - Math.max(t, s * span);
      if (overlap > 0) totals[s]! += overlap * whole;
    }
  }
  return totals;
}

/** Attributions of a spectrogram `[T, F]` by tile, `time` rows of `pitch` tiles, the lowest pitch first. */
export function byTile(
  logMel: Float32Array,
  { time, pitch }: TileGrid,
  { frames = 1, bands = 1 }: Pick<InputSizes["audio"], "frames" | "bands">,
): number[] {
  const totals = new Array<number>(time * pitch).fill(0);
  logMel.forEach((value, i) => {
    const row = Math.floor(Math.floor(i / bands) * time / frames);
    const column = Math.floor((i % bands) * pitch / bands);
    totals[row * pitch + column]! += value;
  });
  return totals;
}

/** The tiles that begin within the clip. */
export function tilesThere(
  features: SampleFeatures,
  { time, pitch }: TileGrid,
  { frames = 1 }: Pick<InputSizes["audio"], "frames">,
): number[] {
  const clip = features.audio!.frames![0]!;
  return Array.from({ length: time * pitch }, (_, i) => i)
    .filter((i) => Math.floor(i / pitch) * frames / time < clip);
}

/** Rows and columns of the grid that an image's segments are: as `gridMeans` has it. */
export function gridOf(segments: number): { readonly rows: number; readonly columns: number } {
  let rows = Math.floor(Math.sqrt(segments));
  while (segments % rows > 0) rows--;
  return { rows, columns: segments / rows };
}

function part(table: Float32Array, index: number, count: number): Float32Array {
  const width = table.length / count;
  return table.subarray(index * width, (index + 1) * width);
}

function sum(values: Float32Array): number {
  return values.reduce((a, b) => a + b, 0);
}
