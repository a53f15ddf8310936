/** Reads a WAV file: PCM of 8 to 32 bits or float, any number of channels, into one channel. @module */

import { assertDuration, type DecodeOptions, unreadable, type Waveform } from "./waveform.ts";

interface Format {
  readonly encoding: "integer" | "float";
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly bits: number;
}

/**
 * The samples of a RIFF/WAVE file, its channels averaged:
 *
 *     x = q / 2^(bits - 1),   for 8 bits x = (q - 128) / 128
 *
 * as libsndfile scales them, so that `encodeWav` is undone exactly. (Readers
 * on the registry divide positive samples by 2^(bits - 1) - 1, and return what
 * there is of a file that was cut off; hence our own.)
 *
 * Reads PCM of 8, 16, 24 and 32 bits and float of 32 and 64 bits, with a plain
 * or an extensible header.
 *
 * @throws {RangeError} The bytes are no WAV file, are cut off, hold no sample or
 * one that is not finite, last longer than `maxSeconds`, or are in another format.
 */
export function decodeWav(bytes: Uint8Array, options: DecodeOptions): Waveform {
  const fail = (wanted: string, got: string): never => {
    throw unreadable(options.path, wanted, got);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ascii = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || ascii(0) !== "RIFF" || ascii(8) !== "WAVE") {
    fail("a WAV file (RIFF, WAVE)", bytes.length === 0 ? "an empty file" : "other bytes");
  }
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const [name, length, start] = [ascii(at), view.getUint32(at + 4, true), at + 8];
    const present = bytes.length - start;
    if (name === "fmt " && present >= Math.max(16, length)) {
      format = readFormat(view, start, length) ??
        fail("PCM of 8, 16, 24 or 32 bits or float of 32 or 64", describeFormat(view, start));
    } else if (name === "data") {
      if (format === undefined) return fail("a format chunk before the data", "none");
      const frameBytes = format.channels * format.bits / 8;
      if (length > present) fail(`${length} bytes of samples`, `${present}: the file is cut off`);
      if (length < frameBytes) fail("at least one sample", "none");
      if (length % frameBytes > 0) fail(`frames of ${frameBytes} bytes`, `${length} bytes`);
      assertDuration({ ...format, samples: length / frameBytes }, options);
      const samples = mixDown(new DataView(view.buffer, view.byteOffset + start, length), format);
      const bad = format.encoding === "float" ? samples.findIndex((x) => !Number.isFinite(x)) : -1;
      if (bad >= 0) fail("finite samples", `${samples[bad]} at sample ${bad}`);
      return { samples, sampleRateHz: format.sampleRateHz };
    }
    at = start + length + length % 2; // Chunks begin at even offsets.
  }
  return fail("a chunk of samples", "none: the file is cut off");
}

function readFormat(view: DataView, at: number, length: number): Format | undefined {
  const extensible = view.getUint16(at, true) === 0xfffe && length >= 26;
  const tag = view.getUint16(extensible ? at + 24 : at, true);
  const format: Format = {
    encoding: tag === 3 ? "float" : "integer",
    channels: view.getUint16(at + 2, true),
    sampleRateHz: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
  const known = tag === 1
    ? [8, 16, 24, 32].includes(format.bits)
    : tag === 3 && [32, 64].includes(format.bits);
  return known && format.channels > 0 && format.sampleRateHz > 0 ? format : undefined;
}

function describeFormat(view: DataView, at: number): string {
  const [tag, channels] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
  const [rate, bits] = [view.getUint32(at + 4, true), view.getUint16(at + 14, true)];
  return `format ${tag} of ${bits} bits, ${channels} channels, ${rate} Hz`;
}

function mixDown(data: DataView, { encoding, channels, bits }: Format): Float32Array {
  const read = sampleReader(data, `${encoding} ${bits}`);
  const samples = new Float32Array(data.byteLength / (channels * bits / 8));
  for (let i = 0; i < samples.length; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += read(i * channels + c);
    samples[i] = sum / channels;
  }
  return samples;
}

function sampleReader(data: DataView, kind: string): (index: number) => number {
  switch (kind) {
    case "integer 8":
      return (i) => (data.getUint8(i) - 128) / 128;
    case "integer 16":
      return (i) => data.getInt16(2 * i, true) / 2 ** 15;
    case "integer 24":
      return (i) => (data.getInt8(3 * i + 2) * 2 ** 16 + data.getUint16(3 * i, true)) / 2 ** 23;
    case "integer 32":
      return (i) => data.getInt32(4 * i, true) / 2 ** 31;
    case "float 32":
      return (i) => data.getFloat32(4 * i, true);
    default:
      return (i) => data.getFloat64(8 * i, true);
  }
}
