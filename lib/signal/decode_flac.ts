/** Reads a FLAC file: 4 to 32 bits, up to eight channels, into one channel. @module */

import { createHash } from "node:crypto";
import {
  assertLimits,
  type DecodeOptions,
  mixChannels,
  unreadable,
  type Waveform,
} from "./waveform.ts";

/** What the first block of metadata says of the whole stream. */
interface StreamInfo {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly bits: number;
  /** Samples of one channel; 0 if the encoder did not know. */
  readonly total: number;
  /** MD5 of all samples, in hexadecimal; zeros if the encoder did not know. */
  readonly md5: string;
}

/** The header of a frame. */
interface Frame {
  readonly blockSize: number;
  /** 0 to 7: independent channels less one; 8 to 10: a channel and a difference. */
  readonly assignment: number;
}

const [leftAndSide, sideAndRight, midAndSide] = [8, 9, 10];

/**
 * The samples of a FLAC file, its channels averaged, scaled as {@linkcode decodeWav}
 * scales integers. The coding is lossless: what is read is what was written.
 *
 * Written from RFC 9639. Every frame's CRC-16, the number of samples and the MD5
 * of all of them have to be those that the file states, so a file that was cut
 * off or damaged is an error.
 *
 * @throws {RangeError} The bytes are no FLAC file, are cut off or damaged, hold no sample, or
 * last longer than `maxSeconds`.
 */
export function decodeFlac(bytes: Uint8Array, options: DecodeOptions): Waveform {
  const { path } = options;
  const info = readStreamInfo(bytes, path);
  assertLimits({ ...info, samples: info.total }, options);
  const blocks: Float64Array[][] = [];
  let count = 0;
  for (let at = info.start; info.total > 0 ? count < info.total : at < bytes.length;) {
    const bits = bitReader(bytes, at, path);
    const frame = readFrameHeader(bits, info, path);
    blocks.push(readChannels(bits, frame, info));
    count += frame.blockSize;
    assertLimits({ ...info, samples: count }, options);
    bits.align();
    const end = bits.position();
    if (crc16(bytes.subarray(at, end)) !== bits.read(16)) {
      throw unreadable(path, "frames as they were written", `a damaged one at byte ${at}`);
    }
    at = end + 2;
  }
  if (count === 0) throw unreadable(path, "at least one sample", "none");
  const channels = Array.from(
    { length: info.channels },
    (_, c) => joined(blocks.map((block) => block[c]!), count),
  );
  assertWhole(channels, info, path);
  return {
    samples: mixChannels(channels, 2 ** (1 - info.bits)),
    sampleRateHz: info.sampleRateHz,
  };
}

function readStreamInfo(bytes: Uint8Array, path: string): StreamInfo & { start: number } {
  const bits = bitReader(bytes, 4, path); // After "fLaC".
  let info: StreamInfo | undefined;
  for (let last = false; !last;) {
    last = bits.read(1) === 1;
    const [type, length] = [bits.read(7), bits.read(24)];
    const start = bits.position();
    if (type === 0 && length >= 34) info = readStreamBlock(bits);
    bits.skipTo(start + length);
  }
  if (!info || info.sampleRateHz === 0 || info.bits < 4) {
    throw unreadable(path, "a FLAC file with STREAMINFO", "none that can be used");
  }
  return { ...info, start: bits.position() };
}

function readStreamBlock(bits: BitReader): StreamInfo {
  bits.read(32); // The smallest and largest block,
  bits.read(48); // and frame.
  const [sampleRateHz, channels, size] = [bits.read(20), bits.read(3) + 1, bits.read(5) + 1];
  const total = bits.read(36);
  const md5 = Array.from({ length: 16 }, () => bits.read(8).toString(16).padStart(2, "0")).join("");
  return { sampleRateHz, channels, bits: size, total, md5 };
}

function readFrameHeader(bits: BitReader, info: StreamInfo, path: string): Frame {
  const at = bits.position();
  const fail = (got: string) =>
    unreadable(path, "a frame of FLAC in the format of the stream", `${got} at byte ${at}`);
  if (bits.read(15) !== 0x7ffc) throw fail("other bytes");
  bits.read(1); // Whether the blocks vary in size.
  const [sizeCode, rateCode] = [bits.read(4), bits.read(4)];
  const [assignment, bitsCode] = [bits.read(4), bits.read(3)];
  bits.read(1);
  // The number of the frame or sample, as UTF-8 has it: leading ones count the bytes.
  const more = Math.max(0, Math.clz32(~(bits.read(8) << 24)) - 1);
  bits.read(8 * more);
  const blockSize = blockSizeOf(sizeCode, bits);
  const sampleRateHz = sampleRateOf(rateCode, bits) ?? info.sampleRateHz;
  bits.read(8); // CRC-8 of the header; CRC-16 covers it too.
  const channels = assignment < leftAndSide ? assignment + 1 : 2;
  const size = [info.bits, 8, 12, undefined, 16, 20, 24, 32][bitsCode];
  if (blockSize === undefined || assignment > midAndSide) throw fail("a reserved code");
  if (channels !== info.channels || size !== info.bits || sampleRateHz !== info.sampleRateHz) {
    throw fail(`${channels} channels of ${size ?? "other"} bits, ${sampleRateHz} Hz`);
  }
  return { blockSize, assignment };
}

function blockSizeOf(code: number, bits: BitReader): number | undefined {
  if (code === 0) return undefined;
  if (code === 1) return 192;
  if (code <= 5) return 144 << code;
  if (code <= 7) return bits.read(code === 6 ? 8 : 16) + 1;
  return 1 << code;
}

const frameRates = [
  88_200,
  176_400,
  192_000,
  8_000,
  16_000,
  22_050,
  24_000,
  32_000,
  44_100,
  48_000,
  96_000,
];

/** `undefined`: that of the stream. */
function sampleRateOf(code: number, bits: BitReader): number | undefined {
  if (code === 0) return undefined;
  if (code <= 11) return frameRates[code - 1];
  if (code === 12) return 1000 * bits.read(8);
  return (code === 14 ? 10 : 1) * bits.read(16);
}

/** The samples of each channel of a frame. */
function readChannels(bits: BitReader, { blockSize, assignment }: Frame, info: StreamInfo) {
  const difference = assignment === sideAndRight ? 0 : assignment >= leftAndSide ? 1 : -1;
  const channels = Array.from(
    { length: info.channels },
    // A difference needs a bit more than what it is of.
    (_, c) => readSubframe(bits, blockSize, info.bits + (c === difference ? 1 : 0)),
  );
  if (assignment < leftAndSide) return channels;
  const [first, second] = channels as [Float64Array, Float64Array];
  for (let i = 0; i < blockSize; i++) {
    const [a, b] = [first[i]!, second[i]!];
    if (assignment === leftAndSide) second[i] = a - b;
    else if (assignment === sideAndRight) first[i] = a + b;
    else {
      // The mean lost its last bit, which is that of the difference.
      const sum = 2 * a + Math.abs(b % 2);
      first[i] = (sum + b) / 2;
      second[i] = (sum - b) / 2;
    }
  }
  return channels;
}

const fixedPredictors = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]] as const;

// Doubles hold all sums exactly: 33 bits times 15, 32 times.
function readSubframe(bits: BitReader, blockSize: number, size: number): Float64Array {
  bits.read(1);
  const type = bits.read(6);
  const wasted = bits.read(1) ? bits.unary() + 1 : 0;
  const width = size - wasted;
  const samples = new Float64Array(blockSize);
  if (type === 0) samples.fill(bits.signed(width));
  else if (type === 1) { for (let i = 0; i < blockSize; i++) samples[i] = bits.signed(width); }
  else if (type >= 8 && type <= 12) {
    const coefficients = fixedPredictors[type - 8]!;
    for (let i = 0; i < coefficients.length; i++) samples[i] = bits.signed(width);
    readResidual(bits, samples, coefficients.length);
    predict(samples, coefficients, 0);
  } else if (type >= 32) {
    const order = type - 31;
    for (let i = 0; i < order; i++) samples[i] = bits.signed(width);
    const [precision, shift] = [bits.read(4) + 1, bits.signed(5)];
    const coefficients = Array.from({ length: order }, () => bits.signed(precision));
    readResidual(bits, samples, order);
    predict(samples, coefficients, shift);
  } else bits.fail("a reserved kind of subframe");
  if (wasted > 0) { for (let i = 0; i < blockSize; i++) samples[i]! *= 2 ** wasted; }
  return samples;
}

/** Adds to each sample after the first what its predecessors let expect of it. */
function predict(samples: Float64Array, coefficients: readonly number[], shift: number): void {
  const order = coefficients.length;
  const scale = 2 ** -shift;
  for (let i = order; i < samples.length; i++) {
    let sum = 0;
    for (let j = 0; j < order; j++) sum += coefficients[j]! * samples[i - 1 - j]!;
    samples[i]! += Math.floor(sum * scale);
  }
}

/** Rice codes in partitions, from sample `order` on. */
function readResidual(bits: BitReader, samples: Float64Array, order: number): void {
  const method = bits.read(2);
  if (method > 1) bits.fail("a reserved kind of residual");
  const parameterBits = method === 0 ? 4 : 5;
  const escape = 2 ** parameterBits - 1;
  const partitions = 2 ** bits.read(4);
  const length = samples.length / partitions;
  if (!Number.isInteger(length) || length < order) bits.fail("partitions that do not fit");
  for (let p = 0; p < partitions; p++) {
    const parameter = bits.read(parameterBits);
    const width = parameter === escape ? bits.read(5) : 0;
    for (let i = p === 0 ? order : p * length; i < (p + 1) * length; i++) {
      if (parameter === escape) samples[i] = width === 0 ? 0 : bits.signed(width);
      else {
        const folded = bits.unary() * 2 ** parameter + bits.read(parameter);
        samples[i] = folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
      }
    }
  }
}

function joined(parts: readonly Float64Array[], length: number): Float64Array {
  const whole = new Float64Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function assertWhole(
  channels: readonly Float64Array[],
  { bits, total, md5 }: StreamInfo,
  path: string,
): void {
  const count = channels[0]!.length;
  if (total > 0 && count !== total) throw unreadable(path, `${total} samples`, `${count}`);
  if (/^0+$/.test(md5)) return;
  const found = md5Of(channels, Math.ceil(bits / 8));
  if (found !== md5) throw unreadable(path, `samples with MD5 ${md5}`, found);
}

/** MD5 of the samples in turn by channel, little-endian. */
function md5Of(channels: readonly Float64Array[], width: number): string {
  const bytes = new Uint8Array(channels[0]!.length * channels.length * width);
  let at = 0;
  for (let i = 0; i < channels[0]!.length; i++) {
    for (const channel of channels) {
      const sample = channel[i]! | 0;
      for (let b = 0; b < width; b++) bytes[at++] = sample >> (8 * b);
    }
  }
  return createHash("md5").update(bytes).digest("hex");
}

/** Reads bits, the most significant first. */
interface BitReader {
  /** The next `count` bits, 0 to 52, as a number from 0. */
  read(count: number): number;
  /** As two's complement. */
  signed(count: number): number;
  /** How many zeros come before the next one, which is passed over too. */
  unary(): number;
  /** Passes over the rest of a byte that has been begun. */
  align(): void;
  /** The next byte. */
  position(): number;
  skipTo(byte: number): void;
  fail(got: string): never;
}

function bitReader(bytes: Uint8Array, start: number, path: string): BitReader {
  let [at, left] = [start, 8]; // Of the byte at `at`, `left` bits are to be read.
  const byte = () => {
    const value = bytes[at];
    if (value === undefined) throw unreadable(path, "a whole file", "one that is cut off");
    return value;
  };
  const take = (count: number) => {
    left -= count;
    const value = (byte() >> left) & (2 ** count - 1);
    if (left === 0) [at, left] = [at + 1, 8];
    return value;
  };
  const read = (count: number) => {
    let value = 0;
    while (count > 0) {
      const now = Math.min(count, left);
      value = value * 2 ** now + take(now);
      count -= now;
    }
    return value;
  };
  return {
    read,
    signed(count) {
      const value = read(count);
      return value < 2 ** (count - 1) ? value : value - 2 ** count;
    },
    unary() {
      let zeros = 0;
      for (;;) {
        const rest = byte() & (2 ** left - 1);
        if (rest !== 0) {
          const here = left - (32 - Math.clz32(rest));
          take(here + 1);
          return zeros + here;
        }
        zeros += left;
        [at, left] = [at + 1, 8];
      }
    },
    align() {
      if (left < 8) [at, left] = [at + 1, 8];
    },
    position: () => at,
    skipTo(byte) {
      [at, left] = [byte, 8];
    },
    fail: (got) => {
      throw unreadable(path, "frames of FLAC", `${got} at byte ${at}`);
    },
  };
}

const crcTable = Uint16Array.from({ length: 256 }, (_, i) => {
  let crc = i << 8;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x8000 ? 0x8005 : 0);
  return crc;
});

function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ crcTable[(crc >> 8) ^ byte]!;
  return crc;
}
