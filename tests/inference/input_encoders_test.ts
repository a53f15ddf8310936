import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { openInputEncoders } from "../../lib/inference/mod.ts";
import { ensureSpeechEncoder, loadSpeechEncoder } from "../../lib/encoders/mod.ts";
import { withTiny } from "../encoders/tiny_encoders.ts";
import { withTinyFolder, writeText } from "./tiny_folder.ts";

Deno.test("openInputEncoders() gives what the model takes, of the modalities that a sample has", () =>
  withTinyFolder(async ({ root, encoders: records }) => {
    const encoders = openInputEncoders(records, { cache: `${root}/cache` });
    const { text, image, audio } = await encoders.encode({
      text: "good film",
      image: `${root}/face.png`,
      audio: `${root}/clip.wav`,
    });
    const sizes = (features: Readonly<Record<string, Float32Array>>) =>
      Object.fromEntries(Object.entries(features).map(([name, { length }]) => [name, length]));
    deepEqual(sizes(text!), { states: 4, mask: 2 });
    deepEqual(sizes(image!), { states: 12, mask: 4 });
    deepEqual(sizes(audio!), { states: 4, mask: 2, logMel: 10_240, prosody: 16, frames: 1 });
    // A second in frames of 25 ms.
    deepEqual([...audio!.frames!], [40]);
    // The mean colour of each quarter: #c04020 everywhere.
    const colours = [...image!.states!].map((x) => Math.round(255 * x));
    deepEqual(colours, [32, 32, 96, 96].flatMap((blue) => [192, 64, blue]));
    deepEqual(Object.keys(await encoders.encode({ text: "bad" })), ["text"]);
    await encoders.dispose();
  }));

Deno.test("only the encoders that a sample needs are loaded", () =>
  withTinyFolder(async ({ root, encoders: records }) => {
    for (const name of ["resnet", "wav2vec2"]) {
      await Deno.remove(`${root}/cache/models/tiny/${name}`, { recursive: true });
    }
    const encoders = openInputEncoders(records, { cache: `${root}/cache` });
    ok((await encoders.encode({ text: "good" })).text);
    await rejects(encoders.encode({ image: `${root}/face.png` }), Deno.errors.NotFound);
    await encoders.dispose();
  }));

Deno.test("an encoder that changed since training is an error that names both digests", () =>
  withTinyFolder(async ({ root, encoders: records }) => {
    const cache = `${root}/cache`;
    await writeText(cache, "models/tiny/bert/config.json", `{ "model_type": "bert" }`);
    const encoders = openInputEncoders(records, { cache });
    await rejects(encoders.encode({ text: "good" }), (error: Error) => {
      const said = `Cannot use the encoder tiny/bert in "${cache}": ` +
        `expected digest ${records.text.digest}, as in training, got `;
      equal(error.message.slice(0, said.length), said);
      return true;
    });
    await encoders.dispose();
    const other = { ...records, spectral: { ...records.spectral!, segments: 3 } };
    const changed = openInputEncoders(other, { cache });
    await rejects(
      changed.encode({ audio: `${root}/clip.wav` }),
      /^RangeError: Cannot use the encoder spectral .*: expected digest /,
    );
    await changed.dispose();
  }));

Deno.test("a model that was downloaded lies in a folder of its revision", () =>
  withTinyFolder(async ({ root, encoders: records }) => {
    const models = `${root}/cache/models/tiny`;
    await Deno.rename(`${models}/bert`, `${models}/elsewhere`);
    await Deno.mkdir(`${models}/bert`);
    await Deno.rename(`${models}/elsewhere`, `${models}/bert/default`);
    const encoders = openInputEncoders(records, { cache: `${root}/cache` });
    ok((await encoders.encode({ text: "good" })).text);
    await encoders.dispose();
  }));

Deno.test("a model of several layers, or of int8 encoders, gets what it was trained on", () =>
  withTiny("wav2vec2", (root) =>
    withTinyFolder(async ({ root: folder, encoders: records }) => {
      await Deno.mkdir(`${root}/models`);
      await Deno.rename(`${root}/tiny`, `${root}/models/tiny`);
      const options = { model: "tiny/wav2vec2", root: `${root}/models`, segments: 2 };
      const sizes: number[] = [];
      for (const settings of [{ layers: "mix" }, { layers: 1 }, { precision: "int8" }] as const) {
        const speech = await loadSpeechEncoder({ ...options, ...settings });
        await speech.dispose();
        const { id, digest } = speech;
        const { precision = "fp32", ...layers } = { precision: undefined, ...settings };
        const encoders = openInputEncoders(
          { ...records, precision, audio: { id, digest, segments: 2, ...layers } },
          { cache: root },
        );
        const { audio } = await encoders.encode({ audio: `${folder}/clip.wav` });
        sizes.push(audio!.states!.length);
        await encoders.dispose();
      }
      deepEqual(sizes, [2 * 4 * 16, 2 * 16, 2 * 16]);
    })));

Deno.test("embedded speech encoders that are not there are made again by what a model recorded", () =>
  withTinyFolder(async ({ root, encoders: records }) => {
    const place = { cache: `${root}/cache`, folder: `${root}/model` };
    for (
      // Models from before there was Whisper have the first.
      const [asked, of, numbers] of [
        [{ speech: "wav2vec2-mini" }, "trivalence/wav2vec2-mini-1", 2 * 256],
        [{ layers: 0 }, "trivalence/whisper-tiny-layer-0-1", 2 * 384],
        [{ layers: "mix" }, "trivalence/whisper-tiny-mix-1", 2 * 5 * 384],
      ] as const
    ) {
      const made = await ensureSpeechEncoder(place.cache, asked);
      const { id, digest, layers, dispose } = await loadSpeechEncoder({ ...made, segments: 2 });
      await dispose();
      equal(id, of);
      await Deno.remove(`${made.root}/${made.model}`, { recursive: true });
      const audio = { id, digest, segments: 2, ...layers !== undefined && { layers } };
      const encoders = openInputEncoders({ ...records, choice: "embedded", audio }, place);
      const features = await encoders.encode({ audio: `${root}/clip.wav` });
      equal(features.audio!.states!.length, numbers);
      await encoders.dispose();
    }
  }));
