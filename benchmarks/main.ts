/**
 * Times the project against PyTorch on this machine.
 *
 *     deno task benchmark [cases…] --python PATH [options]
 *
 * @module
 */

import { cases } from "./cases.ts";
import { describeMachine, load } from "./machine.ts";
import type { SideName } from "./protocol.ts";
import { chosenSides, runCase, type RunOptions } from "./run_case.ts";
import { isPeer, startSide } from "./sides.ts";
import { assertKnown, runCommand } from "../tasks/command.ts";
import { count, folder, option, parseChoice, preset, text, type Values } from "../tasks/option.ts";

const sideNames = ["c", "onnxruntime", "eager", "compiled"] as const;

const options = {
  python: text("PATH", "a Python with the packages of benchmarks/requirements.txt"),
  sides: preset<readonly SideName[]>(
    option(
      "NAMES",
      "what is timed: some of c and onnxruntime, which are ours, and of eager and compiled, which are " +
        "PyTorch's and need --python",
      (text, name) => text.split(",").map((one) => parseChoice(name, sideNames, one)),
    ),
    sideNames,
    sideNames.join(","),
  ),
  threads: preset<readonly number[]>(
    option("NUMBERS", "threads of each side, one number after the other", parseThreads),
    [1, 2],
    "1,2",
  ),
  repetitions: preset(count("timings of each side, of which the median counts"), 7),
  profile: folder("where each of our processes leaves a profile of its JavaScript, if anywhere"),
};

function parseThreads(text: string, name: string): number[] {
  if (/^[1-9]\d?(,[1-9]\d?)*$/.test(text)) return text.split(",").map(Number);
  throw new RangeError(
    `Cannot use ${name}: expected whole numbers from 1 to 99 with commas between, got "${text}"`,
  );
}

/** What the command line asks for. */
interface Request extends RunOptions {
  readonly names: readonly string[];
}

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    name: "benchmark",
    does: "Times the project against PyTorch: the same model, batches and threads, in turns.",
    usage: ["[cases…] --python PATH [options]"],
    words: { cases: `${Object.keys(cases).join(", ")} (default: all)` },
    options,
    note: "Writes lines of JSON, of which deno run benchmarks/table.ts < LINES makes tables.",
    read,
    run: timeCases,
  });
}

function read({ python, ...rest }: Values<typeof options>, words: readonly string[]): Request {
  const known = Object.keys(cases);
  assertKnown("time", words, known);
  const names = words.length > 0 ? [...new Set(words)] : known;
  if (!python && names.some((name) => chosenSides(cases[name]!.what, rest.sides).some(isPeer))) {
    throw new TypeError(
      "Cannot time PyTorch: expected --python PATH, or --sides c,onnxruntime without it, got neither",
    );
  }
  return { ...rest, python, names };
}

async function timeCases(request: Request): Promise<void> {
  const write = (line: object) => console.log(JSON.stringify(line));
  const begin = performance.now();
  write({
    machine: await describeMachine(),
    versions: await versionsOf(request),
    date: new Date().toISOString().slice(0, 10),
    load: load(),
  });
  for (const name of request.names) {
    for await (const line of runCase(name, request)) write(line);
  }
  write({ load: load(), seconds: Math.round((performance.now() - begin) / 1000) });
}

/** What the sides are made of. */
async function versionsOf(
  { sides, python }: Pick<RunOptions, "sides" | "python">,
): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  const kinds = [sides.filter((side) => !isPeer(side)), sides.filter(isPeer)];
  for (const [side] of kinds) {
    if (side === undefined) continue;
    const process = startSide(side, { python });
    try {
      Object.assign(versions, await process.ask({ kind: "versions" }));
    } finally {
      await process.close();
    }
  }
  return versions;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
