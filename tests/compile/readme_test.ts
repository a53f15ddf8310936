import { deepEqual, equal, ok } from "node:assert/strict";
import { translatedKernels } from "../../lib/compile/kernels/mod.ts";
import * as tf from "../../lib/deps/tf.ts";

const text = await Deno.readTextFile(new URL("../../lib/compile/README.md", import.meta.url));

/** The rows of the table: kernels, operators, gradient, remarks. */
const rows = text.split("\n").filter((line) => line.startsWith("|")).slice(2).map((line) =>
  line.split("|").slice(1, -1).map((cell) => cell.trim().replaceAll("\\_", "_"))
);

Deno.test("the README's table names every translated kernel once", () => {
  const named = rows.flatMap(([kernels]) => kernels!.split(", "));
  deepEqual(named.toSorted(), translatedKernels().toSorted());
});

Deno.test("the README says of every kernel whether tfjs differentiates it", () => {
  for (const [kernels, operators, gradient] of rows) {
    ok(operators, `${kernels}`);
    for (const kernel of kernels!.split(", ")) {
      equal(gradient, tf.getGradient(kernel) === undefined ? "no" : "yes", kernel);
    }
  }
});

Deno.test("kernels that are refused do not count as translated", () => {
  ok(tf.getKernel("Atan2", "trace") !== undefined);
  ok(!translatedKernels().includes("Atan2"));
  ok(translatedKernels().includes("MaxPoolGrad"));
});
