/** Tables of numbers by id: what others have extracted of the samples of a table's rows. @module */

import { shown } from "../checks.ts";
import type { Repairs } from "./feature_sequences.ts";
import { tableRows } from "./table_rows.ts";

/** The numbers of a table, and what became of those that are none. */
export interface NumbersById {
  /** The file. */
  readonly path: string;
  /** Numbers of a row. */
  readonly width: number;
  /** Each of `width`; of an id with nothing but zeros there are none. */
  readonly rows: ReadonlyMap<string, Float32Array>;
  /** Ids that have nothing but zeros. */
  readonly zero: number;
  readonly repairs: Repairs;
}

/**
 * Reads a table with the column `id` and numbers in all others. NaN and infinite values, also such as
 * no float of 32 bits holds, become 0 and are counted; a row of zeros alone is none.
 *
 * @throws {RangeError} By file and line: no column `id`, or no other; an id twice or none; a row of
 * another width; a cell that is no number.
 * @throws {SyntaxError} The file is no well-formed table, by file and line.
 */
export async function readNumbersById(path: string): Promise<NumbersById> {
  const rows = new Map<string, Float32Array>();
  const lines = new Map<string, number>();
  const repairs: Repairs = { infinite: 0, nan: 0, cut: 0 };
  let zero = 0, width = 0;
  for await (const { line, names, cells, fields } of tableRows(path, ["id"])) {
    const where = `Cannot read "${path}", line ${line}`;
    const id = fields.id.trim();
    if (id === "") throw new RangeError(`${where}: expected an id, got none`);
    if (lines.has(id)) {
      throw new RangeError(
        `${where}: expected an id of its own, got ${shown(id)} of line ${lines.get(id)}`,
      );
    }
    lines.set(id, line);
    const places = [...names.keys()].filter((i) => names[i]!.toLowerCase() !== "id");
    width = places.length;
    if (width === 0) throw new RangeError(`${where}: expected numbers beside the id, got none`);
    const numbers = Float32Array.from(
      places,
      (i) => numberOf(cells[i]!, { where, name: names[i]!, repairs }),
    );
    if (numbers.some((x) => x !== 0)) rows.set(id, numbers);
    else zero++;
  }
  return { path, width, rows, zero, repairs };
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function numberOf(
  cell: string,
  { where, name, repairs }: {
    readonly where: string;
    readonly name: string;
    readonly repairs: Repairs;
  },
): number {
  const word = cell.trim();
  if (/^[+-]?nan$/i.test(word)) {
    repairs.nan++;
    return 0;
  }
  const isInfinite = /^[+-]?inf(inity)?$/i.test(word);
  if (!isInfinite && !decimal.test(word)) {
    throw new RangeError(`${where}: expected a number as ${shown(name)}, got ${shown(cell)}`);
  }
  const number = isInfinite ? Infinity : Math.fround(Number(word));
  if (Number.isFinite(number)) return number;
  repairs.infinite++;
  return 0;
}
