/**
 * Times the encoders at their true size against Python on this machine.
 *
 *     deno run --allow-all benchmarks/encoders/main.ts [cases…] --models FOLDER --python PATH
 *         [--repetitions N] [--threads N]
 *
 * @module
 */

import { resolve } from "node:path";
import { assertKnown, runCommand } from "../../tasks/command.ts";
import { count, folder, preset, text, type Values } from "../../tasks/option.ts";
import { perCore } from "../../tasks/options.ts";
import { cases, runCase, type RunOptions } from "./run_case.ts";

const options = {
  models: folder("what benchmarks/encoders/export.py wrote"),
  python: text("PATH", "a Python with the packages of benchmarks/encoders/requirements.txt"),
  repetitions: preset(count("timings of each side, of which the median counts"), 5),
  threads: perCore("threads of each side"),
};

/** What the command line asks for. */
interface Request extends RunOptions {
  readonly names: readonly string[];
}

function read(
  { models, python, ...rest }: Values<typeof options>,
  words: readonly string[],
): Request {
  assertKnown("time", words, Object.keys(cases));
  if (!models || !python) {
    throw new TypeError("Cannot time encoders: expected --models FOLDER and --python PATH");
  }
  const names = words.length > 0 ? [...new Set(words)] : Object.keys(cases);
  return { ...rest, root: resolve(models), python, names };
}

async function timeCases({ names, ...options }: Request): Promise<void> {
  for (const name of names) {
    for (const line of await runCase(name, options)) console.log(JSON.stringify(line));
  }
}

if (import.meta.main) {
  const code = await runCommand(Deno.args, {
    name: "deno run --allow-all benchmarks/encoders/main.ts",
    does: "Times the encoders against Transformers and ONNX Runtime in Python, in turns.",
    usage: ["[cases…] --models DIR --python PATH"],
    words: { cases: `${Object.keys(cases).join(", ")} (default: all)` },
    options,
    note:
      "Writes a line of JSON for each case and side; a speedup above 1 says that we are faster.",
    read,
    run: timeCases,
  });
  Deno.exit(code);
}
