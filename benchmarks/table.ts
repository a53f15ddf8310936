/**
 * Turns the lines of a benchmark into the tables of a README.
 *
 *     deno run benchmarks/table.ts < lines
 *
 * @module
 */

import type { Machine } from "./machine.ts";
import type { SideName } from "./protocol.ts";
import type { Line, Timed } from "./run_case.ts";

/** What a line may have; see `main.ts`. */
export type ReportLine =
  | Line
  | {
    readonly machine: Machine;
    readonly versions: Readonly<Record<string, string>>;
    readonly date: string;
    readonly load: readonly number[];
  }
  | { readonly seconds: number; readonly load: readonly number[] };

const titles: Record<SideName, string> = {
  c: "C",
  c_cached: "C, compiled before",
  onnxruntime: "ONNX Runtime",
  eager: "PyTorch",
  compiled: "torch.compile",
};

// Ratios worth a column: of the first side's time to the second's.
const pairs: readonly (readonly [SideName, SideName])[] = [
  ["c", "eager"],
  ["c_cached", "eager"],
  ["c", "compiled"],
  ["c", "onnxruntime"],
  ["onnxruntime", "eager"],
];

/** The tables, as Markdown: the machine, then for each number of threads times, ratios and speeds. */
export function tables(lines: readonly ReportLine[]): string {
  const timed = lines.filter((line): line is Timed => "ms" in line);
  const threads = [...new Set(timed.map((line) => line.threads))];
  const blocks = [
    machineText(lines),
    busyText(timed),
    ...threads.flatMap((count) => {
      const own = timed.filter((line) => line.threads === count);
      const title = count === 1 ? "One thread" : `${count} threads`;
      return [
        `${title}, milliseconds of the clock, and of the processor in brackets:`,
        timesTable(own),
        `${title}, ratios of the clock's time, and of the processor's in brackets:`,
        ratiosTable(own),
        ...own.some(({ gflops }) => gflops !== undefined)
          ? [`${title}, 10⁹ operations of products and convolutions a second:`, speedsTable(own)]
          : [],
      ];
    }),
    ...skippedText(lines),
  ];
  return blocks.filter((block) => block !== "").join("\n\n") + "\n";
}

function machineText(lines: readonly ReportLine[]): string {
  const first = lines.find((line) => "machine" in line);
  if (first === undefined) return "";
  const { machine: { processor, cores, instructions, system }, versions, date, load } = first;
  const last = lines.find((line) => "seconds" in line);
  const after = last ? ` and ${last.load[0]} after ${last.seconds} s` : "";
  const made = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ");
  return `${date}, ${processor}, ${cores} cores (${instructions}), ${system}; ${made}; ` +
    `load ${load[0]} before${after}.`;
}

/** Whether others used the machine, by the one thread that each side had. */
function busyText(timed: readonly Timed[]): string {
  const shares = timed.filter(({ threads }) => threads === 1).map(({ ms, cpu_ms }) => ms / cpu_ms);
  if (shares.length === 0) return "";
  const most = Math.max(...shares);
  const verdict = most <= 1.1
    ? "The machine was quiet: the ratios of wall-clock time hold."
    : "The machine was busy: on one thread only the ratios of processor time hold, on more none.";
  return `On one thread wall-clock time was up to ${most.toFixed(2)} of processor time. ${verdict}`;
}

function timesTable(timed: readonly Timed[]): string {
  const sides = sidesIn(timed);
  const cell = (line: Timed | undefined) => line && `${number(line.ms)} (${number(line.cpu_ms)})`;
  return table(
    ["case", ...sides.map((side) => titles[side])],
    rowsOf(timed, (own) => sides.map((side) => cell(own.get(side)))),
  );
}

function ratiosTable(timed: readonly Timed[]): string {
  const sides = sidesIn(timed);
  const shown = pairs.filter((pair) => pair.every((side) => sides.includes(side)));
  return table(
    ["case", ...shown.map(([a, b]) => `${titles[a]} / ${titles[b]}`)],
    rowsOf(timed, (own) => shown.map(([a, b]) => ratioCell(own.get(a), own.get(b)))),
  );
}

function ratioCell(a: Timed | undefined, b: Timed | undefined): string | undefined {
  if (a === undefined || b === undefined) return undefined;
  const isPaired = a.reference === b.side;
  const wall = isPaired ? a.ratio : a.ms / b.ms, cpu = isPaired ? a.cpu_ratio : a.cpu_ms / b.cpu_ms;
  return `${wall.toFixed(2)} (${cpu.toFixed(2)})`;
}

function speedsTable(timed: readonly Timed[]): string {
  const counted = timed.filter(({ gflops }) => gflops !== undefined);
  const sides = sidesIn(counted);
  const cell = (line: Timed | undefined) =>
    line && `${number(line.gflops!)} (${number(line.cpu_gflops!)})`;
  return table(
    ["case", ...sides.map((side) => titles[side])],
    rowsOf(counted, (own) => sides.map((side) => cell(own.get(side)))),
  );
}

function sidesIn(timed: readonly Timed[]): SideName[] {
  const there = new Set(timed.map(({ side }) => side));
  return (Object.keys(titles) as SideName[]).filter((side) => there.has(side));
}

/** A row a case, from what its sides took. */
function rowsOf(
  timed: readonly Timed[],
  cells: (own: ReadonlyMap<SideName, Timed>) => (string | undefined)[],
): string[][] {
  return [...new Set(timed.map((line) => line.case))].map((name) => {
    const own = timed.filter((line) => line.case === name);
    return [name, ...cells(new Map(own.map((line) => [line.side, line]))).map((x) => x ?? "")];
  });
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, column) => column === 0 ? "---" : "--:");
  return [head, rule, ...rows].map(line).join("\n");
}

function number(x: number): string {
  if (x >= 1000) return Math.round(x).toLocaleString("en");
  return x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(2);
}

function skippedText(lines: readonly ReportLine[]): string[] {
  const reasons = new Map<string, string[]>();
  for (const line of lines) {
    if (!("skipped" in line)) continue;
    const what = `${titles[line.side]} on ${line.threads}`;
    reasons.set(line.skipped, [...reasons.get(line.skipped) ?? [], what]);
  }
  return [...reasons].map(([reason, all]) =>
    `Not timed: ${[...new Set(all)].join(", ")}. ${reason}.`
  );
}

if (import.meta.main) {
  const text = await new Response(Deno.stdin.readable).text();
  const lines = text.split("\n").filter((line) => line.startsWith("{"));
  console.log(tables(lines.map((line) => JSON.parse(line))));
}
