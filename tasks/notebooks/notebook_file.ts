/** Notebook files: read and written as Jupyter writes them. @module */

/** What a cell has shown; text may be one string or its lines. */
export type Output =
  | {
    readonly output_type: "stream";
    readonly name: string;
    readonly text: string | readonly string[];
  }
  | {
    readonly output_type: "execute_result" | "display_data";
    readonly data: Readonly<Record<string, unknown>>;
    readonly metadata: Readonly<Record<string, unknown>>;
    readonly execution_count?: number;
  }
  | {
    readonly output_type: "error";
    readonly ename: string;
    readonly evalue: string;
    readonly traceback: readonly string[];
  };

/** One cell; only code cells have outputs. */
export interface Cell {
  readonly cell_type: "code" | "markdown" | "raw";
  readonly id: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly source: string | readonly string[];
  readonly execution_count?: number | null;
  readonly outputs?: readonly Output[];
}

/** A notebook of format 4.5. */
export interface Notebook {
  readonly cells: readonly Cell[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly nbformat: number;
  readonly nbformat_minor: number;
}

/**
 * The notebook in a file's text.
 *
 * @throws {SyntaxError} It is not JSON.
 * @throws {RangeError} It is not a notebook of format 4 for the Deno kernel.
 */
export function parseNotebook(text: string, path: string): Notebook {
  let found: Partial<Notebook>;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`Cannot read "${path}": expected JSON, got ${(error as Error).message}`);
  }
  if (found?.nbformat !== 4 || !Array.isArray(found.cells)) {
    throw new RangeError(
      `Cannot read "${path}": expected a notebook of format 4, got format ${found?.nbformat}`,
    );
  }
  const { kernelspec } = found.metadata as { kernelspec?: { name?: string } };
  if (kernelspec?.name !== "deno") {
    throw new RangeError(
      `Cannot read "${path}": expected the kernel "deno", got "${kernelspec?.name}"`,
    );
  }
  return found as Notebook;
}

/** A cell's text. */
export function sourceOf({ source }: Pick<Cell, "source">): string {
  return typeof source === "string" ? source : source.join("");
}

/** The code cells, each with its number among all cells, counted from 1. */
export function codeCells({ cells }: Notebook): { number: number; cell: Cell }[] {
  return cells.map((cell, i) => ({ number: i + 1, cell }))
    .filter(({ cell }) => cell.cell_type === "code");
}

/** The notebook with these outputs, one list a code cell; execution counts are 1, 2, … */
export function withOutputs(notebook: Notebook, outputs: readonly (readonly Output[])[]): Notebook {
  let count = 0;
  const cells = notebook.cells.map((cell): Cell => {
    if (cell.cell_type !== "code") return cell;
    const own = outputs[count++] ?? [];
    const counted = own.map((output) =>
      output.output_type === "execute_result" ? { ...output, execution_count: count } : output
    );
    return { ...cell, execution_count: count, outputs: counted };
  });
  return { ...notebook, cells };
}

/** The file's text as Jupyter writes it: keys sorted, one space a level, texts as lists of lines. */
export function printNotebook(notebook: Notebook): string {
  return JSON.stringify(asLines(notebook), sortKeys, 1) + "\n";
}

function asLines(notebook: Notebook): Notebook {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: linesOf(sourceOf(cell)),
    ...cell.outputs && { outputs: cell.outputs.map(outputLines) },
  }));
  return { ...notebook, cells };
}

function outputLines(output: Output): Output {
  if (output.output_type === "stream") return { ...output, text: linesOf(textOf(output.text)) };
  if (output.output_type === "error") return output;
  const data = Object.fromEntries(
    Object.entries(output.data).map(([type, value]) => [
      type,
      isText(type) ? linesOf(textOf(value)) : value,
    ]),
  );
  return { ...output, data };
}

// JSON stays JSON, and the base64 of a picture one string.
function isText(type: string): boolean {
  return type.startsWith("text/") || type === "image/svg+xml";
}

/** A text that may be lists of lines. */
export function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join("") : String(value);
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

/** Of `JSON.stringify`: keys in order. */
export function sortKeys(_: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
}
