/** Reads a sound file, whatever its format, which is told by its first bytes. @module */

import { oggPackets } from "./ogg_packets.ts";
import { type DecodeOptions, unreadable, type Waveform } from "./waveform.ts";
import { withoutTags } from "./without_tags.ts";

/** Endings of the files that {@linkcode decodeAudio} reads, in lower case. */
export const audioEndings: readonly string[] = [
  ".wav",
  ".flac",
  ".mp3",
  ".ogg",
  ".oga",
  ".opus",
] as const;

/**
 * The samples of a sound file in one channel, at the rate of the file:
 *
 * | format           | read                                                                 |
 * | ---------------- | -------------------------------------------------------------------- |
 * | WAV, RF64        | integers of 8, 16, 24, 32 bits, float of 32, 64, A-law, mu-law       |
 * | FLAC             | 8, 16, 24 or 32 bits                                                 |
 * | Ogg with Vorbis  | one stream                                                           |
 * | Ogg with Opus    | one stream, at 48 kHz                                                |
 * | MP3              | MPEG 1, 2 and 2.5, layer III; padding cut away where the file tells it |
 *
 * The format is told by the content; the file's name matters in errors only. Tags
 * before and after the sound are passed over. A file that was cut off is an error.
 * Each decoder is loaded when it is first needed.
 *
 * @throws {RangeError} The bytes are none of these, are cut off or damaged, hold no sample, last
 * longer than `maxSeconds`, or state a sample rate that no sound has.
 */
export async function decodeAudio(
  bytes: Uint8Array,
  options: DecodeOptions,
): Promise<Waveform> {
  if (nameAt(bytes, 0).match(/^(RIFF|RF64|BW64)$/)) {
    return (await import("./decode_wav.ts")).decodeWav(bytes, options);
  }
  const sound = withoutTags(bytes);
  if (nameAt(sound, 0) === "fLaC") {
    return await (await import("./decode_flac.ts")).decodeFlac(sound, options);
  }
  if (nameAt(sound, 0) === "OggS") return await decodeOgg(sound, options);
  const { decodeMp3, looksLikeMp3 } = await import("./decode_mp3.ts");
  if (looksLikeMp3(sound)) return await decodeMp3(sound, options);
  const got = bytes.length === 0
    ? "an empty file"
    : nameAt(bytes, 4) === "ftyp"
    ? `MPEG-4, which is not read: ffmpeg -i "${options.path}" clip.flac converts it`
    : "other bytes";
  throw unreadable(options.path, "a WAV, FLAC, Ogg or MP3 file", got);
}

/** Four bytes as text. */
function nameAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

async function decodeOgg(bytes: Uint8Array, options: DecodeOptions): Promise<Waveform> {
  const stream = oggPackets(bytes, options);
  const name = String.fromCharCode(...stream.packets[0]?.subarray(0, 8) ?? []);
  if (name.startsWith("\x01vorbis")) {
    return await (await import("./decode_vorbis.ts")).decodeVorbis(stream, options);
  }
  if (name === "OpusHead") {
    return await (await import("./decode_opus.ts")).decodeOpus(stream, options);
  }
  throw unreadable(options.path, "Vorbis or Opus in an Ogg file", "another codec");
}
