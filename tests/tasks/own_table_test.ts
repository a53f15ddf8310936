import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  openModelFolder,
  reliabilityFile,
  reliabilityFromBytes,
  reliabilityToBytes,
  writeModel,
} from "../../lib/inference/mod.ts";
import { main as compare } from "../../tasks/compare.ts";
import { main as evaluate } from "../../tasks/evaluate.ts";
import { main as predict } from "../../tasks/predict.ts";
import { main as train } from "../../tasks/train.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { type TinyCorpora, withTinyCorpora } from "../study/tiny_corpora.ts";
import { captured } from "./captured.ts";

const tiny = ["model.width=8", "model.heads=2", "training.epochs=2", "model.channels=[2]"]
  .flatMap((setting) => ["--set", setting]);

/** Sentences and faces, of `count` speakers with two rows each; every fifth row has no face. */
async function writeTable(
  { data }: TinyCorpora,
  { name, labelOf, from = 0, partOf }: {
    readonly name: string;
    readonly labelOf: (i: number) => string;
    readonly from?: number;
    /** Of a column of parts. */
    readonly partOf?: (i: number) => string;
  },
): Promise<string> {
  const lines = (await Deno.readTextFile(`${data}/emotions/text.csv`)).trim().split("\n").slice(1);
  const rows = lines.map((line, i) => {
    const face = i % 5 ? `faces/${i % 2 ? "happy" : "sad"}/${i}.png` : "";
    const text = from ? `${line.split(",")[1]} more` : line.split(",")[1];
    const part = partOf ? `,${partOf(i)}` : "";
    return `${text},${from ? "" : face},${labelOf(i)},s${from + Math.floor(i / 2)},${i}${part}`;
  });
  await Deno.writeTextFile(
    `${data}/${name}`,
    `text,image,label,speaker,mood${partOf ? ",split" : ""}\n${rows.join("\n")}\n`,
  );
  return `${data}/${name}`;
}

/** Gives a saved model a temperature for whatever is shown. */
async function calibrateAll(folder: string, temperature: number): Promise<void> {
  const { description, reliability, onnx, safetensors } = await openModelFolder(folder);
  const met = await Deno.readFile(`${folder}/met.json`);
  const known = reliabilityFromBytes(reliability!, { path: folder });
  const temperatures = Object.fromEntries(
    ["text", "image", "text+image"].map((shown) => [shown, { temperature, fitted: 40 }]),
  );
  const bytes = reliabilityToBytes({ ...known, temperatures });
  const files = { "model.onnx": onnx, "model.safetensors": safetensors, "met.json": met };
  await writeModel(folder, { description, files: { ...files, [reliabilityFile]: bytes } });
}

const three = ["negative", "neutral", "positive"];

/** The record of one run in a folder. */
async function someRun(folder: string): Promise<string> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  return `${folder}/${names.find((name) => name.startsWith("proposed"))}`;
}

Deno.test("every system that suits a table of one modality is compared, and the result stays", () =>
  withTinyCorpora(async (corpora) => {
    const { root, cache } = corpora;
    const labelOf = (i: number) => three[i % 3]!;
    // Speakers, of two rows each, are on both sides.
    const partOf = (i: number) => i % 5 < 3 ? "train" : i % 5 === 3 ? "dev" : "test";
    const data = await writeTable(corpora, { name: "texts.csv", labelOf, partOf, from: 1 });
    const given = ["--data", data, "--cache", cache, "--target", "classes", "--quick"];

    const compared = await captured(compare, [...given, "--out", root, "--jobs", "2", ...tiny]);
    equal(compared.code, 0, compared.err);
    match(compared.out, /learnt +3 classes: negative, neutral, positive/);
    match(compared.out, /Does attention help\? Proposed less Proposed without attention is /);
    match(compared.out, /note +the given split leaks: group in two parts, 6 times/);
    match(compared.err, /^Warning: the split leaks: group in two parts, 6 times/m);
    match(compared.out, /\*\*Note: the split leaks: group in two parts, 6 times .*\*\*/);
    const result = JSON.parse(await Deno.readTextFile(`${root}/compare/compare.json`));
    equal(result.audits[0].leaks[0].values, 6);
    equal(result.leading, "balancedAccuracy");
    match(result.arithmetic.kind, /^onnxruntime, cpu$/);
    const run = JSON.parse(await Deno.readTextFile(await someRun(`${root}/compare/runs`)));
    deepEqual(run.arithmetic, result.arithmetic);
    const rows = result.rows as { system: string; modality: string }[];
    deepEqual(
      rows.map(({ system, modality }) => `${system} on ${modality}`),
      [
        ...[
          "Proposed",
          "Proposed without attention",
          "Concatenation regression",
          "Gated fusion",
          "MISA",
          "MSFNet (adaptation)",
          "Concatenation MLP",
        ],
        ...["Linear probe", "TF-IDF regression", "Majority", "Shuffled labels"],
      ].map((system) => `${system} on rows`),
    );
    const again = await captured(compare, [...given, "--out", root]);
    deepEqual([again.code, again.out], [1, ""]);
    match(again.err, /expected nothing there, got a comparison; --force replaces it/);
  }));

Deno.test("three classes from a table to a model, its evaluation and verdicts", () =>
  withTinyCorpora(async (corpora) => {
    const { root, cache } = corpora;
    const labelOf = (i: number) => three[i % 3]!;
    const data = await writeTable(corpora, { name: "rows.csv", labelOf });
    const given = ["--data", data, "--cache", cache, "--target", "classes", "--quick"];
    const model = `${root}/model`;
    const trained = await captured(train, [...given, "--out", model, ...tiny]);
    equal(trained.code, 0, trained.err);
    const place = ["--model", model, "--cache", cache];

    const met = await captured(evaluate, [...place, "--data", data]);
    equal(met.code, 1);
    match(met.err, /rows that are new to the model, got \d+ of 20 .*--unseen leaves these out/);
    const judged = await captured(evaluate, [
      ...place,
      ...["--data", data, "--unseen", "--json", "--out", `${root}/evaluation`],
    ]);
    equal(judged.code, 0, judged.err);
    const evaluation = JSON.parse(judged.out);
    equal(evaluation.whole.tested + evaluation.met, 20);
    deepEqual(evaluation.classes.map(({ name }: { name: string }) => name), three);
    deepEqual(
      evaluation.subsets.map(({ shown }: { shown: string[] }) => shown.join("+")),
      ["text", "image", "text+image"],
    );
    ok((await Deno.readTextFile(`${root}/evaluation/confusion.svg`)).includes("neutral"));

    // Twenty rows leave too few to fit a temperature on.
    deepEqual(Object.keys(evaluation.calibration), ["kind", "panel"]);
    await calibrateAll(model, 3);
    const after = await captured(evaluate, [...place, "--data", data, "--unseen"]);
    const words = /error is (0\.\d+) as saved, (0\.\d+) under the temperatures/.exec(after.out)!;
    equal(Number(words[1]), Number(evaluation.calibration.panel.ece.toFixed(3)));
    ok(words[1] !== words[2]);

    const out = `${root}/judged.csv`;
    equal((await captured(predict, [...place, "--csv", data, "--out", out])).code, 0);
    const [header, first] = (await Deno.readTextFile(out)).split("\n");
    match(header!, /^text,image,label,speaker,mood,predicted_label,predicted_probability,/);
    match(header!, /probability_negative,probability_neutral,probability_positive/);
    const cells = first!.split(",");
    const sum = header!.split(",").reduce(
      (sum, name, i) => name.startsWith("probability_") ? sum + Number(cells[i]) : sum,
      0,
    );
    ok(Math.abs(sum - 1) < 1e-5);
  }));

Deno.test("scores from a table to a model, and other rows with other speakers to an evaluation", () =>
  withTinyCorpora(async (corpora) => {
    const { root, cache } = corpora;
    const labelOf = (i: number) => (i % 7 - 3.5 + i / 100).toFixed(2);
    const data = await writeTable(corpora, { name: "scores.csv", labelOf });
    const others = await writeTable(corpora, { name: "others.csv", labelOf, from: 40 });
    const model = `${root}/model`;
    const given = ["--target", "-4..4", "--quick", "--data", data, "--cache", cache];
    const trained = await captured(train, [...given, "--out", model, ...tiny]);
    equal(trained.code, 0, trained.err);
    match(trained.out, /learnt +a score from -4 to 4/);
    match(trained.out, /MAE \d\.\d{3}, Pearson r/);
    const place = ["--model", model, "--cache", cache];

    const judged = await captured(evaluate, [...place, "--data", others, "--json"]);
    equal(judged.code, 0, judged.err);
    const { whole, met, metGroups, calibration, target } = JSON.parse(judged.out);
    deepEqual([whole.tested, met, metGroups, calibration.kind], [20, 0, 0, "score"]);
    deepEqual(target, { kind: "score", low: -4, high: 4 });
    ok(whole.scores.mae.value > 0 && whole.scores.mae.interval.length === 2);

    const said = await captured(predict, [...place, "--text", "my film", "--json"]);
    const { score, label, contributions, logOdds, baseline } = JSON.parse(said.out);
    ok(score >= -4 && score <= 4);
    equal(label, score.toFixed(2));
    ok(Math.abs(contributions.text - (logOdds - baseline)) < 1e-6);
  }));

Deno.test("evaluate and compare refuse what they can't use, and leave nothing behind", () =>
  withFolder(
    { "rows.csv": "text,label\na,joy\nb,sad\n", "taken/diary.txt": "" },
    async (folder) => {
      const refused = async (
        main: (args: string[]) => Promise<number>,
        args: string[],
        [code, message]: readonly [number, RegExp],
      ) => {
        const told = await captured(main, args);
        equal(told.code, code, told.err);
        match(told.err, message);
      };
      const data = ["--data", `${folder}/rows.csv`];
      await refused(evaluate, [], [2, /expected --data and a table, got none/]);
      await refused(compare, [], [2, /expected --data and a table, got none/]);
      await refused(compare, [...data, "--set", "model.widht=2"], [2, /model\.width/]);
      await refused(evaluate, [...data, "--model", `${folder}/none`], [1, /got nothing/]);
      const taken = [...data, "--model", `${folder}/none`, "--out", `${folder}/taken`];
      const isTaken = /expected nothing there, got a folder without evaluation\.json/;
      await refused(evaluate, taken, [1, isTaken]);
      await refused(evaluate, [...taken, "--force"], [1, isTaken]);
      const out = ["--out", `${folder}/out`, "--cache", `${folder}/cache`];
      await refused(compare, [...data, ...out], [
        1,
        /Cannot split .*expected 3 groups or more, got 2/,
      ]);
      deepEqual(
        (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort(),
        ["rows.csv", "taken"],
      );
    },
  ));
