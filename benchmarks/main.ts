/**
 * Times the project against PyTorch on this machine.
 *
 *     deno task benchmark [cases…] --python PATH [options]
 *
 * @module
 */

import { cases } from "./cases.ts";
import { runCase, type RunOptions } from "./run_case.ts";
import { assertKnown, runCommand } from "../tasks/command.ts";
import { count, preset, text, type Values } from "../tasks/option.ts";
import { perCore } from "../tasks/options.ts";

const options = {
  python: text("PATH", "a Python with the packages of benchmarks/requirements.txt"),
  repetitions: preset(count("timings of each side, of which the median counts"), 7),
  threads: perCore("threads of each side"),
};

/** What the command line asks for. */
interface Request extends RunOptions {
  readonly names: readonly string[];
}

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    name: "benchmark",
    does: "Times the project against PyTorch: the same model, batches, threads, in turns.",
    usage: ["[cases…] --python PATH [options]"],
    words: { cases: `${Object.keys(cases).join(", ")} (default: all)` },
    options,
    note: "Writes a line of JSON for each case and peer; a ratio below 1 says that we are faster.",
    read,
    run: timeCases,
  });
}

function read({ python, ...rest }: Values<typeof options>, words: readonly string[]): Request {
  const known = Object.keys(cases);
  assertKnown("time", words, known);
  if (!python) throw new TypeError("Cannot time PyTorch: expected --python PATH, got none");
  return { ...rest, python, names: words.length > 0 ? [...new Set(words)] : known };
}

async function timeCases(request: Request): Promise<void> {
  for (const name of request.names) {
    for (const line of await runCase(name, request)) console.log(JSON.stringify(line));
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
