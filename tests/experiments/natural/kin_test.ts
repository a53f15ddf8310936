import { deepEqual, equal } from "node:assert/strict";
import { joinKin, kinAcross, kinOf } from "../../../experiments/natural/kin.ts";
import { tinyRows } from "./tiny_rows.ts";

const rows = tinyRows([
  { text: "Good  morning", image: "a", label: 1, part: "train" },
  { text: "good morning", image: "b", label: 0, part: "validation" },
  { text: "other", image: "b", label: 1, part: "test" },
  { text: "third", label: 1, part: "test" },
  { text: "third", image: "c", label: 1, part: "test" },
  { text: "good morning", image: "d", label: 0, part: "test" },
]);

Deno.test("rows of one text and pictures of one look are kin, and kin across parts are listed", () => {
  const kin = kinOf(rows);
  deepEqual(kin.filter(({ what }) => what === "equal texts").map(({ rows }) => rows), [
    ...[[0, 1, 5], [3, 4]],
  ]);
  deepEqual(
    kin.filter(({ what }) => what === "pictures that look alike").map(({ rows }) => rows),
    [[1, 2]],
  );
  const found = kinAcross(rows, kin)!;
  deepEqual([found.testRows, found.testRowsWithKin], [4, 2]);
  // The two test rows of one text are in one part.
  deepEqual(found.groups.find(({ what }) => what === "pictures that look alike"), {
    ...{ what: "pictures that look alike", all: 1, across: 1 },
  });
  deepEqual(found.listed.at(-1), {
    ...{ what: "pictures that look alike", rows: ["row 1 (validation)", "row 2 (test)"] },
  });
  const { given: _, ...drawn } = rows;
  equal(kinAcross(drawn, kin), undefined);
});

Deno.test("kin become one group, chains of them included, and others stay", () => {
  const { corpora } = joinKin(rows, [
    { what: "equal texts", rows: [0, 1] },
    { what: "pictures that look alike", rows: [1, 2] },
  ]);
  deepEqual(corpora.text.samples.map(({ group }) => group), [
    ...["group 0", "group 0", "group 0", "group 3", "group 4", "group 5"],
  ]);
  deepEqual(corpora.image.samples.map(({ group }) => group), [
    ...["group 0", "group 0", "group 0", "group 4", "group 5"],
  ]);
});

Deno.test("a sentence that many speak makes no kin", () => {
  const spoken = (count: number) =>
    kinOf(tinyRows(Array.from({ length: count }, (_, i) => ({ text: "dogs", label: i % 2 }))));
  equal(spoken(20).length, 1);
  equal(spoken(21).length, 0);
});
