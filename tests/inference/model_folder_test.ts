import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { modelFiles } from "../../lib/study/describe_model.ts";
import {
  modelFromSafetensors,
  modelToSafetensors,
  openModelFolder,
  writeModel,
} from "../../lib/inference/mod.ts";
import { writeSafetensors } from "../../lib/tensor/safetensors.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { tinyDescription, tinyModel } from "./tiny_model.ts";

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

async function tinyFolder() {
  const { trained } = await tinyModel();
  const description = tinyDescription(trained);
  const reliability = { checks: {}, certainties: { text: Float64Array.of(0.5, 1) } };
  return {
    trained,
    description,
    files: await modelFiles(trained, description, { reliability }),
  };
}

/** Saves the tiny model below a new folder, and runs. */
const withModel = (body: (folder: string, root: string) => Promise<void>) =>
  withFolder({}, async (root) => {
    await writeModel(`${root}/out/model`, await tinyFolder());
    await body(`${root}/out/model`, root);
  });

Deno.test("a saved model is read back as it was, and is all that is left in its place", () =>
  withModel(async (folder, root) => {
    const { trained, description, files } = await tinyFolder();
    const read = await openModelFolder(folder);
    deepEqual(read.description, description);
    deepEqual(read.onnx, files["model.onnx"]);
    deepEqual(read.safetensors, files["model.safetensors"]);
    deepEqual(read.reliability, files["reliability.safetensors"]);
    const back = modelFromSafetensors(read.safetensors, { path: "m", config: trained.config });
    deepEqual(modelToSafetensors(back), files["model.safetensors"]);
    deepEqual(await namesIn(folder), [
      ...["README.md", "check.json", "config.json", "model.onnx", "model.safetensors"],
      "reliability.safetensors",
    ]);
    deepEqual(await namesIn(`${root}/out`), ["model"]);
  }));

Deno.test("config.json is JSON of the promised fields, and the same bytes each time", () =>
  withModel(async (folder) => {
    const text = await Deno.readTextFile(`${folder}/config.json`);
    deepEqual(Object.keys(JSON.parse(text)), [
      ...["format", "model", "training", "protocol", "seed", "bestEpoch", "encoders", "data"],
      ...["scores", "versions", "commit", "files"],
    ]);
    deepEqual(Object.keys(JSON.parse(text).files), [
      ...["model.safetensors", "model.onnx", "reliability.safetensors"],
    ]);
    await writeModel(folder, await tinyFolder());
    equal(await Deno.readTextFile(`${folder}/config.json`), text);
  }));

Deno.test("the model card tells the scores, and of synthetic data that they are", async () => {
  const { description, files } = await tinyFolder();
  const card = new TextDecoder().decode(files["README.md"]);
  match(
    card,
    /\| unified \| text, image, audio \| 4 \| 0.750 \| — \| 0.800 \| 0.750 \| 0.740 \| 1.000 \|/,
  );
  ok(!card.includes("synthetic"));
  const embedded = { ...description, data: { ...description.data, label: "embedded" } };
  const { trained } = await tinyModel();
  const other = new TextDecoder().decode((await modelFiles(trained, embedded))["README.md"]);
  match(other, /Trained on the embedded corpus, which is synthetic/);
});

Deno.test("a model replaces a model, and nothing else", () =>
  withModel(async (folder, root) => {
    const { description, files } = await tinyFolder();
    await writeModel(folder, { description: { ...description, seed: 7 }, files });
    equal((await openModelFolder(folder)).description.seed, 7);
    await Deno.mkdir(`${root}/home`);
    await Deno.writeTextFile(`${root}/home/diary.txt`, "dear");
    for (
      const [place, got] of [["home", "a folder with diary.txt"], ["home/diary.txt", "a file"]]
    ) {
      await rejects(writeModel(`${root}/${place}`, { description, files }), {
        name: "RangeError",
        message: `Cannot save to "${root}/${place}": expected a model or nothing, got ${got}`,
      });
    }
    deepEqual(await namesIn(`${root}/home`), ["diary.txt"]);
  }));

Deno.test("a model that can't be written leaves the one before it, and no other files", () =>
  withModel(async (folder, root) => {
    const { description, files } = await tinyFolder();
    const impossible = { ...files, "README.md/inside": new Uint8Array(1) };
    await rejects(
      writeModel(folder, { description: { ...description, seed: 7 }, files: impossible }),
    );
    equal((await openModelFolder(folder)).description.seed, 1);
    deepEqual(await namesIn(`${root}/out`), ["model"]);
  }));

Deno.test("files of a model may be in folders of its own", () =>
  withModel(async (folder) => {
    const { description, files } = await tinyFolder();
    const more = { ...files, "encoders/text/config.json": Uint8Array.of(1, 2) };
    await writeModel(folder, { description, files: more });
    deepEqual([...await Deno.readFile(`${folder}/encoders/text/config.json`)], [1, 2]);
  }));

Deno.test("openModelFolder() says what is wrong with a folder", () =>
  withModel(async (folder, root) => {
    const refused = (path: string, said: RegExp) =>
      rejects(openModelFolder(path), (error: Error) => {
        equal(error.name, "RangeError");
        match(error.message, said);
        equal(error.message.split("\n").length, 1);
        return true;
      });
    await refused(`${root}/none`, /^Cannot open model ".*none": expected a folder, got nothing$/);
    await refused(`${folder}/README.md`, /: expected a folder, got a file$/);
    await refused(root, /: expected a folder with config.json, got one without$/);

    const damage = async (
      name: string,
      change: (bytes: Uint8Array) => Uint8Array,
      said: RegExp,
    ) => {
      const path = `${folder}/${name}`, before = await Deno.readFile(path);
      await Deno.writeFile(path, change(before.slice()));
      await refused(folder, said);
      await Deno.writeFile(path, before);
    };
    const flip = (bytes: Uint8Array) => bytes.with(bytes.length - 5, bytes.at(-5)! ^ 1);
    const damaged = (name: string) =>
      new RegExp(`^Cannot read ".*/${name}": expected SHA-256 .*, got .*: the file is damaged$`);
    for (const name of ["model.safetensors", "model.onnx", "reliability.safetensors"]) {
      await damage(name, flip, damaged(name));
      await damage(name, (bytes) => bytes.subarray(0, 100), damaged(name));
    }
    const text = (value: string) => () => new TextEncoder().encode(value);
    await damage("config.json", (bytes) => bytes.subarray(0, 50), /expected JSON, got/);
    await damage(
      "config.json",
      text("{}"),
      /expected format "trivalence model 1", got "undefined"$/,
    );
    await damage("config.json", text("null"), /expected JSON, got "null"$/);
    await Deno.remove(`${folder}/model.onnx`);
    await refused(folder, /: expected a folder with model.onnx, got one without$/);
  }));

Deno.test("modelFromSafetensors() refuses a damaged file, and one of another kind", async () => {
  const { trained: { config } } = await tinyModel();
  const { files } = await tinyFolder();
  const read = (bytes: Uint8Array) => () => modelFromSafetensors(bytes, { path: "m", config });
  const bytes = files["model.safetensors"];
  throws(read(bytes.with(-1, bytes.at(-1)! ^ 1)), /^RangeError: Cannot read "m": .*damaged/);
  throws(
    read(writeSafetensors({})),
    /^RangeError: Cannot read "m": expected a trivalence model 1, got undefined/,
  );
});
