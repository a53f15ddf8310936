import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { decodeImage } from "../../lib/encoders/decode_image.ts";
import { openVideo, videoFiles } from "../../lib/encoders/video.ts";
import { decodeWav } from "../../lib/signal/mod.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { ffmpegTest } from "../some_ffmpeg.ts";

const bytesOf = (name: string) =>
  Deno.readFileSync(new URL(`../fixtures/video/${name}`, import.meta.url));
const [talk, srt, filmed] = ["talk.mp4", "talk.srt", "talk.webm"].map(bytesOf) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

ffmpegTest(
  "openVideo() gives sound at 16 kHz, upright frames, and the words of subtitles",
  () =>
    withFolder({ "-my talk (1).MP4": talk, "-my talk (1).srt": srt }, async (folder) => {
      const { clip, frames, text } = await openVideo({ path: `${folder}/-my talk (1).MP4` });
      equal(text, "Oh, what a day, at last!");
      ok(Math.abs(clip!.samples.length - 16_000) < 500);
      const rises = clip!.samples.filter((x, i) => i > 0 && x >= 0 && clip!.samples[i - 1]! < 0);
      ok(Math.abs(rises.length - 440) < 20);
      ok(frames.length >= 4);
      // Stored as 120 by 160 pixels that are wider than high, on their side.
      deepEqual(frames.map(({ width, height }) => [width, height]), frames.map(() => [120, 120]));
    }),
);

ffmpegTest(
  "videoFiles() cuts out the face and keeps the parts by the content of the video",
  () =>
    withFolder({ "a.mp4": talk, "other/b.mp4": talk, "a.srt": srt }, async (folder) => {
      const cache = `${folder}/cache`;
      const { text, image, audio } = await videoFiles(`${folder}/a.mp4`, { cache });
      equal(text, "Oh, what a day, at last!");
      const { width, height } = await decodeImage({
        path: image!,
        bytes: await Deno.readFile(image!),
      });
      ok(width < 140 && width > 50 && height < 140 && height > 50, `${width} ${height}`);
      equal(decodeWav(await Deno.readFile(audio!), { path: audio! }).sampleRateHz, 16_000);
      const made = (await Deno.stat(audio!)).mtime;
      // The same content elsewhere, which has no subtitles.
      deepEqual(await videoFiles(`${folder}/other/b.mp4`, { cache }), { image, audio });
      deepEqual((await Deno.stat(audio!)).mtime, made);
      equal([...Deno.readDirSync(`${cache}/media`)].length, 1);
    }),
);

ffmpegTest(
  "videoFiles() takes the middle frame where there is no face, and no sound where there is none",
  () =>
    withFolder({}, async (folder) => {
      const path = `${folder}/a.mkv`;
      const { success } = await new Deno.Command("ffmpeg", {
        args: [
          "-v",
          "error",
          "-f",
          "lavfi",
          "-i",
          "color=blue:s=64x48:d=0.2",
          "-c:v",
          "ffv1",
          path,
        ],
      }).output();
      ok(success);
      const { image, ...others } = await videoFiles(path, { cache: `${folder}/cache` });
      deepEqual(others, {});
      const picture = await decodeImage({ path, bytes: await Deno.readFile(image!) });
      deepEqual([picture.width, picture.height], [64, 48]);
      ok(picture.data[2]! > 200 && picture.data[0]! < 50);
    }),
);

ffmpegTest(
  "openVideo() reads what a browser records, whose header has no length",
  () =>
    withFolder({ "a.webm": filmed }, async (folder) => {
      const { clip, frames, text } = await openVideo({ path: `${folder}/a.webm` });
      deepEqual([clip, text, frames.length > 3], [undefined, undefined, true]);
    }),
);

ffmpegTest(
  "openVideo() refuses what is no video, too long, or cut off, and leaves nothing behind",
  () =>
    withFolder(
      { "a.mp4": "no video", "b.mp4": talk, "c.mp4": talk.subarray(0, 3000) },
      async (folder) => {
        const open = (name: string, maxSeconds = 600) =>
          openVideo({ path: `${folder}/${name}`, maxSeconds });
        await rejects(open("a.mp4"), /a.mp4": expected a video file \(MP4, .+\), got other bytes$/);
        await rejects(open("none.mp4"), /none.mp4": expected a video file, got no file$/);
        await rejects(open("b.mp4", 0.5), /b.mp4": expected 0.5 s of video or less, got more$/);
        const cache = `${folder}/cache`;
        await rejects(videoFiles(`${folder}/c.mp4`, { cache }), /c.mp4": expected .+, got /);
        await rejects(Deno.stat(`${cache}/media`), Deno.errors.NotFound);
      },
    ),
);
