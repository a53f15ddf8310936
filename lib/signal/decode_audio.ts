/** Reads a sound file, whatever its format, which is told by its first bytes. @module */

import { oggPackets } from "./ogg_packets.ts";
import { type DecodeOptions, unreadable, type Waveform } from "./waveform.ts";

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
 * | WAV              | integers of 8, 16, 24, 32 bits, float of 32, 64, A-law, mu-law       |
 * | FLAC             | 4 to 32 bits; checked against the MD5 of the samples                 |
 * | Ogg with Vorbis  | one stream                                                           |
 * | Ogg with Opus    | one stream, at 48 kHz                                                |
 * | MP3              | MPEG 1, 2 and 2.5, layer III; padding cut away where the file tells it |
 *
 * The format is told by the content; the file's name matters in errors only. A
 * file that was cut off is an error. Each decoder is loaded when it is first needed.
 *
 * @throws {RangeError} The bytes are none of these, are cut off or damaged, hold no sample, or last
 * longer than `maxSeconds`.
 */
export async function decodeAudio(
  bytes: Uint8Array,
  options: DecodeOptions,
): Promise<Waveform> {
  const ascii = (at: number, length: number) =>
    String.fromCharCode(...bytes.subarray(at, at + length));
  switch (ascii(0, 4)) {
    case "RIFF":
    case "RF64":
    case "BW64":
      return (await import("./decode_wav.ts")).decodeWav(bytes, options);
    case "fLaC":
      return await (await import("./decode_flac.ts")).decodeFlac(bytes, options);
    case "OggS":
      return await decodeOgg(bytes, options);
  }
  const { decodeMp3, looksLikeMp3 } = await import("./decode_mp3.ts");
  if (looksLikeMp3(bytes)) return await decodeMp3(bytes, options);
  const got = bytes.length === 0
    ? "an empty file"
    : ascii(4, 4) === "ftyp"
    ? `MPEG-4, which is not read: ffmpeg -i "${options.path}" clip.flac converts it`
    : "other bytes";
  throw unreadable(options.path, "a WAV, FLAC, Ogg or MP3 file", got);
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
