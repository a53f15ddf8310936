import { deepEqual, equal, match, ok } from "node:assert/strict";
import { experimentNames } from "../../../experiments/mod.ts";
import { divideCaptions } from "../../../experiments/report/captions.ts";
import { makeReport } from "../../../experiments/report/page.ts";
import type { SavedResult } from "../../../experiments/report/read_results.ts";
import { storyOf } from "../../../experiments/report/story.ts";
import { type DefaultTreeAdapterTypes, parse } from "../../../lib/deps/parse5.ts";
import { syntheticCaveat } from "../../../lib/study/study.ts";
import { comparison, row, variant } from "./answers/rows.ts";

type Node = DefaultTreeAdapterTypes.ChildNode;

const context = { experiments: experimentNames, commandFor: (name: string) => `make ${name}` };

const svg = (width: number) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20"></svg>`;

/** A result with a long text, a table and two figures. */
function result(name: string, data: Readonly<Record<string, unknown>> = {}): SavedResult {
  const caption = `${syntheticCaveat} Samples used: 10. ${name} alone.`;
  const picture = (of: string) => ({
    ...{ name: of, svg: svg(900), narrow: svg(340) },
    specification: { title: { text: `Figure of ${of}`, subtitle: caption } },
  });
  return {
    name,
    data: { title: `Title of ${name}`, caption, data: { label: "embedded" }, ...data },
    markdown: `## Title\n\n${caption} Note.\n\n### Part\n\n${"words ".repeat(400)}\n\n` +
      "| a | b |\n| --- | ---: |\n| x | 1 |\n",
    pictures: [picture(name), picture(`${name}_more`)],
    files: [],
  };
}

const table = [
  row("Proposed", "text", { tested: [40, 40] }),
  row("MISA", "text", { tested: [40, 40], comparison: comparison(-0.1, { pHolm: 0.4 }) }),
];
const all = experimentNames.map((name) => {
  if (name === "table_1") return result(name, { rows: table });
  return result(name, name.startsWith("ablation_") ? { rows: [variant("full model")] } : {});
});

/** The words that can be read before anything is unfolded. */
function wordsOf(page: string): string[] {
  const read = (node: Node): string => {
    if ("value" in node) return node.value;
    if (!("tagName" in node)) return "";
    if (["script", "style", "head"].includes(node.tagName)) return "";
    const folded = node.tagName === "details" && !node.attrs.some(({ name }) => name === "open");
    const children = node.childNodes.filter((child) =>
      !folded || "tagName" in child && child.tagName === "summary"
    );
    return children.map(read).join(" ");
  };
  return parse(page).childNodes.map(read).join(" ").split(/\s+/).filter((word) => word !== "");
}

Deno.test("a report of everything has at most 3,000 words before it is unfolded, and says the caveat once", async () => {
  const page = await makeReport(all, context);
  const words = wordsOf(page);
  // Titles, questions and answers, and nothing of what is folded.
  ok(words.length > 200 && words.length <= 3000, `${words.length} words`);
  ok(!words.includes("alone."));
  equal(page.match(/synthetic/gi)?.length, 2, "in the notice, its title and its voices");
});

Deno.test("a report asks in a reader's order, and shows each result in one place", async () => {
  const page = await makeReport(all, context);
  const questions = [...page.matchAll(/<section id="asked-([^"]*)"/g)].map(([, id]) => id);
  deepEqual(questions, [
    ...["compared", "ahead", "gate", "attention", "missing-or-noisy", "probabilities", "protocol"],
  ]);
  for (const name of experimentNames) {
    equal(page.split(`id="${name}"`).length, 2, name);
  }
  // Each figure in its fold or, alone, as its question's; and two that no result has.
  equal(page.split("<img ").length - 1, 2 * all.length + 2);
  match(page, /<h2>The paper’s tables and figures<\/h2>[^]*id="table_2"[^]*id="fig_12"/);
  match(page, /<h2>Inside the model<\/h2>[^]*id="ablation_training"[^]*id="explanations"/);
  match(page, /<h2>Further data and settings<\/h2>[^]*id="scratch"[^]*id="natural"/);
});

Deno.test("a report opens with what was found, the caveat and the figure of every system", async () => {
  const page = await makeReport(all, context);
  const opening = page.slice(page.indexOf('id="opening"'), page.indexOf('id="asked-'));
  const order = ["ahead in none of 1", "Synthetic data", "Every system on every test", "glance"]
    .map((part) => opening.indexOf(part));
  ok(order.every((at, i) => at > (order[i - 1] ?? 0)), `${order}`);
});

Deno.test("a report has headings in order, none of a level that its section lacks", async () => {
  const page = await makeReport(all, context);
  const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
  equal(levels.filter((level) => level === 1).length, 1);
  levels.forEach((level, i) => ok(i === 0 || level <= levels[i - 1]! + 1, `heading ${i}`));
});

Deno.test("a report shows a narrow window the picture that is drawn for it", async () => {
  const page = await makeReport([result("fig_1")], context);
  const data = (width: number) => `data:image/svg+xml;base64,${btoa(svg(width))}`;
  ok(page.includes(
    `<picture><source media="(max-width: 640px)" srcset="${data(340)}" width="340" height="20">`,
  ));
  ok(
    page.includes(`<img src="${data(900)}" alt="Figure of fig_1. Samples used: 10. fig_1 alone."`),
  );
  const { narrow: _, ...wide } = result("fig_1").pictures[0]!;
  const old = await makeReport([{ ...result("fig_1"), pictures: [wide] }], context);
  ok(!old.includes("<source"));
});

Deno.test("storyOf() leaves out questions of which no result knows", async () => {
  deepEqual(await storyOf([result("fig_1")]), []);
  const [only, ...others] = await storyOf([result("calibration")]);
  deepEqual([only!.question, only!.answer, others], [
    "Can the probabilities be trusted?",
    undefined,
    [],
  ]);
  equal(only!.figure!.picture.name, "calibration");
});

Deno.test("storyOf() says it where a result is of a version that it can't read", async () => {
  const [chapter] = await storyOf([result("calibration", { rows: [{ ece: 1 }] })]);
  match(chapter!.answer!.sentence, /^This result is of another version/);
});

Deno.test("divideCaptions() takes out the caveat, and what most captions begin with", () => {
  const of = (...captions: string[]) =>
    divideCaptions(captions.map((caption, i) => ({ ...result(`fig_${i}`), data: { caption } })));
  const { shared, own } = of(
    ...["A of 1.5. B. C.", "A of 1.5. B. D.", `${syntheticCaveat} A of 1.5. B.`, "E. B.", ""],
  );
  deepEqual(shared, ["A of 1.5.", "B."]);
  deepEqual([...own.values()], ["C.", "D.", "", "E. B.", ""]);
  // Of two, each says it for itself.
  deepEqual([...of("A. B.", `${syntheticCaveat} A. B.`).own.values()], ["A. B.", "A. B."]);
});
