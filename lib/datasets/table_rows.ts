/** Rows of a table in a text file, streamed and numbered by line. @module */

import { shown } from "../checks.ts";
import { decodedText, type OnKilobytes } from "./decoded_text.ts";

/** A row as it is in the file; a header has no cells. */
interface TableRecord {
  /** The line that it starts on, from 1. */
  readonly line: number;
  /** Its columns, without space around: of a delimited file the same array for all rows. */
  readonly names: readonly string[];
  /** A cell for each of `names`. */
  readonly cells?: readonly string[];
}

/** One row: the columns asked for, and all that it holds. */
export interface TableRow<Column extends string> extends Required<TableRecord> {
  /** Empty where the row lacks an optional column. */
  readonly fields: Readonly<Record<Column, string>>;
}

/** How {@linkcode tableRows} reads. */
export interface TableRowsOptions {
  /** Told how many kilobytes of the file are read. */
  readonly onProgress?: OnKilobytes | undefined;
  /** Columns that the header may lack. */
  readonly optional?: readonly string[];
  /** Other names that a column may have. */
  readonly synonyms?: Readonly<Record<string, readonly string[]>>;
}

// A quote that is never closed swallows the rest of the file. No message or path is this long, so
// the search for its end stops here and memory stays bounded.
const longestRow = 2 ** 20;

/** Whether a file is a table by its name. */
export function isTable(path: string): boolean {
  return /\.(csv|tsv|txt|jsonl|ndjson)$/i.test(path);
}

/**
 * Streams the rows of a table and picks `columns` by name, in any order and any case. Blank lines
 * are skipped. In a file named `.jsonl` or `.ndjson` each line is a flat JSON object. All others are
 * delimited (RFC 4180) as their header is, by commas, tabs or semicolons; lines end in LF or CRLF,
 * or in CR alone if the header does. For encodings see {@linkcode decodedText}.
 *
 * @throws {RangeError} A column is absent or named twice, a row has more or fewer fields than the
 * header, or a JSON value is a list or an object.
 * @throws {SyntaxError} A quote is misplaced or never closed, a line is no JSON object, or the bytes
 * are no text.
 */
export async function* tableRows<Column extends string>(
  path: string,
  columns: readonly Column[],
  { onProgress, optional = [], synonyms = {} }: TableRowsOptions = {},
): AsyncGenerator<TableRow<Column>> {
  const meanings = new Map<string, string>(columns.map((column) => [column, column]));
  for (const [column, names] of Object.entries(synonyms)) {
    for (const name of names) meanings.set(name, column);
  }
  let header: readonly string[] | undefined;
  let places: readonly number[] = [];
  for await (const { line, names, cells } of records(path, [...meanings.keys()], onProgress)) {
    const where = `Cannot read "${path}", line ${line}`;
    if (names !== header) {
      const meant = names.map((name) => meanings.get(name.toLowerCase()) ?? name.toLowerCase());
      // Columns without a name are what spreadsheets leave behind.
      const twice = meant.findIndex((name, i) => name !== "" && meant.indexOf(name) < i);
      if (twice >= 0) {
        const both = list([names[meant.indexOf(meant[twice]!)]!, names[twice]!], " and ");
        throw new RangeError(`${where}: expected one column ${shown(meant[twice])}, got ${both}`);
      }
      const needed = columns.filter((column) => !optional.includes(column));
      if (!needed.every((column) => meant.includes(column))) {
        throw new RangeError(
          `${where}: expected a header with ${list(needed)}, got ${list(names)}`,
        );
      }
      places = columns.map((column) => meant.indexOf(column));
      header = names;
    }
    if (cells === undefined) continue;
    if (cells.length !== names.length) {
      throw new RangeError(`${where}: expected ${names.length} fields, got ${cells.length}`);
    }
    const picked = columns.map((column, i) => [column, cells[places[i]!] ?? ""]);
    yield { line, names, cells, fields: Object.fromEntries(picked) as Record<Column, string> };
  }
  if (header !== undefined) return;
  throw new RangeError(
    `Cannot read "${path}": expected a header with ${list(columns)}, got nothing`,
  );
}

async function* records(
  path: string,
  columns: readonly string[],
  onProgress: OnKilobytes | undefined,
): AsyncGenerator<TableRecord> {
  const isJson = /\.(jsonl|ndjson)$/i.test(path);
  let rest = "", line = 1;
  let cell: RegExp | undefined;
  let names: readonly string[] | undefined;
  function* drain(isLast: boolean): Generator<TableRecord> {
    cell ??= isJson ? jsonLine : cellPattern(rest, columns, isLast);
    if (cell === undefined) return;
    let at = 0;
    while (at < rest.length) {
      const record = takeRecord(cell, rest.slice(at, at + longestRow), isLast);
      if (typeof record === "string") {
        throw new SyntaxError(`Cannot read "${path}", line ${line}: expected ${record}`);
      }
      if (record === undefined) break;
      const { cells, lines, length } = record;
      if (cells.length > 1 || cells[0]!.trim() !== "") {
        if (isJson) {
          yield { line, ...parseObject(cells[0]!, `Cannot read "${path}", line ${line}`) };
        } else if (names) yield { line, names, cells };
        else yield { line, names: names = cells.map((name) => name.trim()) };
      }
      at += length;
      line += lines;
    }
    rest = rest.slice(at);
  }
  for await (const chunk of decodedText(path, onProgress)) {
    rest += chunk;
    yield* drain(false);
  }
  yield* drain(true);
}

const jsonLine = /()([^\r\n]*)(\r\n|\n|\r|$)/y;

/**
 * A cell and what ends it, by the header: quoted or plain, then a delimiter or a line end. The
 * delimiter is the one under which the header names the most of `columns`, or else has the most
 * names. Undefined as long as the text may have more of the header.
 */
function cellPattern(
  text: string,
  columns: readonly string[],
  isLast: boolean,
): RegExp | undefined {
  const [, header, end, next] = text.match(/^[\r\n]*((?:"[^"]*"|[^"\r\n])*)([\r\n]?)([^]?)/)!;
  if (!next && !isLast && text.length < longestRow) return undefined;
  const [best] = [",", "\t", ";"].map((delimiter) => {
    const names = header!.split(delimiter).map((name) =>
      name.trim().replace(/^"(.*)"$/, "$1").trim().toLowerCase()
    );
    const named = names.filter((name) => columns.includes(name)).length;
    return { delimiter, score: named * longestRow + names.length };
  }).sort((a, b) => b.score - a.score);
  const isCr = end === "\r" && next !== "\n";
  const plain = `[^"${best!.delimiter}\r\n]*`;
  return new RegExp(
    `(?:"([^"]*(?:""[^"]*)*)"|(${isCr ? plain : `${plain}(?:\r(?!\n)${plain})*`}))` +
      `(${best!.delimiter}|\r\n|\n|${isCr ? "\r|" : ""}$)`,
    "y",
  );
}

/** The record that a text begins with; undefined if more has to be read, or what was expected instead. */
function takeRecord(cell: RegExp, text: string, isLast: boolean) {
  const cells: string[] = [];
  let lines = 1, length = 0;
  for (;;) {
    cell.lastIndex = length;
    const match = cell.exec(text);
    if (match === null && !/^"[^"]*(?:""[^"]*)*$/.test(text.slice(length))) {
      return "quotes around a whole field and doubled inside it, got a lone quote";
    }
    // What ends a cell may go on behind the end of the text.
    if (match === null || !isLast && cell.lastIndex === text.length) {
      if (text.length >= longestRow) return `a row's end within ${longestRow} characters`;
      return isLast ? "a closing quote, got the end of the file" : undefined;
    }
    const [, quoted, plain, end] = match;
    cells.push(quoted?.replaceAll('""', '"') || plain || "");
    if (quoted) lines += quoted.match(/\r\n|\n|\r/g)?.length ?? 0;
    length = cell.lastIndex;
    if (/^[\r\n]*$/.test(end!)) return { cells, lines, length };
  }
}

function parseObject(text: string, where: string): Omit<TableRecord, "line"> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Told below.
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError(`${where}: expected a JSON object, got ${shown(text)}`);
  }
  const entries = Object.entries(value);
  const nested = entries.find(([, cell]) => typeof cell === "object" && cell !== null);
  if (nested !== undefined) {
    throw new RangeError(
      `${where}: expected no list or object as a value, got ${shown(nested[1])}`,
    );
  }
  const names = entries.map(([name]) => name.trim());
  const cells = entries.map(([, cell]) => String(cell ?? ""));
  // JSON.parse takes the last of two equal names: all of them are in the text.
  const written = [...text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?/g)].filter(([, , colon]) => colon)
    .map(([, name]) => JSON.parse(name!).trim() as string);
  return { names: written.length > names.length ? written : names, cells };
}

// A file whose line ends are not recognised has all of its rows in one header.
function list(names: readonly string[], comma = ", "): string {
  const first = names.slice(0, 12).map(shown).join(comma);
  return names.length > 12 ? `${first} and ${names.length - 12} more` : first;
}
