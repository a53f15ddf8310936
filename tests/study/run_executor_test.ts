import { deepEqual, equal, match, rejects } from "node:assert/strict";
import {
  assertExecutor,
  type ExecutorOptions,
  settleExecutor,
  stepsOf,
} from "../../lib/study/run_executor.ts";
import { openWorkFolder } from "../../lib/study/work_folder.ts";
import { withFolder } from "../datasets/temporary_folder.ts";
import { compilerTest } from "../some_compiler.ts";

// What tests compile is kept, as what users compile.
const cache = ".cache";

/** Settles in the folder of a run that `decides`, and lets go of it. */
async function settle(
  folder: string,
  options: Partial<ExecutorOptions> & { steps?: number; decides?: string } = {},
) {
  const { steps = 300, decides = "a run" } = options;
  const told: string[] = [];
  const onFallback = (reason: string) => void told.push(reason);
  const work = await openWorkFolder(folder, { decides: { decides } });
  try {
    const { arithmetic } = await settleExecutor({ cache, onFallback, ...options }, { work, steps });
    return { kind: arithmetic.kind, told };
  } finally {
    work.close();
  }
}

const inC = `c, ${Deno.build.arch === "aarch64" ? "arm64" : "x86-64-v3"}`;
const inOnnx = "onnxruntime, cpu";
const all = { read: true, write: true, env: true, sys: true, ffi: true, run: true } as const;

compilerTest(
  "auto takes C for fits that win back compiling, ONNX Runtime for others, and says nothing",
  () =>
    withFolder({}, async (root) => {
      deepEqual(await settle(`${root}/many`), { kind: inC, told: [] });
      deepEqual(await settle(`${root}/few`, { steps: 299 }), {
        kind: inOnnx,
        told: [],
      });
      deepEqual(await settle(`${root}/asked`, { executor: "c", steps: 1 }), {
        kind: inC,
        told: [],
      });
    }),
);

compilerTest(
  "a run goes on with the executor that it began on, however many steps it has",
  () =>
    withFolder({}, async (root) => {
      await settle(`${root}/c`);
      equal((await settle(`${root}/c`, { steps: 1 })).kind, inC);
      await settle(`${root}/onnx`, { executor: "onnxruntime" });
      equal((await settle(`${root}/onnx`)).kind, inOnnx);
      // What others have left unfinished in the folder decides nothing.
      equal((await settle(`${root}/onnx`, { decides: "another" })).kind, inC);
      const refusal = (folder: string, begun: string, asked: string) =>
        rejects(settle(folder, { executor: asked as "c" }), {
          name: "RangeError",
          message:
            `Cannot go on in "${folder}": expected the executor ${begun}, on which its work ` +
            `began, got ${asked}; delete the folder to begin again`,
        });
      await refusal(`${root}/c`, "c", "onnxruntime");
      await refusal(`${root}/onnx`, "onnxruntime", "c");
    }),
);

compilerTest(
  "without the permission to run a compiler auto says why in one line, and c is refused",
  () =>
    withFolder({}, async (root) => {
      const { kind, told: [reason, ...more] } = await settle(`${root}/auto`);
      deepEqual([kind, more], [inOnnx, []]);
      match(reason!, /^no C compiler: no permission to run cc, which --allow-run=cc gives[^\n]*$/);
      await rejects(
        assertExecutor({ executor: "c", cache }),
        /^Error: Cannot use the executor c: no C compiler: [^\n]*$/,
      );
      equal(await assertExecutor({ executor: "onnxruntime", cache }), undefined);
      // Work that began on C is not continued on another, be it asked for or not.
      const work = await openWorkFolder(`${root}/c`, { decides: { decides: "a run" } });
      await work.begin("c");
      work.close();
      await rejects(
        settle(`${root}/c`),
        /expected the executor c, .*no C compiler.*; delete the folder/,
      );
    }),
  { permissions: { ...all, run: false } },
);

Deno.test("where ONNX Runtime is to execute on another processor, C is not taken", async () => {
  equal(await assertExecutor({ provider: "webgpu", cache }), "C runs on the CPU, not on webgpu");
  await rejects(assertExecutor({ executor: "c", provider: "webgpu", cache }), /not on webgpu$/);
});

Deno.test("steps are those of the largest modality in all epochs", () => {
  const training = { epochs: 3, batch: 8 } as Parameters<typeof stepsOf>[1]["training"];
  equal(stepsOf([16, 17, 0], { training }), 9);
  equal(stepsOf([], { training }), 0);
});
