import { deepEqual, ok } from "node:assert/strict";
import * as figures from "../../lib/figures/mod.ts";
import { withNumbers, withoutNumbers } from "./every_figure.ts";

// Colours, a picture, rows of figures.
const noFigures = [
  "coloursOf",
  "contrastOf",
  "darkOf",
  "renderSvg",
  "attentionRows",
  "gateRow",
  "reliabilityPanel",
  "rocRow",
];
Deno.test("every figure of the surface is among those that are read aloud, or draws no numbers", () => {
  const makers = Object.entries(figures).filter(([name, value]) =>
    typeof value === "function" && !noFigures.includes(name)
  ).map(([name]) => name);
  const all = [...Object.keys(withNumbers), ...Object.keys(withoutNumbers)];
  deepEqual(makers.filter((name) => !all.includes(name)), []);
});

for (const [name, draw] of Object.entries(withNumbers)) {
  Deno.test(`${name} states for screen readers the very numbers that it draws`, async () => {
    const figure = draw({});
    const svg = await figures.renderSvg(figure);
    const labels = [...svg.matchAll(/aria-label="([^"]*)"/g)].map(([, label]) => label!);
    const told = labels.filter((label) => /^\w+: /.test(label)).flatMap((label) =>
      label.split("; ").map((entry) => entry.slice(entry.indexOf(": ") + 2))
    ).filter((value) => value !== "" && Number.isFinite(Number(value))).map(Number);
    ok(told.length > 0, "numbers are told");
    const values = new Set(dataOf(figure).flatMap(numbersIn));
    deepEqual(told.filter((number) => !values.has(number)), []);
    ok(!labels.some((label) => label.includes("−")), "U+2212 is no number for a machine");
  });
}

/** The data of a figure and of its parts: ticks and domains, which are rounder, are no data. */
function dataOf(node: unknown): unknown[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) => name === "data" ? [value] : dataOf(value));
}

/** Every number of some data, and those that stand in its labels. */
function numbersIn(node: unknown): number[] {
  if (typeof node === "number") return [node];
  if (typeof node === "string" && node !== "") return [Number(node.replace("−", "-"))];
  return typeof node === "object" && node !== null ? Object.values(node).flatMap(numbersIn) : [];
}
