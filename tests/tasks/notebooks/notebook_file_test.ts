import { deepEqual, equal, throws } from "node:assert/strict";
import { compareOutputs } from "../../../tasks/notebooks/compare_outputs.ts";
import { joinCells } from "../../../tasks/notebooks/join_cells.ts";
import {
  type Cell,
  type Output,
  parseNotebook,
  printNotebook,
  withOutputs,
} from "../../../tasks/notebooks/notebook_file.ts";
import { result, tinyNotebook } from "./tiny_notebook.ts";

const base = new URL("file:///project/notebooks/01.ipynb");

Deno.test("a notebook is read, and what is none is refused by its path", () => {
  const notebook = tinyNotebook("1 + 1");
  deepEqual(parseNotebook(JSON.stringify(notebook), "a.ipynb"), notebook);
  throws(() => parseNotebook("{", "a.ipynb"), {
    name: "SyntaxError",
    message: /^Cannot read "a\.ipynb": expected JSON, got /,
  });
  throws(
    () => parseNotebook(JSON.stringify({ ...notebook, nbformat: 3 }), "a.ipynb"),
    new RangeError('Cannot read "a.ipynb": expected a notebook of format 4, got format 3'),
  );
  const python = { ...notebook, metadata: { kernelspec: { name: "python3" } } };
  throws(
    () => parseNotebook(JSON.stringify(python), "a.ipynb"),
    new RangeError('Cannot read "a.ipynb": expected the kernel "deno", got "python3"'),
  );
  throws(() => parseNotebook(JSON.stringify({ ...notebook, metadata: {} }), "a.ipynb"), RangeError);
});

Deno.test("joined cells are one module, and each of its lines knows its cell", () => {
  const { module, place } = joinCells(tinyNotebook("const a = 1;\na", "(2)"), base);
  deepEqual(module.split("\n"), ["const a = 1;", "a", ";", "(2)", ";", "export {};", ""]);
  // Cell 1 is the title.
  deepEqual([1, 2, 4].map(place), [
    { cell: 2, line: 1 },
    { cell: 2, line: 2 },
    { cell: 3, line: 1 },
  ]);
  // What is wrong at the very end belongs to the last cell.
  deepEqual(place(99), { cell: 3, line: 1 });
});

Deno.test("relative imports of a joined module lead where they led from the notebook", () => {
  const source = [
    'import { show } from "../mod.ts";',
    'import "./side.ts";',
    "const { a } = await import('../lib/a.ts');",
    'import * as b from "npm:b@1.0.0";',
    'const text = "../mod.ts";',
  ].join("\n");
  const { module } = joinCells(tinyNotebook(source), base);
  deepEqual(module.split("\n").slice(0, 5), [
    'import { show } from "file:///project/mod.ts";',
    'import "file:///project/notebooks/side.ts";',
    "const { a } = await import('file:///project/lib/a.ts');",
    'import * as b from "npm:b@1.0.0";',
    'const text = "../mod.ts";',
  ]);
});

Deno.test("new outputs are counted from 1, and texts are printed as lines", () => {
  const svg = "<svg>\n</svg>";
  const shown: Output = {
    output_type: "display_data",
    data: { "image/svg+xml": svg, "application/json": { b: 1, a: 2 }, "image/png": "iVBOR" },
    metadata: {},
  };
  const outputs = [[{ output_type: "stream", name: "stdout", text: "a\nb\n" } as const], [
    shown,
    result("1"),
  ]];
  const text = printNotebook(withOutputs(tinyNotebook("a", "b"), outputs));
  const [, first, second] = JSON.parse(text).cells;
  deepEqual([first.execution_count, second.execution_count], [1, 2]);
  deepEqual(first.outputs[0].text, ["a\n", "b\n"]);
  deepEqual(second.outputs[0].data, {
    "image/svg+xml": ["<svg>\n", "</svg>"],
    "application/json": { b: 1, a: 2 },
    "image/png": "iVBOR",
  });
  equal(second.outputs[1].execution_count, 2);
  // Keys are sorted at every level, whatever order they came in.
  deepEqual(Object.keys(JSON.parse(text)), ["cells", "metadata", "nbformat", "nbformat_minor"]);
  equal(text.indexOf('"a": 2') < text.indexOf('"b": 1'), true);
  equal(printNotebook(JSON.parse(text)), text);
});

const differs = (before: readonly Output[], now: readonly Output[]) =>
  compareOutputs(
    tinyNotebook("1", { source: "2", outputs: before }),
    tinyNotebook("1", { source: "2", outputs: now }),
  );

Deno.test("outputs differ in their words, and in numbers by more than a hundredth", () => {
  deepEqual(differs([result("AUC 0.871, 160")], [result("AUC 0.876, 161")]), []);
  deepEqual(differs([result("AUC 0.871")], [result("AUC 0.911")]), [
    { cell: 3, what: 'text/plain: expected "AUC 0.871", got "AUC 0.911"' },
  ]);
  deepEqual(differs([result("seed 1")], [result("seeds 1")]).length, 1);
  deepEqual(differs([result("1")], [result("1 and 2")]).length, 1);
  deepEqual(differs([result("nothing")], [result("1")]).length, 1);
  deepEqual(differs([result("1e-3")], [result("2e-3")]), []);
});

Deno.test("outputs differ in their number, in their formats, and in figures as in texts", () => {
  deepEqual(differs([result("1")], []), [{ cell: 3, what: "expected 1 outputs, got 0" }]);
  deepEqual(differs([result("1")], [result("1", { "text/html": "<b>1</b>" })]), [
    { cell: 3, what: "expected text/plain, got text/html, text/plain" },
  ]);
  const figure = (y: number, mark = "bar") =>
    result("F", { "application/vnd.vegalite.v5+json": { mark, data: { values: [{ y }] } } });
  deepEqual(differs([figure(1)], [figure(1.001)]), []);
  deepEqual(differs([figure(1)], [figure(1.1)]).length, 1);
  deepEqual(differs([figure(1)], [figure(1, "line")]).length, 1);
  const line = { output_type: "stream", name: "stdout", text: ["a\n", "b"] } as const;
  deepEqual(differs([line], [{ ...line, text: "a\nb" }]), []);
  deepEqual(differs([line], [{ ...line, name: "stderr" }]).length, 1);
});

Deno.test("sounds and pictures have to be the same bytes, whatever digits stand for them", () => {
  const sound = (base64: string) =>
    result("S", { "text/html": `<audio src="data:audio/wav;base64,${base64}">` });
  deepEqual(differs([sound("UklGR 1")], [sound("UklGR 1")]), []);
  deepEqual(differs([sound("Ukl+1000+")], [sound("Ukl+1001+")]).length, 1);
  const picture = (digit: string) => result("P", { "image/png": "A".repeat(70) + `+${digit}+` });
  deepEqual(differs([picture("1000")], [picture("1001")]).length, 1);
});

Deno.test("of a cell that trains, the formats alone are compared", () => {
  const trained = (...outputs: Output[]) => {
    const notebook = tinyNotebook({ source: "1", outputs });
    const [title, cell] = notebook.cells as [Cell, Cell];
    return { ...notebook, cells: [title, { ...cell, metadata: { tags: ["trained"] } }] };
  };
  const png = result("P", { "image/png": "iVBOR" });
  deepEqual(compareOutputs(trained(result("AUC 0.9")), trained(result("AUC 0.7"))), []);
  deepEqual(compareOutputs(trained(result("P")), trained(png)), [
    { cell: 2, what: "expected text/plain, got image/png, text/plain" },
  ]);
  deepEqual(compareOutputs(trained(png), trained()), [
    { cell: 2, what: "expected 1 outputs, got 0" },
  ]);
});
