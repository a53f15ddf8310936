/**
 * Runs the notebooks on the Deno kernel, and compares or renews their outputs.
 *
 *     deno task notebooks [names…] [--check | --update]
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { assertKnown, parseOptions, runCommand } from "./command.ts";
import {
  codeCells,
  compareOutputs,
  type Notebook,
  parseNotebook,
  printNotebook,
  sourceOf,
  withOutputs,
} from "./notebook_file.ts";
import { checkFormat } from "./notebook_format.ts";
import { type CellRun, runCells } from "./notebook_kernel.ts";
import { checkCells } from "./notebook_types.ts";

const help =
  `Checks types and format of the notebooks, and runs them on the Deno kernel under Jupyter.

Usage: deno task notebooks [names…] [options]

  names          notebooks, by the beginning of their file name such as 05 (default: all)
  --check        compares the outputs with those in the files, and says which cell differs;
                 of cells with the tag "trained" the formats alone
  --update       writes the outputs into the files
  --types        checks types and format alone
  --folder DIR   where the notebooks are (default: notebooks)
  --python PATH  a Python with the package jupyter_client (default: one that is found)
  --help         this text

Without Jupyter only types and format are checked, and the task says so.`;

/** What the command line asks for. */
interface Request {
  readonly names: readonly string[];
  readonly folder: string;
  readonly outputs: "run" | "check" | "update" | "leave";
  readonly python: string | undefined;
}

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, { help, parse, run });
}

function parse(args: string[]): Request | undefined {
  const { values, positionals } = parseOptions({
    args,
    allowPositionals: true,
    options: {
      check: { type: "boolean", default: false },
      update: { type: "boolean", default: false },
      types: { type: "boolean", default: false },
      folder: { type: "string", default: "notebooks" },
      python: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const asked = (["check", "update", "types"] as const).filter((option) => values[option]);
  if (asked.length > 1) {
    throw new TypeError(
      `Cannot do both: expected one of --check, --update and --types, got --${asked.join(" --")}`,
    );
  }
  const outputs = asked[0] === "types" ? "leave" : asked[0] ?? "run";
  return { names: positionals, folder: values.folder, outputs, python: values.python };
}

async function run({ names, folder, outputs, python }: Request): Promise<number> {
  const notebooks = await readNotebooks(await choose(names, folder));
  const faults = await checkCells(notebooks);
  for (const { notebook, cell, line, message } of faults) {
    console.error(`${notebook}, cell ${cell}, line ${line}: ${message}`);
  }
  const unformatted = await checkFormat(notebooks);
  for (const { notebook, cell } of unformatted) {
    console.error(`${notebook}, cell ${cell}: not formatted (${formatter} ${notebook})`);
  }
  if (faults.length + unformatted.length > 0) return 1;
  console.log(`Types and format of ${notebooks.size} notebooks: right.`);
  if (outputs === "leave") return 0;
  const jupyter = await findPython(python);
  if (jupyter === undefined) {
    console.log(noJupyter);
    return 0;
  }
  let failed = 0;
  for (const [path, notebook] of notebooks) {
    const problems = await runNotebook(path, notebook, { outputs, python: jupyter });
    for (const problem of problems) console.error(`${path}, ${problem}`);
    if (problems.length === 0) console.log(`${path}: ${done[outputs]}.`);
    else failed++;
  }
  return failed > 0 ? 1 : 0;
}

const formatter = "deno fmt --no-config --line-width 100";

const done = { run: "runs", check: "runs, with the same outputs", update: "runs, written" };

const noJupyter = "Skipped running them: no Python with jupyter_client is here. To have one:\n" +
  "  python3 -m venv .venv && .venv/bin/pip install jupyter_client\n" +
  "  deno task notebooks --python .venv/bin/python";

async function choose(names: readonly string[], folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name } of Deno.readDir(folder)) if (name.endsWith(".ipynb")) files.push(name);
  files.sort();
  const matches = (name: string) => files.filter((file) => file.startsWith(basename(name)));
  assertKnown("run", names.filter((name) => matches(name).length === 0), files);
  const chosen = names.length === 0 ? files : [...new Set(names.flatMap(matches))];
  return chosen.map((file) => join(folder, file));
}

async function readNotebooks(paths: readonly string[]): Promise<Map<string, Notebook>> {
  const notebooks = new Map<string, Notebook>();
  for (const path of paths) notebooks.set(path, parseNotebook(await Deno.readTextFile(path), path));
  return notebooks;
}

/** The problems, each with its cell. */
async function runNotebook(
  path: string,
  notebook: Notebook,
  { outputs, python }: { outputs: "run" | "check" | "update"; python: string },
): Promise<string[]> {
  const cells = codeCells(notebook);
  const runs = await runCells(cells.map(({ cell }) => sourceOf(cell)), {
    python,
    folder: await Deno.realPath(dirname(path)),
  });
  const failures = failuresOf(runs, cells.map(({ number }) => number));
  if (failures.length > 0 || outputs === "run") return failures;
  const fresh = withOutputs(notebook, runs.map((cell) => cell.outputs));
  if (outputs === "update") {
    await Deno.writeTextFile(path, printNotebook(fresh));
    return [];
  }
  return compareOutputs(notebook, fresh).map(({ cell, what }) => `cell ${cell}: ${what}`);
}

function failuresOf(runs: readonly CellRun[], numbers: readonly number[]): string[] {
  const failures = runs.flatMap(({ failure }, i) =>
    failure === undefined ? [] : [`cell ${numbers[i]}: ${failure}`]
  );
  if (failures.length > 0 || runs.length === numbers.length) return failures;
  return [`cell ${numbers[runs.length]}: it was not run`];
}

/** The first Python that has `jupyter_client`: the one given, or one on the path. */
async function findPython(given: string | undefined): Promise<string | undefined> {
  const active = Deno.env.get("VIRTUAL_ENV");
  const usual = ["python3", "python", "/usr/bin/python3"];
  const candidates = given ? [given] : [...active ? [join(active, "bin", "python")] : [], ...usual];
  for (const candidate of candidates) {
    if (await hasJupyter(candidate)) return candidate;
  }
  if (given === undefined) return undefined;
  throw new RangeError(
    `Cannot run notebooks with "${given}": expected a Python with jupyter_client, got none`,
  );
}

async function hasJupyter(python: string): Promise<boolean> {
  try {
    const args = ["-c", "import jupyter_client"];
    const command = new Deno.Command(python, { args, stdout: "null", stderr: "null" });
    return (await command.output()).success;
  } catch {
    return false;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
