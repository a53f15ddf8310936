import { deepEqual, equal, match } from "node:assert/strict";
import { main } from "../../tasks/train.ts";
import { captured } from "./captured.ts";
import { withFolder } from "../datasets/temporary_folder.ts";

/** Runs the task; what it prints stays here. */
const run = (...args: string[]) => captured(main, args);

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

Deno.test("the train task answers a wrong command line with one line and exit code 2", async () => {
  const refused = async (args: string[], err: string) =>
    deepEqual(await run(...args), { code: 2, out: "", err });
  await refused(
    ["--protocol", "random"],
    'RangeError: Cannot use --protocol: expected label or single, got "random"',
  );
  await refused(
    ["--encoders", "best"],
    'RangeError: Cannot use --encoders: expected embedded or paper, got "best"',
  );
  for (const seed of ["-1", "1.5", "", "one"]) {
    await refused(
      [`--seed=${seed}`],
      `RangeError: Cannot use --seed: expected a whole number from 0 to 9007199254740991, got "${seed}"`,
    );
  }
  for (const option of ["data", "out", "cache"]) {
    await refused(
      [`--${option}`, ""],
      `RangeError: Cannot use --${option}: expected a folder, got ""`,
    );
  }
  await refused(
    ["--fast"],
    "TypeError: Cannot read the command line: Unknown option '--fast' (--help shows the options)",
  );
});

Deno.test("the train task shows its options on --help", async () => {
  const { code, out } = await run("--help");
  equal(code, 0);
  for (const name of ["quick", "data", "protocol", "seed", "encoders", "out", "cache", "help"]) {
    match(out, new RegExp(`^ +--${name} `, "m"));
  }
});

Deno.test("the train task writes over no folder that holds something else, and says so first", () =>
  withFolder({ "home/diary.txt": "dear" }, async (root) => {
    const out = `${root}/home`;
    deepEqual(await run("--out", out, "--data", `${root}/none`, "--cache", `${root}/cache`), {
      code: 1,
      out: "",
      err:
        `RangeError: Cannot save to "${out}": expected a model or nothing, got a folder with diary.txt`,
    });
    deepEqual(await namesIn(root), ["home"]);
  }));

Deno.test("the train task that fails leaves no folder behind", () =>
  withFolder({ "data/emotions/text.csv": "text,label\nwell,9\n", "file": "" }, async (root) => {
    const place = ["--out", `${root}/out`, "--cache", `${root}/cache`];
    const wanted = "expected a folder with emotions/, faces/ and ravdess/";
    for (const [name, got] of [["none", "nothing"], ["file", "a file"]]) {
      const { code, err } = await run(...place, "--data", `${root}/${name}`);
      equal(code, 1);
      equal(err, `RangeError: Cannot read "${root}/${name}": ${wanted}, got ${got}`);
    }
    const { code, out, err } = await run(...place, "--data", `${root}/data`);
    deepEqual([code, out], [1, ""]);
    match(
      err,
      /\nRangeError: Cannot read ".*text.csv", line 2: expected a label from 0 to 5, got "9"$/,
    );
    deepEqual(await namesIn(root), ["data", "file"]);
  }));
