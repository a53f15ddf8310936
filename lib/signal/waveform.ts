/** What every reader of sound gives and takes: a waveform, a limit of duration, an error. @module */

/** Sound as numbers. */
export interface Waveform {
  /** One channel; integer formats lie in [-1, 1), float formats are taken as they are. */
  readonly samples: Float32Array;
  /** As the file states it, in Hz. */
  readonly sampleRateHz: number;
}

/** What a reader of sound has to know besides the bytes. */
export interface DecodeOptions {
  /** Names the file in errors. */
  readonly path: string;
  /** Longer sound is refused, before it is decoded if the file states its length; 600 by default. */
  readonly maxSeconds?: number;
}

/** Sound that is longer is refused by default. */
export const defaultMaxSeconds = 600;

/** The highest rate that converters of sound have, 16 times 48 kHz. */
export const maxSampleRateHz = 768_000;

// Ambisonics of the seventh order has as many.
const maxChannels = 64;

/** The error of every reader: what was wanted of the file, and what it has. */
export function unreadable(path: string, wanted: string, got: string): RangeError {
  return new RangeError(`Cannot read "${path}": expected ${wanted}, got ${got}`);
}

/**
 * @throws {RangeError} The rate or the number of channels is none that sound has, or `samples` at this
 * rate last longer than allowed.
 */
export function assertLimits(
  { samples, sampleRateHz, channels = 1 }: {
    readonly samples: number;
    readonly sampleRateHz: number;
    readonly channels?: number;
  },
  { path, maxSeconds = defaultMaxSeconds }: DecodeOptions,
): void {
  if (channels > maxChannels) {
    throw unreadable(path, `${maxChannels} channels or fewer`, `${channels}`);
  }
  if (sampleRateHz < 1 || sampleRateHz > maxSampleRateHz) {
    throw unreadable(path, `a sample rate of 1 to ${maxSampleRateHz} Hz`, `${sampleRateHz} Hz`);
  }
  const seconds = samples / sampleRateHz;
  if (seconds <= maxSeconds) return;
  throw unreadable(path, `${maxSeconds} s of sound or less`, `${Math.ceil(seconds)} s`);
}

/**
 * The mean of channels of like length.
 *
 * `scale` is multiplied in: 2^(1 - bits) brings integers to [-1, 1).
 */
export function mixChannels(channels: readonly ArrayLike<number>[], scale = 1): Float32Array {
  const mixed = new Float32Array(channels[0]!.length);
  const factor = scale / channels.length;
  for (let i = 0; i < mixed.length; i++) {
    let sum = 0;
    for (const channel of channels) sum += channel[i]!;
    mixed[i] = sum * factor;
  }
  return mixed;
}
