import { deepEqual, match } from "node:assert/strict";
import type { Part } from "../../lib/datasets/parts.ts";
import type { Sample } from "../../lib/datasets/sample.ts";
import { withValidation } from "../../lib/datasets/validation_part.ts";

/** Rows of two classes in turn, two a group. */
function rows(count: number): Sample[] {
  return Array.from({ length: count }, (_, i) => ({
    ...{ id: `${i}`, modality: "text" as const, source: { text: `${i}` }, emotion: "joy" },
    ...{ label: i % 2, group: `group ${Math.floor(i / 2)}`, hash: `${i}` },
  }));
}

const given = (...counts: [Part, number][]) =>
  counts.flatMap(([part, count]) => Array<Part>(count).fill(part));

Deno.test("a set of training and test gets a tenth of its rows from training, in whole groups", () => {
  const before = given(["train", 80], ["test", 20]);
  const { given: after, notes } = withValidation(before, rows(100));
  deepEqual(after.slice(80), before.slice(80));
  const drawn = [...after.keys()].filter((i) => after[i] === "validation");
  deepEqual(drawn.length, 10);
  // Each group has a row of either class, and is on one side.
  for (const i of drawn) deepEqual(after[i ^ 1], "validation");
  deepEqual(notes, ["no validation part is there: 10 rows are drawn from the training part"]);
  deepEqual(withValidation(before, rows(100)).given, after);
});

Deno.test("other splits stay as they are, and so does one that nothing can be drawn from", () => {
  for (
    const parts of [
      given(["train", 4], ["validation", 2], ["test", 2]),
      given(["train", 4], ["validation", 4]),
      given(["test", 8]),
    ]
  ) deepEqual(withValidation(parts, rows(8)), { given: parts, notes: [] });
  const few = given(["train", 4], ["test", 4]);
  const { given: after, notes } = withValidation(few, rows(8));
  deepEqual(after, few);
  match(notes[0]!, /^no validation part is there, nor can one be drawn from training: .* 3 groups/);
});
