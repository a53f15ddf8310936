import { AssertionError, deepEqual, equal, ok } from "node:assert/strict";
import { readPairedTable } from "../../lib/datasets/table.ts";
import { printTableReport } from "../../lib/datasets/table_report.ts";
import type { Target } from "../../lib/target.ts";
import { fold, key, uniforms } from "../../lib/tensor/random.ts";
import { withFolder } from "./temporary_folder.ts";

const used = [
  "text",
  "image",
  "audio",
  "label",
  "group",
  "speaker",
  "actor",
  "split",
  "id",
  "weight",
];
const others = [
  "height",
  "Mood",
  "",
  "notes; more",
  "a\tb",
  "__proto__",
  "constructor",
  "ταυ",
  "7",
];
const cells = [
  ...[
    "",
    "0",
    "1",
    "joy",
    "anger",
    "x.wav",
    "train",
    "test",
    "dev",
    "it's",
    "\0",
    "a\rb",
    "😀",
    "-3",
  ],
  ...["\n", '"', 'say "hi"', "a,b", "a;b", "\ufeff", "  ", "[1]", "NaN", "../..", "x".repeat(300)],
];
const targets = [undefined, "polarity", "classes", "score"] as const;

function isOf(target: Target, label: number): boolean {
  if (target.kind === "classes") return target.classes[label] !== undefined;
  return label >= target.low && label <= target.high;
}

const ends = ["\n", "\r\n", "\r"];

/** A table that is more or less well formed, and the names of its columns. */
function tableOf(seed: number): { name: string; content: string; names: string[] } {
  const next = uniforms(fold(key(seed), "table"));
  const pick = <T>(from: readonly T[]) => from[Math.floor(next() * from.length)]!;
  const cased = (name: string) => next() < 0.2 ? ` ${name.toUpperCase()} ` : name;
  const extra = Array.from({ length: 4 * next() }, () => pick(next() < 0.7 ? others : used));
  const names = [...new Set(next() < 0.8 ? ["text", "label", ...extra] : extra)].map(cased);
  const likely = (name: string) => {
    if (next() < 0.1) return pick(cells);
    const of: Record<string, () => string> = {
      ...{ label: () => pick(["0", "1"]), text: () => `text ${next()}`, id: () => `${next()}` },
      ...{ split: () => "", image: () => "", weight: () => "2" },
    };
    const column = name.trim().toLowerCase();
    return Object.hasOwn(of, column) ? of[column]!() : pick(["", "x.wav", "A", "B"]);
  };
  const rows = Array.from({ length: 1 + 8 * next() }, () => names.map(likely));
  if (next() < 0.25) {
    const lines = rows.map((row) =>
      JSON.stringify(Object.fromEntries(names.map((name, i) => [name, row[i]])))
    );
    return { name: "t.jsonl", content: lines.join(pick(ends)), names };
  }
  const [delimiter, end] = [pick([",", ";", "\t"]), pick(ends)];
  const quoted = (cell: string) =>
    /[",;\t\r\n]/.test(cell) && next() < 0.9 ? `"${cell.replaceAll('"', '""')}"` : cell;
  const lines = [names, ...rows].map((row) => row.map(quoted).join(delimiter));
  return { name: pick(["t.csv", "t.TSV", "t.txt"]), content: lines.join(end), names };
}

Deno.test("any table is read or refused by its name, and no column of it is used in silence", async () => {
  let count = 0;
  for (let seed = 0; seed < 1000; seed++) {
    const { name, content, names } = tableOf(seed);
    await withFolder({ [name]: content, "x.wav": "x" }, async (folder) => {
      const path = `${folder}/${name}`;
      try {
        const target = targets[seed % targets.length]!;
        const { report, corpora, pairs, ...read } = await readPairedTable(path, { target });
        count++;
        const there = names.map((one) => one.trim()).filter((one) => one !== "");
        deepEqual(
          new Set(report.unused),
          new Set(there.filter((one) => !used.includes(one.toLowerCase()))),
          `seed ${seed}`,
        );
        const left = report.leftOut.reduce((sum, { rows }) => sum + rows, 0);
        equal(report.used + left, report.rows);
        equal(pairs.length, report.used);
        equal(corpora.text.samples.length, report.modalities.text);
        const labels = corpora.text.samples.map(({ label }) => label);
        ok(labels.every((label) => isOf(read.target, label)), `seed ${seed}: ${labels}`);
        ok(printTableReport(report).length < 4000);
      } catch (error) {
        if (error instanceof AssertionError) throw error;
        ok(error instanceof RangeError || error instanceof SyntaxError, `seed ${seed}: ${error}`);
        ok(error.message.includes(path), `seed ${seed}: ${error.message}`);
        ok(error.message.length < 2500, `seed ${seed}`);
      }
    });
  }
  // Neither all nor none.
  ok(count > 200 && count < 900, `${count} were read`);
});
