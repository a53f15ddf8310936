/** From a sound file to a clip in a browser. @module */

import { clipOf } from "../encoders/decode_clip.ts";
import type { Clip } from "../encoders/encoder.ts";
import { decodeOwnFormats } from "../signal/decode_own_formats.ts";
import { unreadable, type Waveform } from "../signal/waveform.ts";

/** Decodes what has no decoder here, such as a browser's own; the format is named. */
export type DecodeOther = (content: Uint8Array, format: string) => Promise<Waveform>;

/**
 * A sound file as encoders take it, by the decoders and the resampling of `decodeClip`. Where that
 * would ask ffmpeg, `otherwise` is asked.
 *
 * @throws {RangeError} It is no sound, or too long.
 */
export async function decodeSound(
  bytes: Uint8Array,
  { path, otherwise }: { readonly path: string; readonly otherwise?: DecodeOther },
): Promise<Clip> {
  const refuse = (_: Uint8Array, format: string) => {
    throw unreadable(path, "a WAV, FLAC, Ogg or MP3 file", format);
  };
  return await clipOf(await decodeOwnFormats(bytes, { path }, otherwise ?? refuse), { path });
}
