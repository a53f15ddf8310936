/** Reads an MP3 file: MPEG 1, 2 and 2.5, layer III, into one channel. @module */

import { type Minimp3, minimp3 } from "../deps/minimp3.ts";
import {
  assertLimits,
  type DecodeOptions,
  mixChannels,
  unreadable,
  type Waveform,
} from "./waveform.ts";

// By what every decoder of this family is late.
const decoderDelay = 529;

/**
 * The samples of an MP3 file without tags, its channels averaged, in steps of 2⁻¹⁵.
 *
 * The frames are found and counted here, and decoded by minimp3. What the
 * encoder put before and after the sound is cut away, if it wrote how much that
 * is (LAME and ffmpeg do); then the length is that of what was encoded. A file
 * that was cut off between two frames can be told by the encoder's count alone;
 * without one it reads as a shorter file.
 *
 * @throws {RangeError} The bytes are no MP3 file, are cut off at an end, change their format on the
 * way, hold no sample, or last longer than `maxSeconds`.
 */
export async function decodeMp3(bytes: Uint8Array, options: DecodeOptions): Promise<Waveform> {
  const { path } = options;
  const { first, count, tag, end } = walk(bytes, path);
  const { samples: perFrame, sampleRateHz, channels } = first;
  assertLimits({ samples: count * perFrame, sampleRateHz }, options);
  if (count < (tag?.frames ?? 1)) {
    throw unreadable(path, `${tag?.frames ?? 1} frames`, `${count}: the file is cut off`);
  }
  const sound = bytes.subarray(tag ? first.bytes : 0, end);
  assertBeginning(sound, path);
  const whole = decodeFrames(await minimp3(), { sound, channels, samples: count * perFrame });
  if (!tag?.padding) return { samples: whole, sampleRateHz };
  const { before, after } = tag.padding;
  const start = before + decoderDelay;
  const length = whole.length - before - after;
  if (length < 1) throw unreadable(path, "at least one sample", "none");
  return { samples: whole.slice(start, start + length), sampleRateHz };
}

/** Whether a frame of MP3 begins here. */
export function looksLikeMp3(bytes: Uint8Array): boolean {
  return readHeader(bytes, 0) !== undefined;
}

/** Steps from frame to frame until the end. */
function walk(file: Uint8Array, path: string) {
  const first = readHeader(file, 0);
  if (first === undefined) throw unreadable(path, "an MP3 file", "other bytes");
  const halfFrame = () => unreadable(path, "whole frames", "half a frame: the file is cut off");
  if (first.bytes > file.length) throw halfFrame();
  const tag = readTag(file.subarray(0, first.bytes), first);
  let count = tag ? -1 : 0;
  let at = 0;
  for (; at < file.length; count++) {
    const frame = readHeader(file, at);
    if (frame === undefined && file.subarray(at).every((byte) => byte === 0)) break; // Padding.
    if (frame === undefined) {
      throw unreadable(path, "MP3 frames to the end", `other bytes at byte ${at} of the frames`);
    }
    const { sampleRateHz, channels } = frame;
    if (sampleRateHz !== first.sampleRateHz || channels !== first.channels) {
      throw unreadable(
        path,
        `${first.channels} channels at ${first.sampleRateHz} Hz throughout`,
        `${channels} at ${sampleRateHz} Hz`,
      );
    }
    at += frame.bytes;
    if (at > file.length) throw halfFrame();
  }
  return { first, count, tag, end: at };
}

const kilobits1 = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const kilobits2 = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/** The header of a frame, whose `bytes` are with the header and `samples` those of one channel. */
function readHeader(bytes: Uint8Array, at: number) {
  const [sync, kind, rates, mode] = bytes.subarray(at, at + 4);
  if (mode === undefined || sync !== 0xff || kind! < 0xe0) return undefined;
  const [version, layer] = [(kind! >> 3) & 3, (kind! >> 1) & 3];
  const [rateIndex, bitIndex] = [(rates! >> 2) & 3, rates! >> 4];
  const mpeg1 = version === 3;
  const kilobits = (mpeg1 ? kilobits1 : kilobits2)[bitIndex - 1];
  if (version === 1 || layer !== 1 || rateIndex === 3 || kilobits === undefined) return undefined;
  // MPEG 2 halves the rates of MPEG 1, and 2.5 those of MPEG 2.
  const sampleRateHz = [44_100, 48_000, 32_000][rateIndex]! / (mpeg1 ? 1 : version === 2 ? 2 : 4);
  const samples = mpeg1 ? 1152 : 576;
  const channels = mode >> 6 === 3 ? 1 : 2;
  return {
    bytes: Math.floor(samples / 8 * 1000 * kilobits / sampleRateHz) + ((rates! >> 1) & 1),
    samples,
    sampleRateHz,
    channels,
    // From the frame's beginning on; a checksum comes between.
    sideAt: kind! & 1 ? 4 : 6,
    sideBytes: (mpeg1 ? 15 : 8) * channels + (mpeg1 ? 2 : 1),
    mpeg1,
  };
}

/**
 * What an encoder wrote of the whole file into a first frame without sound: the tag of Xing and LAME,
 * or that of Fraunhofer. `padding` is the samples before the sound and after it, if it says so.
 */
function readTag(frame: Uint8Array, { sideBytes }: { readonly sideBytes: number }) {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const ascii = (at: number) => String.fromCharCode(...frame.subarray(at, at + 4));
  if (ascii(36) === "VBRI" && frame.length >= 54) {
    return { frames: view.getUint32(50), padding: undefined };
  }
  const start = 4 + sideBytes;
  if (!["Xing", "Info"].includes(ascii(start))) return undefined;
  const flags = view.getUint32(start + 4);
  // What is there by flag: the frames, the bytes, a table of contents, the quality.
  const lengths = [4, 4, 100, 4].map((length, i) => flags >> i & 1 ? length : 0);
  const lame = start + 8 + lengths.reduce((a, b) => a + b);
  const known = ["LAME", "Lavf", "Lavc", "GOGO"].includes(ascii(lame)) && lame + 24 <= frame.length;
  const [a, b, c] = frame.subarray(lame + 21, lame + 24) as unknown as [number, number, number];
  return {
    frames: flags & 1 ? view.getUint32(start + 8) : undefined,
    padding: known ? { before: (a << 4) | (b >> 4), after: ((b & 15) << 8) | c } : undefined,
  };
}

// A frame may lie in part in the frames before it; the first has none.
function assertBeginning(sound: Uint8Array, path: string): void {
  const { sideAt, mpeg1 } = readHeader(sound, 0)!;
  const back = mpeg1 ? (sound[sideAt]! << 1) | (sound[sideAt + 1]! >> 7) : sound[sideAt]!;
  if (back === 0) return;
  throw unreadable(path, "a file from its beginning on", "a first frame that needs earlier ones");
}

function decodeFrames(
  decoder: Minimp3,
  { sound, channels, samples }: {
    readonly sound: Uint8Array;
    readonly channels: number;
    readonly samples: number;
  },
): Float32Array {
  decoder.decoder_init();
  decoder.decoder_set_mp3_data_size(sound.length);
  const { memory } = decoder;
  new Uint8Array(memory.buffer, decoder.decoder_mp3_data_offset(), sound.length).set(sound);
  decoder.decoder_decode(Infinity);
  const count = decoder.decoder_pcm_data_size() / 2;
  const steps = new Int16Array(memory.buffer, decoder.decoder_pcm_data_offset(), count);
  const parts = Array.from(
    { length: channels },
    (_, c) => Float32Array.from({ length: samples }, (_, i) => steps[i * channels + c] ?? 0),
  );
  return mixChannels(parts, 2 ** -15);
}
