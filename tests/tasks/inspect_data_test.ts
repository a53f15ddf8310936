import { deepEqual, equal, match } from "node:assert/strict";
import { main } from "../../tasks/data.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { captured } from "./captured.ts";

/** What the task says of `path` in a folder of these files, with the folder as DIR. */
function inspect(
  files: Readonly<Record<string, string>>,
  { path = "", options = [] }: { path?: string; options?: string[] } = {},
) {
  return withFolder(files, async (folder) => {
    const { code, out, err } = await captured(main, ["inspect", `${folder}${path}`, ...options]);
    // Lines of progress come and go.
    const [said, told] = [out, err].map((text) => text.replaceAll(folder, "DIR"));
    return { code, out: said!, err: told!.split("\n").filter((line) => !/^reading/.test(line)) };
  });
}

const emotions = ["01", "03", "04", "05", "08"];
const ravdess = Object.fromEntries(
  [1, 2, 3, 4].flatMap((actor) =>
    emotions.map((emotion) => {
      const name = `Actor_0${actor}/03-01-${emotion}-01-01-01-0${actor}.wav`;
      return [name, name];
    })
  ),
);

Deno.test("inspect says what a set is, how it would be read, and what to type", async () => {
  const { code, out, err } = await inspect({ ...ravdess, "x.wav": "x", "notes.txt": "" });
  deepEqual([code, err], [0, [""]]);
  equal(
    out,
    [
      "DIR looks like RAVDESS: file names such as 03-01-05-01-02-01-12.wav, of which the third " +
      "number is the emotion",
      "",
      "DIR: 20 rows, 16 used",
      "  layout      RAVDESS",
      "  modalities  no text, no image, 16 audio",
      "  labels      4 1: neutral (excluded), 4 3: happy (positive), 4 4: sad (negative), " +
      "4 5: angry (negative), 4 8: surprised (positive)",
      "  groups      4 by actor",
      "  left out    4 neutral, Actor_01/03-01-01-01-01-01-01.wav, " +
      "Actor_02/03-01-01-01-01-01-02.wav, Actor_03/03-01-01-01-01-01-03.wav, " +
      "Actor_04/03-01-01-01-01-01-04.wav",
      "  left out    1 a clip of another name, x.wav",
      "  note        4 rows are neither positive nor negative: --target classes learns their labels " +
      "too",
      "  parts       8 rows in 2 groups train, 4 rows in 1 groups validation, 4 rows in 1 groups test",
      "",
      "To train on it:",
      "  deno task train --data DIR",
    ].join("\n"),
  );
});

const lines = (count: number) =>
  Array.from({ length: count }, (_, i) => `text ${i},${i % 2 ? 3 : 1},${"abc"[i % 3]}`);
const table = ["text,label,speaker", ...lines(12)].join("\n");

Deno.test("inspect passes options on to the command, with quotes where a shell needs them", async () => {
  const files = { "my set's.csv": table };
  const { code, out } = await inspect(files, {
    path: "/my set's.csv",
    options: ["--labels", "carer", "--several", "first"],
  });
  equal(code, 0);
  match(out, /^DIR\/my set's\.csv looks like a table of one's own\n/);
  match(out, /\n {2}labels {6}6 1: joy \(positive\), 6 3: anger \(negative\)\n/);
  match(
    out,
    /\n {2}deno task train --data 'DIR\/my set'\\''s\.csv' --labels carer --several first$/,
  );
});

Deno.test("inspect says which numberings fit numbers that nothing explains", async () => {
  const { code, out, err } = await inspect({ "t.csv": table }, { path: "/t.csv" });
  deepEqual([code, out], [1, "DIR/t.csv looks like a table of one's own"]);
  match(
    err.join("\n"),
    /got also "1" \(6\), "3" \(6\); as numbers of emotions, --labels carer or tweet_eval or /,
  );
  const wrong = await inspect({ "t.csv": table }, {
    path: "/t.csv",
    options: ["--labels", "carrer"],
  });
  match(wrong.err.join("\n"), /got no such file; did you mean "carer"\?$/);
});

Deno.test("inspect says what no training row has", async () => {
  const part = (i: number) => i < 8 ? "train" : i < 10 ? "dev" : "test";
  const rows = Array.from(
    { length: 12 },
    (_, i) => [`text ${i}`, i < 8 ? "" : `${i}.wav`, i % 2, part(i)].join(","),
  );
  const clips = Object.fromEntries([8, 9, 10, 11].map((i) => [`${i}.wav`, `clip ${i}`]));
  const set = ["text,audio,label,split", ...rows].join("\n");
  const { out } = await inspect({ ...clips, "set.csv": set }, { path: "/set.csv" });
  match(out, /note +no row of the training part has audio: it is not learnt, and not shown$/m);
});

Deno.test("inspect says why a set can be read, but not trained on", async () => {
  const names = [
    "OAF_back_angry.wav",
    "YAF_back_happy.wav",
    "OAF_dog_happy.wav",
    "YAF_dog_sad.wav",
  ];
  const { code, out, err } = await inspect(Object.fromEntries(names.map((name) => [name, name])));
  equal(code, 1);
  match(out, /\n {2}note {8}2 of 2 speakers: no three parts have speakers of their own/);
  match(err.join("\n"), /It can't be trained on as it is\.\nRangeError: Cannot split 4 samples: /);
});

Deno.test("inspect lists what was looked for where nothing fits, and what is nearest", async () => {
  const some = Object.fromEntries(["1001_DFA_ANG_XX", "a", "b", "c"].map((n) => [`${n}.wav`, n]));
  const { code, out } = await inspect(some);
  equal(code, 1);
  match(out, /^DIR looks like none of the layouts that are read:\n {2}FER2013 as pixels +a table /);
  match(out, /\n {2}TESS +file names such as OAF_back_angry\.wav: speaker, word, emotion\n/);
  match(out, /\nThe nearest is CREMA-D: 25 % of what it looks for is there\. docs\/tables\.md .*$/);
  const far = await inspect({ "a.bin": "" });
  match(far.out, /\nNothing in it is as any of them has it\. docs\/tables\.md /);
  const within = await inspect({ "sub/t.csv": table });
  match(
    within.out,
    /\nThe nearest is a table in it:\n {2}deno task data inspect DIR\/sub\/t\.csv$/,
  );
});

Deno.test("inspect tells corpora of their own from a set", async () => {
  const { code, out, err } = await inspect({ "emotions/text.csv": "", "faces/x": "" });
  equal(code, 1);
  match(out, /^DIR holds corpora that share no samples: emotions\/, faces\/\n/);
  match(
    err.join("\n"),
    /^It can't be trained on as it is: ravdess\/ not there\. .* inspect DIR\/emotions$/,
  );
  const { code: whole, out: said } = await inspect({
    "emotions/t": "",
    "faces/x": "",
    "ravdess/x": "",
  });
  equal(whole, 0);
  match(said, /\n {2}deno task train --data DIR$/);
});

Deno.test("inspect answers a wrong command line with one line", async () => {
  const refused = async (args: string[], code: number, err: RegExp) => {
    const said = await captured(main, args);
    equal(said.code, code);
    match(said.err, err);
  };
  await refused(["inspect"], 2, /expected inspect and one path, got no paths$/);
  await refused(["inspect", "a", "b"], 2, /expected inspect and one path, got 2 paths$/);
  await refused(["look", "a"], 2, /expected inspect and one path, got "look"$/);
  await refused(
    ["inspect", "a", "--out", "b"],
    2,
    /^RangeError: Cannot inspect: expected no --out/,
  );
  await refused(["--labels", "carer"], 2, /Cannot use --labels: expected inspect PATH before it$/);
  await refused(["inspect", "/nowhere/at/all"], 1, /expected a file or a folder, got nothing$/);
});
