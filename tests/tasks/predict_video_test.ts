import { deepEqual, equal, match } from "node:assert/strict";
import { main } from "../../tasks/predict.ts";
import { captured } from "./captured.ts";
import { withTinyFolder, writeText } from "../inference/tiny_folder.ts";
import { ffmpegTest } from "../some_ffmpeg.ts";

const run = (...args: string[]) => captured(main, args);
const talk = new URL("../fixtures/video/talk.mp4", import.meta.url);

ffmpegTest(
  "the predict task judges a video by sound, face and subtitles, alone and in a table",
  () =>
    withTinyFolder(async ({ root }) => {
      const place = ["--model", `${root}/model`, "--cache", `${root}/cache`, "--json"];
      await Deno.copyFile(talk, `${root}/talk.mp4`);
      const ask = async (...args: string[]) => {
        const { code, out, err } = await run(...place, ...args);
        equal(code, 0, err);
        return out.split("\n").map((line) => JSON.parse(line));
      };
      const video = ["--video", `${root}/talk.mp4`];
      deepEqual(Object.keys((await ask(...video))[0].heads), ["image", "audio"]);
      await writeText(root, "talk.srt", "1\n00:00:00,000 --> 00:00:01,000\ngood film\n");
      const [whole] = await ask(...video);
      deepEqual(Object.keys(whole.heads), ["text", "image", "audio"]);
      // What is given by itself counts before what is in the video.
      deepEqual((await ask(...video, "--text", "good film"))[0], whole);
      const [said] = await ask(...video, "--text", "bad, bad film");
      equal(said.probability === whole.probability, false);
      const csv = await writeText(root, "many.csv", "video,text\ntalk.mp4,\ntalk.mp4,bad\n");
      const rows = await ask("--csv", csv);
      deepEqual(rows.map(({ heads }) => Object.keys(heads).length), [3, 3]);
      await Deno.writeTextFile(`${root}/none.mp4`, "no video");
      const { code, out, err } = await run(...place, "--video", `${root}/none.mp4`);
      deepEqual([code, out], [1, ""]);
      match(
        err,
        /^RangeError: Cannot read ".+none.mp4": expected a video file \(MP4, .+, got other bytes$/,
      );
    }),
);
