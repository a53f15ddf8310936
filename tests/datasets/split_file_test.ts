import { deepEqual, rejects, throws } from "node:assert/strict";
import { parseSplit, partsByName, readSplitFile } from "../../lib/datasets/split_file.ts";
import { withFolder } from "./temporary_folder.ts";

const rows = ["ann", "ann", "bob", "cy", ""].map((group, i) => ({ id: `r${i}`, group }));
const named = (value: unknown, options?: { fold: number }) =>
  partsByName(rows, parseSplit(value, "s.json"), options);

Deno.test("a file of parts names ids or groups, and rows that it leaves out are listed", () => {
  deepEqual(named({ train: ["r0", "r2"], dev: ["r4"], test: ["r3"] }), {
    given: ["train", undefined, "train", "test", "validation"],
    notes: ['1 row is in no part of "s.json": "r1"'],
  });
  deepEqual(named({ train: ["ann"], val: [], test: ["bob", "cy"] }), {
    given: ["train", "train", "test", "test", undefined],
    notes: ['1 row is in no part of "s.json": "r4"'],
  });
});

Deno.test("of folds one is tested on, and the others are trained on", () => {
  const folds = { folds: [["ann"], ["bob"], ["cy"]] };
  deepEqual(named(folds, { fold: 2 }).given, ["train", "train", "test", "train", undefined]);
  for (const fold of [0, 4, 1.5]) {
    throws(() => named(folds, { fold }), {
      message: `Cannot use the split "s.json": expected a fold from 1 to 3, got ${fold}`,
    });
  }
  throws(() => named(folds), /expected a fold from 1 to 3, got none$/);
  throws(
    () => named({ train: ["r0"], test: ["r1"] }, { fold: 1 }),
    /^RangeError: Cannot use fold 1: expected folds in "s\.json", got parts$/,
  );
});

Deno.test("names that no row has, or that may be ids as well as groups, are refused", () => {
  throws(() => named({ train: ["r0", "r9"], test: ["r1", "ann"] }), {
    name: "RangeError",
    message:
      'Cannot use the split "s.json": expected names of rows, got 2 that no row has as its ' +
      'id: "r9", "ann"',
  });
  const numbers = [["1", "2"], ["2", "1"], ["3", "3"]].map(([id, group]) => ({
    id: id!,
    group: group!,
  }));
  const both = { train: [1], test: [2, 3] };
  throws(
    () => partsByName(numbers, parseSplit(both, "s.json")),
    /expected "by": "id" or "by": "group" in it, got names that are both: "1", "2", "3"$/,
  );
  const by = (by: string) => partsByName(numbers, parseSplit({ ...both, by }, "s.json")).given;
  deepEqual(by("id"), ["train", "test", "test"]);
  deepEqual(by("group"), ["test", "train", "test"]);
});

Deno.test("what is no split is refused, with what was expected", async () => {
  const cases: [unknown, RegExp][] = [
    [[], /expected an object with train and test, or folds, got \[\]$/],
    [{ train: ["a"] }, /expected parts train and test, got "train"$/],
    [{ train: ["a"], test: "b" }, /expected a list of names as test, got "b"$/],
    [{ train: ["a"], test: [] }, /expected a list of names as test, got \[\]$/],
    [{ train: ["a"], test: [null] }, /expected names in test, got null$/],
    [{ train: ["a"], test: ["b"], tset: ["c"] }, /expected parts .*, got "tset"$/],
    [{ train: ["a"], test: ["b"], dev: ["c"], val: ["d"] }, /expected one part validation/],
    [{ train: ["a", "b"], test: ["b"] }, /each name in one part, got "b" in train and test$/],
    [{ folds: [["a"]] }, /expected two folds or more, got \[\["a"\]\]$/],
    [{ folds: [["a"], ["b", "a"]] }, /each name in one part, got "a" in fold 1 and fold 2$/],
    [{ folds: [["a"], ["b"]], test: ["c"] }, /expected folds alone, got "test"$/],
    [{ by: "row", folds: [["a"], ["b"]] }, /expected "by" as id or group, got "row"$/],
  ];
  for (const [value, message] of cases) throws(() => parseSplit(value, "s.json"), message);
  await withFolder({ "s.json": "{train:", "ok.json": '{"train":["a"],"test":[2]}' }, async (at) => {
    await rejects(readSplitFile(`${at}/s.json`), /s\.json": expected a JSON file of a split, got /);
    await rejects(readSplitFile(`${at}/no.json`), /no\.json": expected a JSON file of a split/);
    deepEqual((await readSplitFile(`${at}/ok.json`)).named, { train: ["a"], test: ["2"] });
  });
});
