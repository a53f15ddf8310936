import { deepEqual, rejects } from "node:assert/strict";
import { readEmotionTalk } from "../../../lib/datasets/people/emotion_talk.ts";
import { withFolder } from "../temporary_folder.ts";
import { emotionTalkTables } from "./tables.ts";

const tables = emotionTalkTables([
  ["G00009/G00009_42/G00009_42_14/G00009_42_14_024", "neutral", "angry", "disgusted", "sad"],
  ["G00012/G00012_01/a", "fearful", "fearful", "surprised", "happy"],
  ["G00003/G00003_01/b", "angry", "angry", "angry", "angry"],
]);
const hot = (place: number) => [0, 1, 2, 3, 4, 5, 6].map((k) => Number(k === place));

Deno.test("readEmotionTalk() joins what was said of text, voice, face and all by the utterance", async () => {
  const set = await withFolder(tables, readEmotionTalk);
  deepEqual(set.emotions, ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]);
  deepEqual(set.samples.map(({ votes, ...rest }) => ({ ...rest, said: votes })), [
    {
      id: "G00009/G00009_42/G00009_42_14/G00009_42_14_024",
      group: "G00009",
      part: "train",
      said: { text: hot(4), audio: hot(0), image: hot(1), all: hot(5) },
    },
    {
      id: "G00012/G00012_01/a",
      group: "G00012",
      part: "validation",
      said: { text: hot(2), audio: hot(2), image: hot(6), all: hot(3) },
    },
    {
      id: "G00003/G00003_01/b",
      group: "G00003",
      part: "test",
      said: { text: hot(0), audio: hot(0), image: hot(0), all: hot(0) },
    },
  ]);
  deepEqual(set.leftOut, {});
});

Deno.test("readEmotionTalk() counts utterances that a table lacks or has an unknown emotion for", async () => {
  const lacking = {
    ...tables,
    "audio.csv": tables["audio.csv"]!.split("\n").slice(0, 3).join("\n"),
    "video.csv": tables["video.csv"]!.replace("surprised", "mixed"),
  };
  const set = await withFolder(lacking, readEmotionTalk);
  deepEqual(set.samples.map(({ group }) => group), ["G00009"]);
  deepEqual(set.leftOut, { "another emotion in video.csv": 1, "not in audio.csv": 1 });
});

Deno.test("readEmotionTalk() refuses other tables by file and line", async () => {
  const refuses = (files: Record<string, string>, message: RegExp) =>
    withFolder(
      { ...tables, ...files },
      (folder) => rejects(readEmotionTalk(folder), { name: "RangeError", message }),
    );
  await refuses(
    { "mm.csv": "file,emotion\nG00009/a.mp4,sad" },
    /mm\.csv", line 1: expected a header with "file_name", "emotion", got "file", "emotion"$/,
  );
  await refuses(
    { "audio.csv": "file_name,emotion\nclip7.wav,sad" },
    /audio\.csv", line 2: expected an utterance such as G00009\/.*, got "clip7\.wav"$/,
  );
  await refuses(
    { "audio.csv": "file_name,emotion\nG00009/a.wav,sad\nG00009/a.wav,sad" },
    /audio\.csv", line 3: expected "G00009\/a" once, got it again$/,
  );
  await refuses(
    { "audio.csv": "file_name,emotion\nG00001/a.wav,sad" },
    /expected utterances in all tables, got none$/,
  );
});
