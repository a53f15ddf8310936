/**
 * Times the project against PyTorch on this machine.
 *
 *     deno task benchmark [cases…] --python PATH [options]
 *
 * @module
 */

import { availableParallelism } from "node:os";
import { cases } from "./cases.ts";
import { runCase, type RunOptions } from "./run_case.ts";
import { assertKnown, parseCount, parseOptions, runCommand } from "../tasks/command.ts";

const help = `Times the project against PyTorch: the same model, batches, threads, in turns.

Usage: deno task benchmark [cases…] --python PATH [options]

  cases            ${Object.keys(cases).slice(0, 4).join(", ")},
                   ${Object.keys(cases).slice(4).join(", ")} (default: all)
  --python PATH    a Python with the packages of benchmarks/requirements.txt
  --repetitions N  timings of each side, of which the median counts (default: 7)
  --threads N      threads of each side (default: one a core)
  --help           this text

Writes a line of JSON for each case and peer; a ratio below 1 says that we are faster.`;

/** What the command line asks for. */
interface Request extends RunOptions {
  readonly names: readonly string[];
}

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, { help, parse, run: timeCases });
}

function parse(args: string[]): Request | undefined {
  const { values, positionals } = parseOptions({
    args,
    allowPositionals: true,
    options: {
      python: { type: "string" },
      repetitions: { type: "string", default: "7" },
      threads: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const known = Object.keys(cases);
  assertKnown("time", positionals, known);
  if (!values.python) {
    throw new TypeError(`Cannot time PyTorch: expected --python PATH, got none`);
  }
  return {
    names: positionals.length > 0 ? [...new Set(positionals)] : known,
    python: values.python,
    repetitions: parseCount("--repetitions", values.repetitions),
    threads: parseCount("--threads", values.threads ?? String(availableParallelism())),
  };
}

async function timeCases(request: Request): Promise<void> {
  for (const name of request.names) {
    for (const line of await runCase(name, request)) console.log(JSON.stringify(line));
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
