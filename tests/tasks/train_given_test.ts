import { deepEqual, equal, match } from "node:assert/strict";
import { openModelFolder } from "../../lib/inference/model_folder.ts";
import { main as evaluate } from "../../tasks/evaluate.ts";
import { main as predict } from "../../tasks/predict.ts";
import { main } from "../../tasks/train.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { captured } from "./captured.ts";

const rows = [...Array(24).keys()];
const table = ["id,text,score,group,segment"].concat(
  rows.map((i) =>
    `r${i},it is ${i % 2 ? "good" : "bad"} ${i},${i % 2 ? 1 : -1}.5,g${i >> 1},${i % 2}`
  ),
);
const audio = ["id,a,b"].concat(rows.slice(1).map((i) => `r${i},${i % 2},${i}`));

Deno.test("train encodes the text of rows and takes their audio as it is given, and says so in the model", () =>
  withFolder(
    { "set/set.csv": table.join("\n"), "set/audio_2.csv": audio.join("\n") },
    async (root) => {
      const place = ["--cache", `${root}/cache`];
      const model = ["--model", `${root}/model`, ...place];
      const data = ["--data", `${root}/set`];
      const few = ["--quick", "--set", "training.epochs=2", "--out", `${root}/model`];
      const { out, err } = await captured(main, [...data, ...place, ...few]);
      match(out, /audio is given: 2 numbers a row, by id, in audio_2\.csv/);
      match(out, /text\+audio: MAE \d\.\d+/);
      equal(err.includes("Error"), false);
      const { description: { encoders, model: { inputs } } } = await openModelFolder(
        `${root}/model`,
      );
      deepEqual([encoders.choice, encoders.text.choice], ["embedded", undefined]);
      deepEqual([encoders.audio.id, encoders.audio.choice, encoders.spectral], [
        ...["features of audio in audio_2.csv", "given", undefined],
      ]);
      deepEqual(inputs.audio, { segments: 1, width: 2 });
      match(
        await Deno.readTextFile(`${root}/model/README.md`),
        /Features of audio came with the data, and no command makes such of new samples/,
      );

      // What is said of the test part when it is read again is what training said.
      const evaluated = await captured(evaluate, [...model, ...data, "--unseen", "--json"]);
      const { subsets } = JSON.parse(evaluated.out) as {
        subsets: { shown: string[]; scores: { mae: { value: number } } }[];
      };
      const [, told] = /audio of rows: MAE (\d\.\d+)/.exec(out)!;
      const heard = subsets.find(({ shown }) => shown.join() === "audio")!;
      equal(heard.scores.mae.value.toFixed(3), told);
      const alone = await captured(evaluate, [...model, "--data", `${root}/set/set.csv`]);
      match(alone.err, /expected features \(\.pkl\), as the model was trained on, got samples/);

      equal((await captured(predict, [...model, "--text", "it is good"])).code, 0);
      const asked = await captured(predict, [...model, "--audio", `${root}/set/set.csv`]);
      match(
        asked.err,
        /Cannot encode audio: .* one that was given its features of audio in audio_2\.csv/,
      );
    },
  ));

Deno.test("train takes neighbours as context, evaluate finds them in the table, and predict has none", () =>
  withFolder(
    { "set/set.csv": table.join("\n"), "set/audio_2.csv": audio.join("\n") },
    async (root) => {
      const place = ["--cache", `${root}/cache`];
      const model = ["--model", `${root}/model`, ...place];
      const data = ["--data", `${root}/set`];
      const few = ["--quick", "--set", "training.epochs=2", "--out", `${root}/model`];
      const { out } = await captured(main, [...data, ...place, ...few, "--context", "1"]);
      const { description: { encoders, model: { inputs } } } = await openModelFolder(
        `${root}/model`,
      );
      deepEqual([encoders.context, inputs.audio], [1, { segments: 3, width: 2 }]);
      const { subsets } = JSON.parse(
        (await captured(evaluate, [...model, ...data, "--unseen", "--json"])).out,
      ) as { subsets: { shown: string[]; scores: { mae: { value: number } } }[] };
      for (const m of ["text", "audio"]) {
        const [, told] = new RegExp(`${m} of rows: MAE (\\d\\.\\d+)`).exec(out)!;
        const alone = subsets.find(({ shown }) => shown.join() === m)!;
        equal(alone.scores.mae.value.toFixed(3), told);
      }
      const asked = await captured(predict, [...model, "--text", "it is good"]);
      match(asked.err, /Cannot judge samples by themselves: .* ± 1 neighbours as context/);
    },
  ));
