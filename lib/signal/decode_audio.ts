/** Reads a sound file, whatever its format, which is told by its first bytes. @module */

import { decodeOwnFormats } from "./decode_own_formats.ts";
import type { DecodeOptions, Waveform } from "./waveform.ts";

/** Endings of the files that {@linkcode decodeAudio} reads, in lower case. */
export const audioEndings: readonly string[] = [
  ...[".wav", ".wave", ".flac", ".mp3", ".ogg", ".oga", ".opus"],
  // By ffmpeg.
  ...[".m4a", ".m4b", ".aac", ".webm", ".weba", ".mka", ".aif", ".aiff", ".aifc", ".au", ".snd"],
  ...[".amr", ".3gp", ".wma", ".caf", ".mp2", ".spx", ".w64", ".wv", ".ape", ".ac3"],
] as const;

/**
 * The samples of a sound file in one channel, at the rate of the file:
 *
 * | format           | read                                                                     |
 * | ---------------- | ------------------------------------------------------------------------ |
 * | WAV, RF64, BW64  | integers of 8 to 32 bits, float, A-law, mu-law, IMA and Microsoft ADPCM  |
 * | FLAC             | 8, 16, 24 or 32 bits                                                     |
 * | Ogg with Vorbis  | a stream, or several that follow each other                              |
 * | Ogg with Opus    | the same, at 48 kHz                                                      |
 * | MP3              | MPEG 1, 2 and 2.5, layer III; padding cut away where the file tells it   |
 * | others           | what {@linkcode otherFormat} knows, by an ffmpeg that is installed       |
 *
 * The format is told by the content; the file's name matters in errors only. Tags
 * before and after the sound are passed over. A file that was cut off is an error.
 * Each decoder is loaded when it is first needed.
 *
 * @throws {RangeError} The bytes are none of these, are cut off or damaged, hold no sample, last
 * longer than `maxSeconds`, state a sample rate or a number of channels that no sound has, or need
 * an ffmpeg that is not there.
 */
export async function decodeAudio(
  bytes: Uint8Array,
  options: DecodeOptions,
): Promise<Waveform> {
  return await decodeOwnFormats(bytes, options, async (content, format) => {
    const { decodeByFfmpeg } = await import("./decode_by_ffmpeg.ts");
    return await decodeByFfmpeg(content, { ...options, format });
  });
}
