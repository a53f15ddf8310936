/** Rows of a table in a text file, streamed and numbered by line. @module */

import { shown } from "../checks.ts";
import { csvParse } from "../deps/csv_parse.ts";
import { neededNodeModule } from "../deps/node.ts";
import { decodedText, type OnKilobytes } from "./decoded_text.ts";

/** A row as it is in the file. */
interface TableRecord {
  /** The line that it starts on, from 1. */
  readonly line: number;
  /** Its columns as they are named, without space around. */
  readonly names: readonly string[];
  /** A cell for each of `names`; a header has none. */
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
// the search for its end stops here and memory stays bounded. In bytes.
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
  const meanings = new Map(
    columns.flatMap((column) =>
      [column, ...synonyms[column] ?? []].map((name): [string, Column] => [name, column])
    ),
  );
  const records = /\.(jsonl|ndjson)$/i.test(path)
    ? jsonRecords(path, onProgress)
    : delimitedRecords(path, [...meanings.keys()], onProgress);
  let header: readonly string[] | undefined;
  let places: readonly number[] = [];
  for await (const { line, names, cells } of records) {
    if (names !== header) {
      const meant = names.map((name) => meanings.get(name.toLowerCase()) ?? name.toLowerCase());
      assertHeader({ names, meant, needed: columns.filter((one) => !optional.includes(one)) }, {
        where: `Cannot read "${path}", line ${line}`,
      });
      places = columns.map((column) => meant.indexOf(column));
      header = names;
    }
    if (cells === undefined) continue;
    const picked = columns.map((column, i) => [column, cells[places[i]!] ?? ""]);
    yield { line, names, cells, fields: Object.fromEntries(picked) as Record<Column, string> };
  }
  if (header === undefined) {
    throw new RangeError(
      `Cannot read "${path}": expected a header with ${list(columns)}, got nothing`,
    );
  }
}

function assertHeader(
  { names, meant, needed }: {
    readonly names: readonly string[];
    readonly meant: readonly string[];
    readonly needed: readonly string[];
  },
  { where }: { readonly where: string },
): void {
  // Columns without a name are what spreadsheets leave behind.
  const twice = meant.findIndex((name, i) => name !== "" && meant.indexOf(name) < i);
  if (twice >= 0) {
    const both = [names[meant.indexOf(meant[twice]!)]!, names[twice]!];
    throw new RangeError(
      `${where}: expected one column ${shown(meant[twice])}, got ${both.map(shown).join(" and ")}`,
    );
  }
  if (needed.every((column) => meant.includes(column))) return;
  throw new RangeError(`${where}: expected a header with ${list(needed)}, got ${list(names)}`);
}

async function* delimitedRecords(
  path: string,
  columns: readonly string[],
  onProgress: OnKilobytes | undefined,
): AsyncGenerator<TableRecord> {
  const { CsvError, parse } = await csvParse();
  const { Readable } = neededNodeModule("node:stream");
  const text = decodedText(path, onProgress);
  const head = await readHeader(text);
  const { delimiter, isCr } = formOf(head, columns);
  // Lines are counted here, record by record: csv-parse counts a CRLF inside quotes twice, and
  // when it fails it drops the records that it has read ahead.
  let lines = 0;
  const number = ({ record, raw }: { record: string[]; raw: string }) => {
    const line = lines + 1;
    // The last character ends the record, be it LF or the CR of a CRLF.
    lines += raw.slice(0, -1).split(isCr ? /\r\n|\n|\r/ : "\n").length;
    const blank = record.length === 1 && record[0] === "";
    return blank ? null : { line, cells: record };
  };
  const parser = parse({
    delimiter,
    raw: true,
    // Several, since files put together on two systems mix them.
    record_delimiter: ["\r\n", "\n", ...isCr ? ["\r"] : []],
    relax_column_count: true,
    max_record_size: longestRow,
    // Its type takes records for objects of columns.
    on_record: number as never,
  });
  const source = Readable.from(chunksOf(head, text));
  source.on("error", (error) => parser.destroy(error)).pipe(parser);
  let names: readonly string[] | undefined;
  try {
    for await (
      const { line, cells } of parser as AsyncIterable<{ line: number; cells: string[] }>
    ) {
      if (names === undefined) {
        names = cells.map((name) => name.trim());
        yield { line, names };
        continue;
      }
      if (cells.length !== names.length) {
        throw new RangeError(
          `Cannot read "${path}", line ${line}: expected ${names.length} fields, got ${cells.length}`,
        );
      }
      yield { line, names, cells };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new SyntaxError(`Cannot read "${path}", line ${lines + 1}: ${complaint(error)}`);
  } finally {
    parser.destroy();
    source.destroy();
    if (!source.closed) await new Promise((closed) => source.once("close", closed));
  }
}

async function* chunksOf(head: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield head;
  yield* rest;
}

/** Enough of a text to see its first line that is not blank, and what ends it. */
async function readHeader(text: AsyncGenerator<string>): Promise<string> {
  let head = "";
  while (headerEnd(head) + 1 >= head.length && head.length <= longestRow) {
    const { value, done } = await text.next();
    if (done) break;
    head += value;
  }
  return head;
}

/** The place of the first line end behind a field and outside quotes, or the text's length. */
function headerEnd(head: string): number {
  let isQuoted = false;
  for (let i = head.search(/[^\r\n]/); i >= 0 && i < head.length; i++) {
    if (head[i] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (head[i] === "\n" || head[i] === "\r")) return i;
  }
  return head.length;
}

/** The delimiter under which the header names the most of `columns`, or else has the most names. */
function formOf(head: string, columns: readonly string[]) {
  const end = headerEnd(head);
  const scores = [",", "\t", ";"].map((delimiter) => {
    const names = head.slice(0, end).split(delimiter)
      .map((name) => name.trim().replace(/^"(.*)"$/, "$1").trim().toLowerCase());
    const named = names.filter((name) => columns.includes(name)).length;
    return { delimiter, score: named * longestRow + names.length };
  });
  const { delimiter } = scores.reduce((a, b) => b.score > a.score ? b : a);
  return { delimiter, isCr: head[end] === "\r" && head[end + 1] !== "\n" };
}

function complaint({ code }: { readonly code: string }): string {
  if (code === "CSV_QUOTE_NOT_CLOSED") return "expected a closing quote, got the end of the file";
  if (code === "CSV_MAX_RECORD_SIZE") return `expected a row's end within ${longestRow} bytes`;
  return "expected quotes around a whole field and doubled inside it, got a lone quote";
}

async function* jsonRecords(
  path: string,
  onProgress: OnKilobytes | undefined,
): AsyncGenerator<TableRecord> {
  let rest = "", line = 0;
  const record = (text: string) => parseRecord(text, `Cannot read "${path}", line ${line}`);
  for await (const chunk of decodedText(path, onProgress)) {
    // A CR at the end may be half of a CRLF.
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    for (const text of lines) {
      line++;
      if (text.trim() !== "") yield { line, ...record(text) };
    }
    if (rest.length > longestRow) {
      throw new SyntaxError(
        `Cannot read "${path}", line ${line + 1}: expected a row's end within ${longestRow} bytes`,
      );
    }
  }
  line++;
  if (rest.trim() !== "") yield { line, ...record(rest) };
}

function parseRecord(text: string, where: string): Omit<TableRecord, "line"> {
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
      `${where}: expected a text, a number or a truth value as ${shown(nested[0])}, ` +
        `got ${shown(nested[1])}`,
    );
  }
  // JSON.parse takes the last of two equal names: all of them are in the text.
  const names = [...text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?/g)]
    .flatMap(([, name, colon]) => colon === undefined ? [] : [JSON.parse(name!).trim() as string]);
  const cells = entries.map(([, cell]) => cell === null ? "" : String(cell));
  const isWhole = names.length === cells.length;
  return { names: isWhole ? entries.map(([name]) => name.trim()) : names, cells };
}

// A file whose line ends are not recognised has all of its rows in one header.
function list(names: readonly string[]): string {
  const first = names.slice(0, 12).map(shown).join(", ");
  return names.length > 12 ? `${first} and ${names.length - 12} more` : first;
}
