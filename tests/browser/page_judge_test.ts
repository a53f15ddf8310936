import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { openPageJudge, openSampleEncoders } from "../../lib/browser/mod.ts";
import { pageFiles } from "../../lib/browser/page_files.ts";
import { decodeImage } from "../../lib/encoders/decode_image.ts";
import { decodeClip } from "../../lib/encoders/load_input.ts";
import { loadExportedModel } from "../../lib/inference/exported_model.ts";
import { openInputEncoders } from "../../lib/inference/input_encoders.ts";
import { judge } from "../../lib/inference/judge.ts";
import type { Reliability } from "../../lib/inference/reliability.ts";
import {
  type EncoderRecords,
  modelFromSafetensors,
  openModelFolder,
  writeModel,
} from "../../lib/inference/model_folder.ts";
import { modalities } from "../../lib/modality.ts";
import { withTinyFolder } from "../inference/tiny_folder.ts";
import { subsets } from "../inference/tiny_model.ts";
import { openGraph } from "./open_graph.ts";

// Of some sets of modalities alone.
const reliability: Reliability = {
  checks: {},
  certainties: {},
  temperatures: {
    text: { temperature: 1.7, fitted: 40 },
    image: { fitted: 12 },
    "text+audio": { temperature: 0.6, fitted: 31 },
    "text+image+audio": { temperature: 2.2, fitted: 31 },
  },
};

Deno.test("a page's model says of every subset of a sample what predict says, calibrated too", () =>
  withTinyFolder(async ({ root, encoders: records }) => {
    const cache = `${root}/cache`, folder = `${root}/model`;
    const { page, files } = await pageFiles(folder, { cache });
    const places = { openGraph, readFile: (name: string) => Promise.resolve(files.get(name)!) };
    const encoders = await openSampleEncoders(page, places);
    const asked = await openPageJudge(page, { ...places, tokensOf: encoders.tokensOf });

    const { description: { model: config }, ...opened } = await openModelFolder(folder);
    const exported = await loadExportedModel(opened.onnx);
    const trained = modelFromSafetensors(opened.safetensors, { path: folder, config });
    const theirs = openInputEncoders(records, { cache, folder });

    const text = "good, very good film", image = `${root}/face.png`, audio = `${root}/clip.wav`;
    const bytes = await Deno.readFile(image);
    const inputs = {
      text: await encoders.text(text),
      image: await encoders.image(await decodeImage({ path: image, bytes })),
      audio: await encoders.audio(await decodeClip(await Deno.readFile(audio), { path: audio })),
    };
    const sample = { text, image, audio };
    for (const shown of subsets) {
      const only = <Value>(of: Readonly<Record<string, Value>>) =>
        Object.fromEntries(shown.map((m) => [m, of[m]!]));
      const read = await theirs.readOne(only(sample));
      const expected = await judge(exported, read, trained, { reliability });
      const { judgement, without, parts, gate } = await asked.judge(
        { inputs: only(inputs), text },
        { parts: true },
      );
      deepEqual(judgement, expected, shown.join());
      deepEqual(Object.keys(without), shown.length > 1 ? shown : []);
      equal(
        judgement.verdict.calibrated !== undefined,
        ["text", "text+audio", "text+image+audio"].includes(shown.join("+")),
      );
      equal(gate === null, !shown.includes("audio"));
      equal(parts!.words.length, shown.includes("text") ? 4 : 0);
      equal(parts!.cells.length, shown.includes("image") ? 4 : 0);
      equal(parts!.stretches.length, shown.includes("audio") ? 2 : 0);
    }
    await Promise.all([asked, encoders, theirs, exported].map((held) => held.dispose()));
  }, { reliability }));

Deno.test("a page is of the modalities that have an encoder, and of none where all features were given", () =>
  withTinyFolder(async ({ root }) => {
    const { description, onnx, safetensors } = await openModelFolder(`${root}/model`);
    const files = { "model.onnx": onnx, "model.safetensors": safetensors };
    const rewrite = (encoders: EncoderRecords) =>
      writeModel(`${root}/model`, { description: { ...description, encoders }, files });
    const { encoders } = description;
    await rewrite({ ...encoders, image: { ...encoders.image, choice: "given" } });
    const { page } = await pageFiles(`${root}/model`, { cache: `${root}/cache` });
    deepEqual([page.learnt, Object.keys(page.encoders)], [["text", "audio"], ["text", "audio"]]);
    deepEqual(page.about.notes, [
      "Features of image came with the data, and a page makes none of new samples",
    ]);
    await rewrite({ ...encoders, choice: "given" });
    await rejects(pageFiles(`${root}/model`, { cache: `${root}/cache` }), {
      message:
        "Cannot make a page: expected a model with encoders of what people write, show and " +
        "say, got one of features that others have extracted",
    });
  }));

Deno.test("reasons are for the class that is named, also where it is the first of two", () =>
  withTinyFolder(async ({ root }) => {
    const { page, files } = await pageFiles(`${root}/model`, { cache: `${root}/cache` });
    const places = { openGraph, readFile: (name: string) => Promise.resolve(files.get(name)!) };
    const encoders = await openSampleEncoders(page, places);
    const asked = await openPageJudge(page, { ...places, tokensOf: encoders.tokensOf });
    const path = `${root}/face.png`;
    const image = await encoders.image(
      await decodeImage({ path, bytes: await Deno.readFile(path) }),
    );
    const named = new Set<string>();
    for (const inputs of [{ image }, { text: await encoders.text("bad film"), image }]) {
      const { judgement: { verdict, explanation }, reasons, parts } = await asked.judge(
        { inputs },
        { parts: true },
      );
      const { favoured, shares, baseline, total } = reasons!;
      equal(favoured, verdict.label);
      named.add(verdict.label);
      const p = verdict.probability!, own = verdict.label === "negative" ? 1 - p : p;
      ok(Math.abs(total - Math.log(own / (1 - own))) < 1e-5);
      const sum = Object.values(shares).reduce((a, b) => a + b, baseline);
      ok(Math.abs(sum - total) < 1e-9);
      const sign = verdict.label === "negative" ? -1 : 1;
      equal(shares.image, sign * explanation!.contributions.image!);
      // What the verdict loses without the first cell, by hand.
      const mask = image.features.mask!.with(0, 0);
      const less = { ...image, features: { ...image.features, mask } };
      const without = await asked.judge({ inputs: { ...inputs, image: less } }, { parts: false });
      const rest = sign * without.judgement.explanation!.logOdds;
      ok(Math.abs(parts!.cells[0]! - (total - rest)) < 1e-5);
    }
    ok(named.has("negative"), [...named].join());
    await Promise.all([asked, encoders].map((held) => held.dispose()));
  }));

Deno.test("the verdict without a modality is that on the others alone, and attention sums to 1", () =>
  withTinyFolder(async ({ root }) => {
    const { page, files } = await pageFiles(`${root}/model`, { cache: `${root}/cache` });
    const places = { openGraph, readFile: (name: string) => Promise.resolve(files.get(name)!) };
    const encoders = await openSampleEncoders(page, places);
    const asked = await openPageJudge(page, { ...places, tokensOf: encoders.tokensOf });
    const path = `${root}/clip.wav`;
    const inputs = {
      text: await encoders.text("bad film"),
      audio: await encoders.audio(await decodeClip(await Deno.readFile(path), { path })),
    };
    const { without, attention, parts } = await asked.judge({ inputs }, { parts: false });
    const alone = await asked.judge({ inputs: { audio: inputs.audio } }, { parts: false });
    equal(without.text!.probability, alone.judgement.verdict.probability);
    equal(parts, null);
    deepEqual(
      new Set(attention!.places.map(({ modality }) => modality)),
      new Set(["text", "audio"]),
    );
    for (const row of attention!.weights) {
      ok(Math.abs(row.reduce((a, b) => a + b, 0) - 1) < 1e-5);
    }
    await rejects(
      openSampleEncoders({ ...page, encoders: {} }, places).then(({ text }) => text("good")),
      { message: "Cannot encode text: expected a model that has learnt it, got another" },
    );
    equal(modalities.every((m) => page.learnt.includes(m)), true);
    await Promise.all([asked, encoders].map((held) => held.dispose()));
  }));
