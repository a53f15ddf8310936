/** Notebooks of a few cells. @module */

import type { Cell, Notebook, Output } from "../../../tasks/notebooks/notebook_file.ts";

/** A code cell: its source, and its outputs unless it has none. */
export type TinyCell = string | { readonly source: string; readonly outputs: readonly Output[] };

/** A notebook of a title and these code cells. */
export function tinyNotebook(...cells: TinyCell[]): Notebook {
  const code = cells.map((cell, i): Cell => ({
    cell_type: "code",
    id: `cell-${i}`,
    metadata: {},
    execution_count: i + 1,
    ...typeof cell === "string" ? { source: cell, outputs: [] } : cell,
  }));
  return {
    cells: [{ cell_type: "markdown", id: "title", metadata: {}, source: ["# Why?\n"] }, ...code],
    metadata: { kernelspec: { name: "deno", display_name: "Deno", language: "typescript" } },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** The result of a cell, as text. */
export function result(text: string, more: Readonly<Record<string, unknown>> = {}): Output {
  return {
    output_type: "execute_result",
    data: { "text/plain": text, ...more },
    metadata: {},
    execution_count: 1,
  };
}
