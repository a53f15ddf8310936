/** From a sample to what its encoders take: the text, the file's bytes, the waveform. @module */

import { sha256 } from "../files.ts";
import type { Sample } from "../datasets/sample.ts";
import { decodeAudio } from "../signal/decode_audio.ts";
import type { DecodeOptions } from "../signal/waveform.ts";
import { clipOf } from "./decode_clip.ts";
import type { Clip, EncoderInput, InputTransform } from "./encoder.ts";

/** How a sample is read. */
export interface LoadOptions {
  /** What becomes of the input; nothing by default. */
  readonly transform?: InputTransform<EncoderInput> | undefined;
  /** A longer clip is refused; 600 by default. */
  readonly maxSeconds?: number | undefined;
}

/**
 * The input of a sample's encoders. A file is read and, if audio, decoded and
 * brought to 16 kHz; then comes the transform, if there is one.
 *
 * @throws {RangeError} The file has changed since its corpus was read, or is no sound or too long.
 * @throws {Deno.errors.NotFound} It is gone.
 */
export async function loadInput(
  sample: Sample,
  { transform, maxSeconds }: LoadOptions = {},
): Promise<EncoderInput> {
  const input = await loadClean(sample, maxSeconds);
  return transform === undefined ? input : await transform.apply(input, sample);
}

async function loadClean(
  { modality, source, hash }: Sample,
  maxSeconds: number | undefined,
): Promise<EncoderInput> {
  if ("text" in source) return source.text;
  const { path } = source;
  const bytes = source.bytes ?? await Deno.readFile(path);
  const found = sha256(bytes);
  // Features are kept under the hash: a wrong one would be believed for ever.
  if (found !== hash) {
    throw new RangeError(`Cannot read "${path}": expected SHA-256 ${hash}, got ${found}`);
  }
  if (modality !== "audio") return { path, bytes };
  return await decodeClip(bytes, { path, ...maxSeconds !== undefined && { maxSeconds } });
}

/**
 * A sound file as encoders take it: one channel, at 16 kHz.
 *
 * @throws {RangeError} It is no sound, too long, or says that it has fewer than 1000 samples a second.
 */
export async function decodeClip(bytes: Uint8Array, options: DecodeOptions): Promise<Clip> {
  return await clipOf(await decodeAudio(bytes, options), options);
}
