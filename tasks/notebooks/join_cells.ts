/** The cells of a notebook as one module. @module */

import { codeCells, type Notebook, sourceOf } from "./notebook_file.ts";

/** The code cells as one module, and where its lines come from. */
export interface JoinedCells {
  readonly module: string;
  /** The cell and the line in it, from 1, of a line of the module, from 1. */
  place(line: number): { readonly cell: number; readonly line: number };
}

/**
 * Joins the code cells, so that they can be type-checked: a kernel runs them
 * unchecked. Relative imports are resolved against `base`, the notebook's own
 * address, since the module lies elsewhere. In one module a name is declared
 * once: that a kernel would allow more is no reason to.
 */
export function joinCells(notebook: Notebook, base: URL): JoinedCells {
  const lines: string[] = [];
  const places: { cell: number; line: number }[] = [];
  for (const { number, cell } of codeCells(notebook)) {
    const own = absoluteImports(sourceOf(cell), base).split("\n");
    // A semicolon of its own, so that the next cell can't go on with this one's last expression.
    for (const [i, text] of [...own, ";"].entries()) {
      lines.push(text);
      places.push({ cell: number, line: Math.min(i + 1, own.length) });
    }
  }
  return {
    module: [...lines, "export {};", ""].join("\n"),
    place: (line) => places[Math.min(line, places.length) - 1] ?? { cell: 0, line: 0 },
  };
}

function absoluteImports(source: string, base: URL): string {
  return source.replace(
    /(\bfrom\s*|\bimport\s*\(?\s*)(["'])(\.\.?\/[^"']*)\2/g,
    (_, before, quote, specifier) => before + quote + new URL(specifier, base).href + quote,
  );
}
