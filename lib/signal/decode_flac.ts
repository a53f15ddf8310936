/** Reads a FLAC file: 8, 16, 24 or 32 bits, up to eight channels, into one channel. @module */

import { FLACDecoder } from "../deps/flac_decoder.ts";
import { assertLimits, type DecodeOptions, unreadable, type Waveform } from "./waveform.ts";

/** What the first block of metadata says of the whole stream. */
interface StreamInfo {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly bits: number;
  /** Samples of one channel; 0 if the encoder did not know. */
  readonly total: number;
  /** Where the frames begin. */
  readonly start: number;
}

const infoBytes = 34;

/**
 * The samples of a FLAC file, its channels averaged, scaled as {@linkcode decodeWav}
 * scales integers. The coding is lossless: up to 24 bits what is read is what was
 * written, and of 32 bits it is the nearest number of single precision.
 *
 * The frames are told apart here, each by its CRC-16, and decoded by libFLAC. They
 * have to lie end to end until the end of the file and hold the number of samples
 * that the file states, so a file that was cut off or damaged is an error. (Where
 * it states none, a file that was cut off between two frames reads as a shorter one.)
 *
 * @throws {RangeError} The bytes are no FLAC file, are cut off or damaged, hold no sample, are of
 * other bits, or are longer or of a higher rate than allowed.
 */
export async function decodeFlac(bytes: Uint8Array, options: DecodeOptions): Promise<Waveform> {
  const { path } = options;
  const info = readStreamInfo(bytes, path);
  assertLimits({ ...info, samples: info.total }, options);
  const parts: (readonly Float32Array[])[] = [];
  let count = 0;
  const decoder = new FLACDecoder();
  await decoder.ready;
  for (const { frame, at } of frames(bytes, info.start, path)) {
    const part = await decodeFrame(decoder, frame, { at, info, path });
    parts.push(part);
    count += part[0]!.length;
    assertLimits({ ...info, samples: count }, options);
  }
  decoder.free(); // After an error its memory is in no state to be freed; it goes as a whole.
  if (count === 0) throw unreadable(path, "at least one sample", "none");
  if (info.total > 0 && count !== info.total) {
    throw unreadable(path, `${info.total} samples`, `${count}: the file is cut off or damaged`);
  }
  return { samples: mixDown(parts, count, info), sampleRateHz: info.sampleRateHz };
}

function readStreamInfo(bytes: Uint8Array, path: string): StreamInfo {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let info: Omit<StreamInfo, "start"> | undefined;
  let at = 4; // After "fLaC".
  for (let last = false; !last;) {
    if (at + 4 > bytes.length) throw unreadable(path, "a whole file", "one that is cut off");
    const [block, end] = [view.getUint32(at), at + 4 + view.getUint32(at) % 2 ** 24];
    if (end > bytes.length) throw unreadable(path, "a whole file", "one that is cut off");
    if ((block >>> 24 & 127) === 0 && end - at - 4 >= infoBytes) info = readBlock(view, at + 4);
    last = block >>> 31 === 1;
    at = end;
  }
  if (info === undefined || info.sampleRateHz === 0) {
    throw unreadable(path, "a FLAC file with STREAMINFO", "none that can be used");
  }
  // Of other sizes the package divides by what it never set: all samples become infinite.
  if (![8, 16, 24, 32].includes(info.bits)) {
    const got = `${info.bits}: ffmpeg -i "${path}" clip.wav converts it`;
    throw unreadable(path, "FLAC of 8, 16, 24 or 32 bits", got);
  }
  return { ...info, start: at };
}

/** 10 bytes of sizes of blocks and frames, then 20 bits, 3, 5 and 36, then the MD5. */
function readBlock(view: DataView, at: number): Omit<StreamInfo, "start"> {
  const fields = view.getUint32(at + 10);
  return {
    sampleRateHz: fields >>> 12,
    channels: (fields >>> 9 & 7) + 1,
    bits: (fields >>> 4 & 31) + 1,
    total: (fields & 15) * 2 ** 32 + view.getUint32(at + 14),
  };
}

/**
 * The frames, end to end. A frame ends where the CRC of all its bytes, that of its own
 * CRC too, is 0, and another one or nothing follows.
 */
function* frames(bytes: Uint8Array, start: number, path: string) {
  let [at, crc] = [start, 0];
  if (at < bytes.length && !beginsFrame(bytes, at)) {
    throw unreadable(path, "a frame of FLAC", `other bytes at byte ${at}`);
  }
  for (let end = start; end < bytes.length;) {
    crc = (crc << 8 & 0xffff) ^ crcTable[crc >> 8 ^ bytes[end++]!]!;
    if (crc !== 0 || (end < bytes.length && !beginsFrame(bytes, end))) continue;
    yield { frame: bytes.subarray(at, end), at };
    at = end;
  }
  if (at < bytes.length) {
    throw unreadable(path, "whole frames", `one that is damaged or cut off at byte ${at}`);
  }
}

function beginsFrame(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xff && (bytes[at + 1]! & 0xfe) === 0xf8;
}

const crcTable = Uint16Array.from({ length: 256 }, (_, i) => {
  let crc = i << 8;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x8000 ? 0x8005 : 0);
  return crc;
});

/** The samples of a frame by channel. */
async function decodeFrame(
  decoder: FLACDecoder,
  frame: Uint8Array,
  { at, info, path }: { readonly at: number; readonly info: StreamInfo; readonly path: string },
): Promise<readonly Float32Array[]> {
  const wanted = (got: string) =>
    unreadable(path, "frames in the format of the stream", `${got} at byte ${at}`);
  // A rate or a size of 0 stands for that of STREAMINFO. The package can't be given this block: of
  // whatever yields no samples it frees memory that it never took.
  if ((frame[2]! & 0x0f) === 0 || (frame[3]! & 0x0e) === 0) {
    throw wanted(`one without its rate or bits (ffmpeg -i "${path}" clip.wav converts it)`);
  }
  const part = await decoder.decodeFrames([frame]).catch(() => undefined);
  if (part === undefined || part.errors.length > 0 || part.samplesDecoded === 0) {
    throw wanted("one that libFLAC refuses");
  }
  const { channelData: { length: channels }, bitDepth, sampleRate } = part;
  if (channels !== info.channels || bitDepth !== info.bits || sampleRate !== info.sampleRateHz) {
    throw wanted(`${channels} channels of ${bitDepth} bits, ${sampleRate} Hz`);
  }
  return part.channelData;
}

/**
 * The mean of the channels. The package divides an integer by 2^(bits - 1) - 1, of 32 bits by
 * 2^31; of up to 24 bits single precision holds enough of the quotient to get it back exactly.
 */
function mixDown(
  parts: readonly (readonly Float32Array[])[],
  count: number,
  { bits }: StreamInfo,
): Float32Array {
  const samples = new Float32Array(count);
  const divisor = bits === 32 ? 2 ** 31 : 2 ** (bits - 1) - 1;
  const toInteger = bits === 32 ? (x: number) => x : Math.round;
  let at = 0;
  for (const part of parts) {
    const factor = 2 ** (1 - bits) / part.length;
    for (let i = 0; i < part[0]!.length; i++) {
      let sum = 0;
      for (const channel of part) sum += toInteger(channel[i]! * divisor);
      samples[at++] = sum * factor;
    }
  }
  return samples;
}
