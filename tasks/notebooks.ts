/**
 * Runs the notebooks on the Deno kernel, and compares or renews their outputs.
 *
 *     deno task notebooks [names…] [--check | --update]
 *
 * @module
 */

import { basename, join } from "node:path";
import { assertKnown, runCommand } from "./command.ts";
import { checkFormat } from "./notebooks/check_format.ts";
import { checkCells } from "./notebooks/check_types.ts";
import { type Notebook, parseNotebook } from "./notebooks/notebook_file.ts";
import { findPython } from "./notebooks/python.ts";
import { runNotebook } from "./notebooks/run_notebook.ts";
import { flag, folder, preset, text, type Values } from "./option.ts";

const options = {
  check: flag(
    "compares the outputs with those in the files, and says which cell differs; of cells with the " +
      'tag "trained" the formats alone',
  ),
  update: flag("writes the outputs into the files"),
  types: flag("checks types and format alone"),
  folder: preset(folder("where the notebooks are"), "notebooks"),
  python: text(
    "PATH",
    "a Python with the package jupyter_client (default: the first of those there are)",
  ),
};

/** What the command line asks for. */
interface Request extends Pick<Values<typeof options>, "folder" | "python"> {
  readonly names: readonly string[];
  readonly outputs: "run" | "check" | "update" | "leave";
}

/** Runs the task and returns its exit code: 0 done, 1 failed, 2 not understood. */
export function main(args: string[]): Promise<number> {
  return runCommand(args, {
    name: "notebooks",
    does:
      "Checks types and format of the notebooks, and runs them on the Deno kernel under Jupyter.",
    usage: ["[names…] [options]"],
    words: {
      names: "notebooks, by the beginning of their file name such as 05 (default: all)",
    },
    options,
    note: "Without Jupyter only types and format are checked, and the task says so.",
    read,
    run,
  });
}

function read(values: Values<typeof options>, names: readonly string[]): Request {
  const asked = (["check", "update", "types"] as const).filter((option) => values[option]);
  if (asked.length > 1) {
    throw new TypeError(
      `Cannot do both: expected one of --check, --update and --types, got --${asked.join(" --")}`,
    );
  }
  const outputs = asked[0] === "types" ? "leave" : asked[0] ?? "run";
  return { names, folder: values.folder, outputs, python: values.python };
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

if (import.meta.main) Deno.exit(await main(Deno.args));
