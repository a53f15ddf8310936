import { deepEqual, equal, match, ok } from "node:assert/strict";
import { whyNoC } from "../../lib/compile/mod.ts";
import { join } from "node:path";
import { main } from "../../tasks/doctor.ts";
import { listPackages } from "../../tasks/doctor/machine.ts";
import { examine, type Report } from "../../tasks/doctor/report.ts";
import { picture } from "../datasets/pictures.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { withModels } from "../encoders/tiny_models.ts";

/** Runs the task in an empty folder, or in `folder`; what it prints stays here. */
async function run(
  args: string[],
  { folder }: { folder?: string } = {},
): Promise<{ code: number; out: string; err: string }> {
  if (folder === undefined) {
    let result: Awaited<ReturnType<typeof run>>;
    await withFolder({}, async (empty) => void (result = await run(args, { folder: empty })));
    return result!;
  }
  const { log, error } = console;
  const lines = { out: [] as string[], err: [] as string[] };
  const before = Deno.cwd();
  console.log = (line: string) => void lines.out.push(line);
  console.error = (line: string) => void lines.err.push(line);
  Deno.chdir(folder);
  try {
    const code = await main(args);
    return { code, out: lines.out.join("\n"), err: lines.err.join("\n") };
  } finally {
    Deno.chdir(before);
    Object.assign(console, { log, error });
  }
}

/** Ten joyful and ten angry messages as Kaggle *Emotions* has them. */
const messages = [
  ",text,label",
  ...Array.from({ length: 20 }, (_, i) => `${i},message number ${i} here,${i % 2 ? 1 : 3}`),
].join("\n");

Deno.test("the doctor answers a wrong command line with one line and exit code 2", async () => {
  deepEqual(await run(["--fast"]), {
    code: 2,
    out: "",
    err: "TypeError: Cannot read the command line: Unknown option '--fast' " +
      "(--help shows the options)",
  });
  deepEqual(await run(["--data", ""]), {
    code: 2,
    out: "",
    err: 'RangeError: Cannot use --data: expected a folder, got ""',
  });
  equal((await run(["here"])).code, 2);
});

Deno.test("the doctor shows its options on --help", async () => {
  const { code, out } = await run(["--help"]);
  equal(code, 0);
  for (const option of ["--json", "--all", "--cache", "--data"]) match(out, new RegExp(option));
});

Deno.test("the doctor finds nothing wrong with a machine that has run nothing yet", async () => {
  await withFolder({}, async (folder) => {
    const { code, out } = await run([], { folder });
    equal(code, 0);
    match(out, /^Machine\n {2}Deno {4}\d+\.\d+\.\d+ \(V8 /);
    match(out, /\n {2}@tensorflow\/tfjs-core {2,}4\.22\.0\n/);
    match(out, /\nONNX Runtime's execution providers\n {2}cpu {5}works\n/);
    match(out, /\n {2}wasm {11}not tried: downloads 2\.5 MB; ask with --all\n {2}cpu {12}works\n/);
    match(out, /\nExecutor of training\n {2}auto {2}takes (c: \/|onnxruntime: no C compiler: )/);
    match(out, /\nEncoders in the cache\n {2}none yet/);
    match(out, /\nData: data\/embedded\n {2}not there: made when a run needs it\n/);
    match(out, /\nProblems\n {2}none$/);
    deepEqual([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("the doctor tells programs what it tells people", async () => {
  const { code, out } = await run(["--json"]);
  equal(code, 0);
  const report = JSON.parse(out) as Report;
  equal(report.machine.deno, Deno.version.deno);
  ok(report.machine.cores >= 1 && report.machine.memory >= report.machine.availableMemory);
  deepEqual(report.executionProviders[0], { name: "cpu", state: "works" });
  deepEqual(report.eagerBackends.map(({ name, state }) => `${name} ${state}`), [
    "tfjs-node-gpu not tried",
    "tfjs-node not tried",
    "webgpu not tried",
    "wasm not tried",
    "cpu works",
  ]);
  deepEqual(report.cache, {
    folder: ".cache",
    models: { files: 0, bytes: 0 },
    features: { files: 0, bytes: 0 },
    compiled: { files: 0, bytes: 0 },
  });
  const { executor } = report;
  const state = await whyNoC() === undefined ? "takes c" : "takes onnxruntime";
  deepEqual([executor.name, executor.state], ["auto", state]);
  match(executor.reason!, state === "takes c" ? /^\/.*, .*\d\./ : /^no C compiler: /);
  deepEqual(report.problems, []);
});

Deno.test("the doctor counts the samples of a data folder and splits them by group", async () => {
  await withFolder({ "own/emotions/text.csv": messages }, async (folder) => {
    const report = await examine({
      cache: join(folder, "none"),
      made: join(folder, "none"),
      data: join(folder, "own"),
    });
    deepEqual(report.problems, []);
    deepEqual(report.data[2], {
      folder: join(folder, "own"),
      state: "there",
      corpora: [{
        name: "Emotions",
        modality: "text",
        positive: 10,
        negative: 10,
        excluded: {},
        groups: 20,
        notes: ["20 rows; the file on Kaggle has 416809"],
        split: { train: 14, validation: 2, test: 4 },
      }],
    });
    const { out } = await run(["--data", "own"], { folder });
    match(
      out,
      /\nData: own\n {2}Emotions {2}10 positive {2}10 negative {2}0 excluded {2}20 groups/,
    );
  });
});

Deno.test("the doctor says what is wrong with a data folder, and its exit code is 1", async () => {
  await withFolder({ "own/emotions/text.csv": `${messages}\n20,one more,9` }, async (folder) => {
    const { code, out } = await run(["--data", "own"], { folder });
    equal(code, 1);
    match(
      out,
      /\nProblems\n {2}own: Cannot read "own\/emotions\/text\.csv", line 22: expected a label from 0 to 5, got "9"$/,
    );
    const other = await run(["--data", "nowhere"], { folder });
    equal(other.code, 1);
    match(other.out, /nowhere: expected emotions\/, faces\/ or ravdess\/, got none of them$/);
  });
});

Deno.test("the doctor refuses a corpus whose split the audit refuses", async () => {
  const joyful = messages.replaceAll(/,3$/gm, ",1");
  await withFolder({ "own/emotions/text.csv": joyful }, async (folder) => {
    const { code, out } = await run(["--data", "own"], { folder });
    equal(code, 1);
    match(out, /own: Cannot split: expected samples of negative, positive, got 20 positive$/);
  });
  // Twenty messages of one text: there are no three groups.
  const one = joyful.replaceAll(/number \d+/g, "again");
  await withFolder({ "own/emotions/text.csv": one }, async (folder) => {
    const { code, out } = await run(["--data", "own"], { folder });
    equal(code, 1);
    match(out, /own: Cannot split 1 samples: expected 3 groups or more, got 1$/);
  });
});

Deno.test("the doctor knows an embedded corpus that is unfinished, foreign or incomplete", async () => {
  const counts = { sentences: 21, faces: 0, clips: 0 };
  const info = (seed: number, version = 2) =>
    JSON.stringify({ version, seed, size: "full", counts });
  const embedded = async (files: Record<string, string>) => {
    let found: Report["data"][number];
    await withFolder(files, async (made) => {
      found = (await examine({ cache: join(made, "none"), made })).data[0]!;
    });
    return found!;
  };
  equal((await embedded({ "embedded/corpus.json.partial": "{}" })).state, "unfinished");
  match((await embedded({ "embedded/a.txt": "" })).problem!, /^expected corpus\.json, got none$/);
  match(
    (await embedded({ "embedded/corpus.json": info(2) })).problem!,
    /^expected the embedded corpus of seed 1, size full, got seed 2, size full$/,
  );
  match(
    (await embedded({ "embedded/corpus.json": info(1, 1) })).problem!,
    /^expected version 2 of the embedded corpus, got 1; remove the folder, and it is made anew$/,
  );
  const short = { "embedded/corpus.json": info(1), "embedded/emotions/text.csv": messages };
  match((await embedded(short)).problem!, /^Emotions: expected 21 samples, got 20; Cannot read /);
});

Deno.test("the doctor loads the encoders in the cache and shows their digests", async () => {
  await withModels(["tiny/bert"], async (root) => {
    // An embedded encoder that works, one that lost its network, and one of the hub's that did too.
    await withFolder({
      "c/models/trivalence/cut-1/config.json": "{}",
      "c/models/Xenova/cut/main/config.json": "{}",
    }, async (folder) => {
      await Deno.rename(join(root, "tiny/bert"), join(folder, "c/models/trivalence/bert-1"));
      const { code, out } = await run(["--cache", "c", "--json"], { folder });
      equal(code, 1);
      const { encoders, problems, cache } = JSON.parse(out) as Report;
      const [hub, works, cut] = encoders;
      const problem = "expected config.json and model.onnx, got not both";
      deepEqual(hub, { id: "Xenova/cut", revision: "main", kind: "fetched", bytes: 2, problem });
      deepEqual(cut, { id: "trivalence/cut-1", kind: "embedded", bytes: 2, problem });
      equal(works!.id, "trivalence/bert-1");
      match(works!.digest!, /^[0-9a-f]{64}$/);
      equal(cache.models.bytes, works!.bytes + 4);
      // The hub's is not the default run's.
      deepEqual(problems, [`trivalence/cut-1: ${problem}`]);
    });
  });
});

Deno.test("the packages listed are those that lib/deps pins", async () => {
  const packages = await listPackages();
  deepEqual(packages.find(({ name }) => name === "sharp"), { name: "sharp", version: "0.35.5" });
  ok(packages.every(({ version }) => /^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version)));
});

Deno.test("the doctor looks into a CSV file whose rows belong together", () =>
  withFolder({}, async (folder) => {
    const rows = Array.from({ length: 20 }, (_, i) => [`message ${i}`, i % 2 ? "joy" : "anger", i]);
    const text = ["text,image,audio,label,group", ...rows.map(([t, l, g]) => `${t},,,${l},${g}`)];
    await Deno.writeTextFile(`${folder}/mine.csv`, text.join("\n"));
    const { code, out } = await run(["--data", "mine.csv"], { folder });
    equal(code, 0, out);
    match(
      out,
      /\nData: mine.csv\n {2}text of mine.csv +10 positive +10 negative +0 excluded +20 groups/,
    );
    await Deno.writeTextFile(`${folder}/mine.csv`, "text,image,audio,label\nwell,,,odd\n");
    const bad = await run(["--data", "mine.csv"], { folder });
    equal(bad.code, 1);
    match(
      bad.out,
      /\nProblems\n {2}mine.csv: Cannot read "mine.csv": expected .* got also "odd" \(1\)/,
    );
  }));

Deno.test("the doctor lists what is left out of a folder, and why", async () => {
  const faces = await Promise.all(
    Array.from({ length: 24 }, async (_, i) => {
      const bytes = await picture(i, (image) => i % 3 ? image.png() : image.tiff());
      return [`own/faces/${i % 2 ? "happy" : "sad"}/${i}.${i % 3 ? "png" : "tif"}`, bytes] as const;
    }),
  );
  const files = { ...Object.fromEntries(faces), "own/faces/sad/x.psd": "", "own/faces/a.txt": "" };
  await withFolder(files, async (folder) => {
    const { code, out } = await run(["--data", "own"], { folder });
    equal(code, 0, out);
    match(
      out,
      /\n {2}Faces {2}12 positive {2}12 negative {2}2 excluded {2}24 groups .+\n {4}excluded: 2 not an image\n/,
    );
    match(
      out,
      /\n {4}not read, by the endings of their names: ".psd" \(1\), ".txt" \(1\): a.txt, sad\/x.psd\n/,
    );
    match(
      out,
      /\nffmpeg, for sound and video of other formats\n {2}ffmpeg {2}(works|not there: .+)\n/,
    );
  });
});
