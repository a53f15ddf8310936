import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { main as compare } from "../../tasks/compare.ts";
import { main as data } from "../../tasks/data.ts";
import { main as evaluate } from "../../tasks/evaluate.ts";
import { main as predict } from "../../tasks/predict.ts";
import { main as sweep } from "../../tasks/sweep.ts";
import { main as train } from "../../tasks/train.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { captured } from "./captured.ts";

const rows = Array.from({ length: 12 }, (_, i) => `row ${i},${i % 2 ? "joy" : "sad"}`);

const files = {
  "ok.csv": `text,label\n${rows.join("\n")}\n`,
  "empty.csv": "",
  "header.csv": "text,label\n",
  "one_class.csv": `text,label\n${rows.join("\n").replaceAll("sad", "joy")}\n`,
  "neutral.csv": "text,label\na,neutral\nb,neutral\n",
  "twice.csv": "text,Text,label\na,b,joy\n",
  "short.csv": "text,label\na\n",
  "quote.csv": 'text,label\n"a,joy\n',
  "no_label.csv": "text,mood\na,joy\n",
  "no_sample.csv": "name,label\na,joy\n",
  "gone.csv": "image,label\nnone.png,joy\n",
  "latin.csv": Uint8Array.of(...new TextEncoder().encode("text,label\n"), 0xe9, 0x2c, 0x31, 0x0a),
  "list.jsonl": "[1]\n",
  "bad.pkl": "\u0080\u0004nothing.",
  "picture.png": "\u0089PNG",
  "list.json": "[1]",
  "cut.json": "{",
  "folder/diary.txt": "",
};

// What no task can make a set of.
const sets = Object.keys(files).filter((name) => name !== "ok.csv" && !name.endsWith(".json"))
  .concat("none.csv").map((name) => name.replace(/\/.*/, ""));

const ok = ["--data", "ok.csv"];

// What those that train do not take; `--set` has a setting for the sweep.
const settings = [
  ...[["--labels", "list.json"], ["--labels", "cut.json"], ["--labels", "none.json"]],
  ...[["--several", "x"], ["--target", "x"], ["--target", "5..1"], ["--target", "1..1"]],
  ...[["--set", "a.b=1"], ["--set", "training.epochs=0"], ["--set", "model.width"], ["--set", "="]],
  ...[["--set", "model.heads=3"], ["--cap", "0"], ["--split", "none.json"], ["--fold", "2"]],
  ...[["--leaks", "x"], ["--encoders", "x"], ["--config", "none.json"], ["--config", "cut.json"]],
  ...[["stray"], ["--qiuck"], ["--data", ""], ["--out", ""], ["--unbalanced=yes"], ["--data"]],
];

const lines: Record<string, { main: (args: string[]) => Promise<number>; lines: string[][] }> = {
  train: {
    main: train,
    lines: [
      ...sets.map((name) => ["--data", name]),
      ...settings.map((own) => [...ok, ...own]),
      ...[[...ok, "--protocol", "x"], [...ok, "--seed", "-1"], [...ok, "--keep-going"]],
    ],
  },
  compare: {
    main: compare,
    lines: [
      ...[[], ...sets.map((name) => ["--data", name]), ...settings.map((own) => [...ok, ...own])],
      ...[[...ok, "--folds", "1"], [...ok, "--seeds", "0"], [...ok, "--encoders", "bets"]],
    ],
  },
  sweep: {
    main: sweep,
    lines: [
      ...sets.map((name) => ["--data", name, "--set", "model.width=8,16"]),
      ...settings.map((own) => [...ok, ...own]),
      ...[ok, [...ok, "--set", "model.width=8,8"], [...ok, "--set", "model.dropout=0.1..0.5"]],
      ...[[...ok, "--random", "0"], ["--list", "--out", "folder"], [...ok, "--system", "x"]],
    ],
  },
  evaluate: {
    main: evaluate,
    lines: [
      ...[[], ["--model", "none", ...ok], ["--model", "folder", ...ok], ["--model", "", ...ok]],
      ...[["--model", "ok.csv", ...ok], ["--model", "folder"], [...ok, "--out", "folder"]],
      ...[[...ok, "--out", "ok.csv"], [...ok, "--labels", "none.json"], [...ok, "--json", "x"]],
    ],
  },
  predict: {
    main: predict,
    lines: [
      ...[[], ["--text"], ["--model", "none", "--text", "a"], ["--model", "folder", "--text", "a"]],
      ...[["--csv", "ok.csv", "--text", "a"], ["--csv", "ok.csv", "--out", "x.xlsx"]],
      ...[["--csv", "ok.csv", "--out", "ok.csv"], ["--text", "a", "--out", "x.csv"]],
      ...[["--text", "a", "--page", "none/x.html"], ["--text", "a", "--page", "folder"]],
      ...[["--csv", "ok.csv", "--page", "x.html"], ["--text", "a", "--abstain", "2"], ["stray"]],
    ],
  },
  data: {
    main: data,
    lines: [
      ...[...sets, "cut.json", ""].map((name) => ["inspect", name]),
      ...[["inspect"], ["inspect", "ok.csv", "header.csv"], ["inspect", "ok.csv", "--out", "x"]],
      ...[["inspect", "ok.csv", "--target", "x"], ["inspect", "ok.csv", "--labels", "none.json"]],
      ...[["look", "ok.csv"], ["--seed", "x"]],
    ],
  },
};

async function listAll(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    found.push(name, ...isDirectory ? await listAll(`${folder}/${name}`) : []);
  }
  return found.sort();
}

for (const [task, { main, lines: all }] of Object.entries(lines)) {
  Deno.test(`${task} refuses what it can't do in one line, and leaves nothing behind`, () =>
    withFolder(files, async (folder) => {
      const before = await listAll(folder);
      for (const line of all) {
        const own = line.map((word) =>
          /\.\w+$|^(folder|none)/.test(word) ? `${folder}/${word}` : word
        );
        const writes = ["train", "compare", "sweep"].includes(task) && !line.includes("--out");
        const { code, err } = await captured(main, [
          ...[...own, ...task === "data" ? [] : ["--cache", `${folder}/cache`]],
          ...writes ? ["--quick", "--out", `${folder}/out`] : [],
        ]);
        const said = `${task} ${line.join(" ")}: ${err}`;
        notEqual(code, 0, said);
        const isListed = task === "data" && err === "";
        const told = err.split("\n").filter((text) => !/^(reading|It can't be)/.test(text));
        if (!isListed) equal(told.length, 1, said);
        if (!isListed) match(told[0]!, /^\w+(Error|Capable): Cannot [\w ]+/, said);
        deepEqual(
          (await listAll(folder)).filter((name) => !/cache|manifest|^[0-9a-f]{2}$/.test(name)),
          [
            ...before,
          ],
          said,
        );
      }
    }));
}
