/** Any rows of results, and the data of any figure, as CSV. @module */

import { stringify } from "../deps/csv_stringify.ts";
import type { Figure } from "../figures/mod.ts";

/**
 * Rows as CSV with a header. What a row holds within has a column of its path,
 * `accuracy.mean`; a list of plain values is one cell of them with spaces
 * between, any other list one of JSON. Columns are in the order in which rows
 * name them first; one that a row lacks is empty.
 */
export function rowsToCsv(rows: readonly object[]): string {
  const flat = rows.map((row) => Object.fromEntries(cellsOf(row)));
  const columns = [...new Set(flat.flatMap((row) => Object.keys(row)))];
  return stringify(flat, { header: true, columns });
}

function cellsOf(value: unknown, path = ""): [column: string, cell: string][] {
  if (value === undefined || value === null) return [[path, ""]];
  if (Array.isArray(value)) return [[path, listCell(value)]];
  if (typeof value !== "object") return [[path, String(value)]];
  return Object.entries(value).flatMap(([name, inner]) =>
    cellsOf(inner, path === "" ? name : `${path}.${name}`)
  );
}

function listCell(list: readonly unknown[]): string {
  const isPlain = list.every((one) => typeof one !== "object");
  return isPlain ? list.join(" ") : JSON.stringify(list);
}

/** The data of a figure as CSV: what its marks are drawn from. Several data sets are told apart by a column `data`. */
export function figureToCsv(figure: Figure): string {
  const found = dataSets(figure);
  const different = [...new Map(found.map((rows) => [JSON.stringify(rows), rows])).values()];
  if (different.length === 1) return rowsToCsv(different[0]!);
  return rowsToCsv(different.flatMap((rows, i) => rows.map((row) => ({ data: i + 1, ...row }))));
}

function dataSets(node: unknown): (readonly object[])[] {
  if (typeof node !== "object" || node === null) return [];
  const { values } = (node as { readonly data?: { readonly values?: unknown } }).data ?? {};
  const own = Array.isArray(values) ? [values.map(asRow)] : [];
  const inner = Object.entries(node).filter(([name]) => name !== "data");
  return [...own, ...inner.flatMap(([, child]) => dataSets(child))];
}

function asRow(value: unknown): object {
  return typeof value === "object" && value !== null ? value : { value };
}
