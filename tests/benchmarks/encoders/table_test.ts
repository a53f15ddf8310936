import { equal } from "node:assert/strict";
import { linesToMarkdown } from "../../../benchmarks/encoders/table.ts";

Deno.test("linesToMarkdown() names the machine and its load, and has a row for each side", () => {
  const machine = { processor: "Some CPU", cores: 2, instructions: "avx2 fma", system: "Linux 6" };
  const common = { case: "resnet_50", threads: 1, repetitions: 3 };
  const text = linesToMarkdown([
    {
      ...{ ...common, side: "ours", load: [0.1, 2, 3] },
      ...{ samples_per_second: 10, cpu_ms_per_sample: 100, peak_mib: 600 },
    },
    {
      ...{ ...common, side: "transformers", load: [0.4, 2, 3] },
      ...{ samples_per_second: 8, cpu_ms_per_sample: 150, peak_mib: 700 },
      ...{ speedup: 1.25, cpu_speedup: 1.5 },
      compared: {
        square: { largest: 2e-6, cosine: 1 },
        photo: { largest: 0.00001234, cosine: 1 },
      },
    },
  ], { machine, date: "2026-11-30" });
  equal(
    text,
    `\
Some CPU, 2 cores (avx2 fma), threads 1, medians of 3, 2026-11-30; load 0.1 to 0.4 before a case

| case | side | samples/s | ms of processor | memory, MiB | speedup | by processor time | largest difference |
| --- | --- | --: | --: | --: | --: | --: | --: |
| resnet_50 | ours | 10 | 100 | 600 |  |  |  |
|  | Transformers | 8 | 150 | 700 | 1.25 | 1.50 | 1.2e-5 |`,
  );
});
