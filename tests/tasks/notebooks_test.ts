import { deepEqual, equal, match, ok } from "node:assert/strict";
import { main } from "../../tasks/notebooks.ts";
import {
  codeCells,
  parseNotebook,
  printNotebook,
  sourceOf,
} from "../../tasks/notebooks/notebook_file.ts";
import { captured } from "./captured.ts";
import { somePython } from "./some_python.ts";
import { result, type TinyCell, tinyNotebook } from "./notebooks/tiny_notebook.ts";

/** Runs the task; what it prints stays here. */
const run = (...args: string[]) => captured(main, args);

Deno.test("the notebooks task answers a wrong command line with one line and exit code 2", async () => {
  deepEqual(await run("--fast"), {
    code: 2,
    out: "",
    err: "TypeError: Cannot read the command line: Unknown option '--fast' " +
      "(--help shows the options)",
  });
  deepEqual(await run("--check", "--update"), {
    code: 2,
    out: "",
    err: "TypeError: Cannot do both: expected one of --check, --update and --types, " +
      "got --check --update",
  });
});

Deno.test("the notebooks task shows its options on --help", async () => {
  const { code, out } = await run("--help");
  equal(code, 0);
  for (const name of ["check", "update", "types", "folder", "python", "help"]) {
    match(out, new RegExp(`^ +--${name} `, "m"));
  }
});

Deno.test("a notebook that is not there is refused with those that are", async () => {
  const { code, err } = await run("99", "--types");
  equal(code, 1);
  match(err, /^RangeError: Cannot run "99": choose one of 01_\w+\.ipynb, /);
});

const python = await somePython("import jupyter_client");

Deno.test({
  name: "the task runs, renews and compares notebooks, and names the cell that differs",
  ignore: python === undefined,
  async fn(t) {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/01_tiny.ipynb`;
    const write = (...cells: TinyCell[]) =>
      Deno.writeTextFile(path, printNotebook(tinyNotebook(...cells)));
    const task = (...args: string[]) => run("--folder", folder, "--python", python!, ...args);
    try {
      await write({ source: "const n = 20;\nn + 1;", outputs: [result("22")] }, "n;");
      await t.step("--check", async () => {
        const before = await Deno.readTextFile(path);
        const { code, err } = await task("--check");
        equal(code, 1);
        equal(
          err,
          `${path}, cell 2: text/plain: expected "22", got "21"\n` +
            `${path}, cell 3: expected 0 outputs, got 1`,
        );
        equal(await Deno.readTextFile(path), before);
      });
      await t.step("--update, and --check again", async () => {
        equal((await task("--update")).code, 0);
        const { cells } = parseNotebook(await Deno.readTextFile(path), path);
        deepEqual(cells[1]!.outputs, [{ ...result("21"), data: { "text/plain": ["21"] } }]);
        const { code, out } = await task("--check");
        equal(code, 0);
        match(out, /01_tiny\.ipynb: runs, with the same outputs\.$/);
      });
      await t.step("a cell that fails", async () => {
        await write("1;", 'throw new Error("boom");');
        const before = await Deno.readTextFile(path);
        const { code, err } = await task("--update");
        deepEqual([code, err], [1, `${path}, cell 3: Error: boom`]);
        equal(await Deno.readTextFile(path), before);
      });
      await t.step("a cell of wrong type is found without running any", async () => {
        await write("const s: string = 1;\ns;");
        const { code, err } = await run("--folder", folder, "--types");
        equal(code, 1);
        match(err, /01_tiny\.ipynb, cell 2, line 1: TS2322: /);
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

const folder = new URL("../../notebooks/", import.meta.url);
const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
  .filter((name) => name.endsWith(".ipynb")).sort();

Deno.test("the notebooks are numbered without a gap", () => {
  deepEqual(names.map((name) => Number(name.slice(0, 2))), names.map((_, i) => i + 1));
});

Deno.test("the kernel specification starts the Deno kernel", async () => {
  const spec = JSON.parse(await Deno.readTextFile(new URL("kernels/deno/kernel.json", folder)));
  deepEqual(spec.argv, ["deno", "jupyter", "--kernel", "--conn", "{connection_file}"]);
  equal(spec.language, "typescript");
});

for (const name of names) {
  Deno.test(`${name} asks, answers, was run from top to bottom, and tells nothing of the machine`, async () => {
    const text = await Deno.readTextFile(new URL(name, folder));
    ok(text.length < 350_000, `${text.length} characters`);
    const notebook = parseNotebook(text, name);
    equal(printNotebook(notebook), text, "as the task writes it");
    const sources = notebook.cells.map(sourceOf);
    match(sources[0]!, /^# .*\?\n\n\S/, "a question and its answer");
    match(sources.at(-1)!, /^## What to try next\n/);
    equal(new Set(notebook.cells.map(({ id }) => id)).size, notebook.cells.length);
    const cells = codeCells(notebook);
    deepEqual(cells.map(({ cell }) => cell.execution_count), cells.map((_, i) => i + 1));
    const outputs = JSON.stringify(cells.flatMap(({ cell }) => cell.outputs));
    ok(!/"output_type":"error"|"name":"stderr"/.test(outputs), "no errors, no warnings");
    ok(!/\/(?:tmp|home|root|Users)\/|file:\/\/|\\u001b/.test(outputs), "no paths, no colours");
  });
}

// A declaration or a figure that can't be said in six lines.
const mostLines = 8;

for (const name of names) {
  Deno.test(`each cell of ${name} is short, follows a sentence and imports mod.ts alone`, async () => {
    const { cells } = parseNotebook(await Deno.readTextFile(new URL(name, folder)), name);
    const lengths: number[] = [];
    for (const [i, cell] of cells.entries()) {
      if (cell.cell_type !== "code") continue;
      const source = sourceOf(cell), place = `cell ${i + 1}:\n${source}`;
      lengths.push(source.split("\n").length);
      ok(lengths.at(-1)! <= mostLines, place);
      match(sourceOf(cells[i - 1]!), /^[^#].*[.?!:]\n?$/s, `a sentence before ${place}`);
      equal(cells[i - 1]!.cell_type, "markdown", place);
      const imported = source.matchAll(/\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g);
      for (const [, specifier] of imported) equal(specifier, "../mod.ts", place);
    }
    const median = lengths.toSorted((a, b) => a - b)[Math.floor(lengths.length / 2)]!;
    ok(median <= 6, `a median of ${median} lines`);
  });
}
