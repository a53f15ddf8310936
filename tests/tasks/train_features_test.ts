import { deepEqual, equal, match } from "node:assert/strict";
import { openModelFolder } from "../../lib/inference/model_folder.ts";
import { main as evaluate } from "../../tasks/evaluate.ts";
import { main as predict } from "../../tasks/predict.ts";
import { main as data_ } from "../../tasks/data.ts";
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

    const evaluated = (...args: string[]) =>
      captured(evaluate, ["--model", `${root}/model`, "--cache", `${root}/cache`, ...args]);
    const met = await evaluated(...data);
    match(
      met.err,
      /expected rows that are new to the model, got 50 of 64 .* --unseen leaves these/,
    );
    const { code: done, out: scores } = await evaluated(...data, "--unseen", "--json");
    equal(done, 0);
    // The test part: its error is the one that training told.
    const [, told] = /text of rows: MAE (\d\.\d+)/.exec(out)!;
    const { subsets } = JSON.parse(scores) as {
      subsets: { shown: string[]; scores: { mae: { value: number } } }[];
    };
    const text = subsets.find(({ shown }) => shown.join() === "text")!;
    equal(text.scores.mae.value.toFixed(3), told);
    const other = await evaluated("--data", "set.csv");
    match(other.err, /expected features \(\.pkl\), as the model was trained on, got samples/);

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

Deno.test("data inspect says what a feature file is, how it would be read, and what to type", async () => {
  const path = `${fixtures}mmsa_classes_protocol5.pkl`;
  const { code, out } = await captured(data_, ["inspect", path, "--target", "polarity"]);
  equal(code, 0);
  match(
    out,
    /looks like features of MMSA: a pickle, of which nothing is run\n\n.*: 64 samples, 55 used/,
  );
  match(out, /left out {4}9 without a polarity: video3\$_\$0, /);
  match(
    out,
    /parts {7}35 rows in 20 groups train, .*\n(?: {2}audit {7}a linear probe of the given .*\n){3}\nTo train on it:\n {2}deno task train --data .* --target polarity$/,
  );
  const { code: refused, err } = await captured(data_, ["inspect", path, "--labels", "MELD"]);
  equal(refused, 1);
  match(err, /Cannot use --labels: expected samples to encode as --data/);
});
