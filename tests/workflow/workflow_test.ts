import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import {
  encode,
  evaluate,
  fit,
  loadModel,
  predict,
  readCorpora,
  readTable,
  saveModel,
  split,
} from "../../lib/workflow/mod.ts";
import { rowSystems } from "../../lib/study/systems.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { writeText } from "../inference/tiny_folder.ts";
import { type TinyCorpora, withTinyCorpora } from "../study/tiny_corpora.ts";

const training = { epochs: 2, patience: 2, batch: 4 };
const settings = { width: 8, heads: 2, channels: [2], framePooling: 2 };

/** The tiny corpora as rows: text i with face i and clip i, two rows a group. */
async function writeTable({ root, data }: TinyCorpora): Promise<string> {
  const sentences = (await Deno.readTextFile(`${data}/emotions/text.csv`)).trim().split("\n");
  const rows = sentences.slice(1).map((line, i) => {
    const actor = String(1 + Math.floor(i / 2)).padStart(2, "0");
    const clip = `ravdess/Actor_${actor}/03-01-${i % 2 ? "03" : "04"}-01-01-01-${actor}.wav`;
    const face = `faces/${i % 2 ? "happy" : "sad"}/${i}.png`;
    const label = i % 2 ? "positive" : "negative";
    return `${line.split(",")[1]},${data}/${face},${data}/${clip},${label},speaker ${actor}\n`;
  });
  return await writeText(root, "rows.csv", `text,image,audio,label,group\n${rows.join("")}`);
}

Deno.test("from three folders to a verdict, and through a model folder to the same one", () =>
  withTinyCorpora(async ({ root, data, cache }) => {
    const encoded = await encode(await readCorpora(data, { name: "made up" }), { cache });
    const parts = split(encoded, { seed: 2 });
    const model = await fit("Proposed", encoded, { split: parts, model: settings, training });
    equal(model.protocol, "label");
    equal(model.seed, 2);

    const { rows: [row], verdicts } = await evaluate(model);
    const { labels, scores } = verdicts[0]!;
    const right = labels.filter((label, i) => Number(scores[i]! >= 0.5) === label).length;
    equal(row!.scores.accuracy!.value, right / labels.length);
    equal(row!.head, "unified");
    // Two of ten actors are in the test part.
    deepEqual([row!.clusters, row!.scores.accuracy!.interval], [2, null]);
    match(row!.scores.accuracy!.reason!, /^too few groups \(2\) for an interval$/);

    await saveModel(model, `${root}/model`);
    const saved = await loadModel(`${root}/model`, { cache });
    equal(saved.description.data.label, "made up");
    equal(saved.description.model.width, 8);
    const sample = { text: "my film", image: `${data}/faces/sad/0.png` };
    const [before, after] = [await predict(model, [sample]), await predict(saved, [sample])];
    deepEqual(before, after);
    ok(before[0]!.explanation!.contributions.image !== undefined);
    deepEqual(before[0]!.notes, []);

    const words = [{ text: "😡" }, { text: `${"my ".repeat(140)}film` }];
    const [unknown, long] = await predict(saved, words);
    deepEqual(unknown, {
      label: "abstained",
      notes: ["text: no token of the text is known: nothing to judge"],
    });
    deepEqual(long!.notes, ["text: 141 tokens, read whole in 2 windows"]);
    const texts = ["good", "bad", "my", "very", "film"].map((text) => ({ text }));
    const careful = await predict(model, texts, { abstain: 0.999 });
    const withheld = careful.filter(({ label }) => label === "abstained");
    match(withheld[0]!.notes[0]!, /^abstained: certainty 0\.\d+, below 0\.\d+$/);
    deepEqual(await predict(saved, texts, { abstain: 0.999 }), careful);
    await model.dispose();
  }));

Deno.test("a fit by name is Table 1's, and a table's rows stay together by default", () =>
  withTinyCorpora(async (corpora) => {
    const { cache } = corpora;
    const encoded = await encode(await readTable(await writeTable(corpora)), { cache });
    equal(encoded.pairs!.length, 20);
    const model = await fit("Proposed", encoded, { model: settings, training });
    equal(model.protocol, "natural");
    const { rows } = await evaluate(model);
    deepEqual(rows.map(({ shown }) => shown.join("+")), ["text+image+audio"]);
    for (
      const system of ["Linear probe", "Late fusion", "Majority", "TF-IDF regression"] as const
    ) {
      const { rows } = await evaluate(await fit(system, encoded));
      deepEqual(rows.map(({ head, tested }) => [head, tested]), [["unified", 4]], system);
    }
    for (const system of rowSystems) {
      const model = await fit(system, encoded, { training });
      deepEqual([model.system, model.protocol], [system, "natural"]);
      equal((await evaluate(model)).rows[0]!.tested, 4, system);
      await model.dispose();
    }
    const audio = await fit("Linear probe", encoded, { modality: "audio", seed: 3 });
    deepEqual([audio.seed, audio.split], [3, split(encoded, { seed: 3 })]);
    deepEqual([audio.protocol, audio.present], ["single", ["audio"]]);
    equal((await evaluate(audio)).rows[0]!.tested, audio.split.parts.audio.test.length);
  }));

Deno.test("a table of two modalities with a split of its own is learnt, judged, saved and asked", () =>
  withTinyCorpora(async (corpora) => {
    const { cache, root } = corpora;
    const lines = (await Deno.readTextFile(await writeTable(corpora))).trim().split("\n").slice(1);
    const rows = lines.map((line, i) => {
      const [text, , audio] = line.split(",");
      return {
        Text: text,
        AUDIO: audio,
        label: i % 2,
        split: ["dev", "test", "train"][i >> 2] ?? "train",
      };
    });
    const path = `${root}/two.jsonl`;
    await Deno.writeTextFile(path, rows.map((row) => JSON.stringify(row)).join("\n"));
    const table = await readTable(path);
    deepEqual(table.report!.split, { train: 12, validation: 4, test: 4 });
    const encoded = await encode(table, { cache });
    const parts = split(encoded);
    deepEqual(parts.parts.audio.test, [4, 5, 6, 7]);
    deepEqual(parts.parts.image.test, []);
    throws(() => split(encoded, { testFraction: 0.5 }), /expected drawn: true with testFraction/);
    equal(split(encoded, { testFraction: 0.5, drawn: true }).parts.text.test.length, 10);

    const model = await fit("Proposed", encoded, { model: settings, training });
    const { rows: scored } = await evaluate(model);
    deepEqual(scored.map(({ shown, tested }) => [shown, tested]), [[["text", "audio"], 4]]);
    await saveModel(model, `${root}/model`);
    const saved = await loadModel(`${root}/model`, { cache });
    const sample = { text: "my film", audio: rows[0]!.AUDIO! };
    const [verdict] = await predict(saved, [sample]);
    ok(Number.isFinite(verdict!.probability));
    deepEqual([verdict], await predict(model, [sample]));
    const image = { image: `${corpora.data}/faces/sad/0.png` };
    await rejects(
      predict(saved, [image]),
      /expected text, audio, which the model has learnt, got image$/,
    );
    await model.dispose();
  }));

Deno.test("a given split without a class in a part is refused, one that leaks is told", () =>
  withFolder({
    "one.csv": "text,label,split\na,0,train\nb,1,train\nc,0,dev\nd,1,dev\ne,0,test\n",
    "leak.csv":
      "text,label,split\na,0,train\nb,1,train\nf,0,train\nc,0,dev\nd,1,dev\ne,0,test\nA!,1,test\n",
  }, async (folder) => {
    const one = await readTable(`${folder}/one.csv`);
    throws(() => split(one), /no positive sample in test, 1 negative/);
    const leaking = split(await readTable(`${folder}/leak.csv`));
    const leaks = leaking.audit.rows!.leaks!;
    equal(leaks.length, 1);
    equal(
      leaks[0]!.examples[0],
      '"a" (leak.csv:2 in train, leak.csv:8 in test)',
    );
    const dropped = split(await readTable(`${folder}/leak.csv`), { leaks: "drop" });
    deepEqual(dropped.audit.rows!.dropped, { train: 1, validation: 0 });
    throws(
      () => split(one, { leaks: "keep", drawn: true }),
      /expected a table that gives its parts with leaks, got parts that are drawn/,
    );
  }));

Deno.test("what is misspelt, missing or not to be had is an error that says so", () =>
  withTinyCorpora(async ({ root, data, cache }) => {
    const encoded = await encode(await readCorpora(data), { cache });
    const fitted = (system: string, options: object) => fit(system as "MISA", encoded, options);
    await rejects(fitted("MISSA", {}), /the system: .*got "MISSA"; did you mean "MISA"\?$/);
    await rejects(
      fitted("MISA", { seeds: 2 }),
      /options of fit: .*"seeds"; did you mean "seed"\?$/,
    );
    await rejects(fitted("MISA", { model: { widht: 4 } }), /did you mean "width"\?$/);
    await rejects(
      fitted("Proposed", { training: { epochs: 0 } }),
      /epochs: expected a whole number/,
    );
    await rejects(fitted("MISA", { executor: "gpu" }), /executor: .*"onnxruntime", got "gpu"$/);
    await rejects(fitted("CLIP", { modality: "text" }), /Cannot read text features: .*got clip$/);
    throws(() => split(encoded, { testFraction: 2 }), /testFraction: expected a number/);
    const probe = await fit("Linear probe", encoded, { modality: "text" });
    await rejects(
      saveModel(probe, `${root}/probe`),
      /^RangeError: Cannot save Linear probe: expected/,
    );
    await rejects(
      predict(probe, [{ text: "a" }, { text: "" }]),
      /the samples\[1\], text: expected/,
    );
    await rejects(
      predict(probe, [{ text: "my film" }, { image: `${data}/none.png` }]),
      /Cannot judge sample 1: expected text, which the model has learnt, got image$/,
    );
    await rejects(predict(probe, [{ text: "my film" }, { text: "  " }]), /Cannot judge sample 1: /);
    await rejects(predict(probe, [{ text: "my" }], { abstain: 2 }), /abstain: expected a number/);
    await rejects(
      predict(probe, [{ text: "my" }], { abstain: 0.5 }),
      /^RangeError: Cannot abstain: expected the proposed model, got Linear probe/,
    );
    const [none, some] = await predict(probe, [{ text: "😡" }, { text: "my 😡" }]);
    deepEqual([none!.label, some!.notes], [
      "abstained",
      ["text: 1 of 2 tokens unknown to the encoder"],
    ]);
    await rejects(readCorpora(root), RangeError);
  }));
