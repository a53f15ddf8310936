import { deepEqual, equal, match } from "node:assert/strict";
import { openModelFolder } from "../../lib/inference/model_folder.ts";
import { main as predict } from "../../tasks/predict.ts";
import { main } from "../../tasks/train.ts";
import { fixtures } from "../datasets/pickle/python_values.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { captured } from "./captured.ts";

const data = ["--data", `${fixtures}mmsa_protocol4.pkl`];

Deno.test("the train task learns a feature file, says what it understood, and saves a model", () =>
  withFolder({}, async (root) => {
    const place = ["--out", `${root}/model`, "--cache", `${root}/cache`];
    const few = ["--quick", "--set", "training.epochs=2"];
    const { code, out, err } = await captured(main, [...data, ...place, ...few]);
    deepEqual([code, err.includes("Error")], [0, false]);
    match(out, /mmsa_protocol4\.pkl: 64 samples, 64 used\n {2}modalities {2}64 text/);
    match(out, /text\+image\+audio: MAE \d\.\d+, .*\(13 tested\)\n/);
    const { description: { encoders, model, protocol } } = await openModelFolder(`${root}/model`);
    deepEqual([encoders.choice, model.target?.kind, protocol], ["given", "score", "natural"]);
    equal(model.inputs.audio.frames, undefined);

    const asked = await captured(predict, ["--model", `${root}/model`, "--text", "so it is"]);
    equal(asked.code, 1);
    match(asked.err, /expected a model with encoders, got one that was given its features/);
  }));

Deno.test("the train task refuses what is of samples where it is given features, and what would be run", () =>
  withFolder({ "run.PKL": "cos\nsystem\n(S'exit'\ntR." }, async (root) => {
    const refused = async (args: string[], option: string) =>
      deepEqual(await captured(main, args), {
        ...{ code: 2, out: "" },
        err:
          `RangeError: Cannot use ${option}: expected samples to encode as --data, got features ` +
          "that belong together",
      });
    await refused([...data, "--protocol", "label"], "--protocol label");
    await refused([...data, "--labels", "map.json"], "--labels");
    await refused([...data, "--encoders", "paper"], "--encoders");
    await refused([...data, "--speech-layers", "mix"], "--speech-layers");
    await refused([...data, "--precision", "int8"], "--precision");
    const place = ["--out", `${root}/model`, "--cache", `${root}/cache`];
    const { code, err } = await captured(main, ["--data", `${root}/run.PKL`, ...place]);
    equal(code, 1);
    match(
      err,
      /run\.PKL", byte 0: expected plain .* the name "os\.system", of which nothing was run/,
    );
    deepEqual(await Array.fromAsync(Deno.readDir(root), ({ name }) => name), ["run.PKL"]);
  }));
