/** Type-checks the cells of notebooks, which no kernel does. @module */

import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { joinCells, type JoinedCells } from "./join_cells.ts";
import type { Notebook } from "./notebook_file.ts";

/** An error of the type checker, in a cell. */
export interface TypeFault {
  readonly notebook: string;
  /** From 1, among all cells. */
  readonly cell: number;
  /** Of the cell, from 1. */
  readonly line: number;
  readonly message: string;
}

/**
 * Checks the code cells of each notebook as one module, under the project's
 * compiler options. Keys are the notebooks' paths.
 *
 * @throws {Error} The checker fails on something other than the cells, with what it says.
 */
export async function checkCells(
  notebooks: ReadonlyMap<string, Notebook>,
): Promise<TypeFault[]> {
  const folder = await Deno.makeTempDir({ prefix: "notebooks-" });
  try {
    const modules = new Map<string, { path: string; joined: JoinedCells }>();
    for (const [i, [path, notebook]] of [...notebooks].entries()) {
      const joined = joinCells(notebook, pathToFileURL(path));
      const file = join(folder, `notebook_${i + 1}.ts`);
      await Deno.writeTextFile(file, joined.module);
      modules.set(pathToFileURL(file).href, { path, joined });
    }
    const report = await denoCheck([...modules.keys()]);
    if (report === undefined) return [];
    const faults = faultsIn(report).map(({ module, line, message }): TypeFault | undefined => {
      const found = modules.get(module);
      return found && { notebook: found.path, message, ...found.joined.place(line) };
    }).filter((fault) => fault !== undefined);
    if (faults.length === 0) throw new Error(`Cannot check the notebooks:\n${report}`);
    return faults;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

// What `deno check` says, or undefined if it has nothing to say.
async function denoCheck(modules: readonly string[]): Promise<string | undefined> {
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", "--config", config, "--no-lock", ...modules],
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  return code === 0 ? undefined : new TextDecoder().decode(stderr);
}

/**
 * The errors in a report of `deno check`: each begins with its code and ends
 * with its place, `at file:///…/notebook_1.ts:3:7`.
 */
export function faultsIn(
  report: string,
): { readonly module: string; readonly line: number; readonly message: string }[] {
  return report.split(/^(?=TS\d+ \[ERROR\])/m).flatMap((part) => {
    const place = /^\s*at (file:\S+):(\d+):\d+$/m.exec(part);
    if (place === null) return [];
    const [, module, line] = place as unknown as [string, string, string];
    const [first = ""] = part.split("\n");
    return [{ module, line: Number(line), message: first.replace(" [ERROR]", "") }];
  });
}
