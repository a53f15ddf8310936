import { deepEqual, ok } from "node:assert/strict";
import * as metrics from "../lib/metrics/mod.ts";

const page = await Deno.readTextFile(new URL("../docs/metrics.md", import.meta.url));

/** What stands in backquotes. */
const quoted = (text: string) => [...text.matchAll(/`([A-Za-z]\w+)/g)].map(([, name]) => name!);

const pairs = { actual: [0, 1], predicted: [1, 0] };
const record = Object.keys({
  ...metrics.scoreRegression(pairs, { scale: "mosi" }),
  ...metrics.scoreRegression(pairs, { scale: "sims" }),
  ...metrics.scoreRegression(pairs, { scale: "general", low: 0, high: 1 }),
});

Deno.test("every measure that the metrics page defines is exported, or in a record", () => {
  const names = page.split("\n").filter((line) => line.startsWith("| `"))
    .flatMap((line) => quoted(line.split("|")[1]!));
  ok(names.length > 30);
  deepEqual(names.filter((name) => !(name in metrics) && !record.includes(name)), []);
});

Deno.test("the metrics page defines every score of a regression and of K classes", () => {
  const scores = metrics.scoreClasses({ actual: [0, 1], scores: [1, 0, 0, 1], classes: 2 });
  const { confusion: _, byClass: __, ...classes } = scores;
  const named = new Set(quoted(page));
  deepEqual([...record, ...Object.keys(classes)].filter((name) => !named.has(name)), []);
});
