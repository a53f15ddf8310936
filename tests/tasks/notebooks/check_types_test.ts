import { deepEqual } from "node:assert/strict";
import { checkCells, faultsIn } from "../../../tasks/notebooks/check_types.ts";
import { tinyNotebook } from "./tiny_notebook.ts";

Deno.test("each error in a report has its module, its line and its first line of words", () => {
  const report = `TS2322 [ERROR]: Type 'number | undefined' is not assignable to type 'number'.
  Type 'undefined' is not assignable to type 'number'.
const b: number = a[0];
      ^
    at file:///folder/n/notebook_1.ts:3:7

TS2304 [ERROR]: Cannot find name 'c'.
c
^
    at file:///folder/n/notebook_2.ts:12:1

Found 2 errors.

error: Type checking failed.
`;
  deepEqual(faultsIn(report), [
    {
      module: "file:///folder/n/notebook_1.ts",
      line: 3,
      message: "TS2322: Type 'number | undefined' is not assignable to type 'number'.",
    },
    {
      module: "file:///folder/n/notebook_2.ts",
      line: 12,
      message: "TS2304: Cannot find name 'c'.",
    },
  ]);
  deepEqual(faultsIn("error: Module not found"), []);
});

const { state } = await Deno.permissions.query({ name: "run" });

Deno.test({
  name: "a type error is found in its notebook, cell and line, and no other",
  ignore: state !== "granted",
  async fn() {
    const notebooks = new Map([
      ["right.ipynb", tinyNotebook("const x = [1, 2];\nx.map((v) => v + 1);")],
      ["wrong.ipynb", tinyNotebook("const a = [1];", "a;\nconst b: number = a[0];\nb;")],
      // A kernel lets a name be declared anew; a notebook that is read from top to bottom does not.
      ["twice.ipynb", tinyNotebook("const y = 1;", "const y = 2;")],
    ]);
    const faults = await checkCells(notebooks);
    deepEqual(
      faults.map((
        { notebook, cell, line, message },
      ) => [notebook, cell, line, message.slice(0, 6)]),
      [
        ["wrong.ipynb", 3, 2, "TS2322"],
        ["twice.ipynb", 2, 1, "TS2451"],
        ["twice.ipynb", 3, 1, "TS2451"],
      ],
    );
  },
});
