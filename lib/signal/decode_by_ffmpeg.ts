/** Reads a sound file of another format, by an ffmpeg that is installed. @module */

import { decodeWav } from "./decode_wav.ts";
import { runFfmpeg } from "./ffmpeg.ts";
import { type DecodeOptions, defaultMaxSeconds, unreadable, type Waveform } from "./waveform.ts";

/**
 * The samples of the first stream of sound, its channels averaged, at the rate of the file. ffmpeg
 * decodes to float; the mean is ours, so that a file gives the same as its conversion to WAV.
 *
 * @throws {RangeError} There is no ffmpeg, it can't read the bytes, or finds no sound in them, or
 * more than `maxSeconds`.
 */
export async function decodeByFfmpeg(
  bytes: Uint8Array,
  { path, format, maxSeconds = defaultMaxSeconds }: DecodeOptions & { readonly format: string },
): Promise<Waveform> {
  assertWhole(bytes, path);
  // Where the index may be at the end, what has come from the pipe is kept.
  const from = format === "MPEG-4" ? "cache:pipe:0" : "pipe:0";
  const { bytes: wav, messages } = await runFfmpeg([
    ...["-loglevel", "warning", "-xerror", "-protocol_whitelist", "pipe,cache", "-i", from],
    ...["-map", "0:a:0", "-t", `${maxSeconds + 1}`, "-c:a", "pcm_f32le", "-f", "wav", "pipe:1"],
  ], { path, format, input: bytes });
  if (/ended prematurely|partial file/.test(messages)) throw cutOff(path);
  const wave = decodeWav(wav, { path, maxSeconds: Infinity });
  if (wave.samples.length <= maxSeconds * wave.sampleRateHz) return wave;
  throw unreadable(path, `${maxSeconds} s of sound or less`, "more");
}

// Of formats without frames ffmpeg takes what there is.
function assertWhole(bytes: Uint8Array, path: string): void {
  if (bytes.length < 12) throw cutOff(path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = String.fromCharCode(...bytes.subarray(0, 4));
  if (name === "FORM" && isMissing(8 + view.getUint32(4), bytes)) throw cutOff(path);
  if (name === ".snd" && isMissing(view.getUint32(4) + view.getUint32(8), bytes)) {
    throw cutOff(path);
  }
}

// A size of 2 GB or more was left open.
function isMissing(size: number, { length }: Uint8Array): boolean {
  return size > length && size < 0x7fff0000;
}

function cutOff(path: string): RangeError {
  return unreadable(path, "a whole file", "one that is cut off");
}
