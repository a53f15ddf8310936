/** Writes a waveform as a WAV file: 16-bit PCM, one channel. @module */

const headerBytes = 44;

/**
 * The bytes of a RIFF/WAVE file that holds `samples` as 16-bit PCM, mono.
 *
 *     q = clamp(round(32768 x), −32768, 32767)
 *
 * Samples are in [−1, 1); louder ones are clipped. A reader that divides by
 * 32768 gets every multiple of 2⁻¹⁵ back exactly. `sampleRate` is in Hz.
 *
 * @throws {RangeError} If the sample rate is not a positive integer, or a sample is not finite.
 */
export function encodeWav(
  samples: Float32Array,
  { sampleRate }: { sampleRate: number },
): Uint8Array<ArrayBuffer> {
  if (!Number.isInteger(sampleRate) || sampleRate < 1) {
    throw new RangeError(
      `Cannot encode a WAV file: expected a sample rate in whole Hz from 1, got ${sampleRate}`,
    );
  }
  const dataBytes = 2 * samples.length;
  const view = new DataView(new ArrayBuffer(headerBytes + dataBytes));
  const ascii = (offset: number, text: string) => {
    for (let i = 0; i < text.length; i++) view.setUint8(offset + i, text.charCodeAt(i));
  };
  ascii(0, "RIFF");
  view.setUint32(4, headerBytes - 8 + dataBytes, true);
  ascii(8, "WAVEfmt ");
  view.setUint32(16, 16, true); // The length of the format chunk.
  view.setUint16(20, 1, true); // PCM.
  view.setUint16(22, 1, true); // Channels.
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, 2 * sampleRate, true); // Bytes a second.
  view.setUint16(32, 2, true); // Bytes a frame.
  view.setUint16(34, 16, true); // Bits a sample.
  ascii(36, "data");
  view.setUint32(40, dataBytes, true);
  // Deno's platforms are little-endian, as the format is. Written so, and with the rounding
  // spelt out, the loop takes a quarter of the time it takes through the view.
  const steps = new Int16Array(view.buffer, headerBytes);
  for (let i = 0; i < samples.length; i++) {
    const step = Math.floor(32768 * samples[i]! + 0.5);
    if (!Number.isFinite(step)) {
      throw new RangeError(
        `Cannot encode a WAV file: expected finite samples, got ${samples[i]} at sample ${i}`,
      );
    }
    steps[i] = step < -32768 ? -32768 : step > 32767 ? 32767 : step;
  }
  return new Uint8Array(view.buffer);
}
