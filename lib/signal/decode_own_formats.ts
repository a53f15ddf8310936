/** Reads a sound file of a format that has a decoder here; leaves others to its caller. @module */

import { type OggStream, oggStreams } from "./ogg_packets.ts";
import { otherFormat } from "./other_formats.ts";
import { assertLimits, type DecodeOptions, unreadable, type Waveform } from "./waveform.ts";
import { withoutTags } from "./without_tags.ts";

/**
 * As `decodeAudio`; what {@linkcode otherFormat} knows is given to `otherwise`, with the name of the
 * format. It runs in browsers too.
 *
 * @throws {RangeError} As `decodeAudio`.
 */
export async function decodeOwnFormats(
  bytes: Uint8Array,
  options: DecodeOptions,
  otherwise: (content: Uint8Array, format: string) => Promise<Waveform>,
): Promise<Waveform> {
  if (nameAt(bytes, 0).match(/^(RIFF|RF64|BW64)$/) && nameAt(bytes, 8) === "WAVE") {
    return (await import("./decode_wav.ts")).decodeWav(bytes, options);
  }
  const sound = withoutTags(bytes);
  if (nameAt(sound, 0) === "fLaC") {
    return await (await import("./decode_flac.ts")).decodeFlac(sound, options);
  }
  if (isOggOfOurs(sound)) return await decodeOgg(sound, options);
  // Some begin with a size, whose zeros are no padding.
  const content = bytes[0] === 0 && otherFormat(bytes) !== undefined ? bytes : sound;
  const format = otherFormat(content);
  if (format !== undefined) return await otherwise(content, format);
  const { decodeMp3, looksLikeMp3 } = await import("./decode_mp3.ts");
  if (looksLikeMp3(sound)) return await decodeMp3(sound, options);
  const got = bytes.length === 0 ? "an empty file" : "other bytes";
  throw unreadable(options.path, "a WAV, FLAC, Ogg or MP3 file, or one that ffmpeg reads", got);
}

/** Four bytes as text. */
function nameAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

/** Whether an Ogg file begins with Vorbis or Opus, or is too short to begin with anything. */
function isOggOfOurs(bytes: Uint8Array): boolean {
  if (nameAt(bytes, 0) !== "OggS") return false;
  const at = 27 + (bytes[26] ?? 0);
  return bytes.length < at + 8 || codecOf(bytes.subarray(at, at + 8)) !== undefined;
}

function codecOf(packet: Uint8Array): "Vorbis" | "Opus" | undefined {
  const name = String.fromCharCode(...packet.subarray(0, 8));
  return name.startsWith("\x01vorbis") ? "Vorbis" : name === "OpusHead" ? "Opus" : undefined;
}

/** Streams that follow each other, as when a station plays one piece after another, are one sound. */
async function decodeOgg(bytes: Uint8Array, options: DecodeOptions): Promise<Waveform> {
  const waves: Waveform[] = [];
  for (const stream of oggStreams(bytes, options)) {
    const wave = await decodeStream(stream, options);
    waves.push(wave);
    const { sampleRateHz } = waves[0]!;
    if (wave.sampleRateHz !== sampleRateHz) {
      throw unreadable(options.path, `${sampleRateHz} Hz throughout`, `${wave.sampleRateHz} Hz`);
    }
    const samples = waves.reduce((sum, { samples }) => sum + samples.length, 0);
    assertLimits({ samples, sampleRateHz }, options);
  }
  if (waves.length === 1) return waves[0]!;
  const whole = new Float32Array(waves.reduce((sum, { samples }) => sum + samples.length, 0));
  let at = 0;
  for (const { samples } of waves) {
    whole.set(samples, at);
    at += samples.length;
  }
  return { ...waves[0]!, samples: whole };
}

async function decodeStream(stream: OggStream, options: DecodeOptions): Promise<Waveform> {
  const codec = codecOf(stream.packets[0] ?? new Uint8Array());
  if (codec === "Vorbis") {
    return await (await import("./decode_vorbis.ts")).decodeVorbis(stream, options);
  }
  if (codec === "Opus") return await (await import("./decode_opus.ts")).decodeOpus(stream, options);
  throw unreadable(options.path, "Vorbis or Opus in an Ogg file", "another codec");
}
