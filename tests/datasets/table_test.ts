import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { speakerOf } from "../../lib/datasets/sample.ts";
import { readPairedTable, type TableOptions } from "../../lib/datasets/table.ts";
import { printTableReport } from "../../lib/datasets/table_report.ts";
import { sha256 } from "../../lib/files.ts";
import { parseSplit } from "../../lib/datasets/split_file.ts";
import { polarities } from "../../lib/target.ts";
import { picture } from "./pictures.ts";
import { withFolder } from "./temporary_folder.ts";

const [a, b] = [await picture(1), await picture(2)];

/** Files of two pictures (one of them twice) and two clips beside the table. */
function withTable<T>(
  lines: readonly string[],
  run: (path: string) => Promise<T>,
  name = "set.csv",
): Promise<T> {
  const media = { "a.png": a, "copy of a.png": a, "x/b.png": b, "x/1.wav": "1", "2.wav": "2" };
  return withFolder({ ...media, [name]: lines.join("\n") }, (folder) => run(`${folder}/${name}`));
}

const read = (lines: readonly string[], options?: TableOptions, name?: string) =>
  withTable(lines, (path) => readPairedTable(path, options), name);

Deno.test("a row is a message, a picture and a clip that belong together, or some of them", async () => {
  const lines = [
    "group,image,text,audio,label",
    'Ann,a.png,"what a day, at last",x/1.wav,Joy',
    "Bob,,so be it,,negative",
    "Cid,x\\b.png,,,positive",
  ];
  await withTable(lines, async (path) => {
    const { corpora: { text, image, audio }, pairs, report } = await readPairedTable(path);
    deepEqual(pairs, [{ text: 0, image: 0, audio: 0 }, { text: 1 }, { image: 1 }]);
    const folder = path.slice(0, path.lastIndexOf("/"));
    deepEqual(text.samples[0], {
      ...{ id: "set.csv:2", modality: "text", emotion: "joy", label: 1, group: "Ann" },
      ...{ source: { text: "what a day, at last" }, hash: sha256("what a day, at last") },
    });
    deepEqual(audio.samples, [{
      ...{ id: "set.csv:2", modality: "audio", emotion: "joy", label: 1, group: "Ann" },
      ...{ source: { path: `${folder}/x/1.wav` }, hash: sha256("1") },
    }]);
    deepEqual(image.samples.map(({ id, group, source }) => [id, group, source]), [
      ["set.csv:2", "Ann", { path: `${folder}/a.png` }],
      ["set.csv:4", "Cid", { path: `${folder}/x/b.png` }],
    ]);
    deepEqual(text.samples.map(({ label }) => label), [1, 0]);
    deepEqual([text.name, text.excluded], ["set.csv", {}]);
    deepEqual(text.notes, ["3 rows; of 3 used, 1 have all modalities"]);
    deepEqual(report.groups, { by: 'the column "group"', count: 3 });
    // An absolute path is the same file.
    const absolute = `image;label\n${folder}/a.png;1\n${folder}/x/b.png;0\n`;
    await Deno.writeTextFile(`${folder}/other.TSV`, absolute);
    deepEqual((await readPairedTable(`${folder}/other.TSV`)).report.modalities, {
      ...{ text: 0, image: 2, audio: 0 },
    });
  });
});

Deno.test("without a column of groups each row is one, but for rows of one picture or one message", async () => {
  const { corpora: { text }, report } = await read([
    "text,image,audio,label",
    "one,a.png,,joy",
    "two,copy of a.png,,anger",
    "three,x/b.png,x/1.wav,joy",
    "three,,2.wav,joy",
    "It's three!,,,joy",
    "it&#39;s three,,,joy",
    "it\u0092s THREE,,,joy",
  ]);
  // Lines 2 and 3 share a picture; 6, 7 and 8 are one message; 4 and 5 share words only.
  deepEqual(
    text.samples.map(({ group }) => group),
    ["row 2", "row 2", "row 4", "row 5", "row 6", "row 6", "row 6"],
  );
  deepEqual(report.groups, { by: null, count: 4 });
  match(report.notes[0]!, /^no column of groups \(group, speaker, .*two sides of a split$/);
});

Deno.test("a post that was copied is one group, whatever its picture, but a script or a word is not", async () => {
  const { corpora: { text } } = await read([
    "text,image,audio,label,group",
    "So good to see you!,a.png,,joy,u1",
    "so GOOD to see you http://t.co/1,x/b.png,,anger,u2",
    "so good to see you,,x/1.wav,joy,u3",
    "ha ha,a.png,,anger,u1",
    "ha ha,x/b.png,,joy,u4",
  ]);
  const groups = text.samples.map(({ group }) => group);
  deepEqual([groups[0] === groups[1], groups[0] === groups[2]], [true, false]);
  const { corpora } = await read([
    "text,image,audio,label,group",
    "ha ha,a.png,,joy,u1",
    "ha ha,x/b.png,,anger,u2",
  ]);
  deepEqual(corpora.text.samples.map(({ group }) => group), ["u1", "u2"]);
  // Of parts that are given, a copy in another is told of.
  const { report } = await read([
    "text,image,label,split",
    "So good to see you!,a.png,joy,train",
    "so good to see you,x/b.png,anger,test",
    "ha,a.png,joy,validation",
  ]);
  match(
    report.notes.join("\n"),
    /the given split leaks: text beside a picture in two parts, 1 times \(1 of train, 1 of test\)/,
  );
});

Deno.test("pictures that look alike are one group: compressed again, scaled, grey, cropped or in the mirror", async () => {
  const files = {
    "1.png": a,
    "1.jpg": await picture(1, (image) => image.jpeg({ quality: 75 })),
    "1m.webp": await picture(1, (image) => image.flop().webp({ quality: 92 })),
    "1s.png": await picture(1, (image) => image.resize(300, 300).greyscale()),
    "1c.jpg": await picture(
      1,
      (image) =>
        image.extract({ left: 5, top: 5, width: 86, height: 86 }).flop().jpeg({ quality: 75 }),
    ),
    "2.png": b,
    "t.csv":
      "image,label,speaker\n1.png,0,A\n1.jpg,1,B\n1m.webp,0,C\n2.png,1,D\n1s.png,1,E\n1c.jpg,0,F\n",
  };
  await withFolder(files, async (folder) => {
    const { corpora: { image }, report } = await readPairedTable(`${folder}/t.csv`);
    deepEqual(image.samples.map(({ group }) => group), ["A", "A", "A", "D", "A", "A"]);
    const [first, ...others] = image.samples.map(({ nearDuplicates }) => nearDuplicates);
    deepEqual([first, ...others], [
      ...[sha256(a), sha256(a), sha256(a), undefined, sha256(a), sha256(a)],
    ]);
    deepEqual(report.notes, ["5 rows have images that look alike: one group each"]);
  });
});

Deno.test("copies, conflicts and emotions without polarity are left out, with their lines", async () => {
  const { corpora: { text, audio }, pairs, report } = await read([
    "text,image,audio,label",
    "one,a.png,,joy",
    "one,copy of a.png,,joy",
    "two,x/b.png,,joy",
    "two,x/b.png,,anger",
    "one,x/b.png,,joy",
    "three,,,neutral",
  ]);
  deepEqual(text.samples.map(({ id }) => id), ["set.csv:2", "set.csv:6"]);
  equal(pairs.length, 2);
  deepEqual(text.excluded, { duplicate: 1, conflicting: 2, neutral: 1 });
  deepEqual(audio.samples, []);
  deepEqual(report.leftOut, [
    { reason: "duplicate", rows: 1, places: [3] },
    { reason: "conflicting", rows: 2, places: [4, 5] },
    { reason: "neutral", rows: 1, places: [7] },
  ]);
});

Deno.test("two classes have any of the usual names, and a map says what others count as", async () => {
  const polarities = async (labels: readonly string[], map?: Record<string, string>) => {
    const rows = labels.map((label, i) => `text ${i},${label}`);
    const options = map && { labels: map as TableOptions["labels"] };
    const { corpora: { text } } = await read(["text,label", ...rows], options);
    return text.samples.map(({ label, emotion }) => [label, emotion]);
  };
  deepEqual(await polarities(["POS", " neg "]), [[1, "positive"], [0, "negative"]]);
  deepEqual(await polarities(["1.0", '" 0"', "1"]), [
    ...[[1, "positive"], [0, "negative"], [1, "positive"]],
  ]);
  deepEqual(
    await polarities(["4", "3.0", "0"], { 4: "positive", 3: "excluded", "0.0": "negative" }),
    [
      ...[[1, "4"], [0, "0"]],
    ],
  );
  deepEqual(await polarities(["surprise", "glee"], { Surprise: "negative", glee: "positive" }), [
    ...[[0, "surprise"], [1, "glee"]],
  ]);
  await rejects(polarities(["0", "1", "2", "2"]), {
    name: "RangeError",
    message:
      /expected labels positive and negative, .* got also "2" \(2\), "0" \(1\), "1" \(1\); as numbers of emotions, --labels carer or tweet_eval or .*; --target score .*--labels FILE\.json.*\{"2":"positive"\}$/,
  });
  await rejects(polarities(["joy", ""]), /got also "" \(1\); .*\. The option labels/);
  await rejects(polarities(["a"], { a: "good" }), /the labels, a: expected one of "positive"/);
});

Deno.test("labels may be in a column of another usual name, which is said", async () => {
  const rows = ["a,-1.5,joy,p", "b,2.5,joy,q"];
  const score = await read(["text,Score,mood,speaker", ...rows]);
  deepEqual(score.target, { kind: "score", low: -3, high: 3 });
  deepEqual(score.report.notes, ['no column "label": the labels are those of the column "Score"']);
  deepEqual(score.report.unused, ["mood"]);
  const named = await read(["text,score,label,speaker", "a,-1.5,joy,p", "b,2.5,anger,q"]);
  deepEqual([named.target, named.report.unused], [polarities, ["score"]]);
  deepEqual(named.report.notes, []);
});

Deno.test("rows that share a file are one group, and their clips keep their speakers", async () => {
  const lines = ["image,audio,label,speaker", "a.png,x/1.wav,1,Ann", "copy of a.png,2.wav,0,Bob"];
  const { corpora: { audio } } = await read(lines);
  const [ann, bob] = audio.samples;
  equal(ann!.group, bob!.group);
  deepEqual(audio.samples.map(speakerOf), ["Ann", "Bob"]);
  const apart = await read(lines.with(2, "x/b.png,2.wav,0,Bob"));
  deepEqual(apart.corpora.audio.samples.map(({ speaker }) => speaker), [undefined, undefined]);
  deepEqual(apart.corpora.audio.samples.map(speakerOf), ["Ann", "Bob"]);
});

Deno.test("one group in two spellings is one, and a column that may be of groups is told of", async () => {
  const spelt = await read(["text,Speaker,label", "a,Ann,0", "b,ann ,1", "c,ANN,1", "d,Bob,0"]);
  deepEqual(spelt.corpora.text.samples.map(({ group }) => group), ["Ann", "Ann", "Ann", "Bob"]);
  deepEqual(spelt.report.notes, [
    'groups whose names differ in case alone are one, such as "Ann" and "ann"',
  ]);
  const { report: { groups, unused, notes } } = await read([
    ...["text,speaker_id,length,label", "a,1,1,0", "b,1,1,1"],
  ]);
  deepEqual([groups.count, unused], [2, ["speaker_id", "length"]]);
  match(notes.join(), /"speaker_id" may say whose rows are: called "group", a column keeps/);
});

Deno.test("a column that nothing reads but that has parts is told of, unless there is a split", async () => {
  const lines = ["a,0,Train,train,x", "b,1,dev,train,test", "c,1,Test,,x"];
  const notes = async (header: string) => (await read([header, ...lines])).report.notes.join("\n");
  const said = await notes("text,label,mode,stage,group");
  match(said, /^"mode" has parts: called "split", they are used$/m);
  equal(said.includes("stage"), false);
  equal((await notes("text,label,split,stage,group")).includes("has parts"), false);
});

Deno.test("a column split is used as it is, and what its parts share is in the report", async () => {
  const { given, report } = await read([
    "text,label,split,speaker,id",
    "one,1,Train,A,a",
    "two,0,dev,B,b",
    "three,1,test,A,c",
  ]);
  deepEqual(given, ["train", "validation", "test"]);
  deepEqual(report.split, { train: 1, validation: 1, test: 1 });
  deepEqual(report.notes, [
    'the given split leaks: group in two parts, 1 times (1 of train, 1 of test): "A" (a in train, c in test)',
  ]);
});

Deno.test("copies stay where a split is given, and are told of by what they share", async () => {
  const files = {
    "1.png": a,
    "1.jpg": await picture(1, (image) => image.jpeg({ quality: 60 })),
    "2.png": b,
    "t.csv":
      "image,text,label,speaker,id\n1.png,,0,A,a\n1.png,,1,A,b\n1.jpg,x,1,B,c\n2.png,,0,C,d\n" +
      ",It's so,1,D,e\n,its SO!,1,E,f\n",
  };
  await withFolder(files, async (folder) => {
    const path = `${folder}/t.csv`;
    const file = parseSplit({ train: ["a", "d", "e"], test: ["b", "c", "f"] }, "s.json");
    const { pairs, corpora: { image }, given, report } = await readPairedTable(path, {
      split: { file },
    });
    equal(pairs.length, 6);
    deepEqual(report.leftOut, []);
    deepEqual(given, ["train", "test", "test", "train", "train", "test"]);
    deepEqual(image.samples.map(({ group }) => group), ["A", "A", "B", "C"]);
    deepEqual(report.notes.map((note) => note.replace(/".+"/, "…")), [
      "no validation part is there: one is drawn from the training part, by group",
      ...[
        "group in two parts, 1 times (1 of train, 1 of test): … (a in train, b in test)",
        "hash in two parts, 1 times (1 of train, 1 of test): … (a in train, b in test)",
        "near-duplicates in two parts, 1 times (1 of train, 2 of test): … (a in train, b in test)",
        "normalised text in two parts, 1 times (1 of train, 1 of test): … (e in train, f in test)",
      ].map((leak) => `the given split leaks: ${leak}`),
    ]);
    // Of folds, and without a row.
    const folds = parseSplit({ folds: [["A"], ["B", "C"], ["D"]] }, "s.json");
    const second = await readPairedTable(path, { split: { file: folds, fold: 2 } });
    deepEqual(second.given, ["train", "train", "test", "test", "train", undefined]);
    equal(second.report.notes[0], '1 row is in no part of "s.json": "f"');
    await rejects(
      readPairedTable(path, { split: { file: parseSplit({ train: ["a"], test: ["z"] }, "s") } }),
      /Cannot use the split "s": expected names of rows, got 1 that no row has as its id: "z"$/,
    );
  });
});

Deno.test("a column weight says what rows count in training", async () => {
  const { corpora: { text }, report } = await read([
    "text,label,Weight",
    ...["one,1,0.5", "two,0, 2", "three,1,0"],
  ]);
  deepEqual(text.samples.map(({ weight }) => weight), [0.5, 2, 0]);
  deepEqual(report.notes.slice(1), [
    "rows count from 0 to 2 in the training of networks, by the column weight; 1 of them not at all",
  ]);
  deepEqual(report.unused, []);
});

Deno.test("a report prints what was understood", async () => {
  const { report } = await read([
    "text,Label,Actor,mood,height",
    "one,1,Ann,x,1",
    "two,0,,x,1",
    "two,0,Bob,x,1",
  ]);
  const printed = printTableReport({ ...report, path: "set.csv" });
  equal(
    printed,
    [
      "set.csv: 3 rows, 2 used",
      "  modalities  2 text, no image, no audio",
      "  labels      1 1 (positive), 2 0 (negative)",
      '  groups      2 by the column "Actor"',
      '  unused      "mood", "height"',
      "  left out    1 duplicate, line 4",
      "  note        1 row has no group: each is its own",
    ].join("\n"),
  );
});

Deno.test("what is wrong is refused with file and line", async () => {
  const header = "text,image,audio,label";
  const cases: [string[], RegExp][] = [
    [["text,image", "a,"], /line 1: expected a header with "label" or .*, got "text", "image"$/],
    [
      ["mood,label", "a,joy"],
      /csv": expected a column "text", "image", "audio" or "video", got "mood", "label"$/,
    ],
    [
      [header, "a,,,glee"],
      /set\.csv": expected labels positive .* got also "glee" \(1\); --target classes learns every label as a class\. The option/,
    ],
    [
      [header, "a,,,joy", " ,,,joy"],
      /line 3: expected text, image, audio or some of them, got none$/,
    ],
    [[header, "a,c.png,,joy"], /line 2: expected a file for \w+, got none at ".*/],
    [[header, "a,x,,joy"], /line 2: expected a file for \w+, got none at ".*/],
    [
      [header, "a,2.wav,,joy"],
      /set\.csv", line 2: Cannot read ".*2\.wav": expected an image, got /,
    ],
    [[header, "a,,joy"], /line 2: expected 4 fields, got 3$/],
    [
      [header, "a,,,neutral"],
      /expected rows with a label that is learnt, got none; left out: "neutral" \(1\)$/,
    ],
    [[header], /expected rows with a label that is learnt, got none$/],
    [["text,label,split", "a,0,eval"], /line 2: expected a split of train, .*, got "eval"$/],
    [["text,label,split", "a,0,test", "b,0,"], /line 3: expected a split for all rows or none/],
    [["text,label,weight", "a,0,-1"], /line 2: expected a weight of 0 or more, got "-1"$/],
    [["text,label,weight", "a,0,x"], /line 2: expected a weight of 0 or more, got "x"$/],
    [["text,label,weight", "a,0,1", "b,0,"], /line 3: expected a weight for all rows or none/],
    [["text,label,id", "a,0,x", "b,0,x"], /line 3: expected an id of its own, got "x" of line 2$/],
  ];
  for (const [lines, wanted] of cases) {
    await withTable(lines, (path) => rejects(readPairedTable(path), wanted));
  }
  for (const [place, got] of [["x", "another folder"], ["none.csv", "nothing"]] as const) {
    await withTable([], (path) =>
      rejects(readPairedTable(path.replace("set.csv", place)), {
        name: "RangeError",
        message: new RegExp(`expected a table .* or a set in a layout .*, got ${got}$`),
      }));
  }
  const heic = "\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf";
  await withFolder(
    { "f.heic": heic, "t.csv": "image,label\nf.heic,1\n" },
    (folder) =>
      rejects(
        readPairedTable(`${folder}/t.csv`),
        /line 2: .*HEIC, which is not read: save it as JPEG/,
      ),
  );
});
