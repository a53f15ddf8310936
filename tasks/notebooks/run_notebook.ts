/** Runs one notebook, and compares or renews its outputs. @module */

import { dirname } from "node:path";
import { compareOutputs } from "./compare_outputs.ts";
import { type CellRun, runCells } from "./kernel.ts";
import { codeCells, type Notebook, printNotebook, sourceOf, withOutputs } from "./notebook_file.ts";

/** The problems, each with its cell. */
export async function runNotebook(
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
