import { deepEqual, equal, match, ok } from "node:assert/strict";
import { encode, readTable } from "../../mod.ts";
import { kindOf } from "../../lib/files.ts";
import { openModelFolder } from "../../lib/inference/model_folder.ts";
import { main as evaluate } from "../../tasks/evaluate.ts";
import { main as predict } from "../../tasks/predict.ts";
import { main as train } from "../../tasks/train.ts";
import { tinyResnet, withModels } from "../encoders/tiny_models.ts";
import { withTinyCorpora } from "../study/tiny_corpora.ts";
import { writeRows } from "../study/tiny_table.ts";
import { captured } from "./captured.ts";

const tiny = ["model.width=8", "model.heads=2", "training.epochs=2", "model.channels=[2]"]
  .flatMap((setting) => ["--set", setting]);

/** Runs `body` beside the corpora and two encoders of one's own, both of which are called `mine`. */
function withOwn(
  body: (own: {
    readonly root: string;
    readonly cache: string;
    readonly data: string;
    readonly text: string;
    readonly image: string;
  }) => Promise<void>,
): Promise<void> {
  return withTinyCorpora(({ root, data, cache }) =>
    withModels(
      ["tiny/bert"],
      (folder) =>
        withModels({ "image/mine": tinyResnet({ output: "pooler_output" }) }, async (other) => {
          await Deno.rename(`${folder}/tiny`, `${folder}/text`);
          await Deno.rename(`${folder}/text/bert`, `${folder}/text/mine`);
          const table = await writeRows(data, ["text", "image"]);
          const places = { text: `${folder}/text/mine`, image: `${other}/image/mine` };
          await body({ root, cache, data: table, ...places });
        }),
    )
  );
}

Deno.test("a model is trained upon encoders of one's own, and asks for them again", (t) =>
  withOwn(async ({ root, cache, data, text, image }) => {
    const model = `${root}/model`;
    const place = ["--model", model, "--cache", cache];
    const picture = ["--image", data.replace(/[^/]*$/, "faces/sad/0.png")];

    await t.step("train and the model say whose they are", async () => {
      const own = ["--text-encoder", text, "--image-encoder", image];
      const given = ["--quick", "--data", data, "--cache", cache, ...own, "--out", model, ...tiny];
      const { code, err } = await captured(train, given);
      equal(code, 0, err);
      const { description: { encoders, model: { inputs } } } = await openModelFolder(model);
      deepEqual(
        [encoders.text, encoders.image].map(({ id, folder }) => [id, folder]),
        [["own text mine", text], ["own image mine", image]],
      );
      equal(encoders.audio.folder, undefined);
      deepEqual([inputs.text, inputs.image], [
        { segments: 8, width: 2 },
        { segments: 1, width: 3 },
      ]);
      const card = await Deno.readTextFile(`${model}/README.md`);
      match(card, /The encoder of image is mine, a model from a local folder\./);
      ok(!card.includes("language: en"));
    });

    await t.step("evaluate and predict find them by the model's record", async () => {
      const judged = await captured(evaluate, [...place, "--data", data, "--unseen", "--json"]);
      equal(judged.code, 0, judged.err);
      const { whole: { tested, scores } } = JSON.parse(judged.out);
      const { description: { scores: [told] } } = await openModelFolder(model);
      deepEqual([told!.tested, told!.accuracy], [tested, scores.accuracy.value]);
      const said = await captured(predict, [...place, "--text", "my film", ...picture]);
      equal(said.code, 0, said.err);
    });

    await t.step(
      "of folders that have moved, one in the cache will do, and none is an error",
      async () => {
        await Deno.rename(image, `${cache}/models/mine`);
        equal((await captured(predict, [...place, ...picture])).code, 0);
        await Deno.rename(`${cache}/models/mine`, `${root}/elsewhere`);
        const lost = await captured(predict, [...place, ...picture]);
        equal(lost.code, 1);
        match(
          lost.err,
          /Cannot use the encoder own image mine: expected its folder, as in training, as ".*\/image\/mine" or ".*\/models\/mine", got neither/,
        );
        await Deno.rename(`${root}/elsewhere`, image);
        await Deno.writeTextFile(`${image}/config.json`, `{ "model_type": "resnet", "new": 1 }`);
        const other = await captured(predict, [...place, ...picture]);
        match(other.err, /"[^"]*\/image\/mine": expected digest [0-9a-f]+, as in training, got /);
      },
    );
  }));

Deno.test("encode takes an encoder of one's own, and says so", () =>
  withOwn(async ({ cache, data, image }) => {
    const { encoders, features } = await encode(await readTable(data), {
      cache,
      imageEncoder: image,
    });
    deepEqual([encoders.choice, encoders.image.folder], ["embedded", image]);
    deepEqual(encoders.notes, ["The encoder of image is mine, a model from a local folder"]);
    deepEqual(features.image.tables.states!.shape, [20, 1, 3]);
  }));

Deno.test("a folder that is no encoder, or is not asked for, is an error before anything is made", () =>
  withOwn(async ({ root, cache, data, text, image }) => {
    const out = `${root}/model`;
    const given = ["--quick", "--data", data, "--cache", cache, "--out", out];
    const refused = async (args: string[], [code, message]: readonly [number, RegExp]) => {
      const told = await captured(train, [...given, ...args]);
      equal(told.code, code, told.err);
      match(told.err, message);
      equal(await kindOf(out), "nothing");
    };
    const trained = (got: string) =>
      new RegExp(`Cannot use --image-encoder: expected --encoders embedded or paper .*got ${got}`);
    const own = ["--image-encoder", image];
    await refused([...own, "--encoders", "scratch"], [2, trained("scratch")]);
    await refused([...own, "--encoders", "best"], [2, trained("best")]);
    await refused([...own, "--encoders", `${root}/x`], [2, trained('those of "')]);
    await refused(["--image-encoder", `${root}/none`], [1, /"[^"]*none": .*, got nothing/]);
    await refused(["--image-encoder", text], [1, /got one without preprocessor_config\.json$/]);
    await refused(["--text-encoder", image], [
      1,
      /expected a folder with .*, got one without tokenizer\.json, tokenizer_config\.json$/,
    ]);
    await Deno.remove(`${image}/onnx/model.onnx`);
    await refused(own, [1, /the image encoder of ".*": .*, got one without onnx\/model\.onnx$/]);
  }));
