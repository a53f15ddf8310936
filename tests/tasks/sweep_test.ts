import { deepEqual, equal, match, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { main } from "../../tasks/sweep.ts";
import { main as train } from "../../tasks/train.ts";
import { seal, unseal } from "../../lib/training/checkpoint.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { type TinyCorpora, withTinyCorpora } from "../study/tiny_corpora.ts";
import { writeRows } from "../study/tiny_table.ts";
import { captured } from "./captured.ts";

/** Runs the task; what it prints stays here. */
const run = (...args: string[]) => captured(main, args);

const sets = (...settings: string[]) => settings.flatMap((setting) => ["--set", setting]);

const tiny = sets("model.heads=2", "training.epochs=3", "model.channels=[2,4]");

/** The arguments of a small sweep. */
const sweepOf = ({ data, cache }: TinyCorpora, out: string, ...more: string[]) => [
  ...["--quick", "--data", data, "--cache", cache, "--out", out, "--jobs", "2", ...tiny],
  ...more,
];

/** What `sweep.json` says. */
async function recordOf(out: string) {
  return JSON.parse(await Deno.readTextFile(`${out}/sweep.json`));
}

/** All files of a folder by path, without the seconds that a sweep's own files tell. */
async function filesBelow(folder: string, prefix = ""): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) Object.assign(found, await filesBelow(path, `${prefix}${name}/`));
    else found[prefix + name] = (await Deno.readFile(path)).toBase64();
  }
  return found;
}

async function comparable(out: string): Promise<Record<string, unknown>> {
  const { "sweep.csv": _, "sweep.md": __, "sweep.json": ___, ...files } = await filesBelow(out);
  const record = await recordOf(out);
  const csv = await Deno.readTextFile(`${out}/sweep.csv`);
  const seconds = csv.split("\n")[0]!.split(",").indexOf("seconds");
  const rows = csv.split("\n").map((line) => line.split(",").toSpliced(seconds, 1));
  for (const row of record.runs) delete row.seconds;
  return { ...files, record, rows };
}

Deno.test("the sweep task answers a wrong command line with one line and exit code 2", async () => {
  const refused = async (args: string[], message: RegExp) => {
    const { code, out, err } = await run("--data", "nowhere", ...args);
    deepEqual([code, out], [2, ""]);
    match(err, message);
  };
  const widths = sets("model.width=32,64");
  await refused([], /^RangeError: Cannot sweep: expected --set with several values, .* got none$/);
  await refused(sets("model.widht=32,64"), /did you mean model.width\?$/);
  await refused(sets("model.width=32,x"), /expected a whole number from 1, got "x"$/);
  await refused([...widths, ...widths], /expected model.width once, got it several times$/);
  await refused(sets("model.dropout=0.1..0.5"), /expected --random N with a range, got none$/);
  await refused([...widths, "--random", "3"], /Cannot draw 3 different combinations: .* got 2$/);
  await refused(sets("data.testFraction=0.1,0.2"), /since all runs have one split, got several$/);
  await refused([...widths, "--system", "MISA"], /Cannot use model.width: .* setting of MISA/);
  await refused([...widths, "--system", "Majority"], /expected Proposed or MISA or .*"Majority"$/);
  const rates = sets("training.learningRate=1,2", "training.batch=4");
  await refused([...rates, "--system", "MISA"], /Cannot use training.batch: expected a setting of/);
});

Deno.test("the sweep task writes over nothing but a sweep, and lists none where there is none", () =>
  withFolder({ "home/diary.txt": "dear" }, async (root) => {
    const widths = sets("model.width=32,64");
    const { code, err } = await run("--out", `${root}/home`, "--force", ...widths);
    equal(code, 1);
    match(
      err,
      /^RangeError: Cannot write to ".*home": expected a sweep or nothing, got a folder with diary/,
    );
    const listed = await run("--list", "--out", `${root}/none`);
    equal(listed.code, 1);
    match(
      listed.err,
      /Cannot read ".*none\/sweep.json": expected the record of a sweep, got nothing$/,
    );
  }));

Deno.test("a sweep has a row a run, chooses by validation, and keeps the model that train makes of it", () =>
  withTinyCorpora(async (corpora) => {
    const out = `${corpora.root}/sweep`;
    const swept = sets("training.learningRate=1e-3,1e-2,1e30", "model.width=8,7");
    const go = (...more: string[]) =>
      run(...sweepOf(corpora, out, ...swept, "--seeds", "2", ...more));
    const { code, out: said, err } = await go();
    equal(code, 0, err);
    const { runs, test, ended, arithmetic } = await recordOf(out);
    equal(arithmetic.kind, "onnxruntime, cpu");
    equal(ended, true);
    deepEqual(
      runs.map(({ settings, seed, state }: Record<string, object>) => [
        ...Object.values(settings!),
        seed,
        state,
      ]),
      [1e-3, 1e-2, 1e30].flatMap((rate) =>
        [8, 7].flatMap((width) =>
          // 2 heads can't divide a width of 7, and no loss is finite at such a rate.
          [1, 2].map((seed) => [rate, width, seed, width === 7 || rate > 1 ? "failed" : "done"])
        )
      ),
    );
    match(runs[2].reason, /multiple of heads, got a width of 7 and 2 heads$/);
    match(runs[8].reason, /^Cannot train: expected a finite (validation )?loss in epoch 1/);
    const means = [0, 4].map((i) => (runs[i].validationLoss + runs[i + 1].validationLoss) / 2);
    const best = means[0]! < means[1]! ? 0 : 4;
    deepEqual(
      runs.flatMap(({ chosen }: { chosen?: boolean }, i: number) => chosen ? [i] : []),
      [best, best + 1],
    );
    equal(test.run, best + 1);
    const rate = runs[best].settings["training.learningRate"];
    match(
      said,
      new RegExp(`the mean over 2 seeds, is the lowest: training.learningRate=${rate} mo`),
    );
    match(said, new RegExp(`\nRun ${best + 1} alone was asked about the test part, once\\.\n`));

    const mine = `${corpora.root}/mine`;
    const own = sets(`training.learningRate=${rate}`, "model.width=8");
    const trained = await captured(train, [
      ...["--quick", "--data", corpora.data, "--cache", corpora.cache, "--out", mine, ...tiny],
      ...own,
    ]);
    equal(trained.code, 0, trained.err);
    deepEqual(await filesBelow(`${out}/model`), await filesBelow(mine));

    const csv = (await Deno.readTextFile(`${out}/sweep.csv`)).trim().split("\n");
    match(
      csv[0]!,
      /^run,state,training.learningRate,model.width,seed,validationLoss,validationAcc/,
    );
    equal(csv.length, 13);
    match(await Deno.readTextFile(`${out}/sweep.md`), /\| 2 of 2 \| \S+ ± \S+ \|.* chosen \|\n/);
    const { out: listed } = await run("--list", "--out", out);
    match(listed, /\n {2}3 +failed +0.001 +7 +1 .*multiple of heads/);
    match(listed, /\n12 runs: 4 done, 8 failed$/);

    // It is there: neither the same command nor another one replaces it.
    match(
      (await go()).err,
      /got this sweep, which has ended; --list shows it, --force replaces it/,
    );
    const other = await run(...sweepOf(corpora, out, ...sets("model.width=6,8")));
    match(other.err, /got a sweep by another command; --list shows it, --force replaces it/);
    deepEqual((await recordOf(out)).runs, runs);
    const random = sets("model.fusionLayers=0..4", "model.dropout=0.1..0.5");
    const forced = await run(...sweepOf(corpora, out, ...random, "--random", "2", "--force"));
    equal(forced.code, 0, forced.err);
    equal((await recordOf(out)).runs.length, 2);
  }));

Deno.test("a sweep on rows of a table that is killed goes on, in parts too, and ends in the same bytes", () =>
  withTinyCorpora(async ({ root, data: folder, cache }) => {
    const corpora = { root, data: await writeRows(folder, ["text", "audio"]), cache };
    const [unbroken, killed] = ["unbroken", "killed"].map((name) => `${corpora.root}/${name}`);
    const swept = [...sets("training.learningRate=1e-3,3e-3,1e-2", "model.width=8,4")];
    const args = (out: string) => sweepOf(corpora, out, ...swept);
    equal((await run(...args(unbroken!))).code, 0);

    const task = fileURLToPath(new URL("../../tasks/sweep.ts", import.meta.url));
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-check", task, ...args(killed!), "--jobs", "1"],
      ...{ stdout: "null", stderr: "null" },
    }).spawn();
    const states = async (): Promise<string[]> => {
      const record = await recordOf(killed!).catch(() => ({ runs: [] }));
      return record.runs.map(({ state }: { state: string }) => state);
    };
    const isMidway = (now: string[]) => now.includes("done") && now.includes("running");
    while (!isMidway(await states())) await new Promise((r) => setTimeout(r, 5));
    child.kill("SIGKILL");
    ok(!(await child.status).success);
    const left = await states();
    ok(isMidway(left), left.join());
    const { out: listed } = await run("--list", "--out", killed!);
    match(listed, /\n {2}\d+ +unfinished /);

    const before = await filesBelow(killed!);
    const part = await run(...args(killed!), "--part", "0/2");
    match(part.out, /^Part 0\/2: \d runs? of 6, \d of them there before\.$/m);
    const plan = await run(...args(killed!), "--part", "0/2", "--plan");
    match(
      plan.out,
      /^6 runs: \d there, \d missing\.\nPart 0\/2: (\d) runs?: \1 there, 0 missing\.$/m,
    );
    const after = await filesBelow(killed!);
    for (const name of ["sweep.json", "sweep.csv"]) equal(after[name], before[name]);

    const { code, err } = await run(...args(killed!));
    equal(code, 0, err);
    deepEqual(await comparable(killed!), await comparable(unbroken!));
    deepEqual(
      Object.keys(await filesBelow(killed!)).filter((name) => /work|partial/.test(name)),
      [],
    );
  }));

Deno.test("a sweep whose parts were made by several kinds of arithmetic says so", () =>
  withTinyCorpora(async (corpora) => {
    const out = `${corpora.root}/sweep`;
    const args = sweepOf(corpora, out, ...sets("model.width=8,4"));
    equal((await run(...args, "--part", "0/1")).code, 0);
    const names = Object.keys(await filesBelow(`${out}/work`));
    const path = `${out}/work/${names.find((name) => /^[^/]+-run2-.*\.json$/.test(name))}`;
    const { record, ...kept } = unseal(await Deno.readTextFile(path), { path }) as {
      record: { arithmetic: object };
    };
    const arithmetic = { ...record.arithmetic, digest: "elsewhere" };
    await Deno.writeTextFile(path, seal({ ...kept, record: { ...record, arithmetic } }));
    const { code, out: said, err } = await run(...args);
    equal(code, 0, err);
    match(
      said,
      /\nRuns were made by arithmetic of 2 kinds, .*, 1 by onnxruntime, cpu \(elsewhere\)/,
    );
    match(await Deno.readTextFile(`${out}/sweep.md`), /\nRuns were made by arithmetic of 2 kinds/);
    const { arithmetics } = await recordOf(out);
    deepEqual(arithmetics.map(({ runs }: { runs: number }) => runs), [1, 1]);
  }));
