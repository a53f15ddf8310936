/**
 * Times the encoders at their true size against Python on this machine.
 *
 *     deno run --allow-all benchmarks/encoders/main.ts [cases…] --models FOLDER --python PATH
 *         [--repetitions N] [--threads N]
 *
 * @module
 */

import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { assertKnown, parseCount, parseOptions, runCommand } from "../../tasks/command.ts";
import { cases, runCase, type RunOptions } from "./run_case.ts";

const help = `Times the encoders against Transformers and ONNX Runtime in Python, in turns.

Usage: deno run --allow-all benchmarks/encoders/main.ts [cases…] --models FOLDER --python PATH

  cases            ${Object.keys(cases).join(", ")} (default: all)
  --models FOLDER  what benchmarks/encoders/export.py wrote
  --python PATH    a Python with the packages of benchmarks/encoders/requirements.txt
  --repetitions N  timings of each side, of which the median counts (default: 5)
  --threads N      threads of each side (default: one a core)
  --help           this text

Writes a line of JSON for each case and side; a speedup above 1 says that we are faster.`;

/** What the command line asks for. */
interface Request extends RunOptions {
  readonly names: readonly string[];
}

function parse(args: string[]): Request | undefined {
  const { values, positionals } = parseOptions({
    args,
    allowPositionals: true,
    options: {
      models: { type: "string" },
      python: { type: "string" },
      repetitions: { type: "string", default: "5" },
      threads: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  assertKnown("time", positionals, Object.keys(cases));
  if (!values.models || !values.python) {
    throw new TypeError("Cannot time encoders: expected --models FOLDER and --python PATH");
  }
  return {
    names: positionals.length > 0 ? [...new Set(positionals)] : Object.keys(cases),
    root: resolve(values.models),
    python: values.python,
    repetitions: parseCount("--repetitions", values.repetitions),
    threads: parseCount("--threads", values.threads ?? String(availableParallelism())),
  };
}

async function timeCases({ names, ...options }: Request): Promise<void> {
  for (const name of names) {
    for (const line of await runCase(name, options)) console.log(JSON.stringify(line));
  }
}

if (import.meta.main) Deno.exit(await runCommand(Deno.args, { help, parse, run: timeCases }));
