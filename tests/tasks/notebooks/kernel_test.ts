import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { runCells } from "../../../tasks/notebooks/kernel.ts";
import { type Message, outputsOf } from "../../../tasks/notebooks/kernel_messages.ts";
import { somePython } from "../some_python.ts";

const shown = (text: string, id?: string): Message["content"] => ({
  data: { "text/plain": text },
  metadata: {},
  transient: id === undefined ? {} : { display_id: id },
});

Deno.test("lines of one stream are one output, until something else is shown", () => {
  const line = (name: string, text: string) => ({ type: "stream", content: { name, text } });
  const outputs = outputsOf([
    { type: "execute_input", content: { code: "…" } },
    line("stdout", "a\n"),
    line("stdout", "b\n"),
    line("stderr", "c\n"),
    { type: "execute_result", content: shown("1") },
    line("stdout", "d\n"),
  ]);
  deepEqual(outputs, [
    { output_type: "stream", name: "stdout", text: "a\nb\n" },
    { output_type: "stream", name: "stderr", text: "c\n" },
    { output_type: "execute_result", data: { "text/plain": "1" }, metadata: {} },
    { output_type: "stream", name: "stdout", text: "d\n" },
  ]);
});

Deno.test("a display that is updated is kept where it was, in its last state", () => {
  const outputs = outputsOf([
    { type: "display_data", content: shown("0/2", "bar") },
    { type: "display_data", content: shown("other") },
    { type: "update_display_data", content: shown("1/2", "bar") },
    { type: "update_display_data", content: shown("2/2", "bar") },
    { type: "update_display_data", content: shown("of another cell", "elsewhere") },
  ]);
  deepEqual(outputs.map((output) => "data" in output && output.data["text/plain"]), [
    "2/2",
    "other",
  ]);
});

Deno.test("cleared outputs are gone, and an error is kept", () => {
  const error = { ename: "RangeError", evalue: "no", traceback: ["RangeError: no"] };
  const outputs = outputsOf([
    { type: "display_data", content: shown("a", "bar") },
    { type: "clear_output", content: { wait: false } },
    { type: "update_display_data", content: shown("b", "bar") },
    { type: "error", content: error },
  ]);
  deepEqual(outputs, [{ output_type: "error", ...error }]);
});

const python = await somePython("import jupyter_client");
const folder = Deno.cwd();

Deno.test({
  name: "cells run on the Deno kernel, whatever comes late included",
  ignore: python === undefined,
  async fn(t) {
    const run = (...cells: string[]) => runCells(cells, { python: python!, folder, seconds: 60 });

    await t.step("every line of a long output is kept, and names live on", async () => {
      const [loop, , after] = await run(
        "for (let i = 0; i < 200; i++) console.log(i);",
        "const n = 3;",
        "n * 2;",
      );
      const [stream] = loop!.outputs;
      ok(stream?.output_type === "stream");
      equal(String(stream.text), Array.from({ length: 200 }, (_, i) => `${i}\n`).join(""));
      deepEqual(after!.outputs, [
        { output_type: "execute_result", data: { "text/plain": "6" }, metadata: {} },
      ]);
    });

    await t.step("a cell that throws is the last one", async () => {
      const runs = await run("1", 'throw new RangeError("boom")', "2");
      deepEqual(runs.map(({ failure }) => failure), [undefined, "RangeError: boom"]);
    });

    await t.step("so is one whose error comes after its output", async () => {
      for (
        const late of [
          'Promise.reject(new TypeError("lost")); 1',
          'setTimeout(() => { throw new TypeError("lost"); }, 5); 1',
        ]
      ) {
        const [first] = await run(late);
        equal(first!.failure, "after its output, TypeError: lost");
      }
    });

    await t.step("and one that ends the kernel", async () => {
      const runs = await run("Deno.exit(0)", "1");
      deepEqual(runs.map(({ failure }) => failure), ["the kernel died"]);
    });
  },
});

Deno.test({
  name: "a Python without a kernel says why",
  ignore: python === undefined,
  async fn() {
    const failing = runCells(["1"], { python: python!, folder: `${folder}/nowhere`, seconds: 5 });
    await rejects(failing, (error: Error) => {
      match(error.message, /^Cannot run the cells: expected a Deno kernel under ".+", got .*Error/);
      return true;
    });
  },
});
