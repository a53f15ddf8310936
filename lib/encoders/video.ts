/** From a video file to what encoders take: its sound, a face, and what is said. @module */

import { readTranscript } from "../datasets/transcript.ts";
import { neededNodeModule } from "../deps/node.ts";
import { sharp } from "../deps/sharp.ts";
import { createFolder, kindOf, sha256, sha256OfFile } from "../files.ts";
import { encodeWav } from "../signal/encode_wav.ts";
import { resample } from "../signal/resample.ts";
import {
  framesOfVideo,
  soundOfVideo,
  type VideoOptions,
  videoStreams,
} from "../signal/video_by_ffmpeg.ts";
import { decodeImage, type Pixels } from "./decode_image.ts";
import { type Clip, clipRateHz } from "./encoder.ts";
import { type Face, faceThreshold, loadFaceFinder } from "./face_detector.ts";

/** What a video file holds. */
export interface Video {
  /** Its sound at 16 kHz, where it has any. */
  readonly clip?: Clip;
  /** Five frames or fewer, from the middle of each fifth, in their order; none of sound alone. */
  readonly frames: readonly Pixels[];
  /** Of a transcript or subtitle file of its name. */
  readonly text?: string;
}

/** The parts of a video as files, and what is said in it. */
export interface VideoFiles {
  /** Of a transcript or subtitle file of its name. */
  readonly text?: string;
  /** A PNG file. */
  readonly image?: string;
  /** A WAV file. */
  readonly audio?: string;
}

// Whoever looks away or blinks in one of five moments does not in all.
const frameCount = 5;

// A face with hair and ears, as photographs of faces show it: so many widths of the detector's box.
const widerBy = 1.5;

/**
 * Opens a video file (MP4, MOV, WebM, MKV, AVI and what else ffmpeg reads) by an ffmpeg that is
 * installed.
 *
 * @throws {RangeError} It is no video file, lasts longer than `maxSeconds` (600 by default), or there
 * is no ffmpeg.
 */
export async function openVideo({ path, ...limits }: VideoOptions): Promise<Video> {
  const streams = await videoStreams({ path, ...limits });
  const frames: Pixels[] = [];
  if (streams.hasPicture) {
    for (const bytes of await framesOfVideo(path, streams, { count: frameCount })) {
      frames.push(await decodeImage({ path, bytes }));
    }
  }
  const text = await readTranscript(path);
  const clip = streams.hasSound ? await soundAt16kHz(path, streams) : undefined;
  return { frames, ...clip && { clip }, ...text !== undefined && { text } };
}

async function soundAt16kHz(
  path: string,
  streams: Awaited<ReturnType<typeof videoStreams>>,
): Promise<Clip> {
  const { samples, sampleRateHz } = await soundOfVideo(path, streams);
  return { path, samples: await resample(samples, { fromHz: sampleRateHz, toHz: clipRateHz }) };
}

// Part of the key: what is made otherwise goes elsewhere.
const recipe = { version: 1, frameCount, widerBy, faceThreshold, clipRateHz };

/**
 * The parts of a video as files in `cache/media`, in a folder by the content of the video: its sound as
 * WAV, and as PNG the face that the detector is surest of in any of its frames, cut out as a square,
 * or the whole middle frame where it sees none. They are made once.
 *
 * @throws {RangeError} As {@linkcode openVideo}; the file is longer than 4 GB.
 */
export async function videoFiles(
  path: string,
  { cache }: { readonly cache: string },
): Promise<VideoFiles> {
  const { join } = neededNodeModule("node:path");
  const key = sha256(await sha256OfFile(path, { maxBytes: 4e9 }) + JSON.stringify(recipe));
  const folder = join(cache, "media", key.slice(0, 32));
  if (await kindOf(folder) === "nothing") await createFolder(folder, await makeParts(path));
  const partAt = async (name: string) =>
    await kindOf(join(folder, name)) === "file" ? join(folder, name) : undefined;
  const [image, audio] = [await partAt("image.png"), await partAt("audio.wav")];
  const text = await readTranscript(path);
  return { ...text && { text }, ...image && { image }, ...audio && { audio } };
}

async function makeParts(path: string): Promise<[name: string, content: Uint8Array][]> {
  const { clip, frames } = await openVideo({ path });
  const picture = frames.length > 0 ? await chooseFace(frames) : undefined;
  return [
    ...clip ? [["audio.wav", encodeWav(clip.samples, { sampleRate: clipRateHz })] as const] : [],
    ...picture ? [["image.png", picture] as const] : [],
  ].map(([name, content]) => [name, content]);
}

/** The surest face of all frames as a PNG file, or the middle frame. */
async function chooseFace(frames: readonly Pixels[]): Promise<Uint8Array> {
  const finder = await loadFaceFinder();
  try {
    let best: { readonly frame: Pixels; readonly face: Face } | undefined;
    for (const frame of frames) {
      const face = await finder.find(frame);
      if (face.score >= Math.max(faceThreshold, best?.face.score ?? 0)) best = { frame, face };
    }
    const middle = frames[Math.floor(frames.length / 2)]!;
    return await pngOf(best?.frame ?? middle, best && squareAround(best.face, best.frame));
  } finally {
    await finder.dispose();
  }
}

/** A square about the face, as far as the frame has it. */
function squareAround({ box }: Face, { width, height }: Pixels) {
  const side = widerBy * Math.max(box.width, box.height);
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  const within = (middle: number, length: number) => {
    const from = Math.min(length - 1, Math.max(0, Math.round(middle - side / 2)));
    return [
      from,
      Math.max(1, Math.min(length - from, Math.round(middle + side / 2) - from)),
    ] as const;
  };
  const [left, w] = within(x, width);
  const [top, h] = within(y, height);
  return { left, top, width: w, height: h };
}

async function pngOf(
  { data, width, height }: Pixels,
  cut: { left: number; top: number; width: number; height: number } | undefined,
): Promise<Uint8Array> {
  const image = (await sharp())(new Uint8Array(data), { raw: { width, height, channels: 3 } });
  return new Uint8Array(await (cut ? image.extract(cut) : image).png().toBuffer());
}
