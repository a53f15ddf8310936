import { deepEqual } from "node:assert/strict";
import { checkFormat, unformattedIn } from "../../../tasks/notebooks/check_format.ts";
import { tinyNotebook } from "./tiny_notebook.ts";

Deno.test("the report of the formatter names the files that it would change or cannot read", () => {
  const report = `
from /folder/cells-1/cell_2.ts:
1 | -1+1
1 | +1 + 1;

Error checking: /folder/cells-1/cell_10.ts
   The module's source code could not be parsed: Expression expected at file:///folder/cells-1/cell_10.ts:1:5

error: Found 1 not formatted file in 10 files
`;
  deepEqual(unformattedIn(report), new Set(["cell_2.ts", "cell_10.ts"]));
  deepEqual(unformattedIn("Checked 3 files\n"), new Set());
});

const { state } = await Deno.permissions.query({ name: "run" });

Deno.test({
  name: "cells that are not formatted are found, in lines of a hundred letters",
  ignore: state !== "granted",
  async fn() {
    const long = `const words = ["${Array.from("abcdefg", (c) => c.repeat(8)).join('", "')}"];`;
    const notebooks = new Map([
      ["right.ipynb", tinyNotebook("1 + 1;", `${long}\nwords;`)],
      ["wrong.ipynb", tinyNotebook("1;", "1+1", "2 +")],
    ]);
    deepEqual(await checkFormat(notebooks), [
      { notebook: "wrong.ipynb", cell: 3 },
      { notebook: "wrong.ipynb", cell: 4 },
    ]);
  },
});
