/** Finds the format and the samples in a WAV file. @module */

import { type AdpcmBlocks, adpcmCount, readBlocks } from "./adpcm.ts";
import { assertLimits, type DecodeOptions, unreadable } from "./waveform.ts";

/** How the samples of a WAV file are written. */
export interface WavFormat {
  readonly encoding: "integer" | "float" | "A-law" | "mu-law" | "IMA ADPCM" | "Microsoft ADPCM";
  readonly channels: number;
  readonly sampleRateHz: number;
  /** Of a sample in the file. */
  readonly bits: number;
  /** Of ADPCM, how its blocks are made. */
  readonly blocks?: AdpcmBlocks;
}

/** What a WAV file holds. */
export interface WavSamples {
  readonly format: WavFormat;
  /** Whole frames, a sample of each channel; of ADPCM blocks, of which the last may be shorter. */
  readonly data: DataView;
  /** Samples of a channel. */
  readonly count: number;
}

/**
 * The format and the samples of a RIFF/WAVE file, or of RF64 or BW64, which are the same
 * with sizes of 64 bits (EBU Tech 3306, ITU-R BS.2088).
 *
 * A program that writes into a pipe, or that was stopped, leaves a size of 0 or one of
 * about 2 or 4 GB in the header, or one that goes beyond the size of the whole that the
 * header states. Such samples reach to the end of the file, less a frame that was begun.
 * Where both sizes agree and there is less, the file was whole once, and is cut off.
 *
 * @throws {RangeError} The bytes are no WAV file, are cut off, hold no sample, are in another
 * format, or are longer, of more channels or of a higher rate than allowed.
 */
export function wavSamples(bytes: Uint8Array, options: DecodeOptions): WavSamples {
  const fail = (wanted: string, got: string): never => {
    throw unreadable(options.path, wanted, got);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (!/^(RIFF|RF64|BW64)$/.test(name(0)) || name(8) !== "WAVE") {
    fail("a WAV file (RIFF, WAVE)", bytes.length === 0 ? "an empty file" : "other bytes");
  }
  let format: WavFormat | undefined;
  let long: { readonly riff: number; readonly data: number } | undefined; // Sizes of 64 bits.
  let stated = Infinity; // Samples of a channel, where they do not follow from the bytes.
  for (let at = 12; at + 8 <= bytes.length;) {
    const [length, start] = [view.getUint32(at + 4, true), at + 8];
    const present = bytes.length - start;
    if (name(at) === "ds64" && present >= 24) {
      const [riff, data] = [start, start + 8].map((at) => Number(view.getBigUint64(at, true)));
      long = { riff: riff!, data: data! };
    } else if (name(at) === "fact" && length >= 4 && present >= 4) {
      stated = view.getUint32(start, true) || Infinity;
    } else if (name(at) === "fmt " && present >= Math.max(16, length)) {
      format = readFormat(view, start, length) ??
        fail(readable, describeFormat(view, start, { length, path: options.path }));
    } else if (name(at) === "data") {
      if (format === undefined) return fail("a format chunk before the data", "none");
      const size = length === 2 ** 32 - 1 ? long?.data ?? length : length;
      const riff = view.getUint32(4, true);
      const riffEnd = 8 + (riff === 2 ** 32 - 1 ? long?.riff ?? riff : riff);
      const isOpen = isOpenSize(size, { present, riffEnd, start });
      if (size > present && !isOpen) {
        fail(`${size} bytes of samples`, `${present}: the file is cut off`);
      }
      const data = new DataView(view.buffer, view.byteOffset + start, isOpen ? present : size);
      return { format, ...wholeFrames(data, format, { isOpen, stated, options }) };
    }
    at = start + length;
    // Chunks begin at even offsets, but for writers that forget it.
    if (length % 2 === 1 && !/^(data|fmt |fact|LIST)$/.test(name(at))) at++;
  }
  return fail("a chunk of samples", "none: the file is cut off");
}

/** The samples without a frame that was begun, and how many there are. */
function wholeFrames(
  data: DataView,
  format: WavFormat,
  { isOpen, stated, options }: {
    readonly isOpen: boolean;
    readonly stated: number;
    readonly options: DecodeOptions;
  },
): Omit<WavSamples, "format"> {
  const { channels, bits, blocks } = format;
  const frameBytes = channels * bits / 8;
  const spare = blocks === undefined ? data.byteLength % frameBytes : 0;
  if (spare > 0 && !isOpen) {
    throw unreadable(options.path, `frames of ${frameBytes} bytes`, `${data.byteLength} bytes`);
  }
  const count = blocks === undefined
    ? Math.floor(data.byteLength / frameBytes)
    // Blocks are filled up; a number that is more than a block off is of something else.
    : lastBlockCut(adpcmCount(data.byteLength, { ...blocks, channels }), stated, blocks);
  if (count < 1) throw unreadable(options.path, "at least one sample", "none");
  assertLimits({ ...format, samples: count }, options);
  return {
    data: new DataView(data.buffer, data.byteOffset, data.byteLength - spare),
    count,
  };
}

function lastBlockCut(count: number, stated: number, { samples }: AdpcmBlocks): number {
  return stated < count && stated > count - samples ? stated : count;
}

// Placeholders in use: 0xffffffff, 0x80000000, 0x7fffffff and 0x7ffff000, less a header or not.
const leastPlaceholder = 0x7fff0000;

/** Whether the size of the samples was left open: it is none that the whole can have. */
function isOpenSize(
  stated: number,
  { present, riffEnd, start }: {
    readonly present: number;
    readonly riffEnd: number;
    readonly start: number;
  },
): boolean {
  if (stated === 0) return riffEnd <= start || riffEnd > leastPlaceholder;
  if (stated <= present) return false;
  return stated >= leastPlaceholder || riffEnd >= leastPlaceholder || riffEnd < start + stated;
}

const readable = "PCM of 8, 16, 24 or 32 bits, float of 32 or 64, A-law, mu-law or ADPCM";

const encodings: Readonly<Record<number, WavFormat["encoding"]>> = {
  0x01: "integer",
  0x02: "Microsoft ADPCM",
  0x03: "float",
  0x06: "A-law",
  0x07: "mu-law",
  0x11: "IMA ADPCM",
};

const sizes: Readonly<Record<WavFormat["encoding"], readonly number[]>> = {
  "integer": [8, 16, 24, 32],
  "float": [32, 64],
  "A-law": [8],
  "mu-law": [8],
  "IMA ADPCM": [4],
  "Microsoft ADPCM": [4],
};

function readFormat(view: DataView, at: number, length: number): WavFormat | undefined {
  const encoding = encodings[readTag(view, at, length)];
  if (encoding === undefined) return undefined;
  const format: WavFormat = {
    encoding,
    channels: view.getUint16(at + 2, true),
    sampleRateHz: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
  if (!sizes[encoding].includes(format.bits) || format.channels === 0) return undefined;
  if (encoding !== "IMA ADPCM" && encoding !== "Microsoft ADPCM") return format;
  const header = new DataView(view.buffer, view.byteOffset + at, Math.max(16, length));
  const blocks = readBlocks(header, { ...format, encoding });
  return blocks === undefined ? undefined : { ...format, blocks };
}

/** The number of the format, which an extensible header has further down. */
function readTag(view: DataView, at: number, length: number): number {
  const tag = view.getUint16(at, true);
  return tag === 0xfffe && length >= 26 ? view.getUint16(at + 24, true) : tag;
}

const otherNames: Readonly<Record<number, string>> = {
  0x31: "GSM 6.10",
  0x55: "MP3",
};

function describeFormat(
  view: DataView,
  at: number,
  { length, path }: { readonly length: number; readonly path: string },
): string {
  const [tag, channels] = [readTag(view, at, length), view.getUint16(at + 2, true)];
  const [rate, bits] = [view.getUint32(at + 4, true), view.getUint16(at + 14, true)];
  const name = otherNames[tag];
  if (name !== undefined) return `${name}: ffmpeg -i "${path}" clip.flac converts it`;
  return `format ${tag} of ${bits} bits, ${channels} channels, ${rate} Hz`;
}
