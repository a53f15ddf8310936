import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { main } from "../../tasks/predict.ts";
import { sharp } from "../../lib/deps/sharp.ts";
import { encodeWav } from "../../lib/signal/encode_wav.ts";
import { key, normals } from "../../lib/tensor/random.ts";
import { withTinyFolder, writeText } from "../inference/tiny_folder.ts";
import { captured } from "./captured.ts";

const run = (...args: string[]) => captured(main, args);

const placeOf = (root: string) => ["--model", `${root}/model`, "--cache", `${root}/cache`];

/** A WAV file of noise, of these seconds at these levels. */
async function writeNoise(path: string, levels: readonly number[]): Promise<string> {
  const next = normals(key(8));
  const samples = Float32Array.from(
    { length: 16_000 * levels.length },
    (_, i) => levels[Math.floor(i / 16_000)]! * next(),
  );
  await Deno.writeFile(path, encodeWav(samples, { sampleRate: 16_000 }));
  return path;
}

Deno.test("silence, a plain picture and unknown words are not judged, and what is beside them is", () =>
  withTinyFolder(async ({ root }) => {
    const place = placeOf(root);
    const silent = await writeNoise(`${root}/silent.wav`, [0, 0]);
    const black = `${root}/black.png`;
    const create = { width: 8, height: 8, channels: 3, background: "black" } as const;
    await Deno.writeFile(black, await (await sharp())({ create }).png().toBuffer());

    deepEqual(await run(...place, "--audio", silent), {
      code: 1,
      out: "",
      err:
        "RangeError: Cannot judge: expected something to judge, got audio: the clip is silent: " +
        "nothing to judge",
    });
    const both = await run(...place, "--image", black, "--audio", silent, "--json");
    deepEqual([both.code, both.out], [1, ""]);
    match(both.err, /got image: the picture is of one colour: nothing to judge; audio: the clip/);

    const beside = await run(...place, "--text", "good", "--audio", silent, "--json");
    const alone = await run(...place, "--text", "good", "--json");
    equal(beside.err, "audio: the clip is silent: nothing to judge");
    const told = JSON.parse(beside.out);
    equal(told.probability, JSON.parse(alone.out).probability);
    deepEqual(Object.keys(told.heads), ["text"]);
    deepEqual(told.notes, [beside.err]);
    equal(told.inputs.audio.blank, true);

    const unknown = await run(...place, "--text", "😡", "--json");
    deepEqual([unknown.code, unknown.err], [
      0,
      "text: no token of the text is known: nothing to judge",
    ]);
    const { label, probability, inputs, notes } = JSON.parse(unknown.out);
    deepEqual([label, probability, notes], ["abstained", undefined, [unknown.err]]);
    deepEqual(inputs.text, { given: 1, taken: 1, windows: 1, unknown: 1, blank: true });
    equal((await run(...place, "--text", "😡")).out, "abstained");
    const page = await run(...place, "--text", "😡", "--page", `${root}/why.html`);
    equal(page.code, 1);
    match(page.err, /no token of the text is known/);
  }));

Deno.test("the rows of a table with nothing to judge are abstained from, counted and told", () =>
  withTinyFolder(async ({ root }) => {
    await writeNoise(`${root}/silent.wav`, [0]);
    const csv = await writeText(
      root,
      "a.csv",
      "text,audio\ngood,silent.wav\n,silent.wav\n😡,\nbad,\n",
    );
    const { code, out, err } = await run(...placeOf(root), "--csv", csv);
    equal(code, 0);
    deepEqual(err.split("\n"), [
      "text: 1 of 3 tokens unknown to the encoder, in 1 of 3 texts",
      "text: 1 of 3 with nothing to judge, no token of which is known",
      "audio: 2 of 2 with nothing to judge, silent clips",
      "abstained: 2 of 4",
    ]);
    match(
      out,
      /^line 3: abstained\n {2}audio: the clip is silent: nothing to judge\nline 4: abst/m,
    );
    const said = `${root}/said.csv`;
    await run(...placeOf(root), "--csv", csv, "--out", said);
    const [header, ...rows] = (await Deno.readTextFile(said)).trim().split("\n");
    equal(header, "text,audio,predicted_label,predicted_probability,predicted_notes");
    match(rows[0]!, /^good,silent.wav,\w+,0\.\d+,audio: the clip is silent: nothing to judge$/);
    equal(rows[1], ",silent.wav,abstained,,audio: the clip is silent: nothing to judge");
    match(rows[3]!, /^bad,,\w+,0\.\d+,$/);
  }));

Deno.test("all of a long clip and of a long text is heard and read, said and drawn", () =>
  withTinyFolder(async ({ root }) => {
    const place = placeOf(root);
    const calm = await writeNoise(`${root}/calm.wav`, [...Array(6).fill(0.1), 0.02, 0.02]);
    const loud = await writeNoise(`${root}/loud.wav`, [...Array(6).fill(0.1), 0.5, 0.5]);
    const page = `${root}/why.html`;
    const [a, b] = [
      await run(...place, "--audio", calm, "--json", "--page", page),
      await run(...place, "--audio", loud, "--json"),
    ];
    equal(a.err, "audio: 8.0 s, heard whole in 2 windows");
    notEqual(JSON.parse(a.out).probability, JSON.parse(b.out).probability);
    const html = await Deno.readTextFile(page);
    match(html, /<p class="caution">audio: 8.0 s, heard whole in 2 windows<\/p>/);
    // The picture is as wide as the plot: 320 frames of 25 ms, two a column.
    match(html, /<image href="data:image\/png;base64,[^"]+" x="44" y="[\d.]+" width="676"/);

    const words = (last: string) => `${"good ".repeat(200)}${last}`;
    const [good, bad] = [
      await run(...place, "--text", words("my my my"), "--json"),
      await run(...place, "--text", words("bad bad bad"), "--json"),
    ];
    equal(good.err, "text: 203 tokens, read whole in 2 windows");
    notEqual(JSON.parse(good.out).probability, JSON.parse(bad.out).probability);
    const endless = await run(...place, "--text", "a".repeat(100_001));
    match(endless.err, /expected 100000 characters or fewer, got 100001$/);
    equal(endless.code, 1);
  }));

const certainties = { text: Float64Array.from({ length: 101 }, (_, p) => p === 0 ? 0.5 : 1) };

Deno.test("a verdict that is less certain than was asked for is withheld, with exit code 0", () =>
  withTinyFolder(async ({ root }) => {
    const place = [...placeOf(root), "--text", "good film"];
    const { code, out, err } = await run(...place, "--abstain", "0.2", "--json");
    const plain = JSON.parse((await run(...place, "--json")).out);
    const told = JSON.parse(out);
    deepEqual([code, told.label, told.probability], [0, "abstained", plain.probability]);
    notEqual(plain.label, "abstained");
    match(err, /^abstained: certainty 0\.\d{3}, below 1\.000$/);
    match((await run(...place, "--abstain", "0.2")).out, /^abstained\n {2}text {3}head/);
    const csv = await writeText(root, "a.csv", "text\ngood\n");
    await run(...placeOf(root), "--csv", csv, "--abstain", "0.2", "--out", `${root}/b.csv`);
    match(
      await Deno.readTextFile(`${root}/b.csv`),
      /^good,abstained,0\.\d+,"abstained: certainty/m,
    );
    const page = `${root}/why.html`;
    await run(...place, "--abstain", "0.2", "--page", page);
    match(await Deno.readTextFile(page), /<p class="caution">abstained: certainty/);

    const other = await run(...placeOf(root), "--image", `${root}/face.png`, "--abstain", "0.2");
    equal(other.code, 1);
    match(other.err, /the certainty of verdicts on image in reliability.safetensors, got text$/);
    for (const rate of ["0", "1", "-0.1", "x", "1e-3"]) {
      const refused = await run(...place, `--abstain=${rate}`);
      deepEqual([refused.code, refused.out], [2, ""]);
      match(refused.err, /Cannot use --abstain: expected a number above 0 and below 1, got /);
    }
  }, { reliability: { checks: {}, certainties } }));

Deno.test("a model of synthetic data says so with every verdict, and one of an older version can't abstain", () =>
  withTinyFolder(async ({ root }) => {
    const place = [...placeOf(root), "--text", "good"];
    const { out, err } = await run(...place, "--json");
    match(
      err,
      /^The model was trained on the embedded corpus, which is synthetic: it knows nothing/,
    );
    equal(JSON.parse(out).trainedOnSyntheticData, true);
    const page = `${root}/why.html`;
    await run(...place, "--page", page);
    ok((await Deno.readTextFile(page)).includes('<p class="caution">The model was trained on the'));
    const old = await run(...place, "--abstain", "0.1");
    equal(old.code, 1);
    match(old.err, /Cannot abstain: expected a model that was saved with its certainty/);
  }, { label: "embedded" }));
