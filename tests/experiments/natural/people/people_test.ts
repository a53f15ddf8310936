import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { holdsPeople, peopleSection } from "../../../../experiments/natural/people/mod.ts";
import { disagreementsOf } from "../../../../experiments/natural/people/disagreement.ts";
import { protocolsOf } from "../../../../experiments/natural/people/judge.ts";
import { collatePeople } from "../../../../experiments/natural/people/rows.ts";
import { questionsOf } from "../../../../experiments/natural/people/question.ts";
import { readCremaDVotes, readEmotionTalk } from "../../../../lib/datasets/mod.ts";
import type { JudgedSet } from "../../../../lib/datasets/mod.ts";
import { withFolder } from "../../../datasets/temporary_folder.ts";
import { withMadeUpPeople } from "./made_up_people.ts";

Deno.test("peopleSection() asks every question that its sets have an answer to", () =>
  withMadeUpPeople(async (folder) => {
    ok(await holdsPeople(folder));
    const { rows, sentences } = await peopleSection(folder);
    const questions = rows.map(({ set, target, protocol }) => `${set}, ${target}: ${protocol}`);
    deepEqual([...new Set(questions)], [
      "EmotionTalk, emotion: each group in turn",
      "EmotionTalk, emotion: official split",
      "EmotionTalk, polarity: each group in turn",
      "EmotionTalk, polarity: official split",
      "CREMA-D, what was meant: 5 folds of groups",
      "CREMA-D, what judges of both said: 5 folds of groups",
    ]);
    equal(sentences.length, 4 * 3 + 4 + 1);
  }));

Deno.test("peopleSection() computes its numbers from predictions, and refuses those of other rows", () =>
  withMadeUpPeople(async (folder) => {
    const made = await peopleSection(folder);
    const path = "predictions/people-emotiontalk-emotion-each-group-in-turn.csv";
    const text = made.files.get(path)!;
    const withSaved = (text: string) =>
      peopleSection(folder, {
        saved: (asked) => Promise.resolve(asked === path ? text : made.files.get(asked)),
      });
    // One answer of late fusion turns from right to wrong, or from wrong to right.
    const lines = text.split("\n"), cells = lines[1]!.split(",");
    const at = lines[0]!.split(",").indexOf("Late fusion");
    const wasRight = cells[at] === cells[2];
    cells[at] = wasRight ? cells[2] === "angry" ? "sad" : "angry" : cells[2]!;
    const changed = await withSaved([lines[0], cells.join(","), ...lines.slice(2)].join("\n"));
    const lates = [made, changed].map(({ rows }) =>
      rows.find(({ system }) => system === "Late fusion")!.accuracy.estimate
    );
    ok(Math.abs(lates[1]! - lates[0]! - (wasRight ? -1 : 1) / 168) < 1e-12);
    deepEqual(
      [...made.files].flatMap(([name, own]) => changed.files.get(name) === own ? [] : [name]),
      [
        path,
        "people.csv",
        ...["vl.json", "csv", "svg", "narrow.svg"].map((end) => `people_fusion.${end}`),
      ],
    );
    await rejects(withSaved(text.replace("/u0,", "/u1,")), {
      name: "RangeError",
      message:
        /^Cannot read "predictions\/people-emotiontalk-.*", line 2: expected .*u0.*, got .*u1/,
    });
  }, { clips: false }));

Deno.test("peopleSection() refuses a folder without such sets", () =>
  withFolder({ "a.txt": "" }, async (folder) => {
    equal(await holdsPeople(folder), false);
    await rejects(peopleSection(folder), {
      name: "RangeError",
      message:
        `Cannot read "${folder}": expected a folder with emotiontalk or crema_d, got neither`,
    });
  }));

Deno.test("each group is tested once, in folds that share none with what is learnt from", () =>
  withMadeUpPeople(async (folder) => {
    const talk = questionsOf(await readEmotionTalk(`${folder}/emotiontalk`))[0]!;
    const clips = questionsOf(await readCremaDVotes(`${folder}/crema_d`))[0]!;
    for (const [question, count] of [[talk, 8], [clips, 5]] as const) {
      const { folds } = protocolsOf(question, { seed: 1 })[0]!;
      equal(folds.length, count);
      const groupsOf = (rows: readonly number[]) =>
        new Set(rows.map((row) => question.rows[row]!.group));
      deepEqual(
        folds.flatMap(({ test }) => test).toSorted((a, b) => a - b),
        [...question.rows.keys()],
      );
      for (const { train, test } of folds) {
        equal(groupsOf(train).intersection(groupsOf(test)).size, 0);
        equal(train.length + test.length, question.rows.length);
      }
    }
    const official = protocolsOf(talk, { seed: 1 })[1]!;
    const partsOf = (rows: readonly number[]) =>
      [...new Set(rows.map((row) => talk.rows[row]!.group))].join(" ");
    equal(partsOf(official.folds[0]!.test), "G00003 G00015");
    equal(partsOf(official.folds[0]!.train), "G00002 G00004 G00005 G00006");
  }));

const one = (place: number) => [0, 1, 2].map((k) => Number(k === place));

Deno.test("disagreements agree with rows counted by hand", () => {
  const said = [[0, 0, 0], [0, 1, 0], [0, 1, 1], [0, 1, 1], [2, 1, 0]];
  const set: JudgedSet = {
    ...{ name: "a set", emotions: ["x", "y", "z"], modalities: ["image", "audio"] },
    ...{ groupedBy: "group", leftOut: {} },
    samples: [
      ...said.map(([image, audio, all], i) => ({
        id: `${i}`,
        group: `${i}`,
        votes: { image: one(image!), audio: one(audio!), all: one(all!) },
      })),
      // Those who had both are undecided: the row does not count.
      { id: "5", group: "5", votes: { image: one(0), audio: one(1), all: [1, 1, 0] } },
      // The face is undecided: its first emotion counts, or the row is left out.
      { id: "6", group: "6", votes: { image: [0, 1, 1], audio: one(0), all: one(1) } },
    ],
  };
  const found = disagreementsOf(set).map((row) => [
    ...[row.emotion, row.ties, row.rows, row.disagreeing],
    ...[row.disagree, row.follow.image!, row.follow.audio!, row.neither, row.secondLessFirst!]
      .map(({ estimate }) => Math.round(1000 * estimate)),
  ]);
  deepEqual(found, [
    [null, "first", 6, 5, 833, 400, 400, 200, 0],
    ["x", "first", 3, 2, 667, 500, 0, 500, -500],
    ["y", "first", 3, 3, 1000, 333, 667, 0, 333],
    [null, "left out", 5, 4, 800, 250, 500, 250, 250],
  ]);
});

Deno.test("collatePeople() compares with late fusion, and each control with what it is a control of", () => {
  const rows = [0, 1, 1, 0].map((label, i) => ({
    ...{ id: `${i}`, group: `${i}`, part: undefined, label },
  }));
  const systems = new Map([
    ["Late fusion", [0, 1, 0, 1]],
    ["All products", [0, 1, 1, 1]],
    ["All products, additive projection", [1, 1, 0, 1]],
    ["Late fusion, label-paired", [0, 1, 1, 0]],
    ["All products, label-paired", [0, 1, 1, 0]],
  ]);
  const about = { set: "a", target: "b", protocol: "c", classes: ["x", "y"] };
  const found = collatePeople({ rows, systems }, about).map((row) => [
    ...[row.accuracy.estimate, row.lessLate?.estimate, row.control?.than, row.control?.estimate],
  ]);
  deepEqual(found, [
    [0.5, undefined, undefined, undefined],
    [0.75, 0.25, "All products, additive projection", 0.5],
    [0.25, -0.25, undefined, undefined],
    [1, 0.5, "Late fusion", 0.5],
    [1, 0.5, "All products", 0.25],
  ]);
});
