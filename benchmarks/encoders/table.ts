/** The lines of the encoders' benchmark as a table. @module */

import type { Machine } from "../machine.ts";
import type { Line } from "./run_case.ts";

const titles: Readonly<Record<string, string>> = {
  transformers: "Transformers",
  onnxruntime: "ONNX Runtime",
};

/** A table in Markdown, and above it on what and when it was made, and how loaded that was. */
export function linesToMarkdown(
  lines: readonly Line[],
  { machine, date }: { readonly machine: Machine; readonly date: string },
): string {
  const { processor, cores, instructions } = machine;
  const loads = lines.map(({ load }) => load[0]!);
  const [{ threads, repetitions }] = lines as [Line];
  const head = [
    ...["case", "side", "samples/s", "ms of processor", "memory, MiB", "speedup"],
    ...["by processor time", "largest difference"],
  ];
  const rows = lines.map((line) => [
    line.side === "ours" ? line.case : "",
    titles[line.side] ?? line.side,
    line.samples_per_second,
    line.cpu_ms_per_sample,
    line.peak_mib,
    line.speedup?.toFixed(2) ?? "",
    line.cpu_speedup?.toFixed(2) ?? "",
    line.compared
      ? Math.max(...Object.values(line.compared).map(({ largest }) => largest)).toExponential(1)
      : "",
  ]);
  return [
    `${processor}, ${cores} cores (${instructions}), threads ${threads}, medians of ${repetitions}, ` +
    `${date}; load ${Math.min(...loads)} to ${Math.max(...loads)} before a case`,
    "",
    ...[head, head.map((_, i) => i < 2 ? "---" : "--:"), ...rows].map((cells) =>
      `| ${cells.join(" | ")} |`
    ),
  ].join("\n");
}
