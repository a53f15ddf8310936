import { deepEqual, equal, match, ok } from "node:assert/strict";
import { main } from "../../tasks/predict.ts";
import { captured } from "./captured.ts";
import { withTinyFolder, writeText } from "../inference/tiny_folder.ts";

/** Runs the task; what it prints stays here. */
const run = (...args: string[]) => captured(main, args);

Deno.test("the predict task answers a wrong command line with one line and exit code 2", async () => {
  const refused = async (args: string[], err: string) =>
    deepEqual(await run(...args), { code: 2, out: "", err });
  const model = ["--model", "somewhere"];
  await refused(
    model,
    "RangeError: Cannot predict: expected --text, --image, --audio, --video or --csv, got none",
  );
  await refused(
    [...model, "--csv", "a.csv", "--text", "hi"],
    "RangeError: Cannot predict: expected --csv alone, got also --text",
  );
  await refused(
    [...model, "--csv", "a.csv", "--video", "a.mp4"],
    "RangeError: Cannot predict: expected --csv alone, got also --video",
  );
});

Deno.test("the predict task takes out/model where there is one, and else says how to make one", () =>
  withTinyFolder(async ({ root }) => {
    const before = Deno.cwd();
    Deno.chdir(root);
    try {
      const ask = () => run("--text", "good", "--cache", "cache");
      const { code, err } = await ask();
      equal(code, 1);
      match(
        err,
        /^RangeError: Cannot predict: expected --model .*, and there is no out\/model; deno/,
      );
      await Deno.mkdir("out");
      await Deno.rename("model", "out/model");
      equal((await ask()).code, 0);
    } finally {
      Deno.chdir(before);
    }
  }));

Deno.test("the predict task shows its options on --help", async () => {
  const { code, out } = await run("--help");
  equal(code, 0);
  for (const name of ["model", "text", "image", "audio", "csv", "json", "page", "cache", "help"]) {
    match(out, new RegExp(`^ +--${name} `, "m"));
  }
});

Deno.test("the predict task judges what it is given, in words and in JSON, alone and from a CSV file", () =>
  withTinyFolder(async ({ root }) => {
    const place = ["--model", `${root}/model`, "--cache", `${root}/cache`];
    const [image, audio] = [`${root}/face.png`, `${root}/clip.wav`];
    const all = ["--text", "good film", "--image", image, "--audio", audio];

    const words = await run(...place, ...all);
    deepEqual([words.code, words.err], [0, ""]);
    const number = "(?:[+−]\\d+|0)\\.\\d{3}";
    match(
      words.out,
      new RegExp(
        "^(positive|negative), probability of positive 0\\.\\d{3}\n" +
          `(  (text  |image |audio ) head 0\\.\\d{3}  contribution ${number}\n){3}` +
          `  log-odds ${number}, of which ${number} with no modality\n` +
          "  audio gate 0\\.\\d{3} spectral, 0\\.\\d{3} contextual\n" +
          "  not calibrated: the model was saved without a calibration$",
      ),
    );

    const { code, out } = await run(...place, ...all, "--json");
    equal(code, 0);
    const told = JSON.parse(out);
    deepEqual(Object.keys(told), [
      ...["label", "probability", "heads", "contributions", "logOdds", "baseline", "gate"],
      ...["calibration", "inputs", "distances", "unlike", "notes", "trainedOnSyntheticData"],
    ]);
    deepEqual(Object.keys(told.heads), ["text", "image", "audio"]);
    deepEqual(Object.keys(told.contributions), ["text", "image", "audio"]);
    equal(told.label, told.probability >= 0.5 ? "positive" : "negative");
    const sum = told.contributions.text + told.contributions.image + told.contributions.audio;
    ok(Math.abs(sum - (told.logOdds - told.baseline)) < 1e-9);

    const csv = await writeText(
      root,
      "many.csv",
      'audio,Text,image\nclip.wav,good film,face.png\n,"bad, bad film",\n\nclip.wav,,\n',
    );
    const many = await run(...place, "--csv", csv, "--json");
    const rows = many.out.split("\n").map((line) => JSON.parse(line));
    const { line, probability } = rows[0];
    equal(line, 2);
    // Samples of one call are padded to the longest, which moves the last digits.
    ok(Math.abs(probability - told.probability) < 1e-5);
    deepEqual(rows.map(({ line }) => line), [2, 3, 5]);
    deepEqual(rows.map(({ heads }) => Object.keys(heads)), [
      ["text", "image", "audio"],
      ["text"],
      ["audio"],
    ]);
    deepEqual(rows.map(({ gate }) => gate === null), [false, true, false]);
    match((await run(...place, "--csv", csv)).out, /^line 2: .*\n(?: .*\n)*line 3: /);
  }));

Deno.test("a calibrated probability stands beside the model's own, where what is shown has one", () => {
  const temperatures = { text: { temperature: 2, fitted: 40 }, image: { fitted: 12 } };
  const reliability = { checks: {}, certainties: {}, temperatures };
  return withTinyFolder(async ({ root }) => {
    const place = ["--model", `${root}/model`, "--cache", `${root}/cache`];
    const csv = await writeText(root, "both.csv", `text,image\ngood film,\n,${root}/face.png\n`);
    equal((await run(...place, "--csv", csv, "--out", `${root}/said.csv`)).code, 0);
    const [header, text, image] = (await Deno.readTextFile(`${root}/said.csv`)).split("\n");
    equal(header, "text,image,predicted_label,predicted_probability,predicted_calibrated");
    const [p, calibrated] = text!.split(",").slice(-2).map(Number) as [number, number];
    // The log-odds are halved, so that the odds are their roots.
    ok(Math.abs(calibrated / (1 - calibrated) - Math.sqrt(p / (1 - p))) < 1e-6);
    equal(image!.split(",").at(-1), "");
    const words = (await run(...place, "--csv", csv)).out.split("\n").filter((line) =>
      line.includes("calibrated")
    );
    deepEqual(words, [
      `  calibrated ${calibrated.toFixed(3)} (temperature 2.00, fitted on 40 validation samples)`,
      "  not calibrated: 12 validation samples of image are too few",
    ]);
  }, { reliability });
});

Deno.test("the predict task takes any table, keeps its columns, and writes the verdicts to a file", () =>
  withTinyFolder(async ({ root }) => {
    const place = ["--model", `${root}/model`, "--cache", `${root}/cache`];
    const content =
      `id;Text;mood;IMAGE\n7;good film;"so; so";${root}/face.png\n8;bad;;..\\face.png\n`;
    const csv = await writeText(root, "sub/any.txt", content);
    const [table, lines] = [`${root}/sub/said.csv`, `${root}/said.JSONL`];
    deepEqual((await run(...place, "--csv", csv, "--out", table)).out, "");
    const [header, ...rows] = (await Deno.readTextFile(table)).trim().split("\n");
    equal(header, "id,Text,mood,IMAGE,predicted_label,predicted_probability");
    match(rows[0]!, new RegExp(`^7,good film,so; so,${root}/face.png,(posi|nega)tive,0\\.\\d+$`));
    match(rows[1]!, /^8,bad,,\.\.\\face.png,(posi|nega)tive,0\.\d+$/);
    equal((await run(...place, "--csv", csv, "--out", lines)).code, 0);
    const told = (await Deno.readTextFile(lines)).trim().split("\n").map((line) =>
      JSON.parse(line)
    );
    deepEqual(told.map(({ line, id }) => [line, id]), [[2, "7"], [3, "8"]]);
    equal(rows[0]!.split(",").at(-1), `${told[0].probability}`);
    // What was said once is a table again, but not to be said twice.
    match((await run(...place, "--csv", table, "--out", lines)).out, /^$/);
    match(
      (await run(...place, "--csv", table, "--out", `${root}/2.csv`)).err,
      /got "predicted_label"$/,
    );
    for (const out of [csv, `${root}/said.xlsx`]) {
      const { code, err } = await run(...place, "--csv", csv, "--out", out);
      deepEqual([code, err.startsWith("RangeError: Cannot use --out: expected")], [2, true], err);
    }
  }));

Deno.test("the predict task fails with one line, exit code 1 and no verdict", async (t) => {
  await withTinyFolder(async ({ root }) => {
    const failed = (name: string, args: string[], said: string) =>
      t.step(name, async () => {
        const { code, out, err } = await run("--cache", `${root}/cache`, ...args);
        deepEqual([code, out], [1, ""]);
        equal(err.slice(0, said.length), said);
        equal(err.split("\n").length, 1);
      });
    const model = ["--model", `${root}/model`];
    const text = ["--text", "good"];
    await failed(
      "no model folder",
      ["--model", `${root}/none`, ...text],
      `RangeError: Cannot open model "${root}/none": expected a folder, got nothing`,
    );
    await failed(
      "another folder",
      ["--model", `${root}/cache`, ...text],
      `RangeError: Cannot open model "${root}/cache": expected a folder with config.json, got one`,
    );
    await failed(
      "no such image",
      [...model, "--image", `${root}/no.png`],
      `RangeError: Cannot read "${root}/no.png": expected a file, got nothing`,
    );
    await failed(
      "an image that is none",
      [...model, "--image", `${root}/clip.wav`],
      `RangeError: Cannot read "${root}/clip.wav": expected an image, got `,
    );
    await failed(
      "a clip that is none",
      [...model, "--audio", `${root}/face.png`],
      `RangeError: Cannot read "${root}/face.png": expected a WAV, FLAC, Ogg or MP3 file, or one `,
    );
    await failed(
      "a text without words",
      [...model, "--text", ""],
      'RangeError: Cannot encode a message: expected a word or more, got ""',
    );
    const csv = async (name: string, content: string, said: string) => {
      const path = await writeText(root, "samples/bad.csv", content);
      await failed(name, [...model, "--csv", path], said.replace("CSV", path));
    };
    await failed(
      "no such CSV file",
      [...model, "--csv", `${root}/no.csv`],
      `RangeError: Cannot read "${root}/no.csv": expected a file, got nothing`,
    );
    const long = await writeText(root, "long.csv", "text\n");
    await Deno.truncate(long, 301e6); // It takes no room on the disk.
    await failed(
      "a table that would fill the memory",
      [...model, "--csv", long],
      `RangeError: Cannot read "${long}": expected a table of 300 MB or less, as its columns are kept`,
    );
    await Deno.mkdir(`${root}/taken.csv`);
    await failed(
      "a folder in the place of the results",
      [...model, "--csv", await writeText(root, "samples/good.csv", "text\ngood\n")].concat(
        ["--out", `${root}/taken.csv`],
      ),
      `RangeError: Cannot write "${root}/taken.csv": expected a file or nothing there, got a folder`,
    );
    await csv(
      "a column twice",
      "text,text\ngood,bad\n",
      'RangeError: Cannot read "CSV", line 1: expected one column "text", got "text" and "text"',
    );
    await csv(
      "rows without a header",
      "a fine day,joy\na grey day,sad\n",
      'RangeError: Cannot read "CSV": expected a column "text", "image", "audio" or "video", got "a ',
    );
    await csv(
      "no rows",
      "text\n",
      'RangeError: Cannot read "CSV": expected a row or more, got a header only',
    );
    await csv(
      "a row of nothing, after a good one",
      "text,image\ngood,\n,\n",
      'RangeError: Cannot read "CSV", line 3: expected text, image, audio or some of them, got none',
    );
    await csv(
      "a file that is not there",
      "image\nface.png\n",
      'RangeError: Cannot read "CSV", line 2: expected a file for image, got none at "',
    );
    await csv(
      "an image that is none, after a good row",
      "text,image\ngood,\n,../clip.wav\n",
      'RangeError: Cannot judge line 3: Cannot read "',
    );
    // Last, since it stays damaged.
    const weights = `${root}/model/model.safetensors`;
    const bytes = await Deno.readFile(weights);
    await Deno.writeFile(weights, bytes.with(-1, bytes.at(-1)! ^ 1));
    await failed(
      "damaged weights",
      [...model, ...text],
      `RangeError: Cannot read "${weights}": expected SHA-256 `,
    );
  });
});

Deno.test("the predict task writes a page that explains one sample, whole or not at all", () =>
  withTinyFolder(async ({ root }) => {
    const place = ["--model", `${root}/model`, "--cache", `${root}/cache`];
    const page = `${root}/why.html`;
    const all = [
      "--text",
      "good <b>film",
      "--image",
      `${root}/face.png`,
      "--audio",
      `${root}/clip.wav`,
    ];
    const { code, out, err } = await run(...place, ...all, "--json", "--page", page);
    deepEqual([code, err], [0, "text: 3 of 5 tokens unknown to the encoder"]);
    const html = await Deno.readTextFile(page);
    match(html, new RegExp(`probability of positive ${JSON.parse(out).probability.toFixed(3)}`));
    match(html, /&lt;b&gt;film/);
    match(html, /<p class="caution">text: 3 of 5 tokens unknown to the encoder<\/p>/);
    match(html, /<audio controls src="data:audio\/wav;base64,/);
    match(html, /coloured by integrated gradients/);

    const text = await run(...place, "--text", "good film", "--page", page);
    deepEqual([text.code, text.err], [0, ""]);
    equal((await Deno.readTextFile(page)).includes("<audio"), false);

    const nowhere = await run(...place, "--text", "good", "--page", `${root}/none/why.html`);
    deepEqual(nowhere, {
      code: 1,
      out: "",
      err:
        `RangeError: Cannot write "${root}/none/why.html": expected a folder to write in, got none`,
    });
    const refused = async (args: string[], said: string) =>
      deepEqual(await run(...place, ...args), { code: 2, out: "", err: `RangeError: ${said}` });
    await refused(["--text", "a", "--page", ""], 'Cannot use --page: expected a file, got ""');
    await refused(
      ["--csv", "a.csv", "--page", page],
      "Cannot predict: expected --page for one sample, got also --csv",
    );
  }));
