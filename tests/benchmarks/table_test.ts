import { equal } from "node:assert/strict";
import type { SideName } from "../../benchmarks/protocol.ts";
import { type ReportLine, tables } from "../../benchmarks/table.ts";

const timed = (side: SideName, ms: number, more: object = {}): ReportLine => ({
  ...{ case: "step_cnn_32", threads: 1, side, ms, ms_range: [ms, ms], cpu_ms: ms, repetitions: 7 },
  ...{ reference: "eager", ratio: ms / 20, cpu_ratio: ms / 20, load: [0, 0] },
  ...more,
});

const machine = { processor: "Some CPU", cores: 2, instructions: "avx2 fma", system: "Linux 6" };
const first: ReportLine = { machine, versions: { torch: "2.13" }, date: "2026-11-30", load: [0.1] };

Deno.test("tables() shows times, ratios of both clocks, speeds, and what was not timed", () => {
  const text = tables([
    first,
    timed("c", 10, { cpu_ratio: 0.45, gflops: 60, cpu_gflops: 62 }),
    timed("eager", 20, { gflops: 30, cpu_gflops: 30 }),
    { case: "step_cnn_32", threads: 2, side: "c", skipped: "C runs on one thread" },
    { seconds: 600, load: [1.5] },
  ]);
  equal(
    text,
    `2026-11-30, Some CPU, 2 cores (avx2 fma), Linux 6; torch 2.13; load 0.1 before and 1.5 after 600 s.

On one thread wall-clock time was up to 1.00 of processor time. The machine was quiet: the ratios of wall-clock time hold.

One thread, milliseconds of the clock, and of the processor in brackets:

| case | C | PyTorch |
| --- | --: | --: |
| step_cnn_32 | 10.0 (10.0) | 20.0 (20.0) |

One thread, ratios of the clock's time, and of the processor's in brackets:

| case | C / PyTorch |
| --- | --: |
| step_cnn_32 | 0.50 (0.45) |

One thread, 10⁹ operations of products and convolutions a second:

| case | C | PyTorch |
| --- | --: | --: |
| step_cnn_32 | 60.0 (62.0) | 30.0 (30.0) |

Not timed: C on 2. C runs on one thread.
`,
  );
});

Deno.test("tables() says that only processor time holds where the machine was busy", () => {
  const text = tables([timed("c", 30, { cpu_ms: 20 }), timed("compiled", 20, { cpu_ms: 20 })]);
  equal(
    text.split("\n")[0],
    "On one thread wall-clock time was up to 1.50 of processor time. The machine was busy: on one " +
      "thread only the ratios of processor time hold, on more none.",
  );
  // To another side than the reference, a ratio is that of the medians.
  equal(text.split("\n").at(-2), "| step_cnn_32 | 1.50 (1.00) |");
});
