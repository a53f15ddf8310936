import { deepEqual, equal, rejects } from "node:assert/strict";
import { readPairedCsv } from "../../lib/datasets/paired_csv.ts";
import { sha256 } from "../../lib/files.ts";
import { withFolder } from "./temporary_folder.ts";

/** Files of two pictures (one of them twice) and two clips beside `set.csv`. */
function withSet<T>(lines: readonly string[], run: (path: string) => Promise<T>): Promise<T> {
  const media = { "a.png": "A", "copy of a.png": "A", "b.png": "B", "x/1.wav": "1", "2.wav": "2" };
  return withFolder(
    { ...media, "set.csv": lines.join("\n") },
    (folder) => run(`${folder}/set.csv`),
  );
}

Deno.test("a row is a message, a picture and a clip that belong together, or some of them", async () => {
  const lines = [
    "group,image,text,audio,label",
    'Ann,a.png,"what a day, at last",x/1.wav,Joy',
    "Bob,,so be it,,negative",
    "Cid,b.png,,,positive",
  ];
  await withSet(lines, async (path) => {
    const { corpora: { text, image, audio }, pairs } = await readPairedCsv(path);
    deepEqual(pairs, [{ text: 0, image: 0, audio: 0 }, { text: 1 }, { image: 1 }]);
    const folder = path.slice(0, path.lastIndexOf("/"));
    deepEqual(text.samples[0], {
      ...{ id: "set.csv:2", modality: "text", emotion: "joy", polarity: 1, group: "Ann" },
      ...{ source: { text: "what a day, at last" }, hash: sha256("what a day, at last") },
    });
    deepEqual(audio.samples, [{
      ...{ id: "set.csv:2", modality: "audio", emotion: "joy", polarity: 1, group: "Ann" },
      ...{ source: { path: `${folder}/x/1.wav` }, hash: sha256("1") },
    }]);
    deepEqual(image.samples.map(({ id, group }) => [id, group]), [
      ["set.csv:2", "Ann"],
      ["set.csv:4", "Cid"],
    ]);
    deepEqual(text.samples.map(({ polarity }) => polarity), [1, 0]);
    deepEqual([text.name, text.excluded], ["set.csv", {}]);
    deepEqual(text.notes, ["3 rows; of 3 used, 1 have all modalities"]);
  });
});

Deno.test("without a column of groups each row is one, but for rows of one picture or one message", async () => {
  const lines = [
    "text,image,audio,label",
    "one,a.png,,joy",
    "two,copy of a.png,,anger",
    "three,b.png,x/1.wav,joy",
    "three,,2.wav,joy",
    "Three!,,,joy",
    "three,,,joy",
  ];
  await withSet(lines, async (path) => {
    const { corpora: { text } } = await readPairedCsv(path);
    const groups = text.samples.map(({ group }) => group);
    // Lines 2 and 3 share a picture; 6 and 7 are one message; 4 and 5 share words only.
    deepEqual(groups, ["row 2", "row 2", "row 4", "row 5", "row 6", "row 6"]);
  });
});

Deno.test("copies, conflicts and emotions without polarity are left out and counted", async () => {
  const lines = [
    "text,image,audio,label",
    "one,a.png,,joy",
    "one,copy of a.png,,joy",
    "two,b.png,,joy",
    "two,b.png,,anger",
    "one,b.png,,joy",
    "three,,,neutral",
  ];
  await withSet(lines, async (path) => {
    const { corpora: { text, audio }, pairs } = await readPairedCsv(path);
    deepEqual(text.samples.map(({ id }) => id), ["set.csv:2", "set.csv:6"]);
    equal(pairs.length, 2);
    deepEqual(text.excluded, { duplicate: 1, conflicting: 2, neutral: 1 });
    deepEqual(audio.samples, []);
  });
});

Deno.test("what is wrong is refused with file and line", async () => {
  const header = "text,image,audio,label";
  const cases: [string[], RegExp][] = [
    [["text,image,label", "a,,joy"], /line 1: expected a header with "text", "image", "audio"/],
    [[header, "a,,,glee"], /set\.csv", line 2: expected a label among joy, .*, got "glee"$/],
    [[header, "a,,,joy", " ,,,joy"], /line 3: expected a text, an image or a clip, got none$/],
    [[header, "a,c.png,,joy"], /line 2: expected a file for image, got none at ".*\/c\.png"$/],
    [[header, "a,,x,joy"], /line 2: expected a file for audio, got none at ".*\/x"$/],
    [[header, "a,,joy"], /line 2: expected 4 fields, got 3$/],
    [[header, "a,,,neutral"], /expected rows with a polarity, got none$/],
    [[header], /expected rows with a polarity, got none$/],
  ];
  for (const [lines, wanted] of cases) {
    await withSet(lines, (path) => rejects(readPairedCsv(path), wanted));
  }
});

Deno.test("the valence map decides what a label means", async () => {
  await withSet(["text,image,audio,label", "oh,,,surprise", "ah,,,glee"], async (path) => {
    const valence = { surprise: "negative", glee: "excluded" } as const;
    const { corpora: { text } } = await readPairedCsv(path, { valence });
    deepEqual(text.samples.map(({ polarity }) => polarity), [0]);
    deepEqual(text.excluded, { glee: 1 });
  });
});
