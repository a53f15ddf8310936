/** Rows of a CSV file with a header, streamed and numbered by line. @module */

import { csvParse } from "../deps/csv_parse.ts";
import { neededNodeModule } from "../deps/node.ts";

/** One row: the columns asked for, and the line it starts on (1 is the header). */
export interface CsvRow<Column extends string> {
  readonly line: number;
  readonly fields: Readonly<Record<Column, string>>;
}

// A quote that is never closed swallows the rest of the file. No message or path is this long, so
// the search for its end stops here and memory stays bounded. In bytes.
const longestRow = 2 ** 20;

/** Whom {@linkcode csvRows} tells. */
export interface CsvOptions {
  /** Told how many kilobytes of the file are read. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Columns that the header may lack: their fields are empty then. */
  readonly optional?: readonly string[];
}

/**
 * Streams the rows of a CSV file (RFC 4180, UTF-8 with or without a byte-order mark, lines ended by
 * LF or CRLF) and picks `columns` by name, in any order and any case. Blank lines are skipped.
 *
 * @throws {RangeError} A column is absent from the header, or a row has more or fewer fields than it.
 * @throws {SyntaxError} A quote is misplaced or never closed, or the bytes are not UTF-8.
 */
export async function* csvRows<Column extends string>(
  path: string,
  columns: readonly Column[],
  { onProgress, optional = [] }: CsvOptions = {},
): AsyncGenerator<CsvRow<Column>> {
  let header: string[] | undefined;
  for await (const { line, fields } of records(path, onProgress)) {
    const where = `Cannot read "${path}", line ${line}`;
    if (header === undefined) {
      header = fields.map((name) => name.trim().toLowerCase());
      const absent = columns.find((column) =>
        !header!.includes(column) && !optional.includes(column)
      );
      if (absent === undefined) continue;
      throw new RangeError(
        `${where}: expected a header with ${list(columns)}, got ${list(fields)}`,
      );
    }
    if (fields.length !== header.length) {
      throw new RangeError(`${where}: expected ${header.length} fields, got ${fields.length}`);
    }
    const picked = columns.map((column) => [column, fields[header!.indexOf(column)] ?? ""]);
    yield { line, fields: Object.fromEntries(picked) as Record<Column, string> };
  }
  if (header === undefined) {
    throw new RangeError(
      `Cannot read "${path}": expected a header with ${list(columns)}, got nothing`,
    );
  }
}

interface NumberedRecord {
  readonly line: number;
  readonly fields: string[];
}

async function* records(
  path: string,
  onProgress: CsvOptions["onProgress"],
): AsyncGenerator<NumberedRecord> {
  const { CsvError, parse } = await csvParse();
  const { Readable } = neededNodeModule("node:stream");
  // Lines are counted here, record by record: csv-parse counts a CRLF inside quotes twice, and
  // when it fails it drops the records that it has read ahead.
  let lines = 0;
  const number = ({ record, raw }: { record: string[]; raw: string }): NumberedRecord | null => {
    const line = lines + 1;
    // The last character ends the record, be it LF or the CR of a CRLF.
    lines += raw.slice(0, -1).split("\n").length;
    const blank = record.length === 1 && record[0] === "";
    return blank ? null : { line, fields: record };
  };
  const parser = parse({
    bom: true,
    raw: true,
    // Both, since files put together on two systems mix them.
    record_delimiter: ["\r\n", "\n"],
    relax_column_count: true,
    max_record_size: longestRow,
    // Its type takes records for objects of columns.
    on_record: number as never,
  });
  const source = Readable.from(utf8Chunks(path, onProgress));
  source.on("error", (error) => parser.destroy(error)).pipe(parser);
  try {
    yield* parser as AsyncIterable<NumberedRecord>;
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

/** The file's bytes as they are, checked to be UTF-8. */
async function* utf8Chunks(
  path: string,
  onProgress: CsvOptions["onProgress"] = () => {},
): AsyncGenerator<Uint8Array> {
  const file = await Deno.open(path);
  const { size } = await file.stat();
  let done = 0;
  const strict = new TextDecoder("utf-8", { fatal: true });
  const lenient = new TextDecoder("utf-8");
  let lines = 0;
  const check = (chunk?: Uint8Array) => {
    const text = lenient.decode(chunk, { stream: chunk !== undefined });
    try {
      strict.decode(chunk, { stream: chunk !== undefined });
    } catch {
      const line = lines + text.slice(0, text.indexOf("\ufffd")).split("\n").length;
      throw new SyntaxError(`Cannot read "${path}", line ${line}: expected UTF-8, got other bytes`);
    }
    lines += text.split("\n").length - 1;
  };
  for await (const chunk of file.readable) {
    check(chunk);
    yield chunk;
    done += chunk.length;
    onProgress(Math.ceil(done / 1e3), Math.ceil(size / 1e3));
  }
  check();
}

function list(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}
