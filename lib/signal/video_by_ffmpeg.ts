/** What ffmpeg takes out of a video file: its sound, and frames of its picture. @module */

import { kindOf } from "../files.ts";
import { decodeWav } from "./decode_wav.ts";
import { runFfmpeg } from "./ffmpeg.ts";
import { otherFormat } from "./other_formats.ts";
import { defaultMaxSeconds, unreadable, type Waveform } from "./waveform.ts";

/** Endings of video files, in lower case. */
export const videoEndings: readonly string[] = [
  ...[".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".wmv", ".flv", ".mpg", ".mpeg", ".ogv"],
  ".3gp",
];

/** What is in a video file. */
export interface VideoStreams {
  /** Of the whole, to the nearest hundredth. */
  readonly seconds: number;
  readonly hasSound: boolean;
  readonly hasPicture: boolean;
  /** For errors: `MPEG-4`. */
  readonly format: string;
}

/** Which file, and how long it may be. */
export interface VideoOptions {
  /** Of the file. */
  readonly path: string;
  /** Longer ones are refused; 600 by default. */
  readonly maxSeconds?: number;
}

/**
 * Goes through a video file without decoding it.
 *
 * @throws {RangeError} It is no video file, lasts longer than `maxSeconds`, or there is no ffmpeg.
 */
export async function videoStreams(
  { path, maxSeconds = defaultMaxSeconds }: VideoOptions,
): Promise<VideoStreams> {
  const format = await formatOf(path);
  const { bytes, messages } = await runFfmpeg([
    ...["-loglevel", "info", "-progress", "pipe:1", ...inputOf(path)],
    ...["-map", "0:V:0?", "-map", "0:a:0?", "-t", `${maxSeconds + 1}`, "-c", "copy"],
    ...["-f", "null", "-"],
  ], { path, format, mayFail: true });
  const input = messages.slice(messages.indexOf("Input #0"), messages.indexOf("Output #0"));
  const kinds = [...input.matchAll(/Stream #0:\d+.*?: (Video|Audio): (.*)/g)]
    // The cover of a record is no video.
    .filter(([line]) => !line.includes("(attached pic)")).map(([, kind]) => kind);
  if (!messages.includes("Output #0") || kinds.length === 0) {
    throw unreadable(path, "a video file with sound or a picture", "none that ffmpeg reads");
  }
  const times = [...new TextDecoder().decode(bytes).matchAll(/^out_time_us=(\d+)$/gm)];
  const seconds = Math.max(0, ...times.map(([, microseconds]) => Number(microseconds) / 1e6));
  if (seconds > maxSeconds) throw unreadable(path, `${maxSeconds} s of video or less`, "more");
  return {
    seconds,
    hasSound: kinds.includes("Audio"),
    hasPicture: kinds.includes("Video"),
    format,
  };
}

/** The first stream of sound, its channels averaged, at its own rate. */
export async function soundOfVideo(path: string, { format }: VideoStreams): Promise<Waveform> {
  const { bytes } = await runFfmpeg([
    ...["-loglevel", "error", ...inputOf(path), "-map", "0:a:0"],
    ...["-c:a", "pcm_f32le", "-f", "wav", "pipe:1"],
  ], { path, format });
  return decodeWav(bytes, { path, maxSeconds: Infinity });
}

// Larger frames would say no more of a face, and take long to write.
const longestSide = 1280;

/**
 * Frames as PNG files, upright and in square pixels: the middles of `count` equal parts of the video.
 * One without any frame there has fewer, or its first frame alone.
 */
export async function framesOfVideo(
  path: string,
  streams: VideoStreams,
  { count }: { readonly count: number },
): Promise<Uint8Array[]> {
  const places = Array.from({ length: count }, (_, i) => (i + 0.5) / count * streams.seconds);
  const frames = await framesAt(places, path, streams);
  return frames.length > 0 ? frames : await framesAt([0], path, streams);
}

// Each from a place of its own, so that what lies between is not decoded; in one run, since a run
// takes longer to begin than a frame to be read.
async function framesAt(
  places: readonly number[],
  path: string,
  { format }: VideoStreams,
): Promise<Uint8Array[]> {
  const count = places.length;
  const scale =
    `scale=w=iw*sar:h=ih,setsar=1,scale=w='min(${longestSide},iw)':h='min(${longestSide},ih)'` +
    ":force_original_aspect_ratio=decrease";
  const { bytes } = await runFfmpeg([
    ...["-loglevel", "error"],
    ...places.flatMap((place) => ["-ss", place.toFixed(3), ...inputOf(path)]),
    "-filter_complex",
    [
      ...places.map((_, i) => `[${i}:V:0]trim=end_frame=1,setpts=PTS-STARTPTS,${scale}[f${i}]`),
      `${places.map((_, i) => `[f${i}]`).join("")}concat=n=${count},setpts=N/25/TB[all]`,
    ].join(";"),
    // A frame that lasts long would be written again and again.
    ...["-map", "[all]", "-r", "25", "-frames:v", `${count}`, "-c:v", "png", "-f", "image2pipe"],
    "pipe:1",
  ], { path, format });
  return pngFiles(bytes);
}

/** PNG files one after the other: each is a signature of 8 bytes and chunks, the last of them empty. */
function pngFiles(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const files: Uint8Array[] = [];
  for (let begin = 0, at = 8; at + 12 <= bytes.length;) {
    const isLast = view.getUint32(at + 4) === 0x49454e44; // "IEND"
    at += 12 + view.getUint32(at); // A length, a name, the content, a checksum.
    if (!isLast) continue;
    files.push(bytes.slice(begin, at));
    begin = at;
    at += 8;
  }
  return files;
}

/** A path that is taken for nothing but a file, and opens no others. */
function inputOf(path: string): string[] {
  return ["-protocol_whitelist", "file", "-i", `file:${path}`];
}

async function formatOf(path: string): Promise<string> {
  if (await kindOf(path) !== "file") throw unreadable(path, "a video file", "no file");
  using file = await Deno.open(path);
  const head = new Uint8Array(64);
  const length = await file.read(head) ?? 0;
  const format = otherFormat(head.subarray(0, length));
  if (format !== undefined) return format;
  const got = length === 0 ? "an empty file" : "other bytes";
  throw unreadable(path, "a video file (MP4, MOV, WebM, MKV, AVI or other)", got);
}
