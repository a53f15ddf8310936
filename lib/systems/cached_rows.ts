/** A bounded part of a table that is read row by row, kept in memory. @module */

import { type RowReader, sizeOfRow } from "./table.ts";

/**
 * The same rows, of which at most `bytes` are kept once they are read. Row r has place r mod P, of as
 * many places P as there is room for: an epoch in random order then finds P of N rows there, as many as
 * any rule could know of, and there is nothing to keep in order.
 */
export function cachedRows(
  reader: RowReader,
  { bytes }: { readonly bytes: number },
): RowReader {
  const { shape } = reader, size = sizeOfRow(reader);
  const room = Math.floor(bytes / (size * Float32Array.BYTES_PER_ELEMENT));
  const places = Math.min(shape[0]!, room);
  if (places === 0) return reader;
  // Which row is at each place; pages of memory that nothing was written to are not taken.
  const there = new Int32Array(places).fill(-1);
  const kept = new Float32Array(places * size);
  return {
    shape,
    read(rows, into) {
      const missing: number[] = [];
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!, place = row % places;
        if (there[place] !== row) missing.push(i);
        else into.set(kept.subarray(place * size, (place + 1) * size), i * size);
      }
      if (missing.length === 0) return;
      const found = new Float32Array(missing.length * size);
      reader.read(missing.map((i) => rows[i]!), found);
      missing.forEach((i, k) => {
        const own = found.subarray(k * size, (k + 1) * size);
        into.set(own, i * size);
        const place = rows[i]! % places;
        there[place] = rows[i]!;
        kept.set(own, place * size);
      });
    },
  };
}
