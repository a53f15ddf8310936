import { deepEqual, ok } from "node:assert/strict";
import { auditBars } from "../../lib/figures/mod.ts";
import { saveFigure } from "../../lib/study/save_figure.ts";

Deno.test("saveFigure() keeps a figure for a page and for a phone, its specification and its data", async () => {
  const files = new Map<string, string>();
  const row = { fault: "copies", honest: { mean: 0.7 }, inflated: { mean: 0.9 } };
  const options = { title: "Title", subtitle: "Subtitle", measure: "accuracy" };
  await saveFigure(files, "audit", (form) => auditBars([row], { ...options, ...form }));
  deepEqual([...files.keys()].sort(), [
    "audit.csv",
    "audit.narrow.svg",
    "audit.svg",
    "audit.vl.json",
  ]);
  const widthOf = (name: string) => Number(/ width="(\d+)/.exec(files.get(name)!)![1]);
  ok(widthOf("audit.narrow.svg") <= 360 && widthOf("audit.svg") > 420);
  for (const name of ["audit.svg", "audit.narrow.svg"]) {
    ok(files.get(name)!.includes("prefers-color-scheme:dark"), name);
  }
});
