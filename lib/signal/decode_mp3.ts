/** Reads an MP3 file: MPEG 1, 2 and 2.5, layer III, into one channel. @module */

import { type Minimp3, minimp3 } from "../deps/minimp3.ts";
import { joined } from "./joined.ts";
import {
  assertLimits,
  type DecodeOptions,
  mixChannels,
  unreadable,
  type Waveform,
} from "./waveform.ts";
import { tagBefore } from "./without_tags.ts";

// By what every decoder of this family is late.
const decoderDelay = 529;

/**
 * The samples of an MP3 file without tags, its channels averaged, in steps of 2⁻¹⁵.
 *
 * The frames are found and counted here, and decoded by minimp3. What the
 * encoder put before and after the sound is cut away, if it wrote how much that
 * is (LAME and ffmpeg do); then the length is that of what was encoded. Passed over are
 * other bytes before the first frame, tags between frames, half a frame at the end, and other bytes
 * there if they are few or the encoder's count is reached. A file that was cut off is told by that
 * count alone; without one it reads as a shorter file.
 *
 * @throws {RangeError} The bytes are no MP3 file, lack frames, change their format on the
 * way, hold no sample, or last longer than `maxSeconds`.
 */
export async function decodeMp3(bytes: Uint8Array, options: DecodeOptions): Promise<Waveform> {
  const { path } = options;
  const { first, count, tag, sound } = walk(bytes, path);
  const { samples: perFrame, sampleRateHz, channels } = first;
  assertLimits({ samples: count * perFrame, sampleRateHz }, options);
  if (count < 1) throw unreadable(path, "whole frames", "half a frame: the file is cut off");
  assertBeginning(sound, path);
  const whole = decodeFrames(await minimp3(), { sound, channels, samples: count * perFrame });
  if (!tag?.padding) return { samples: whole, sampleRateHz };
  const { before, after } = tag.padding;
  const start = before + decoderDelay;
  // Of a last frame that was cut off, what is missing is mostly the padding behind the sound.
  const missing = Math.max(0, (tag.frames ?? count) - count) * perFrame;
  const length = Math.min(whole.length + missing - before - after, whole.length - start);
  if (length < 1) throw unreadable(path, "at least one sample", "none");
  return { samples: whole.slice(start, start + length), sampleRateHz };
}

/** Whether the bytes are MP3, perhaps after others: three frames of one kind that lie end to end. */
export function looksLikeMp3(bytes: Uint8Array): boolean {
  return firstFrame(bytes) >= 0;
}

// What is no tag and yet before the sound, such as the rest of a frame that was cut, or a picture.
const longestJunk = 2 ** 20;

/** Where the first frame is; -1 if none is found. */
function firstFrame(bytes: Uint8Array): number {
  // A file of one frame or two is known by beginning with it.
  if (readHeader(bytes, 0) !== undefined) return 0;
  const last = Math.min(bytes.length, longestJunk);
  for (let at = bytes.indexOf(0xff); at >= 0 && at < last; at = bytes.indexOf(0xff, at + 1)) {
    let next = at;
    for (let i = 0; i < 3 && next >= 0; i++) next = frameAfter(bytes, next, at);
    if (next >= 0) return at;
  }
  return -1;
}

/** Where the frame at `at` ends, if there is one of the kind of that at `like`; else -1. */
function frameAfter(bytes: Uint8Array, at: number, like: number): number {
  const [frame, first] = [readHeader(bytes, at), readHeader(bytes, like)];
  if (frame === undefined || first === undefined) return -1;
  const isLike = frame.sampleRateHz === first.sampleRateHz && frame.channels === first.channels;
  return isLike && at + frame.bytes <= bytes.length ? at + frame.bytes : -1;
}

// Bytes behind the last frame that are no known tag, where nothing says how many frames there are.
const fewBytes = 4096;

/** Steps from frame to frame until the end. */
function walk(file: Uint8Array, path: string) {
  let at = firstFrame(file);
  const first = readHeader(file, at);
  if (first === undefined) throw unreadable(path, "an MP3 file", "other bytes");
  if (at + first.bytes > file.length) {
    throw unreadable(path, "whole frames", "half a frame: the file is cut off");
  }
  const tag = readTag(file.subarray(at, at + first.bytes), first);
  if (tag) at += first.bytes;
  const parts: Uint8Array[] = [];
  let count = 0, isHalf = false;
  for (let begun = at;;) {
    const frame = readHeader(file, at);
    isHalf = frame !== undefined && at + frame.bytes > file.length;
    if (frame !== undefined && !isHalf) {
      assertLike(frame, first, path);
      count++;
      at += frame.bytes;
      continue;
    }
    parts.push(file.subarray(begun, at));
    if (isHalf) break;
    begun = at += tagBefore(file.subarray(at)); // Of a file that was put behind another.
    if (readHeader(file, at) !== undefined) continue;
    assertNothingFollows(file.subarray(at), { at, path, isAll: count === tag?.frames });
    break;
  }
  const wanted = tag?.frames ?? 0;
  if (count + (isHalf ? 1 : 0) < wanted) {
    throw unreadable(path, `${wanted} frames`, `${count}: the file is cut off`);
  }
  return { first, count, tag, sound: joined(parts) };
}

type Header = NonNullable<ReturnType<typeof readHeader>>;

function assertLike({ sampleRateHz, channels }: Header, first: Header, path: string): void {
  if (sampleRateHz === first.sampleRateHz && channels === first.channels) return;
  throw unreadable(
    path,
    `${first.channels} channels at ${first.sampleRateHz} Hz throughout`,
    `${channels} at ${sampleRateHz} Hz`,
  );
}

/** Where no frame is, none may be behind it, or what is between would be left out of the sound. */
function assertNothingFollows(
  rest: Uint8Array,
  { at, path, isAll }: { readonly at: number; readonly path: string; readonly isAll: boolean },
): void {
  const isShort = rest.length <= fewBytes || rest.every((byte) => byte === 0);
  if (isAll || isShort && firstFrame(rest) < 0) return;
  throw unreadable(path, "MP3 frames to the end", `other bytes at byte ${at} of the frames`);
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
