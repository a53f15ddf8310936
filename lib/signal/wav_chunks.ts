/** Finds the format and the samples in a WAV file. @module */

import { assertLimits, type DecodeOptions, unreadable } from "./waveform.ts";

/** How the samples of a WAV file are written. */
export interface WavFormat {
  readonly encoding: "integer" | "float" | "A-law" | "mu-law";
  readonly channels: number;
  readonly sampleRateHz: number;
  /** Of a sample in the file. */
  readonly bits: number;
}

/** What a WAV file holds. */
export interface WavSamples {
  readonly format: WavFormat;
  /** Whole frames, a sample of each channel. */
  readonly data: DataView;
}

/**
 * The format and the samples of a RIFF/WAVE file, or of RF64 or BW64, which are the same
 * with sizes of 64 bits (EBU Tech 3306, ITU-R BS.2088).
 *
 * A program that writes into a pipe, or that was stopped, leaves a size of 0 or one of
 * about 2 or 4 GB in the header. Such samples reach to the end of the file, less a frame
 * that was begun.
 *
 * @throws {RangeError} The bytes are no WAV file, are cut off, hold no sample, are in another
 * format, or are longer or of a higher rate than allowed.
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
  let longBytes: number | undefined; // The size of the samples in a header of 64 bits.
  for (let at = 12; at + 8 <= bytes.length;) {
    const [length, start] = [view.getUint32(at + 4, true), at + 8];
    const present = bytes.length - start;
    if (name(at) === "ds64" && present >= 24) {
      longBytes = Number(view.getBigUint64(start + 8, true));
    } else if (name(at) === "fmt " && present >= Math.max(16, length)) {
      format = readFormat(view, start, length) ??
        fail(readable, describeFormat(view, start, { length, path: options.path }));
    } else if (name(at) === "data") {
      if (format === undefined) return fail("a format chunk before the data", "none");
      const stated = length === 2 ** 32 - 1 ? longBytes ?? length : length;
      const frameBytes = format.channels * format.bits / 8;
      const size = isOpen(stated, { present, riffEnd: 8 + view.getUint32(4, true), start })
        ? present - present % frameBytes
        : stated;
      if (size > present) fail(`${size} bytes of samples`, `${present}: the file is cut off`);
      if (size < frameBytes) fail("at least one sample", "none");
      if (size % frameBytes > 0) fail(`frames of ${frameBytes} bytes`, `${size} bytes`);
      assertLimits({ ...format, samples: size / frameBytes }, options);
      return { format, data: new DataView(view.buffer, view.byteOffset + start, size) };
    }
    at = start + length + length % 2; // Chunks begin at even offsets.
  }
  return fail("a chunk of samples", "none: the file is cut off");
}

// Placeholders in use: 0xffffffff, 0x80000000, 0x7fffffff and 0x7ffff000, less a header or not.
const leastPlaceholder = 0x7fff0000;

/** Whether the size of the samples was left open: it is a placeholder, or the header ends there. */
function isOpen(
  stated: number,
  { present, riffEnd, start }: {
    readonly present: number;
    readonly riffEnd: number;
    readonly start: number;
  },
): boolean {
  if (stated === 0) return riffEnd <= start || riffEnd > leastPlaceholder;
  return stated > present && stated >= leastPlaceholder;
}

const readable = "PCM of 8, 16, 24 or 32 bits, float of 32 or 64, A-law or mu-law";

const encodings: Readonly<Record<number, WavFormat["encoding"]>> = {
  1: "integer",
  3: "float",
  6: "A-law",
  7: "mu-law",
};

const sizes: Readonly<Record<WavFormat["encoding"], readonly number[]>> = {
  "integer": [8, 16, 24, 32],
  "float": [32, 64],
  "A-law": [8],
  "mu-law": [8],
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
  return sizes[encoding].includes(format.bits) && format.channels > 0 ? format : undefined;
}

/** The number of the format, which an extensible header has further down. */
function readTag(view: DataView, at: number, length: number): number {
  const tag = view.getUint16(at, true);
  return tag === 0xfffe && length >= 26 ? view.getUint16(at + 24, true) : tag;
}

const otherNames: Readonly<Record<number, string>> = {
  0x02: "Microsoft ADPCM",
  0x11: "IMA ADPCM",
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
