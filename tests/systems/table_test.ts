import { deepEqual, equal, ok } from "node:assert/strict";
import { columnMoments, validity } from "../../lib/systems/column_moments.ts";
import { eachRow, gather, standardiseFeatures, tableOfRows } from "../../lib/systems/features.ts";
import { uniform } from "../tensor_values.ts";
import { asked, readRowByRow, rowsOf } from "./read_row_by_row.ts";
import { range, tinyFeatures } from "./tiny_corpus.ts";

const table = { shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) };

Deno.test("gather() reads the rows that are asked for, in their order, and no others", () => {
  const reader = rowsOf(table);
  const elsewhere = tableOfRows(reader);
  deepEqual([...gather(elsewhere, [2, 0, 2])], [5, 6, 1, 2, 5, 6]);
  deepEqual(asked(reader), [[2, 0, 2]]);
  deepEqual([...elsewhere.data], [1, 2, 3, 4, 5, 6]);
  equal(elsewhere.data, elsewhere.data);
  deepEqual(asked(reader), [[2, 0, 2], [0, 1, 2]]);
});

Deno.test("eachRow() gives rows one by one, some of them in memory at a time", () => {
  // 2^23 numbers are in memory at a time: three rows of more than a third of them are two blocks.
  const size = 3_000_000;
  const large = {
    shape: [3, size],
    data: new Float32Array(3 * size),
  };
  for (let row = 0; row < 3; row++) large.data[row * size] = row;
  const reader = rowsOf(large);
  const firsts = Array.from(eachRow(tableOfRows(reader), [2, 1, 0]), ([first]) => first);
  deepEqual(firsts, [2, 1, 0]);
  deepEqual(asked(reader), [[2, 1], [0]]);
});

Deno.test("moments and standardised rows are those of the table in memory, bit for bit", () => {
  const counts = { text: 40, image: 40, audio: 40 };
  const features = tinyFeatures(counts, { signal: 3 });
  const train = range(5, 30);
  const inMemory = standardiseFeatures(features, train);
  const { features: scaled, standardisation } = standardiseFeatures(readRowByRow(features), train);
  deepEqual(standardisation, inMemory.standardisation);
  const rows = [39, 2, 2, 17];
  for (const [m, name] of [["image", "states"], ["audio", "logMel"], ["text", "states"]] as const) {
    const wanted = inMemory.features[m].tables[name]!, found = scaled[m].tables[name]!;
    ok(found.rows);
    deepEqual(gather(found, rows), gather(wanted, rows));
    deepEqual(found.data, wanted.data);
  }
});

Deno.test("the moments of a table are summed in the order of its rows", () => {
  const { values } = uniform("moments", 700, 2, 3);
  const whole = { shape: [700, 2, 3], data: values };
  const rows = Array.from({ length: 700 }, (_, i) => (i * 37) % 700);
  const valid = validity(whole, undefined);
  deepEqual(
    columnMoments(tableOfRows(rowsOf(whole)), valid, rows),
    columnMoments(whole, valid, rows),
  );
});
