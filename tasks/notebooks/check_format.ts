/** Checks that the code cells of notebooks are formatted. @module */

import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { codeCells, type Notebook, sourceOf } from "./notebook_file.ts";

/** A cell that the formatter would change. */
export interface FormatFault {
  readonly notebook: string;
  /** From 1, among all cells. */
  readonly cell: number;
}

/**
 * The code cells that `deno fmt` would change. (Its own check reports every
 * notebook of which a cell does not end with an empty line, formatted or not,
 * and `deno fmt` takes such lines away; so each cell is checked as a file.)
 * Keys are the notebooks' paths.
 */
export async function checkFormat(
  notebooks: ReadonlyMap<string, Notebook>,
): Promise<FormatFault[]> {
  const folder = await Deno.makeTempDir({ prefix: "cells-" });
  try {
    const cells = [...notebooks].flatMap(([notebook, content]) =>
      codeCells(content).map(({ number, cell }) => ({ notebook, number, source: sourceOf(cell) }))
    );
    const files = cells.map((_, i) => join(folder, `cell_${i + 1}.ts`));
    for (const [i, { source }] of cells.entries()) {
      await Deno.writeTextFile(files[i]!, `${source}\n`);
    }
    const found = unformattedIn(await denoFmt(files));
    return cells.filter((_, i) => found.has(`cell_${i + 1}.ts`))
      .map(({ notebook, number }) => ({ notebook, cell: number }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function denoFmt(files: readonly string[]): Promise<string> {
  if (files.length === 0) return "";
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--check", "--config", config, ...files],
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  return new TextDecoder().decode(stderr);
}

/** The names of the files that `deno fmt --check` reports, or fails to read. */
export function unformattedIn(report: string): Set<string> {
  const places = report.matchAll(/^from (.+):$|at (file:\S+?\.ts):\d+:\d+/gm);
  return new Set([...places].map(([, path, address]) => basename(path ?? address!)));
}
