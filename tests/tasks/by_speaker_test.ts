import { deepEqual, equal, match, ok } from "node:assert/strict";
import { main as compare } from "../../tasks/compare.ts";
import { main as evaluate } from "../../tasks/evaluate.ts";
import { main as predict } from "../../tasks/predict.ts";
import { main as train } from "../../tasks/train.ts";
import { loadModel, predict as judge } from "../../lib/workflow/mod.ts";
import { withTinyCorpora } from "../study/tiny_corpora.ts";
import { clipsEach, writeSpokenTable } from "../study/spoken_table.ts";
import { captured } from "./captured.ts";

const tiny = ["model.width=8", "model.heads=2", "training.epochs=2", "model.channels=[2]"]
  .flatMap((setting) => ["--set", setting]);
const known = ["Ann", "Bob", "Cid", "Dee", "Eve", "Fay"];
const transductive =
  /transductive: uses each speaker's unlabelled clips, those of the test part too/;

Deno.test("by speaker from a table to a model, its evaluation and verdicts", () =>
  withTinyCorpora(async ({ root, cache }) => {
    const columns = ["label", "speaker"] as const;
    const data = await writeSpokenTable(root, "rows.csv", { speakers: known, columns });
    const model = `${root}/model`, place = ["--model", model, "--cache", cache];
    const given = ["--data", data, "--by-speaker", "--quick", "--cache", cache];
    const trained = await captured(train, [...given, "--out", model, ...tiny]);
    equal(trained.code, 0, trained.err);
    match(trained.out, /Under speaker normalisation .*; speakers by the column "speaker"\./);
    const { encoders, files } = JSON.parse(await Deno.readTextFile(`${model}/config.json`));
    match(encoders.bySpeaker.protocol, transductive);
    equal(encoders.bySpeaker.speakers, 'the column "speaker"');
    ok(files["speakers.safetensors"]);
    match(await Deno.readTextFile(`${model}/README.md`), transductive);

    // Strangers, with labels and without.
    const strangers = ["Gil", "Hal"];
    const judged = await writeSpokenTable(root, "new.csv", { speakers: strangers, columns });
    const scored = await captured(evaluate, [...place, "--data", judged, "--json"]);
    equal(scored.code, 0, scored.err);
    const evaluation = JSON.parse(scored.out);
    match(evaluation.bySpeaker.protocol, transductive);
    equal(evaluation.whole.tested, 2 * clipsEach);

    const table = await writeSpokenTable(root, "ask.csv", {
      speakers: strangers,
      columns: ["speaker"],
    });
    const asked = await captured(predict, [...place, "--csv", table, "--json"]);
    equal(asked.code, 0, asked.err);
    match(asked.err, transductive);
    const verdicts = asked.out.split("\n").map((line) => JSON.parse(line));
    match(verdicts[0].bySpeaker, transductive);
    const saved = await loadModel(model, { cache });
    const clips = strangers.flatMap((name) =>
      Array.from({ length: clipsEach }, (_, i) => `${root}/clips/${name}-${i}.wav`)
    );
    const samples = clips.map((audio) => ({ audio }));
    const speakers = strangers.flatMap((name) => Array<string>(clipsEach).fill(name));
    const found = await judge(saved, samples, { speakers });
    deepEqual(verdicts.map(({ probability }) => probability), found.map((v) => v.probability));
    const right = found.filter(({ label }, i) => label === (i % 2 ? "positive" : "negative"));
    equal(evaluation.whole.scores.accuracy.value, right.length / found.length);

    // A clip beside a folder of the others, and by itself.
    await Deno.mkdir(`${root}/Gil`);
    for (const path of clips.slice(1, clipsEach)) {
      await Deno.copyFile(path, `${root}/Gil/${path.slice(path.lastIndexOf("/") + 1)}`);
    }
    const one = [...place, "--audio", clips[0]!, "--json"];
    const beside = await captured(predict, [...one, "--speaker-clips", `${root}/Gil`]);
    equal(JSON.parse(beside.out).probability, verdicts[0].probability);
    const alone = await captured(predict, one);
    deepEqual([alone.code, alone.out], [1, ""]);
    match(
      alone.err,
      /Cannot judge a clip by itself: expected further clips of its speaker, or one who/,
    );
    await Deno.remove(`${root}/Gil/Gil-1.wav`);
    const few = await captured(predict, [...one, "--speaker-clips", `${root}/Gil`]);
    match(few.err, /expected 12 different clips or more of each, got 11 of "the speaker"/);
    await Deno.mkdir(`${root}/nobody`);
    const empty = await captured(predict, [...one, "--speaker-clips", `${root}/nobody`]);
    deepEqual([empty.code, empty.out], [1, ""]);
    match(
      empty.err,
      /^RangeError: Cannot use --speaker-clips: expected sound files in ".*nobody", got an empty/,
    );
    const unheard = await captured(predict, [...place, "--text", "good", "--speaker", "Ann"]);
    equal(unheard.code, 1);
    const page = ["--page", `${root}/page.html`, "--speaker", "Ann"];
    const explained = await captured(predict, [...one, ...page]);
    equal(explained.code, 0, explained.err);
    ok((await Deno.readTextFile(`${root}/page.html`)).includes("(transductive: "));
    const unknown = await captured(predict, [...one, "--speaker", "Gil"]);
    match(
      unknown.err,
      /Cannot use the speaker "Gil": expected one of the \d that the model has met/,
    );

    const nameless = await writeSpokenTable(root, "nameless.csv", {
      speakers: strangers,
      columns: [],
    });
    const refused = await captured(predict, [...place, "--csv", nameless]);
    match(refused.err, /expected a column speaker, .* 12 of each or more, .* got "audio"/);
    const unlabelled = await writeSpokenTable(root, "short.csv", {
      ...{ speakers: ["Gil"], columns: ["speaker"], each: 3 },
    });
    const short = await captured(predict, [...place, "--csv", unlabelled]);
    match(short.err, /expected 12 different clips or more of each, got 3 of "Gil"/);
    const noGroups = await writeSpokenTable(root, "labels.csv", {
      speakers: strangers,
      columns: ["label"],
    });
    const unscored = await captured(evaluate, [...place, "--data", noGroups]);
    match(
      unscored.err,
      /expected a column speaker, actor, subject or group that names them, got none/,
    );
  }));

Deno.test("training by speaker needs speakers of enough clips, and leaves nothing behind", () =>
  withTinyCorpora(async ({ root, data, cache }) => {
    const refuse = async (given: string, wanted: RegExp) => {
      const args = ["--data", given, "--by-speaker", "--quick", "--cache", cache];
      const { code, err } = await captured(train, [...args, "--out", `${root}/model`, ...tiny]);
      equal(code, 1);
      match(err, wanted);
      const names = await Array.fromAsync(Deno.readDir(root), ({ name }) => name);
      ok(!names.includes("model"));
    };
    await refuse(data, /expected 12 different clips or more of each, got 2 of "/);
    const columns = ["label"] as const;
    const nameless = await writeSpokenTable(root, "rows.csv", { speakers: known, columns });
    await refuse(nameless, /expected a column speaker, .* got none/);
  }));

Deno.test("compare by speaker labels each row that hears clips", () =>
  withTinyCorpora(async ({ root, cache }) => {
    const columns = ["label", "speaker"] as const;
    const data = await writeSpokenTable(root, "rows.csv", { speakers: known, columns });
    const given = ["--data", data, "--by-speaker", "--quick", "--cache", cache, "--jobs", "1"];
    const { code, out, err } = await captured(compare, [...given, "--out", root, ...tiny]);
    equal(code, 0, err);
    match(
      out,
      /\*\*Under speaker normalisation \(transductive: .*, speakers by the column "speaker"\.\*\*/,
    );
    match(out, /\| Proposed, by speaker \|/);
    ok(!/\| (Proposed|Linear probe|MISA) \|/.test(out));
    const { bySpeaker, rows } = JSON.parse(await Deno.readTextFile(`${root}/compare/compare.json`));
    match(bySpeaker.protocol, transductive);
    const deaf = rows.filter((row: { bySpeaker?: true }) => !row.bySpeaker);
    deepEqual(deaf.map(({ system }: { system: string }) => system), ["Majority"]);
  }));
