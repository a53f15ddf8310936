/** Makes one result and prints it. @module */

import { isMade, withManifest } from "../../experiments/results/folder.ts";
import { withPngs } from "../../experiments/results/pictures.ts";
import { replaceFolder } from "../../lib/files.ts";
import type { RunExecutor } from "../../lib/study/run_executor.ts";
import type { Options, Result } from "../../lib/study/study.ts";
import { fingerprintOf } from "../../lib/training/checkpoint.ts";
import type { TimedSteps } from "./phases.ts";

/** What of a study its results are told apart by. */
interface MadeWith {
  readonly options: Options;
  readonly decides: Readonly<Record<string, unknown>>;
  readonly on: RunExecutor;
}

/** Makes the result of this name, unless it is made already, in its folder of `out`. */
export async function makeResult<Study extends MadeWith>(
  name: string,
  { study, make, out, letters, lines }: {
    readonly study: Study;
    readonly make: (study: Study) => Promise<Result>;
    readonly out: string;
    /** Whether there are fonts: pictures without letters are not made. */
    readonly letters: boolean;
    readonly lines: TimedSteps;
  },
): Promise<void> {
  const folder = `${out}/${name}`;
  const fingerprint = fingerprintOf({ ...study.decides, name, letters });
  if (await isMade(folder, fingerprint)) {
    console.log(`${folder} is made already.\n`);
    return;
  }
  lines.begin(name);
  const { markdown, files } = await make(study);
  const pictures = letters ? await withPngs(files) : files;
  await replaceFolder(folder, withManifest(pictures, fingerprint));
  const { command, commit, seeds } = study.options;
  // No result depends on it: it says how often the test part was looked at.
  const executor = study.on.arithmetic.kind;
  const opened = {
    at: new Date().toISOString(),
    experiment: name,
    command,
    commit,
    seeds,
    executor,
  };
  await Deno.writeTextFile(`${out}/ledger.jsonl`, `${JSON.stringify(opened)}\n`, { append: true });
  lines.end();
  console.log(markdown);
  console.log(`Wrote ${folder}\n`);
}
