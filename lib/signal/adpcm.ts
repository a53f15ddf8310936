/** Adaptive differential PCM in WAV files: 4 bits a sample, by IMA and by Microsoft. @module */

import { unreadable } from "./waveform.ts";

/** How the blocks of a file are made. */
export interface AdpcmBlocks {
  /** Of a whole block, all channels. */
  readonly bytes: number;
  /** Of one channel in a whole block. */
  readonly samples: number;
  /** Of Microsoft's: pairs by which the last two samples predict the next, in 256ths. */
  readonly predictors: readonly (readonly [last: number, beforeLast: number])[];
}

/** What has to be known of the format. */
interface AdpcmFormat {
  readonly encoding: string;
  readonly channels: number;
}

// Of a channel in a block: a sample and its step; or a predictor, a step, and two samples.
const headBytes = { "IMA ADPCM": 4, "Microsoft ADPCM": 7 } as const;

/** How the chunk of the format describes the blocks; undefined if there can be none such. */
export function readBlocks(
  header: DataView,
  { encoding, channels }: { readonly encoding: keyof typeof headBytes; readonly channels: number },
): AdpcmBlocks | undefined {
  const bytes = header.getUint16(12, true);
  const body = bytes - channels * headBytes[encoding];
  const isIma = encoding === "IMA ADPCM";
  // Groups of four bytes a channel; a byte holds two samples of one, or one of each of two.
  if (body < 0 || body % (isIma ? 4 * channels : 1) > 0 || (!isIma && channels > 2)) {
    return undefined;
  }
  const samples = (isIma ? 1 : 2) + Math.floor(2 * body / channels);
  if (isIma) return { bytes, samples, predictors: [] };
  const count = header.byteLength >= 22 ? header.getUint16(20, true) : 0;
  if (count === 0 || header.byteLength < 22 + 4 * count) return undefined;
  const predictors = Array.from({ length: count }, (_, i) => {
    const at = 22 + 4 * i;
    return [header.getInt16(at, true), header.getInt16(at + 2, true)] as const;
  });
  return { bytes, samples, predictors };
}

/** Samples of one channel in so many bytes; the last block may be a part of one. */
export function adpcmCount(
  length: number,
  { bytes, samples, channels, predictors }: AdpcmBlocks & { readonly channels: number },
): number {
  const isIma = predictors.length === 0;
  const whole = Math.floor(length / bytes);
  const body = length % bytes - channels * (isIma ? 4 : 7);
  const groups = isIma ? 8 * Math.floor(body / (4 * channels)) : Math.floor(2 * body / channels);
  return whole * samples + (body < 0 ? 0 : (isIma ? 1 : 2) + groups);
}

/**
 * The samples of each channel, of 16 bits. In a block a sample is a prediction and a step's
 * multiple, 4 bits of which are written; how large it is decides the next step:
 *
 *     IMA         x[t] = x[t − 1] ± (s/8 + b₂ s + b₁ s/2 + b₀ s/4),   s = table[i],  i += change[b]
 *     Microsoft   x[t] = (c₁ x[t − 1] + c₂ x[t − 2]) / 256 + n s,     s = s · adaption[n] / 256
 *
 * with integers throughout (*IMA Digital Audio Focus and Technical Working Groups, Recommended
 * Practices*, 1992; Microsoft's *Multimedia Data Standards Update*, 1994).
 *
 * @throws {RangeError} A block begins with a step or a predictor that is not there.
 */
export function decodeAdpcm(
  data: DataView,
  format: AdpcmFormat & AdpcmBlocks & { readonly path: string },
): Int16Array[] {
  const { encoding, channels, bytes, path } = format;
  const count = adpcmCount(data.byteLength, format);
  const out = Array.from({ length: channels }, () => new Int16Array(count));
  const decodeBlock = encoding === "IMA ADPCM" ? decodeIma : decodeMicrosoft;
  for (let at = 0, first = 0; first < count; at += bytes, first += format.samples) {
    const length = Math.min(bytes, data.byteLength - at);
    const block = new DataView(data.buffer, data.byteOffset + at, length);
    const part = out.map((channel) => channel.subarray(first, first + format.samples));
    if (!decodeBlock(block, part, format)) {
      throw unreadable(path, `blocks of ${encoding}`, `other bytes at byte ${at} of the samples`);
    }
  }
  return out;
}

const stepChanges = [-1, -1, -1, -1, 2, 4, 6, 8];

// Each a tenth more than the one before.
const steps = [
  ...[7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66],
  ...[73, 80, 88, 97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408],
  ...[449, 494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066],
  ...[2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630],
  ...[9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794],
  32767,
];

function decodeIma(block: DataView, out: readonly Int16Array[]): boolean {
  for (const [c, samples] of out.entries()) {
    let x = block.getInt16(4 * c, true);
    let place = block.getUint8(4 * c + 2);
    if (place >= steps.length) return false;
    samples[0] = x;
    for (let t = 1; t < samples.length; t++) {
      // Eight samples of a channel, then eight of the next; the lower half of a byte comes first.
      const group = 4 * out.length + 4 * (Math.floor((t - 1) / 8) * out.length + c);
      const code = block.getUint8(group + ((t - 1) % 8 >> 1)) >> 4 * ((t - 1) % 2) & 15;
      const step = steps[place]!;
      let change = step >> 3;
      if (code & 4) change += step;
      if (code & 2) change += step >> 1;
      if (code & 1) change += step >> 2;
      x = clamp(code & 8 ? x - change : x + change, -32768, 32767);
      place = clamp(place + stepChanges[code & 7]!, 0, steps.length - 1);
      samples[t] = x;
    }
  }
  return true;
}

// By the 4 bits as they are, of which the highest is the sign.
const adaption = [230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230];

function decodeMicrosoft(
  block: DataView,
  out: readonly Int16Array[],
  { predictors }: AdpcmBlocks,
): boolean {
  const channels = out.length;
  for (const [c, samples] of out.entries()) {
    const predictor = predictors[block.getUint8(c)];
    if (predictor === undefined) return false;
    let step = block.getInt16(channels + 2 * c, true);
    let last = block.getInt16(3 * channels + 2 * c, true);
    let beforeLast = block.getInt16(5 * channels + 2 * c, true);
    samples.set([beforeLast, last].slice(0, samples.length));
    for (let t = 2; t < samples.length; t++) {
      const place = (t - 2) * channels + c;
      const code = block.getUint8(7 * channels + (place >> 1)) >> (place % 2 === 0 ? 4 : 0) & 15;
      const predicted = Math.trunc((last * predictor[0] + beforeLast * predictor[1]) / 256);
      const x = clamp(predicted + (code < 8 ? code : code - 16) * step, -32768, 32767);
      step = Math.max(16, adaption[code]! * step >> 8);
      [beforeLast, last] = [last, x];
      samples[t] = x;
    }
  }
  return true;
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, x));
}
