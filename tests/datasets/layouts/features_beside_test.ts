import { deepEqual, equal, rejects } from "node:assert/strict";
import { readPairedTable } from "../../../lib/datasets/table.ts";
import { withFolder } from "../temporary_folder.ts";
import { readSet } from "./read_set.ts";

const table = [
  "id,text,score,group,segment",
  "a_1,IT IS GOOD,2,a,1",
  "a_2,SO BAD,-1.5,a,2",
  "b_1,IT IS GOOD,1,b,1",
  "b_2,HM,-3,b,2",
].join("\n");
const numbers = "id,a0,a1\nb_1,5,6\na_1,1,-.5e1\na_2,NaN,inf\nc_9,1,1\na_3,0,0\nb_2,2,1e40\n";

Deno.test("numbers by id join the rows of the one table, and rows without lack the modality", async () => {
  const { rows, report } = await readSet({ "set.csv": table, "audio_2.csv": numbers });
  deepEqual(rows, [
    "text+audio a_1 2 2 a -",
    "text a_2 -1.5 -1.5 a -",
    "text+audio b_1 1 1 b -",
    "text+audio b_2 -3 -3 b -",
  ]);
  equal(report.layout, "set.csv with audio_2.csv");
  deepEqual(report.groups, { by: 'the column "group"', count: 2 });
  deepEqual(report.notes.slice(-5), [
    "audio is given: 2 numbers a row, by id, in audio_2.csv",
    "audio is missing from 1 of 4 rows, whose ids have no numbers",
    "audio: of 2 ids all numbers are 0, which count as none",
    "audio: no row has 1 of the ids in audio_2.csv",
    "audio: 2 infinite and 1 NaN values became 0",
  ]);
  await withFolder({ "set.csv": table, "audio_2.csv": numbers }, async (folder) => {
    const { corpora: { text, audio }, numbersFrom } = await readPairedTable(folder);
    deepEqual(audio.samples.map(({ numbers }) => [...numbers!]), [[1, -5], [5, 6], [2, 0]]);
    deepEqual(numbersFrom, { audio: `${folder}/audio_2.csv` });
    equal(text.samples.every(({ numbers }) => numbers === undefined), true);
  });
});

Deno.test("numbers of text stand for it, its words stay, and rows of nothing are left out", async () => {
  const { rows, sources: [text], report } = await readSet({
    "set.csv": table,
    "text_2.tsv": "id\tx\ty\na_1\t1\t2\nb_2\t3\t4\n",
    "face_1.csv": "id,x\na_1,7\na_2,8\n",
  });
  deepEqual(rows, [
    "text+image a_1 2 2 a -",
    "image a_2 -1.5 -1.5 a -",
    "text b_2 -3 -3 b -",
  ]);
  deepEqual(text, [{ text: "IT IS GOOD" }, { text: "HM" }]);
  deepEqual(report.leftOut, [{ reason: "nothing in it", rows: 1, places: [4] }]);
});

Deno.test("what can't be joined is refused by file and line", async () => {
  const cases: [Record<string, string>, RegExp][] = [
    [{ "audio_2.csv": "id,x\na_1,1\na_1,2\n" }, /audio_2.csv", line 3: expected an id of its own/],
    [{ "audio_2.csv": "id,x\na_1,1,2\n" }, /audio_2.csv", line 2: expected 2 fields, got 3/],
    [{ "audio_2.csv": "id,x\na_1,much\n" }, /line 2: expected a number as "x", got "much"/],
    [{ "audio_2.csv": "id,x\na_1,\n" }, /line 2: expected a number as "x", got ""/],
    [{ "audio_2.csv": "id,x\n,1\n" }, /line 2: expected an id, got none/],
    [{ "audio_2.csv": "id\na_1\n" }, /line 2: expected numbers beside the id, got none/],
    [
      { "face_1.csv": "id,x\na_1,1\n", "video_1.csv": "id,x\na_1,1\n" },
      /expected one table of numbers of image, got "face_1.csv" and "video_1.csv"/,
    ],
    [
      { "audio_2.csv": "id,x\na_1,1\n", "set.csv": "id,text,label\n,so,joy\n" },
      /set.csv", line 2: expected an id, which its numbers go by, got none/,
    ],
    [
      { "audio_2.csv": "id,x\na,1\n", "set.csv": "id,audio,label\na,a.wav,joy\n", "a.wav": "" },
      /set.csv", line 2: expected no file for audio where features of audio are given, got "a.wav"/,
    ],
  ];
  for (const [files, message] of cases) {
    await rejects(readSet({ "set.csv": table, ...files }), message);
  }
});
