/** A sample's image and clip as a page can show and play them, inside the page itself. @module */

import { sharp } from "../deps/sharp.ts";
import { decodeImage, type Pixels } from "../encoders/decode_image.ts";
import { type Clip, clipRateHz, type ImageFile } from "../encoders/encoder.ts";
import { encodeWav } from "../signal/encode_wav.ts";

const longestSide = 384;
// 40 dB as a natural logarithm of power: what is softer is noise to the eye.
const shownRange = Math.log(1e4);

/**
 * The image as a data URI, upright, at most 384 pixels high and wide: a WebP, since a PNG of a face
 * of 224 by 224 pixels takes ten times as much.
 *
 * @throws {RangeError} It is no image.
 */
export async function imageDataUri(file: ImageFile): Promise<string> {
  const size = { width: longestSide, height: longestSide, fit: "inside" } as const;
  const image = await sharpOf(await decodeImage(file));
  const small = image.resize({ ...size, withoutEnlargement: true });
  return dataUri("image/webp", await small.webp({ quality: 80 }).toBuffer());
}

/** The clip as a data URI of a WAV file, 16-bit and mono at 16 kHz. */
export function clipDataUri({ samples }: Clip): string {
  return dataUri("audio/wav", encodeWav(samples, { sampleRate: clipRateHz }));
}

/**
 * A spectrogram `[frames, bands]` of which the first `shown` frames are drawn,
 * as a data URI of a PNG: time to the right, pitch upwards, a pixel a number,
 * dark where it is loud: black is the loudest number shown, white what is 40 dB
 * or more below it, or the softest if that is louder.
 */
export async function spectrogramDataUri(
  logMel: Float32Array,
  { bands, shown }: { readonly bands: number; readonly shown: number },
): Promise<string> {
  const values = logMel.subarray(0, shown * bands);
  let low = Infinity, high = -Infinity;
  for (const x of values) {
    low = Math.min(low, x);
    high = Math.max(high, x);
  }
  low = Math.max(low, high - shownRange);
  const data = new Uint8ClampedArray(3 * values.length);
  values.forEach((value, i) => {
    const row = bands - 1 - i % bands, column = Math.floor(i / bands);
    const pixel = 3 * (row * shown + column);
    data.fill(255 * (high - value) / Math.max(1e-6, high - low), pixel, pixel + 3);
  });
  const image = await sharpOf({ data, width: shown, height: bands });
  return dataUri("image/png", await image.png().toBuffer());
}

/** The lowest and the highest sample of each of `columns` equal stretches of a clip. */
export function waveform(samples: Float32Array, columns: number): [number, number][] {
  return Array.from({ length: columns }, (_, c) => {
    const start = Math.floor(c * samples.length / columns);
    const end = Math.max(start + 1, Math.floor((c + 1) * samples.length / columns));
    let low = Infinity, high = -Infinity;
    for (const x of samples.subarray(start, end)) {
      low = Math.min(low, x);
      high = Math.max(high, x);
    }
    return low <= high ? [low, high] : [0, 0];
  });
}

async function sharpOf({ data, width, height }: Pixels) {
  return (await sharp())(new Uint8Array(data), { raw: { width, height, channels: 3 } });
}

function dataUri(type: string, bytes: Uint8Array): string {
  return `data:${type};base64,${bytes.toBase64()}`;
}
