/** Reads a WAV file: PCM of 8 to 32 bits, float, A-law, mu-law or ADPCM, into one channel. @module */

import { decodeAdpcm } from "./adpcm.ts";
import { type WavFormat, wavSamples } from "./wav_chunks.ts";
import { type DecodeOptions, mixChannels, unreadable, type Waveform } from "./waveform.ts";

/**
 * The samples of a RIFF/WAVE file, its channels averaged:
 *
 *     x = q / 2^(bits - 1),   for 8 bits x = (q - 128) / 128
 *
 * as libsndfile scales them, so that `encodeWav` is undone exactly. (Readers
 * on the registry divide positive samples by 2^(bits - 1) - 1, and return what
 * there is of a file that was cut off; hence our own.) A-law and mu-law are
 * expanded to 16 bits (ITU-T G.711), and so is ADPCM (see {@linkcode decodeAdpcm}).
 *
 * Reads PCM of 8, 16, 24 and 32 bits, float of 32 and 64 bits, A-law, mu-law, IMA and
 * Microsoft ADPCM, with a plain or an extensible header, in RIFF, RF64 or BW64. Where the
 * writer left the size of the samples open, as into a pipe, they reach to the end of the file.
 *
 * @throws {RangeError} The bytes are no WAV file, are cut off, hold no sample or one that is not
 * finite, are in another format, last longer than `maxSeconds`, or state a sample rate or a number
 * of channels that no sound has.
 */
export function decodeWav(bytes: Uint8Array, options: DecodeOptions): Waveform {
  const { format, data, count } = wavSamples(bytes, options);
  const { blocks } = format;
  if (blocks !== undefined) {
    const channels = decodeAdpcm(data, { ...format, ...blocks, path: options.path });
    const heard = channels.map((channel) => channel.subarray(0, count));
    return { samples: mixChannels(heard, 2 ** -15), sampleRateHz: format.sampleRateHz };
  }
  const samples = mixDown(data, format);
  const bad = format.encoding === "float" ? samples.findIndex((x) => !Number.isFinite(x)) : -1;
  if (bad >= 0) {
    throw unreadable(options.path, "finite samples", `${samples[bad]} at sample ${bad}`);
  }
  return { samples, sampleRateHz: format.sampleRateHz };
}

function mixDown(data: DataView, { encoding, channels, bits }: WavFormat): Float32Array {
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
    case "float 64":
      return (i) => data.getFloat64(8 * i, true);
    case "A-law 8":
      return (i) => aLaw[data.getUint8(i)]!;
    default:
      return (i) => muLaw[data.getUint8(i)]!;
  }
}

// A sign, a segment of 3 bits and a step of 4 in it. A-law inverts every other bit and
// sets the sign of positive samples; mu-law inverts all bits, so there it is cleared.
const aLaw = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = code ^ 0x55;
  const [segment, step] = [bits >> 4 & 7, bits & 15];
  const size = segment === 0 ? 16 * step + 8 : (16 * step + 264) * 2 ** (segment - 1);
  return (bits & 0x80 ? size : -size) / 2 ** 15;
});

const muLaw = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = ~code;
  const size = (8 * (bits & 15) + 132) * 2 ** (bits >> 4 & 7) - 132;
  return (bits & 0x80 ? -size : size) / 2 ** 15;
});
