import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { quick } from "../../lib/study/settings.ts";
import { currentCommit, sourceDigest } from "../../experiments/results/folder.ts";
import { trainModel } from "../../lib/study/train_model.ts";
import { withWorkFolder } from "../../lib/study/with_work_folder.ts";
import { readEmotions } from "../../lib/datasets/mod.ts";
import { scoreBinary } from "../../lib/metrics/mod.ts";
import { main as predictMain } from "../../tasks/predict.ts";
import { main as reproduceMain } from "../../tasks/reproduce.ts";
import { main as trainMain } from "../../tasks/train.ts";
import { loadTrainedEncoders } from "../../lib/branches/trained_branches.ts";
import { openSampleEncoders } from "../../lib/browser/mod.ts";
import { pageFiles } from "../../lib/browser/page_files.ts";
import { decodeImage } from "../../lib/encoders/decode_image.ts";
import { decodeClip } from "../../lib/encoders/load_input.ts";
import { openInputEncoders } from "../../lib/inference/input_encoders.ts";
import { openGraph } from "../browser/open_graph.ts";
import { captured } from "./captured.ts";
import { type TinyCorpora, withTinyCorpora } from "../study/tiny_corpora.ts";

// Enough to be cut in the middle.
const epochs = 4;

const train = ({ data, cache }: TinyCorpora, ...args: string[]) =>
  captured(trainMain, [
    ...["--quick", "--set", `training.epochs=${epochs}`, "--data", data, "--cache", cache],
    ...args,
  ]);

const scratch = (corpora: TinyCorpora, out: string) =>
  train(corpora, "--encoders", "scratch", "--protocol", "single", "--out", out);

/** Trains as {@linkcode scratch} does, keeps every epoch, and dies as the second encoder learns. */
async function dieInEncoder({ data, cache }: TinyCorpora, work: string): Promise<void> {
  const root = new URL("../../", import.meta.url);
  await rejects(
    withWorkFolder(work, { everySeconds: 0 }, async (openWork) =>
      await trainModel({
        config: { ...quick, training: { ...quick.training, epochs } },
        protocol: "single",
        seed: 1,
        ...{ data, dataLabel: data, cache, openWork },
        encoders: "scratch",
        version: "0.0.0",
        commit: await currentCommit(root),
        code: await sourceDigest(root),
        onProgress: () => {},
        watcher: {
          onEpoch({ name }, { epoch }) {
            if (name.includes("image") && epoch === 3) throw new Error("dead");
          },
          onEnd() {},
        },
      })),
    /^Error: dead$/,
  );
}

/** Every file below a folder by its path, as bytes. */
async function filesBelow(folder: string, prefix = ""): Promise<Record<string, Uint8Array>> {
  const found: Record<string, Uint8Array> = {};
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) {
      Object.assign(found, await filesBelow(`${folder}/${name}`, `${prefix}${name}/`));
    } else found[prefix + name] = await Deno.readFile(`${folder}/${name}`);
  }
  return found;
}

function scoresOf({ scores }: { scores: { accuracy: number; auc: number }[] }): number[][] {
  return scores.map(({ accuracy, auc }) => [accuracy, auc]);
}

async function firstClip(data: string): Promise<string> {
  const files = await filesBelow(`${data}/ravdess`);
  return `${data}/ravdess/${Object.keys(files).sort()[0]}`;
}

/** What `config.json` of a model says. */
async function description(model: string) {
  return JSON.parse(await Deno.readTextFile(`${model}/config.json`));
}

Deno.test("a model upon encoders that it trained: kept whole, asked again, and its encoders reused with care", async (t) => {
  await withTinyCorpora(async (corpora) => {
    const { root, data, cache } = corpora;
    const out = `${root}/model`;

    await t.step("train --encoders scratch saves the encoders in the model's folder", async () => {
      const { code, err } = await scratch(corpora, out);
      equal(code, 0, err);
      const { encoders, model } = await description(out);
      equal(encoders.choice, "trained");
      deepEqual(
        [model.inputs.text, model.inputs.image],
        [{ segments: 4, width: 32 }, { segments: 4, width: 64 }],
      );
      const loaded = await loadTrainedEncoders(`${out}/encoders`);
      for (const m of ["text", "image", "audio"] as const) {
        const encoder = loaded[m]!;
        equal(encoder.digest, encoders[m].digest);
        const { corpora: { [m]: { train, validation } } } = (await description(out)).data;
        ok(encoder.trainedOn.size <= train + validation);
        await encoder.dispose();
      }
    });

    await t.step(
      "a training that dies at its second encoder goes on, to the same bytes",
      async () => {
        const again = `${root}/again`;
        await dieInEncoder(corpora, `${again}.work`);
        const fits = await Array.fromAsync(Deno.readDir(`${again}.work/fits`));
        equal(fits.length, 2);
        equal((await scratch(corpora, again)).code, 0);
        deepEqual(await filesBelow(again), await filesBelow(out));
      },
    );

    await t.step("upon these encoders, frozen, another training gives the same model", async () => {
      const own = `${root}/upon`;
      const { code, err } = await train(
        corpora,
        ...["--encoders", `${out}/encoders`, "--protocol", "single", "--out", own],
      );
      equal(code, 0, err);
      const [first, second] = [await description(out), await description(own)];
      deepEqual(second.encoders, first.encoders);
      deepEqual(scoresOf(second), scoresOf(first));
    });

    await t.step("predict has the scores that training told of the test part", async () => {
      const text = (await loadTrainedEncoders(`${out}/encoders`)).text!;
      const { samples } = await readEmotions(`${data}/emotions`);
      const tested = samples.filter(({ hash }) => !text.trainedOn.has(hash));
      await text.dispose();
      const csv = `${root}/test.csv`;
      const lines = tested.map(({ source }) => "text" in source ? source.text : "");
      await Deno.writeTextFile(csv, ["text", ...lines, ""].join("\n"));
      const { code, out: said, err } = await captured(predictMain, [
        ...["--model", out, "--csv", csv, "--json", "--cache", cache],
      ]);
      equal(code, 0, err);
      const scores = said.trim().split("\n").map((line) => JSON.parse(line).heads.text as number);
      const { scores: told } = await description(out);
      const [{ tested: n, accuracy, auc }] = told.filter((own: { head: string }) =>
        own.head === "text"
      );
      const found = scoreBinary({ actual: tested.map(({ label }) => label), scores });
      deepEqual([tested.length, found.accuracy, found.auc], [n, accuracy, auc]);
    });

    await t.step("a page encodes text, picture and sound by them as predict does", async () => {
      const { page, files } = await pageFiles(out, { cache });
      const readFile = (name: string) => Promise.resolve(files.get(name)!);
      const encoders = await openSampleEncoders(page, { openGraph, readFile });
      const theirs = openInputEncoders((await description(out)).encoders, { cache, folder: out });
      const [image, audio] = [`${data}/faces/happy/1.png`, await firstClip(data)];
      const sample = { text: "My good, good film!", image, audio };
      const { features, extents } = await theirs.readOne(sample);
      const pixels = await decodeImage({ path: image, bytes: await Deno.readFile(image) });
      const own = {
        text: await encoders.text(sample.text),
        image: await encoders.image(pixels),
        audio: await encoders.audio(await decodeClip(await Deno.readFile(audio), { path: audio })),
      };
      for (const m of ["text", "image", "audio"] as const) {
        deepEqual(own[m].extent, extents[m]);
        deepEqual(Object.keys(own[m].features).sort(), Object.keys(features[m]!).sort());
        for (const [name, wanted] of Object.entries(features[m]!)) {
          const got = own[m].features[name]!;
          const far = wanted.reduce((most, x, i) => Math.max(most, Math.abs(x - got[i]!)), 0);
          ok(got.length === wanted.length && far < 1e-4, `${m} ${name} ${far}`);
        }
      }
      await Promise.all([encoders, theirs].map((held) => held.dispose()));
    });

    await t.step("predict encodes a sample as training did", async () => {
      const sample = ["--image", `${data}/faces/happy/1.png`, "--text", "my good film"];
      const ask = (model: string) =>
        captured(predictMain, ["--model", model, "--json", "--cache", cache, ...sample]);
      const { code, out: said, err } = await ask(out);
      equal(code, 0, err);
      const { heads } = JSON.parse(said);
      deepEqual(Object.keys(heads), ["text", "image"]);
      // Learnt from features that were made one file after another, or all from one table.
      const upon = JSON.parse((await ask(`${root}/upon`)).out);
      for (const m of ["text", "image"]) ok(Math.abs(upon.heads[m] - heads[m]) < 1e-4, m);
      const page = `${root}/page.html`;
      equal((await captured(predictMain, ["--model", out, "--page", page, ...sample])).code, 0);
      match(await Deno.readTextFile(page), /The encoders were trained: what the message did/);
    });

    await t.step("an encoder that has met a test part is refused, before training", async () => {
      const refusal =
        /Error: Cannot test encoder "trained text": expected samples that it has not met, got\n- trained on themselves, \d of 4: /;
      const trained = await train(
        corpora,
        ...["--encoders", `${out}/encoders`, "--seed", "2", "--out", `${root}/other`],
      );
      equal(trained.code, 1);
      match(trained.err, refusal);
      const reproduced = await captured(reproduceMain, [
        ...["table_1", "--quick", "--seeds", "2", "--data", data, "--cache", cache],
        ...["--encoders", `${out}/encoders`, "--out", `${root}/tables`],
      ]);
      equal(reproduced.code, 1);
      match(reproduced.err, refusal);
      ok(!(await Array.fromAsync(Deno.readDir(root))).some(({ name }) => name === "other"));
    });

    await t.step("an encoder that is not the model's, or not there, is refused", async () => {
      const ask = () => captured(predictMain, ["--model", out, "--text", "good", "--cache", cache]);
      const path = `${out}/encoders/text/model.safetensors`;
      const bytes = await Deno.readFile(path);
      await Deno.writeFile(path, bytes.fill(1, bytes.length - 4));
      match((await ask()).err, /expected weights of SHA-256 \w+, got/);
      await Deno.remove(`${out}/encoders/text`, { recursive: true });
      match((await ask()).err, /Cannot read ".*encoders\/text\/config.json": expected a file, got/);
    });
  });
});
