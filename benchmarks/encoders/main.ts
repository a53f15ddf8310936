/**
 * Times the encoders at their true size against Python on this machine.
 *
 *     deno run --allow-all benchmarks/encoders/main.ts [cases…] --models FOLDER --python PATH
 *         [--repetitions N] [--threads N] [--table]
 *
 * @module
 */

import { resolve } from "node:path";
import { assertKnown, runCommand } from "../../tasks/command.ts";
import { count, flag, folder, preset, text, type Values } from "../../tasks/option.ts";
import { perCore } from "../../tasks/options.ts";
import { describeMachine } from "../machine.ts";
import { cases, type Line, runCase, type RunOptions } from "./run_case.ts";
import { linesToMarkdown } from "./table.ts";

const options = {
  models: folder("what benchmarks/encoders/export.py wrote"),
  python: text("PATH", "a Python with the packages of benchmarks/encoders/requirements.txt"),
  repetitions: preset(count("timings of each side, of which the median counts"), 5),
  threads: perCore("threads of each side"),
  table: flag("a table in Markdown at the end"),
};

/** What the command line asks for. */
interface Request extends RunOptions {
  readonly names: readonly string[];
  readonly table: boolean;
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

async function timeCases({ names, table, ...options }: Request): Promise<void> {
  const machine = await describeMachine();
  const date = new Date().toISOString().slice(0, 10);
  console.log(JSON.stringify({ machine, date }));
  const all: Line[] = [];
  for (const name of names) {
    const lines = await runCase(name, options);
    for (const line of lines) console.log(JSON.stringify(line));
    all.push(...lines);
  }
  if (table) console.log(linesToMarkdown(all, { machine, date }));
}

if (import.meta.main) {
  const code = await runCommand(Deno.args, {
    name: "deno run --allow-all benchmarks/encoders/main.ts",
    does: "Times the encoders against Transformers and ONNX Runtime in Python, in turns.",
    usage: ["[cases…] --models DIR --python PATH"],
    words: { cases: `${Object.keys(cases).join(", ")} (default: all)` },
    options,
    note:
      "Writes a line of JSON for the machine, and one for each case and side; a speedup above 1 says that we are faster.",
    read,
    run: timeCases,
  });
  Deno.exit(code);
}
