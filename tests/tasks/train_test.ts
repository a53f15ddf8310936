import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { quick } from "../../lib/study/settings.ts";
import { currentCommit, sourceDigest } from "../../experiments/results/folder.ts";
import { trainModel } from "../../lib/study/train_model.ts";
import { fold, key, uniforms } from "../../lib/tensor/random.ts";
import { withWorkFolder } from "../../lib/study/with_work_folder.ts";
import { main as predict } from "../../tasks/predict.ts";
import { main } from "../../tasks/train.ts";
import { captured } from "./captured.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { type TinyCorpora, withTinyCorpora } from "../study/tiny_corpora.ts";
import { writeRows } from "../study/tiny_table.ts";

/** Runs the task; what it prints stays here. */
const run = (...args: string[]) => captured(main, args);

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

Deno.test("the train task answers a wrong command line with one line and exit code 2", async () => {
  const refused = async (args: string[], err: string) =>
    deepEqual(await run(...args), { code: 2, out: "", err });
  await refused(
    ["--protocol", "random"],
    'RangeError: Cannot use --protocol: expected label or single or natural, got "random"',
  );
  await refused(
    ["--protocol", "natural", "--data", "corpora"],
    'RangeError: Cannot use --protocol natural: expected a table as --data, got "corpora"',
  );
  await refused(
    ["--protocol", "natural", "--data", "set.csv", "--keep-going"],
    "RangeError: Cannot use --keep-going: expected --protocol label or single with it, got natural",
  );
});

Deno.test("the train task shows its options on --help", async () => {
  const { code, out } = await run("--help");
  equal(code, 0);
  const options = ["quick", "data", "protocol", "seed", "encoders", "out", "cache", "keep-going"];
  for (const name of [...options, "help"]) {
    match(out, new RegExp(`^ +--${name} `, "m"));
  }
});

Deno.test("the train task writes over no folder that holds something else, and says so first", () =>
  withFolder({ "home/diary.txt": "dear" }, async (root) => {
    const out = `${root}/home`;
    deepEqual(await run("--out", out, "--data", `${root}/none`, "--cache", `${root}/cache`), {
      code: 1,
      out: "",
      err:
        `RangeError: Cannot save to "${out}": expected a model or nothing, got a folder with diary.txt`,
    });
    deepEqual(await namesIn(root), ["home"]);
  }));

Deno.test("the train task that fails leaves no folder behind", () =>
  withFolder({ "data/emotions/text.csv": "text,label\nwell,9\n", "file": "" }, async (root) => {
    const place = ["--out", `${root}/out`, "--cache", `${root}/cache`];
    const wanted =
      "expected a folder with emotions/, faces/ and ravdess/, a table (.csv, .tsv, .txt, .jsonl), " +
      "or a set in a layout that is known";
    const file = `a file; deno task data inspect ${root}/file says what it looks like`;
    for (const [name, got] of [["none", "nothing"], ["file", file]]) {
      const { code, err } = await run(...place, "--data", `${root}/${name}`);
      equal(code, 1);
      equal(err, `RangeError: Cannot read "${root}/${name}": ${wanted}, got ${got}`);
    }
    const { code, out, err } = await run(...place, "--data", `${root}/data`);
    deepEqual([code, out], [1, ""]);
    match(
      err,
      /\nRangeError: Cannot read ".*text.csv", line 2: expected .* got "9"$/,
    );
    deepEqual(await namesIn(root), ["data", "file"]);
  }));

/** Trains as the task does with `--quick`, keeps every epoch in `work`, and dies in the third. */
async function dieInTask({ data, cache }: TinyCorpora, work: string): Promise<void> {
  const commit = await currentCommit(new URL("../../", import.meta.url));
  await rejects(
    withWorkFolder(work, { everySeconds: 0 }, async (openWork) =>
      await trainModel({
        config: quick,
        protocol: "label",
        seed: 1,
        data,
        dataLabel: data,
        encoders: "embedded",
        cache,
        openWork,
        version: "0.0.0",
        commit,
        code: await sourceDigest(new URL("../../", import.meta.url)),
        onProgress: () => {},
        watcher: {
          onEpoch(_, { epoch }) {
            if (epoch === 3) throw new Error("dead");
          },
          onEnd() {},
        },
      })),
    /^Error: dead$/,
  );
}

/** The files of a folder by name, as bytes. */
async function filesIn(folder: string): Promise<Record<string, Uint8Array>> {
  const names = await namesIn(folder);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await Deno.readFile(`${folder}/${name}`)])),
  );
}

Deno.test("the train task goes on from what a dead run has left, gives the same bytes, and tidies up", () =>
  withTinyCorpora(async (corpora) => {
    const { root, data, cache } = corpora;
    const out = `${root}/models/mine`;
    const train = (out: string, ...more: string[]) =>
      run("--quick", "--data", data, "--cache", cache, "--out", out, ...more);
    const { code: done, out: said } = await train(out, "--tensorboard", `${root}/events`);
    equal(done, 0);
    match(
      said,
      /^Trained 12 epochs and kept epoch \d+: training loss \S+, validation loss \S+, acc/m,
    );
    // What was learnt from, before what came of it.
    const heard = "10 happy, 10 sad\\n {2}note {6}speech: 20 of 1440 files, ";
    match(said, new RegExp(`^RAVDESS speech .+: 20 samples read\\n {2}emotions {2}${heard}`, "m"));
    const unbroken = await filesIn(out);
    const events = await namesIn(`${root}/events/proposed-label-seed1`);
    match(events.join(), /^events\.out\.tfevents\.\d{10}\.trivalence\.0,fit$/);
    // So few steps do not win back compiling.
    const { arithmetic } = JSON.parse(await Deno.readTextFile(`${out}/config.json`));
    deepEqual([arithmetic.executor, arithmetic.kind], ["onnxruntime", "onnxruntime, cpu"]);
    match(
      await Deno.readTextFile(`${out}/README.md`),
      new RegExp(`, its training executed by onnxruntime, cpu \\(${arithmetic.digest}\\)[,.]`),
    );
    deepEqual(await namesIn(`${root}/models`), ["mine"]);

    await dieInTask(corpora, `${out}.work`);
    // Damage to the last checkpoint is told: by that it is seen that the task looks there.
    const fits = `${out}.work/fits`;
    const [fit] = await namesIn(fits);
    await Deno.writeTextFile(`${fits}/${fit}/epoch-000002.json`, "{}");
    await Deno.writeTextFile(`${out}/README.md`, "of an older model");
    const { code, err } = await train(`${out}/`, "--force");
    equal(code, 0);
    match(
      err,
      /epoch-000002.json": .*: the file is damaged; training goes on from an earlier epoch/,
    );
    deepEqual(await filesIn(out), unbroken);
    deepEqual(await namesIn(`${root}/models`), ["mine"]);
  }));

Deno.test("the train task leaves out bad files with --keep-going, lists them, and stops without", () =>
  withTinyCorpora(async ({ root, data, cache }) => {
    const image = `${data}/faces/sad/0.png`;
    const clip = `${data}/ravdess/Actor_03/03-01-04-01-01-01-03.wav`;
    await Deno.truncate(image, 40);
    // A rate of 0 Hz: whoever only looks at lengths takes it for a clip.
    const bytes = await Deno.readFile(clip);
    await Deno.writeFile(clip, bytes.fill(0, 24, 28));
    const out = `${root}/model`;
    const train = (...more: string[]) =>
      run("--quick", "--data", data, "--cache", cache, "--out", out, ...more);

    const stopped = await train();
    equal(stopped.code, 1);
    match(stopped.err, /\nRangeError: Cannot read ".*sad\/0.png": expected an image, got [^\n]*$/);
    deepEqual(await namesIn(root), []);

    const { code, err } = await train("--keep-going");
    equal(code, 0);
    const [first, second, third] = err.split("\n").slice(-3);
    equal(first, "Left out 2 samples that can't be read or encoded:");
    match(second!, /^ {2}image sad\/0.png: Cannot read ".*sad\/0.png": expected an image/);
    match(third!, /^ {2}audio 03-01-04-01-01-01-03.wav: Cannot .*03.wav": expected .* got 0 Hz/);
    const csv = await Deno.readTextFile(`${out}/failures.csv`);
    deepEqual(csv.trim().split("\n").map((line) => line.split(",").slice(0, 2)), [
      ["id", "path"],
      ["sad/0.png", image],
      ["03-01-04-01-01-01-03.wav", clip],
    ]);
    const { data: { corpora } } = JSON.parse(await Deno.readTextFile(`${out}/config.json`));
    deepEqual([corpora.text.used, corpora.image.used, corpora.audio.used], [20, 18, 18]);

    // Without them there is nothing to leave out, and no list.
    await Deno.remove(image);
    await Deno.remove(clip);
    equal((await train("--keep-going", "--force")).code, 0);
    equal((await namesIn(out)).includes("failures.csv"), false);
  }));

Deno.test("the train task keeps the rows of a table together by default, and says what it read", () =>
  withTinyCorpora(async ({ root, data, cache }) => {
    const out = `${root}/model`;
    const train = (...args: string[]) =>
      run("--quick", "--data", `${data}/set.csv`, "--cache", cache, "--out", out, ...args);
    await writeRows(data, ["text", "image", "audio"]);
    const { code, err, out: said } = await train();
    equal(code, 0, err);
    match(said, /set\.csv: 20 rows, 20 used\n {2}modalities {2}20 text, 20 image, 20 audio\n/);
    match(said, /\n {2}text\+image\+audio: accuracy .*\n {2}text of rows: accuracy /);
    const { protocol, scores, data: { corpora } } = JSON.parse(
      await Deno.readTextFile(`${out}/config.json`),
    );
    equal(protocol, "natural");
    // Rows are divided whole, and judged whole and by each of their modalities.
    deepEqual(corpora.text.test, corpora.image.test);
    deepEqual(
      scores.map(({ head, shown, tested }: Record<string, unknown>) => [head, shown, tested]),
      [["text", "image", "audio"], ["text"], ["image"], ["audio"]]
        .map((shown) => ["unified", shown, corpora.text.test]),
    );
    match(await Deno.readTextFile(`${out}/README.md`), /Parts share no group of rows\./);

    const label = await train("--protocol", "label", "--force");
    equal(label.code, 0, label.err);
    match(label.err, /^Warning: samples of different rows are put together by their labels;/m);
    const rows = await Deno.readTextFile(`${data}/set.csv`);
    await Deno.writeTextFile(`${data}/set.csv`, rows.replace("positive", "neutral"));
    const classes = await train("--protocol", "single", "--target", "classes", "--force");
    equal(classes.code, 1);
    match(classes.err, /protocol single: expected two classes, got negative, neutral, positive; /);
  }));

Deno.test("the train task learns a set in its own layout: faces whose pixels are in a table", () =>
  withTinyCorpora(async ({ root, cache }) => {
    const next = uniforms(fold(key(1), "pixels"));
    const rows = Array.from({ length: 30 }, (_, i) => {
      const pixels = Array.from({ length: 64 }, () => Math.floor(256 * next()));
      return [i % 2 ? 3 : 4, pixels.join(" "), i < 20 ? "Training" : "PrivateTest"].join(",");
    });
    await Deno.writeTextFile(`${root}/fer2013.csv`, ["emotion,pixels,Usage", ...rows].join("\n"));
    const place = ["--cache", cache, "--out", `${root}/model`];
    const { code, err, out } = await run("--quick", "--data", `${root}/fer2013.csv`, ...place);
    equal(code, 0, err);
    match(out, / labels +15 4: sad \(negative\), 15 3: happy \(positive\)\n/);
    match(out, /protocol natural:\n {2}image: accuracy .* \(10 tested\)\n/);
  }));

Deno.test("the train task learns a table of two modalities, whose labels a file explains, and predict takes it", () =>
  withTinyCorpora(async ({ root, data, cache }) => {
    const out = `${root}/model`;
    const csv = await writeRows(data, ["text", "audio"]);
    const text = await Deno.readTextFile(csv);
    await Deno.writeTextFile(csv, text.replaceAll("positive", "4").replaceAll("negative", "2"));
    await Deno.writeTextFile(`${root}/map.json`, '{"4": "positive", "2": "negative"}');
    const train = (...args: string[]) =>
      run("--quick", "--data", csv, "--cache", cache, "--out", out, ...args);
    match((await train()).err, /got also "2" \(10\), "4" \(10\); .* \(--labels FILE\.json\)/);
    match((await train("--protocol", "label")).err, /got also "2"/);
    const { code, err, out: said } = await train("--labels", `${root}/map.json`);
    equal(code, 0, err);
    match(said, / 20 text, no image, 20 audio\n {2}labels +10 2 \(negative\), 10 4 \(positive\)\n/);
    match(said, /\n {2}text\+audio: .*\n {2}text of rows: .*\n {2}audio of rows: /);
    const { data: { valence } } = JSON.parse(await Deno.readTextFile(`${out}/config.json`));
    deepEqual([valence["4"], valence["2"], valence.joy], ["positive", "negative", "positive"]);

    const ask = () => captured(predict, ["--model", out, "--cache", cache, "--csv", csv, "--json"]);
    const asked = await ask();
    equal(asked.code, 0, asked.err);
    const verdicts = asked.out.split("\n").map((line) => JSON.parse(line));
    deepEqual([verdicts.length, Object.keys(verdicts[0].heads)], [20, ["text", "audio"]]);
    // What the model has not learnt is not read, and said.
    await writeRows(data, ["text", "image", "audio"]);
    const more = await ask();
    match(more.err, /The model has not learnt image: only text, audio is read\./);
    equal(more.out, asked.out);
    const image = ["--image", `${data}/faces/sad/0.png`];
    const alone = await captured(predict, ["--model", out, "--cache", cache, ...image]);
    match(alone.err, /expected text, audio, which the model has learnt, got --image$/);
  }));

Deno.test("the train task replaces a model only with --force, or where it was cut off as it did", () =>
  withTinyCorpora(async ({ root, data, cache }) => {
    const out = `${root}/model`;
    const place = ["--data", data, "--cache", cache, "--out", out, "--set", "training.epochs=2"];
    const train = (...more: string[]) => run("--quick", ...place, ...more);
    equal((await train()).code, 0);
    const first = await filesIn(out);
    const { code, err } = await train("--seed", "2");
    equal(code, 1);
    equal(
      err,
      `RangeError: Cannot save to "${out}": expected nothing there, got a model; --force replaces ` +
        "it, --out DIR saves elsewhere",
    );
    deepEqual(await filesIn(out), first);
    equal((await train("--seed", "2", "--force")).code, 0);
    const { seed } = JSON.parse(await Deno.readTextFile(`${out}/config.json`));
    equal(seed, 2);

    // Cut off between the model and the end of its work folder, which is what a kill leaves.
    const work = `${out}.work`;
    const kept = { command: "" };
    const { rename } = Deno;
    Deno.rename = async (from, to) => {
      await rename(from, to);
      if (String(to) !== out) return;
      kept.command = await Deno.readTextFile(`${work}/command`);
      throw new Error("dead");
    };
    try {
      equal((await train("--force")).code, 1);
    } finally {
      Deno.rename = rename;
    }
    match((await train("--seed", "2")).err, /got a model; --force replaces it/);
    equal((await train()).code, 0);
    deepEqual(await filesIn(out), first);
    deepEqual(await namesIn(root), ["model"]);
  }));

Deno.test("the train task takes settings, keeps them in the record, and takes them from there again", () =>
  withTinyCorpora(async ({ root, data, cache }) => {
    const train = (out: string, ...more: string[]) =>
      run("--quick", "--data", data, "--cache", cache, "--out", `${root}/${out}`, ...more);
    const own = ["model.width=8", "model.heads=2", "training.epochs=3", "data.testFraction=0.3"];
    const given = [...own, "training.learningRate=2e-3", "model.levels.within=false"];
    const { code, err } = await train("first", ...given.flatMap((one) => ["--set", one]));
    equal(code, 0, err);
    const recordOf = async (name: string) =>
      JSON.parse(await Deno.readTextFile(`${root}/${name}/config.json`));
    const { model, training, configuration } = await recordOf("first");
    deepEqual([model.width, model.heads, model.levels.within], [8, 2, false]);
    // What is given stands above --quick and above the tuned rate.
    deepEqual([training.epochs, training.learningRate], [3, 2e-3]);
    const { inputs: _, ...settings } = model;
    deepEqual(configuration.model, settings);
    deepEqual(configuration.training, training);
    deepEqual(configuration.data, { ...quick.data, testFraction: 0.3 });
    const history = (await Deno.readTextFile(`${root}/first/history.csv`)).trim().split("\n");
    equal(history[0], "epoch,step,trainLoss,validationLoss,validationAccuracy,learningRate,kept");
    deepEqual(history.slice(1).map((line) => line.split(",")[0]), ["1", "2", "3"]);
    match(await Deno.readTextFile(`${root}/first/README.md`), /^!\[.*\]\(training\.svg\)$/m);
    match(await Deno.readTextFile(`${root}/first/training.svg`), /^<svg.*>validation</s);

    equal((await train("second", "--config", `${root}/first/config.json`)).code, 0);
    deepEqual(await filesIn(`${root}/second`), await filesIn(`${root}/first`));
    const third = ["--config", `${root}/first/config.json`, "--set", "model.width=6"];
    equal((await train("third", ...third)).code, 0);
    deepEqual((await recordOf("third")).configuration.model, { ...settings, width: 6 });
  }));

Deno.test("the train task refuses settings that can't be, before it reads anything", async () => {
  const refused = async (setting: string, message: RegExp) => {
    const { code, err } = await run("--data", "nowhere", "--set", setting);
    equal(code, 2);
    match(err, message);
  };
  await refused("model.widht=8", /did you mean model.width\?$/);
  await refused("model.width=8,16", /expected a whole number from 1, got "8,16"$/);
  await refused("model.heads=7", /got a width of 64 and 7 heads$/);
  await refused("data.testFraction=0.95", /below 1 together, got 0.95 and 0.1$/);
});

Deno.test("the train task refuses settings that would change nothing of a table", () =>
  withTinyCorpora(async ({ root, data, cache }) => {
    const csv = await writeRows(data, ["text", "image", "audio"]);
    const train = (set: string) =>
      run("--data", csv, "--cache", cache, "--out", `${root}/model`, "--set", set);
    match((await train("data.cap=10")).err, /Cannot use data.cap on ".*": .* got protocol natural/);
    const lines = (await Deno.readTextFile(csv)).trim().split("\n");
    const parts = ["split", ...Array(12).fill("train"), ...Array(4).fill("validation")];
    const rows = lines.map((line, i) => `${line},${parts[i] ?? "test"}`);
    await Deno.writeTextFile(csv, rows.join("\n"));
    match(
      (await train("data.testFraction=0.3")).err,
      /Cannot use data.testFraction .* expected parts that are drawn, got parts that are given/,
    );
  }));
