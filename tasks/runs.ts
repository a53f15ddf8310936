/**
 * Compares the results of several commands, from their folders.
 *
 *     deno task runs OUT1 OUT2 … [--out DIR]
 *
 * @module
 */

import { compareRuns } from "../experiments/runs/mod.ts";
import { withManifest } from "../experiments/results/folder.ts";
import { replaceFolder } from "../lib/files.ts";
import { fingerprintOf } from "../lib/training/checkpoint.ts";
import { assertPlace } from "./assert_place.ts";
import { pathFromCaller } from "./caller.ts";
import { runCommand } from "./command.ts";
import { folder, preset } from "./option.ts";
import { stepLines } from "./progress.ts";

const options = {
  out: preset(folder("where the comparison goes; one that is there is replaced"), "out/runs"),
};

/** What the command line asks for. */
interface Request {
  readonly folders: readonly string[];
  readonly out: string;
}

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    name: "runs",
    does:
      "Compares results side by side: settings that differ, scores with paired intervals, and\n" +
      "training curves. Nothing is trained.",
    usage: ["OUT1 OUT2 … [options]"],
    words: {
      OUT:
        "results of reproduce or compare, a model of train, or a sweep; all others are compared with the first",
    },
    options,
    read({ out }, folders): Request {
      if (folders.length >= 2) return { folders, out };
      const got = folders.length === 1 ? "one" : "none";
      throw new RangeError(`Cannot compare runs: expected two folders or more, got ${got}`);
    },
    writes: ({ out }) => [out],
    run: writeRuns,
  });
}

async function writeRuns({ folders, out }: Request): Promise<void> {
  await assertPlace(out, { marker: "runs.json", name: "a comparison of runs", force: true });
  const { show, end } = stepLines();
  const { markdown, files } = await compareRuns(
    folders.map((label) => ({ label, path: pathFromCaller(label) })),
    { onProgress: show },
  );
  end();
  await replaceFolder(out, withManifest(files, fingerprintOf({ name: "runs", folders })));
  console.log(markdown);
  console.log(`Wrote ${out}/runs.html`);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
