import { deepEqual } from "node:assert/strict";
import { mixtureOf, withMixture } from "../../lib/study/mixed_arithmetic.ts";

/** The record of a run by some arithmetic. */
const run = (digest?: string) =>
  JSON.stringify({
    seed: 1,
    ...digest && { arithmetic: { executor: "onnxruntime", kind: "onnxruntime, cpu", digest } },
  });

Deno.test("runs of one name and another digest are of another arithmetic, and a result says so", () => {
  const files = new Map([
    ["runs/a.json", run("aa")],
    ["runs/b.json", run("bb")],
    ["runs/c.json", run("bb")],
    ["runs/d.json", run()],
    ["x.json", run("cc")],
    ["x.md", "no JSON"],
  ]);
  deepEqual(withMixture("a table", files), {
    markdown:
      "a table\n\nRuns were made by arithmetic of 2 kinds, which round unlike each other: " +
      "2 by onnxruntime, cpu (bb), 1 by onnxruntime, cpu (aa). Another division into parts, or one " +
      "machine, may give other last digits.",
    arithmetics: {
      arithmetics: [
        { kind: "onnxruntime, cpu", digest: "bb", runs: 2 },
        { kind: "onnxruntime, cpu", digest: "aa", runs: 1 },
      ],
    },
  });
  files.delete("runs/a.json");
  deepEqual(withMixture("a table", files), { markdown: "a table" });
});

Deno.test("a run that went on elsewhere than it began is of both, and so is a result of such alone", () => {
  const of = (digest: string) => ({ executor: "c", kind: "c, arm64", digest }) as const;
  const [a, b] = [of("aa"), of("bb")];
  const moved = { arithmetic: b, arithmetics: [a, b] };
  deepEqual(mixtureOf([moved, { arithmetic: b }, moved]), {
    arithmetics: [
      { kind: "c, arm64", digest: "bb", earlier: [{ kind: "c, arm64", digest: "aa" }], runs: 2 },
      { kind: "c, arm64", digest: "bb", runs: 1 },
    ],
    mixture: "Runs were made by arithmetic of 2 kinds, which round unlike each other: 2 begun by " +
      "c, arm64 (aa) and ended by c, arm64 (bb), 1 by c, arm64 (bb). Another division into parts, or " +
      "one machine, may give other last digits.",
  });
  deepEqual(mixtureOf([moved])?.arithmetics.length, 1);
  deepEqual(mixtureOf([{ arithmetic: b, arithmetics: [b, b] }, { arithmetic: b }, {}]), undefined);
});
