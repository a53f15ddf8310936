import { deepEqual, equal, match, ok } from "node:assert/strict";
import { namesIn } from "../../lib/files.ts";
import { modalities } from "../../lib/modality.ts";
import { main as compareMain } from "../../tasks/compare.ts";
import { main as evaluateMain } from "../../tasks/evaluate.ts";
import { main as predictMain } from "../../tasks/predict.ts";
import { main as trainMain } from "../../tasks/train.ts";
import { type TinyCorpora, withTinyCorpora } from "../study/tiny_corpora.ts";
import { captured } from "./captured.ts";

const tiny = ["model.width=8", "model.heads=2", "training.epochs=2", "model.channels=[2]"]
  .flatMap((setting) => ["--set", setting]);

/** The sentences, faces and clips as a table of the given columns; row i has the label of i. */
async function writeTable(
  { data }: TinyCorpora,
  { name, columns, labelOf }: {
    readonly name: string;
    readonly columns: readonly string[];
    readonly labelOf: (i: number) => string;
  },
): Promise<string> {
  const sentences = (await Deno.readTextFile(`${data}/emotions/text.csv`)).trim().split("\n");
  const clips: string[] = [];
  for (const actor of (await namesIn(`${data}/ravdess`)).sort()) {
    const own = (await namesIn(`${data}/ravdess/${actor}`)).sort();
    clips.push(...own.map((file) => `ravdess/${actor}/${file}`));
  }
  const rows = Array.from({ length: 20 }, (_, i): Record<string, string> => ({
    text: sentences[i + 1]!.split(",")[1]!,
    image: `faces/${i % 2 ? "happy" : "sad"}/${i}.png`,
    audio: clips[i]!,
    label: labelOf(i),
    speaker: `s${Math.floor(i / 2)}`,
  }));
  const names = [...columns, "label", "speaker"];
  const lines = [names, ...rows.map((row) => names.map((column) => row[column]))];
  await Deno.writeTextFile(`${data}/${name}`, lines.map((line) => `${line}\n`).join(""));
  return `${data}/${name}`;
}

const speech = "trivalence/whisper-tiny-layer-2-1";

const polarityOf = (i: number) => i % 2 ? "positive" : "negative";

async function described(model: string) {
  return JSON.parse(await Deno.readTextFile(`${model}/config.json`));
}

const scoresOf = ({ scores }: { scores: { exam: string; accuracy: number; auc: number }[] }) =>
  scores.map(({ exam, accuracy, auc }) => [exam, accuracy, auc]);

Deno.test("with best, encoders of text and image are trained and kept, that of speech is the frozen one", async (t) => {
  await withTinyCorpora(async (corpora) => {
    const { root, cache } = corpora;
    const data = await writeTable(corpora, {
      ...{ name: "rows.csv", columns: modalities, labelOf: polarityOf },
    });
    const given = ["--quick", "--data", data, "--cache", cache, ...tiny];
    const model = `${root}/model`;

    await t.step("train says which encoders it made, and which it was given", async () => {
      const trained = ["--encoders", "best", "--out", model];
      const { code, err } = await captured(trainMain, [...given, ...trained]);
      equal(code, 0, err);
      const { encoders, model: { inputs } } = await described(model);
      const { choice, text, image, audio } = encoders;
      deepEqual([choice, text.id, image.id], ["trained", "trained text", "trained image"]);
      deepEqual([text.choice, audio.choice, audio.id], [undefined, "embedded", speech]);
      deepEqual([inputs.text.width, inputs.image.width, inputs.audio.segments], [32, 64, 8]);
      deepEqual((await namesIn(`${model}/encoders`)).sort(), ["image", "text"]);
      const card = await Deno.readTextFile(`${model}/README.md`);
      match(
        card,
        /over trained encoders of text and image and a frozen one of speech, with two audio/,
      );
      match(card, /The encoders of text and image have fixed inputs: .* A clip is heard whole/);
    });

    await t.step("evaluate finds the scores that training told of the test part", async () => {
      const asked = ["--model", model, "--data", data, "--cache", cache, "--unseen", "--json"];
      const { code, out, err } = await captured(evaluateMain, asked);
      equal(code, 0, err);
      const { whole: { tested, scores } } = JSON.parse(out);
      const [told] = (await described(model)).scores;
      deepEqual(
        [told.exam, told.tested, told.accuracy, told.auc],
        ["text+image+audio", tested, scores.accuracy.value, scores.auc.value],
      );
    });

    await t.step("the page of a verdict says which encoders were trained", async () => {
      const page = `${root}/page.html`;
      const asked = ["--model", model, "--cache", cache, "--text", "my film", "--page", page];
      const { code, err } = await captured(predictMain, asked);
      equal(code, 0, err);
      match(
        await Deno.readTextFile(page),
        /The encoders of text and images were trained: what the message did is shown as a whole\./,
      );
    });

    await t.step("the folder of its encoders gives the same model", async () => {
      const upon = `${root}/upon`;
      const frozen = ["--encoders", `${model}/encoders`, "--out", upon];
      const { code, err } = await captured(trainMain, [...given, ...frozen]);
      equal(code, 0, err);
      const [first, second] = [await described(model), await described(upon)];
      deepEqual(second.encoders, first.encoders);
      deepEqual(scoresOf(second), scoresOf(first));
      deepEqual((await namesIn(`${upon}/encoders`)).sort(), ["image", "text"]);
      const other = ["--encoders", `${model}/encoders`, "--seed", "2", "--out", `${root}/other`];
      const refused = await captured(trainMain, [...given, ...other]);
      equal(refused.code, 1);
      match(
        refused.err,
        /Cannot test encoder "trained text": expected samples that it has not met/,
      );
    });
  });
});

Deno.test("what a table lacks has no encoder, and what its labels are is what encoders learn", () =>
  withTinyCorpora(async (corpora) => {
    const { root, cache } = corpora;
    const labelOf = (i: number) => (i % 7 - 3.5 + i / 100).toFixed(2);
    const data = await writeTable(corpora, { name: "texts.csv", columns: ["text"], labelOf });
    const model = `${root}/model`;
    const given = ["--quick", "--cache", cache, "--target", "-4..4", ...tiny];
    const train = (table: string, encoders: string, out: string) =>
      captured(trainMain, [...given, "--data", table, "--encoders", encoders, "--out", out]);
    const { code, err } = await train(data, "best", model);
    equal(code, 0, err);
    const { encoders } = await described(model);
    deepEqual([encoders.image.id, encoders.audio.id], ["no image", "no audio"]);
    deepEqual(await namesIn(`${model}/encoders`), ["text"]);
    const card = await Deno.readTextFile(`${model}/README.md`);
    match(card, /\| text \| trained text \|/);
    ok(!/\| (image|audio)[^|]*\| no /.test(card));

    const said = await captured(predictMain, [
      ...["--model", model, "--cache", cache, "--text", "my film", "--json"],
    ]);
    equal(said.code, 0, said.err);
    ok(Math.abs(JSON.parse(said.out).score) <= 4);

    const pictures = await writeTable(corpora, {
      ...{ name: "both.csv", columns: ["text", "image"], labelOf },
    });
    const refused = await train(pictures, `${model}/encoders`, `${root}/other`);
    equal(refused.code, 1);
    match(refused.err, /Cannot encode image: expected an encoder of it in ".*encoders", got none/);
    ok(!(await namesIn(root)).includes("other"));
  }));

Deno.test("compare takes encoders that each split trains: every system of a seed reads the same", () =>
  withTinyCorpora(async (corpora) => {
    const { root, cache } = corpora;
    const labelOf = (i: number) => ["calm", "dull", "fun"][i % 3]!;
    const data = await writeTable(corpora, {
      ...{ name: "rows.csv", columns: ["text", "audio"], labelOf },
    });
    const { code, err, out } = await captured(compareMain, [
      ...["--quick", "--data", data, "--cache", cache, "--target", "classes", ...tiny],
      ...["--encoders", "best", "--out", root, "--jobs", "2"],
    ]);
    equal(code, 0, err);
    match(out, /Encoders: of text and image trained from raw inputs, for each split/);
    const record = async (name: string) =>
      JSON.parse(await Deno.readTextFile(`${root}/compare/runs/${name}.json`)).encoders;
    const own = await record("proposed-rows-seed1");
    deepEqual(Object.keys(own), ["text"]);
    deepEqual(await record("misa-rows-seed1"), own);
    equal(await record("linear-probe-single-audio-seed1"), undefined);
    const { encodersTrained } = JSON.parse(
      await Deno.readTextFile(`${root}/compare/compare.json`),
    );
    deepEqual(Object.keys(encodersTrained), ["text", "image"]);
  }));
