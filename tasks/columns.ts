/** Tables for a terminal. @module */

/** Rows with their cells one below the other; a row of one cell decides no width. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows.filter(({ length }) => length > 1)) {
    row.forEach((cell, i) => widths[i] = Math.max(widths[i] ?? 0, cell.length));
  }
  return rows.map((row) =>
    `  ${row.map((cell, i) => cell.padEnd(row.length > 1 ? widths[i]! : 0)).join("  ")}`.trimEnd()
  ).join("\n");
}

/** A size as in `1.5 MB`: in kilobytes of 1,000 bytes, megabytes or gigabytes. */
export function sizeInWords(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} kB`;
}
