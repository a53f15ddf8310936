import { deepEqual, equal, match } from "node:assert/strict";
import { main } from "../../tasks/data.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { captured } from "./captured.ts";

/** Runs the task; what it prints stays here. */
const run = (...args: string[]) => captured(main, args);

Deno.test("the data task answers a wrong command line with one line and exit code 2", async () => {
  deepEqual(await run("--fast"), {
    code: 2,
    out: "",
    err: "TypeError: Cannot read the command line: Unknown option '--fast' " +
      "(--help shows the options)",
  });
  deepEqual(await run("--seed", "1.5"), {
    code: 2,
    out: "",
    err: "RangeError: Cannot use --seed: expected a whole number from 0 to 9007199254740991, " +
      'got "1.5"',
  });
  equal((await run("--out", "")).code, 2);
  equal((await run("here")).code, 2);
  equal((await run("--metadata", "x", "--quick")).code, 2);
});

Deno.test("the data task shows its options on --help", async () => {
  const { code, out } = await run("--help");
  equal(code, 0);
  for (const option of ["--out", "--quick", "--seed", "--metadata"]) match(out, new RegExp(option));
});

Deno.test("the data task prints what the names of clips say, and makes nothing", () =>
  withFolder({ "Actor_02/03-01-06-02-01-02-02.wav": "" }, async (folder) => {
    const header = "path,sentiment,channel,emotion,intensity,statement,repetition,actor,sex\n";
    deepEqual(await run("--metadata", folder), {
      code: 0,
      out: `${header}Actor_02/03-01-06-02-01-02-02.wav,negative,speech,fearful,strong,1,2,2,female`,
      err: "",
    });
    const { code, err } = await run("--metadata", `${folder}/nowhere`);
    equal(code, 1);
    match(err, /nowhere": expected a folder, got nothing/);
  }));

Deno.test("the data task leaves a finished corpus alone, and fails on another one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const info = { name: "embedded", version: 2, seed: 4, size: "quick", counts: {} };
    await Deno.writeTextFile(`${folder}/corpus.json`, JSON.stringify(info));
    const again = await run("--quick", "--seed", "4", "--out", folder);
    deepEqual(again, { code: 0, out: `The corpus in ${folder} is complete.`, err: "" });
    const other = await run("--quick", "--seed", "5", "--out", folder);
    equal(other.code, 1);
    match(other.err, /^Error: Cannot make the embedded corpus in .*seed 5.*found .*seed 4/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
