import { equal, rejects } from "node:assert/strict";
import { readTranscript } from "../../lib/datasets/transcript.ts";
import { withFolder } from "./temporary_folder.ts";

/** What is read beside `talk.mp4`. */
const readBeside = (files: Readonly<Record<string, string | Uint8Array>>) =>
  withFolder(files, (folder) => readTranscript(`${folder}/talk.mp4`));

const utf16 = Uint8Array.from([
  0xff,
  0xfe,
  ...new Uint8Array(Uint16Array.from("só".split("").map((c) => c.charCodeAt(0))).buffer),
]);

Deno.test("readTranscript() reads a transcript as it is, on one line", async () => {
  equal(
    await readBeside({ "talk.txt": "\ufeffWhat a day,\r\n\r\n  at last \n" }),
    "What a day, at last",
  );
  equal(await readBeside({ "talk.TXT": utf16 }), "só");
  equal(await readBeside({ "other.txt": "no", "talk.mp4": "" }), undefined);
  equal(await readBeside({ "talk.txt": " \n", "talk.srt": "" }), undefined);
});

Deno.test("readTranscript() reads the words of subtitles alone", async () => {
  const srt = "1\r\n00:00:00,000 --> 00:00:01,000\r\n<i>What</i> a {\\an8}day\r\n\r\n" +
    "2\r\n00:00:01,000 --> 00:00:02,000 X1:40\r\n7 of\r\nus\r\n";
  equal(await readBeside({ "talk.srt": srt }), "What a day 7 of us");
  const vtt = "WEBVTT - a title\n\nNOTE by me\nand on\n\nSTYLE\n::cue { color: red }\n\nfirst\n" +
    "00:01.000 --> 00:02.000 align:start\n<v Ann>So &amp; so&nbsp;</v>\n\n" +
    // What stays on the screen is said once.
    "00:02.000 --> 00:03.000\nSo &amp; so\nat <00:02.500>last\n";
  equal(await readBeside({ "talk.vtt": vtt }), "So & so at last");
  const ass = "[Script Info]\nTitle: x\n\n[Events]\nFormat: Layer, Start, End, Style, Text\n" +
    "Comment: 0,0,1,Default,not said\nDialogue: 0,0,1,Default,{\\i1}Well{\\i0}, then,\\Nat last\n";
  equal(await readBeside({ "talk.ass": ass }), "Well, then, at last");
  equal(await readBeside({ "talk.srt": srt, "talk.txt": "mine" }), "mine");
});

Deno.test("readTranscript() refuses what is no transcript", async () => {
  await rejects(
    readBeside({ "talk.txt": "a".repeat(2 ** 20 + 1) }),
    /1048576 characters or fewer of a/,
  );
  await rejects(
    readBeside({ "talk.srt": Uint8Array.of(0xff, 0x41) }),
    /talk.srt", line 1: expected UTF-8/,
  );
});
