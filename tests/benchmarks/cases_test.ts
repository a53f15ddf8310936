import { deepEqual, ok } from "node:assert/strict";
import { arraysOf } from "../../benchmarks/arrays.ts";
import { type Case, cases } from "../../benchmarks/cases.ts";
import { makeWork } from "../../benchmarks/our_side.ts";
import { designs } from "../../benchmarks/problem.ts";
import { layoutOf, type Parameter } from "../../lib/tensor/parameter.ts";
import { readSafetensors } from "../../lib/tensor/safetensors.ts";
import { fold, key } from "../../lib/tensor/random.ts";
import type { Tree } from "../../lib/tensor/tree.ts";

/** A case on so little that it takes no time. */
function small(what: Case): Case {
  switch (what.kind) {
    case "step":
      return { ...what, batch: 2 };
    case "epoch":
      return { ...what, batch: 2, samples: 4 };
    case "sweep":
      return { ...what, batch: 2, samples: 4, epochs: 1, seeds: 2 };
    case "inference":
      return { ...what, rows: 1 };
    case "product":
      return { ...what, size: 3 };
  }
}

const all = Object.values(cases).map(({ what }) => JSON.stringify(small(what)));

Deno.test("every case of the benchmark can be run on ONNX Runtime", async () => {
  for (const text of new Set(all)) {
    const work = await makeWork(JSON.parse(text), { executor: "onnxruntime", threads: 1 });
    const value = await work.run();
    ok(Number.isFinite(value), `${text}: ${value}`);
    await work.close();
  }
});

Deno.test("a peer is given each parameter of a network, and what belongs to the case", () => {
  const names = (what: Case) =>
    Object.keys(readSafetensors(arraysOf(what), { path: "arrays" }).arrays);
  const { network } = designs.cached;
  const initial = network.init(fold(key(1), "initial")) as Tree<Parameter>;
  const parameters = layoutOf(initial).entries.map(({ path }) => `parameters/${path}`);
  const starting = (all: string[], with_: string) => all.filter((name) => name.startsWith(with_));

  const step = names({ kind: "step", design: "cached", batch: 2 });
  deepEqual(starting(step, "parameters/").toSorted(), parameters.toSorted());
  ok(step.includes("batch/triples/inputs/text/mask") && step.includes("batch/triples/presence"));
  const inference = names({ kind: "inference", design: "cached", rows: 1 });
  deepEqual(starting(inference, "parameters/").toSorted(), parameters.toSorted());
  deepEqual(starting(inference, "labels/").toSorted(), [
    "labels/audio",
    "labels/image",
    "labels/text",
  ]);
  deepEqual(names({ kind: "product", size: 3 }).toSorted(), ["a", "b"]);
});
