import { equal } from "node:assert/strict";
import { figureToCsv, rowsToCsv } from "../../lib/study/rows_csv.ts";
import type { Figure } from "../../lib/figures/mod.ts";

Deno.test("what a row holds within has columns of its path, and what it lacks is empty", () => {
  const rows = [
    { name: "a, b", score: { mean: 0.5, seeds: [0.25, 0.75] }, pairs: [[1, 2], [3]] },
    { name: 'says "no"', note: null, more: true },
  ];
  equal(
    rowsToCsv(rows),
    "name,score.mean,score.seeds,pairs,note,more\n" +
      '"a, b",0.5,0.25 0.75,"[[1,2],[3]]",,\n' +
      '"says ""no""",,,,,true\n',
  );
});

Deno.test("a figure's CSV has the data of all its layers, each set once", () => {
  const [first, second] = [[{ x: 1, y: 2 }, { x: 2, y: 4 }], [{ x: 1, low: 0 }]];
  const one = { data: { values: first }, layer: [{ mark: "bar" }, { data: { values: first } }] };
  equal(figureToCsv(one as unknown as Figure), "x,y\n1,2\n2,4\n");
  const two = { hconcat: [{ data: { values: first } }, { layer: [{ data: { values: second } }] }] };
  equal(figureToCsv(two as unknown as Figure), "data,x,y,low\n1,1,2,\n1,2,4,\n2,1,,0\n");
});
