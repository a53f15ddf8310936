import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { sharp } from "../../../lib/deps/sharp.ts";
import { picture } from "../pictures.ts";
import { readSet } from "./read_set.ts";

const pictures = await Promise.all(Array.from({ length: 24 }, (_, i) => picture(i)));

/** Pictures of these names, each unlike the others. */
function images(...names: string[]): Record<string, Uint8Array> {
  return Object.fromEntries(names.map((name, i) => [name, pictures[i]!]));
}

Deno.test("folders of emotions in train and test are FER2013's, with validation drawn from train", async () => {
  const names = ["train/angry", "train/happy", "test/angry", "test/happy"].flatMap((folder, f) =>
    Array.from({ length: f < 2 ? 8 : 2 }, (_, i) => `${folder}/im${f}${i}.png`)
  );
  const { rows, report } = await readSet({
    ...images(...names, "test/neutral/n.png", "cover.png"),
    "train/notes.txt": "",
    "test/x.wav": "",
  });
  equal(report.layout, "folders of emotions");
  equal(rows[0], "image test/angry/im20.png angry 0 row test/angry/im20.png test");
  const { train, validation, test } = report.split!;
  deepEqual([train, validation, test], [16, 0, 4]);
  deepEqual(report.leftOut, [
    { reason: "neutral", rows: 1, places: ["test/neutral/n.png"] },
    { reason: "an image without a label", rows: 1, places: ["cover.png"] },
    { reason: "not an image", rows: 1, places: ["test/x.wav"] },
  ]);
  deepEqual(
    report.notes.at(-1),
    "no validation part is there: one is drawn from the training part, by group",
  );
});

Deno.test("FER2013's names say the part where no folder does", async () => {
  const { rows } = await readSet(images(
    ...["happy/Training_1.png", "sad/PublicTest_2.png", "sad/PrivateTest_3.png"],
  ));
  deepEqual(rows.map((row) => row.split(" ").at(-1)), ["train", "test", "validation"]);
});

Deno.test("an image in no part of a split that others have is left out", async () => {
  const { report } = await readSet(images(
    ...["train/happy/1.png", "valid/sad/2.png", "Test Set/happy/3.png", "sad/4.png"],
  ));
  deepEqual(report.split, { train: 1, validation: 1, test: 1 });
  deepEqual(report.leftOut, [
    { reason: "in no part of the split", rows: 1, places: ["sad/4.png"] },
  ]);
});

Deno.test("parts of which none is to train on are not used beside images in none", async () => {
  const { report } = await readSet(images("sad/PublicTest_1.png", "happy/2.png", "happy/3.png"));
  deepEqual([report.used, report.split], [3, undefined]);
  deepEqual(report.leftOut, []);
  match(report.notes.join("\n"), /1 images are in parts, but none in one to train on: parts are/);
});

Deno.test("CK+ has groups by subject and contempt as negative, left out on request", async () => {
  const files = images(
    "happiness/S010_006_00000013.png",
    "happiness/S010_006_00000014.png",
    "contempt/S138_008_00000009.png",
    "neutral/S138_001_00000001.png",
  );
  const { rows, report } = await readSet(files);
  equal(report.layout, "CK+");
  deepEqual(
    rows,
    [
      "image contempt/S138_008_00000009.png contempt 0 S138 -",
      "image happiness/S010_006_00000013.png happiness 1 S010 -",
      "image happiness/S010_006_00000014.png happiness 1 S010 -",
    ].map((row) => row.replace(/happiness 1/, "happy 1")),
  );
  const { report: without } = await readSet(files, { labels: { contempt: "excluded" } });
  deepEqual(without.leftOut[0], {
    ...{ reason: "contempt", rows: 1, places: ["contempt/S138_008_00000009.png"] },
  });
  // Folders that are no emotions are an error that counts them.
  await rejects(
    readSet({ ...files, "smug/S138_009_00000009.png": pictures[9]! }),
    /got also "smug" \(1\)/,
  );
});

Deno.test("JAFFE is read by its names, as TIFF", async () => {
  const tiff = async (seed: number) =>
    new Uint8Array(await (await sharp())(pictures[seed]!).tiff().toBuffer());
  const { rows, report } = await readSet({
    "KA.AN1.39.tiff": await tiff(1),
    "jaffe/YM.HA2.53.tiff": await tiff(2),
    "YM.NE1.49.tiff": await tiff(3),
    "README": "",
  });
  equal(report.layout, "JAFFE");
  deepEqual(rows, [
    "image KA.AN1.39.tiff angry 0 KA -",
    "image jaffe/YM.HA2.53.tiff happy 1 YM -",
  ]);
  deepEqual(report.labels.map(({ label, emotion }) => [label, emotion]), [
    ...[["an", "angry"], ["ne", "neutral"], ["ha", "happy"]],
  ]);
});

Deno.test("numbered folders are AffectNet's with 0 and 7, RAF-DB's with 1 to 7, and else for the caller to say", async () => {
  const emotionsOf = (rows: readonly string[]) => rows.map((row) => row.split(" ")[2]);
  const affect = await readSet(
    images("train/0/a.png", "val/1/b.png", "train/7/c.png", "train/8/d.png"),
  );
  deepEqual(emotionsOf(affect.rows), ["contempt", "happy"]);
  deepEqual(affect.report.split, { train: 1, validation: 0, test: 1 });
  deepEqual(
    affect.report.notes[2],
    "no test part is there: the set's validation part is tested on",
  );
  deepEqual(affect.report.leftOut[1], {
    ...{ reason: "none, uncertain or no face (8 to 10)", rows: 1, places: ["train/8/d.png"] },
  });
  const raf = await readSet(images(...[1, 2, 3, 4, 5, 6, 7].map((n) => `${n}/a${n}.png`)));
  deepEqual(emotionsOf(raf.rows), ["surprise", "fear", "disgust", "happy", "sad", "angry"]);
  const named = await readSet(images("train/1/train_00001_aligned.png", "test/6/test_0001.png"));
  deepEqual([emotionsOf(named.rows), named.report.layout], [
    ...[["angry", "surprise"], "RAF-DB, numbered folders"],
  ]);
  const seven = images("0/a.png", "3/b.png", "6/c.png");
  await rejects(readSet(seven), /as numbers of emotions, --labels fer2013 or ck\+ or meld or /);
  deepEqual(emotionsOf((await readSet(seven, { labels: "fer2013" })).rows), ["angry", "happy"]);
  // The caller's word counts before the layout's.
  const asFer = await readSet(images("0/a.png", "3/b.png", "7/c.png"), { labels: "ck+" });
  deepEqual(emotionsOf(asFer.rows), ["angry", "happy", "contempt"]);
});

Deno.test("RAF-DB's list names its images, aligned ones first, and the part", async () => {
  const files = {
    "basic/EmoLabel/list_patition_label.txt":
      "train_00001.jpg 5\ntrain_00002.jpg 4\r\n\ntest_0001.jpg 7\ntest_0002.jpg 1\ntrain_00009.jpg 1\n",
    ...images(
      "basic/Image/aligned/train_00001_aligned.jpg",
      "basic/Image/original/train_00001.jpg",
      "basic/Image/original/train_00002.jpg",
      "basic/Image/aligned/test_0001_aligned.jpg",
      "basic/Image/aligned/test_0002_aligned.jpg",
    ),
  };
  const list = "basic/EmoLabel/list_patition_label.txt";
  const { sources: [, image], rows, report, folder } = await readSet(files);
  deepEqual(rows.map((row) => row.replaceAll(`${list}:`, "")), [
    ...[
      "image 1 sad 0 row 1 train",
      "image 2 happy 1 row 2 train",
      "image 5 surprise 1 row 5 test",
    ],
  ]);
  deepEqual(
    image!.map((source) => "path" in source && source.path.slice(folder.length)),
    [
      "//basic/Image/aligned/train_00001_aligned.jpg",
      "//basic/Image/original/train_00002.jpg",
      "//basic/Image/aligned/test_0002_aligned.jpg",
    ].map((path) => path.slice(1)),
  );
  deepEqual(report.leftOut, [
    { reason: "neutral", rows: 1, places: [`${list}:4`] },
    { reason: "listed, but no such image", rows: 1, places: [`${list}:6`] },
  ]);
  deepEqual((await readSet(files, { at: list })).report.used, 3);
  await rejects(
    readSet({ ...files, [list]: "train_1.jpg sad\n" }),
    /line 1: .* got "train_1.jpg sad"/,
  );
  await rejects(readSet({ [list]: "train_00001.jpg 5\n" }), /expected the images that it lists/);
  await rejects(readSet({ [list]: "\n" }), /expected rows with a label that is learnt, got none$/);
});

Deno.test("AffectNet's lists are tested on validation, and leave out what is no emotion or not there", async () => {
  const header = "subDirectory_filePath,face_x,expression,valence";
  const { rows, report } = await readSet({
    "training.csv":
      `${header}\n1/a.png,3,1,0.5\n1\\b.png,3,7,-0.5\n1/c.png,0,8,-2\n1/none.png,0,2,0\n`,
    "validation.csv": `${header}\n2/d.png,3,6,-0.5\n`,
    ...images("Manually_Annotated_Images/1/a.png", "1/b.png", "1/c.png", "2/d.png"),
  });
  deepEqual(rows, [
    "image training.csv:2 happy 1 row training.csv:2 train",
    "image training.csv:3 contempt 0 row training.csv:3 train",
    "image validation.csv:2 angry 0 row validation.csv:2 test",
  ]);
  deepEqual(report.leftOut, [
    { reason: "none, uncertain or no face (8 to 10)", rows: 1, places: ["training.csv:4"] },
    { reason: "listed, but no such image", rows: 1, places: ["training.csv:5"] },
  ]);
  equal(report.layout, "AffectNet lists");
});
