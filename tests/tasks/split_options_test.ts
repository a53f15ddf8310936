import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { assertSplit, folds, readSplit } from "../../tasks/split_options.ts";
import { withFolder } from "../datasets/temporary_folder.ts";

const rows = { isRows: true, isFeatures: false };
const none = { split: undefined, fold: undefined, leaks: undefined };

Deno.test("a split, a fold and what becomes of leaks are refused where they would go unheeded", () => {
  assertSplit(none, { isRows: false, isFeatures: false });
  assertSplit({ split: "s.json", fold: 2, leaks: "drop" }, rows);
  const cases = [
    [{ ...none, leaks: "keep" }, { isRows: false, isFeatures: false }, /^.*use --leaks: .*rows/],
    [{ ...none, split: "s.json" }, { isRows: false, isFeatures: false }, /use --split: .*rows/],
    [{ ...none, split: "s.json" }, { isRows: true, isFeatures: true }, /--split: .*got features/],
    [{ ...none, fold: 1 }, rows, /use --fold: expected --split with folds, got none$/],
  ] as const;
  for (const [given, data, message] of cases) throws(() => assertSplit(given, data), message);
});

Deno.test("folds are a number from 2, or groups", () => {
  equal(folds.read("5", "--folds", []), 5);
  equal(folds.read("groups", "--folds", []), "groups");
  equal(folds.read(undefined, "--folds", []), undefined);
  for (const text of ["1", "", "two", "-3"]) {
    throws(
      () => folds.read(text, "--folds", []),
      /^RangeError: Cannot use --folds: expected groups or/,
    );
  }
});

Deno.test("a split is read before the data are", async () => {
  equal(await readSplit({ split: undefined, fold: undefined }), undefined);
  await withFolder({ "s.json": '{"folds": [["a"], ["b"]]}' }, async (folder) => {
    const read = await readSplit({ split: `${folder}/s.json`, fold: 1 });
    deepEqual(read!.file.folds, [["a"], ["b"]]);
    equal(read!.fold, 1);
    await rejects(readSplit({ split: `${folder}/t.json`, fold: 1 }), /t\.json": expected a JSON/);
  });
});
