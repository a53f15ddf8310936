/** Rows of a table in a text file, streamed and numbered by line. @module */

import { shown } from "../checks.ts";
import { csvParse } from "../deps/csv_parse.ts";
import { neededNodeModule } from "../deps/node.ts";
import { decodedText, type OnKilobytes } from "./decoded_text.ts";

/** A row as it is in the file; a header has no cells. */
interface TableRecord {
  /** The line that it starts on, from 1. */
  readonly line: number;
  /** Its columns, without space around: of a delimited file the same array for all rows. */
  readonly names: readonly string[];
  /** A cell for each of `names`. */
  readonly cells?: readonly string[];
  /** Names whose value is a list or an object of JSON: the cell is its text. */
  readonly nested?: readonly string[];
}

/** One row: the columns asked for, and all that it holds. */
export interface TableRow<Column extends string> extends Required<Omit<TableRecord, "nested">> {
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
  /** Names that stand for a column where the first header has none of its own; else they are others. */
  readonly standIns?: Readonly<Record<string, readonly string[]>>;
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
 * header, or a JSON value of one of `columns` is a list or an object.
 * @throws {SyntaxError} A quote is misplaced or never closed, a line is no JSON object, or the bytes
 * are no text.
 */
export async function* tableRows<Column extends string>(
  path: string,
  columns: readonly Column[],
  { onProgress, optional = [], synonyms = {}, standIns = {} }: TableRowsOptions = {},
): AsyncGenerator<TableRow<Column>> {
  const meanings = new Map<string, string>(columns.map((column) => [column, column]));
  for (const [column, names] of Object.entries(synonyms)) {
    for (const name of names) meanings.set(name, column);
  }
  const chosen = new Map<string, string>();
  let header: readonly string[] | undefined;
  let places: readonly number[] = [];
  const known = [...meanings.keys(), ...Object.values(standIns).flat()];
  for await (const { line, names, cells, nested = [] } of records(path, known, onProgress)) {
    const where = `Cannot read "${path}", line ${line}`;
    if (names !== header) {
      if (header === undefined) {
        for (const [name, column] of namedOtherwise(names, { meanings, standIns })) {
          meanings.set(name, column);
          chosen.set(column, name);
        }
      }
      const other = names.find((name) => chosen.has(name.toLowerCase()));
      if (other !== undefined) {
        const first = shown(chosen.get(other.toLowerCase()));
        throw new RangeError(`${where}: expected ${first} as on other lines, got ${shown(other)}`);
      }
      const meant = names.map((name) => meanings.get(name.toLowerCase()) ?? name.toLowerCase());
      // Columns without a name are what spreadsheets leave behind.
      const twice = meant.findIndex((name, i) => name !== "" && meant.indexOf(name) < i);
      if (twice >= 0) {
        const both = list([names[meant.indexOf(meant[twice]!)]!, names[twice]!], " and ");
        throw new RangeError(`${where}: expected one column ${shown(meant[twice])}, got ${both}`);
      }
      const needed = columns.filter((column) => !optional.includes(column));
      if (!needed.every((column) => meant.includes(column))) {
        const wanted = needed.map((column) =>
          header === undefined
            ? [column, ...standIns[column] ?? []].map(shown).join(" or ")
            : shown(chosen.get(column) ?? column)
        );
        throw new RangeError(
          `${where}: expected a header with ${wanted.join(", ")}, got ${list(names)}`,
        );
      }
      places = columns.map((column) => meant.indexOf(column));
      header = names;
    }
    if (cells === undefined) continue;
    if (cells.length !== names.length) {
      throw new RangeError(`${where}: expected ${names.length} fields, got ${cells.length}`);
    }
    const read = nested.find((name) => meanings.has(name.toLowerCase()));
    if (read !== undefined) {
      const got = shown(cells[names.indexOf(read)]);
      throw new RangeError(`${where}: expected no list or object as ${shown(read)}, got ${got}`);
    }
    const picked = columns.map((column, i) => [column, cells[places[i]!] ?? ""]);
    yield { line, names, cells, fields: Object.fromEntries(picked) as Record<Column, string> };
  }
  if (header !== undefined) return;
  throw new RangeError(
    `Cannot read "${path}": expected a header with ${list(columns)}, got nothing`,
  );
}

/** What a header without some columns has in their place, each with the column. */
function namedOtherwise(
  names: readonly string[],
  { meanings, standIns }: {
    readonly meanings: ReadonlyMap<string, string>;
    readonly standIns: Readonly<Record<string, readonly string[]>>;
  },
): (readonly [name: string, column: string])[] {
  const there = names.map((name) => name.toLowerCase());
  const found = new Set(there.map((name) => meanings.get(name)));
  return Object.entries(standIns).filter(([column]) => !found.has(column))
    .flatMap(([column, others]) => others.map((name) => [name, column] as const))
    .filter(([name]) => there.includes(name));
}

async function* records(
  path: string,
  columns: readonly string[],
  onProgress: OnKilobytes | undefined,
): AsyncGenerator<TableRecord> {
  const chunks = decodedText(path, onProgress);
  if (/\.(jsonl|ndjson)$/i.test(path)) return yield* objects(path, chunks);
  let names: readonly string[] | undefined;
  for await (const { line, cells } of delimited(path, columns, chunks)) {
    if (cells.length === 1 && cells[0]!.trim() === "") continue;
    if (names) yield { line, names, cells };
    else yield { line, names: names = cells.map((name) => name.trim()) };
  }
}

async function* objects(path: string, chunks: AsyncIterable<string>): AsyncGenerator<TableRecord> {
  let rest = "", line = 0;
  const parse = (text: string) => parseObject(text, `Cannot read "${path}", line ${line}`);
  for await (const chunk of chunks) {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop()!;
    for (const text of lines) if (++line && text.trim() !== "") yield { line, ...parse(text) };
    if (rest.length > longestRow) throw tooLong(path, line + 1);
  }
  if (++line && rest.trim() !== "") yield { line, ...parse(rest) };
}

/** The rows of delimited text, the header first. */
async function* delimited(
  path: string,
  columns: readonly string[],
  chunks: AsyncGenerator<string>,
): AsyncGenerator<Required<Omit<TableRecord, "names" | "nested">>> {
  let head = "", isLast = false;
  let dialect: Dialect | undefined;
  while (dialect === undefined) {
    const { value = "", done = false } = await chunks.next();
    head += value;
    isLast = done;
    dialect = dialectOf(head, columns, isLast);
  }
  const { delimiter, isCr } = dialect;
  const { CsvError, parse } = await csvParse();
  const { Readable } = neededNodeModule("node:stream");
  // Lines are counted here, record by record: csv-parse counts a CRLF inside quotes twice, and
  // when it fails it drops the records that it has read ahead.
  let lines = 0;
  const ends = isCr ? /\r\n|\n|\r/ : "\n";
  const number = ({ record, raw }: { record: string[]; raw: string }) => {
    const line = lines + 1;
    // The last character ends the record, be it LF or the CR of a CRLF.
    lines += raw.slice(0, -1).split(ends).length;
    return { line, cells: record };
  };
  const parser = parse({
    raw: true,
    delimiter,
    // All, since files put together on two systems mix them.
    record_delimiter: isCr ? ["\r\n", "\n", "\r"] : ["\r\n", "\n"],
    relax_column_count: true,
    max_record_size: longestRow,
    // Its type takes records for objects of columns.
    on_record: number as never,
  });
  const source = Readable.from((async function* () {
    yield head;
    if (!isLast) yield* chunks;
  })());
  source.on("error", (error) => parser.destroy(error)).pipe(parser);
  try {
    yield* parser as AsyncIterable<{ line: number; cells: string[] }>;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new SyntaxError(`Cannot read "${path}", line ${lines + 1}: ${complaint(error)}`);
  } finally {
    parser.destroy();
    source.destroy();
    if (!source.closed) await new Promise((closed) => source.once("close", closed));
  }
}

function complaint({ code }: { readonly code: string }): string {
  if (code === "CSV_QUOTE_NOT_CLOSED") return "expected a closing quote, got the end of the file";
  if (code === "CSV_MAX_RECORD_SIZE") return `expected a row's end within ${longestRow} bytes`;
  return "expected quotes around a whole field and doubled inside it, got a lone quote";
}

function tooLong(path: string, line: number): SyntaxError {
  return new SyntaxError(
    `Cannot read "${path}", line ${line}: ${complaint({ code: "CSV_MAX_RECORD_SIZE" })}`,
  );
}

interface Dialect {
  readonly delimiter: string;
  /** Whether lines end in CR alone. */
  readonly isCr: boolean;
}

/**
 * How a table is written, by its header. The delimiter is the one under which the header names the
 * most of `columns`, or else has the most names. Undefined as long as there may be more of the header.
 */
function dialectOf(text: string, columns: readonly string[], isLast: boolean): Dialect | undefined {
  const [, header, end, next] = text.match(/^[\r\n]*((?:"[^"]*"|[^"\r\n])*)([\r\n]?)([^]?)/)!;
  if (!next && !isLast && text.length < longestRow) return undefined;
  const [best] = [",", "\t", ";"].map((delimiter) => {
    const names = header!.split(delimiter).map((name) =>
      name.trim().replace(/^"(.*)"$/, "$1").trim().toLowerCase()
    );
    const named = names.filter((name) => columns.includes(name)).length;
    return { delimiter, score: named * longestRow + names.length };
  }).sort((a, b) => b.score - a.score);
  return { delimiter: best!.delimiter, isCr: end === "\r" && next !== "\n" };
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
  const isNested = (cell: unknown) => typeof cell === "object" && cell !== null;
  const names = entries.map(([name]) => name.trim());
  const cells = entries.map(([, cell]) =>
    isNested(cell) ? JSON.stringify(cell) : String(cell ?? "")
  );
  const nested = names.filter((_, i) => isNested(entries[i]![1]));
  // JSON.parse takes the last of two equal names: all of them are in the text.
  const written: string[] = [];
  let depth = 0;
  for (const [token, name, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/g)) {
    if (name === undefined) depth += "{[".includes(token) ? 1 : -1;
    else if (colon && depth === 1) written.push((JSON.parse(name) as string).trim());
  }
  return { names: written.length > names.length ? written : names, cells, nested };
}

// A file whose line ends are not recognised has all of its rows in one header.
function list(names: readonly string[], comma = ", "): string {
  const first = names.slice(0, 12).map(shown).join(comma);
  return names.length > 12 ? `${first} and ${names.length - 12} more` : first;
}
