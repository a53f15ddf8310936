/** Compared runs as a page of one file, without a script. @module */

import { asHtml, type Content, element, type Html, printHtml } from "../report/html.ts";
import {
  pictureNames,
  reasonsOf,
  scoreCaption,
  scoreTable,
  settingTables,
  type TextTable,
} from "./markdown.ts";
import { counted } from "../tables.ts";
import type { ComparedRuns } from "./compared.ts";
import type { RunsTable } from "./rows.ts";

/** A figure, as a page and as a phone has it. */
export interface RunsPicture {
  readonly name: string;
  readonly wide: string;
  readonly narrow: string;
}

/** The page. */
export function runsPage(compared: ComparedRuns, pictures: readonly RunsPicture[]): string {
  const { letters, folders, tables, notes } = compared;
  const main = element(
    "main",
    {},
    element("h1", {}, "Runs side by side"),
    element(
      "dl",
      {},
      letters.map((letter, i) => [
        element("dt", {}, letter),
        element("dd", {}, element("code", {}, folders[i]!)),
      ]),
    ),
    element("h2", {}, "Settings that differ"),
    settingTables(compared).map(({ title, table }) => [
      tables.length > 1 && element("h3", {}, title),
      tableOf(table),
    ]),
    element("h2", {}, "Scores"),
    pictures.filter(({ name }) => name === "differences").map(picture),
    element("p", { class: "caption" }, scoreCaption(compared)),
    tables.map((table, i) =>
      folded(table.name, { open: i === 0, of: tables.length }, [
        tableOf(scoreTable(table, letters)),
        reasonsOf(table).map((reason) => element("p", { class: "caption" }, reason)),
        sameRuns(table),
      ])
    ),
    pictures.some(({ name }) => name === "curves") && [
      element("h2", {}, "Training curves"),
      pictures.filter(({ name }) => name === "curves").map(picture),
    ],
    notes.map((note) => element("p", { class: "caption" }, note)),
  );
  const head = element(
    "head",
    {},
    asHtml('<meta charset="utf-8">\n'),
    asHtml('<meta name="viewport" content="width=device-width, initial-scale=1">\n'),
    element("title", {}, `Runs: ${folders.join(", ")}`),
    element("style", {}, asHtml(style)),
  );
  const page = element("html", { lang: "en" }, head, element("body", {}, main));
  return `<!doctype html>\n${printHtml(page)}`;
}

// A page of one result has nothing to fold.
function folded(
  name: string,
  { open, of }: { readonly open: boolean; readonly of: number },
  contents: Content,
): Html {
  if (of === 1) return element("section", {}, element("h3", {}, name), contents);
  return element("details", { open }, element("summary", {}, name), contents);
}

function sameRuns({ same }: RunsTable): Html | undefined {
  if (same.length === 0) return undefined;
  const summary = `${counted(same.length, "run")} with the same verdicts in all folders`;
  return element(
    "details",
    { class: "caption" },
    element("summary", {}, summary),
    element("p", {}, same.join("; ")),
  );
}

function tableOf({ head, rows, names }: TextTable): Html {
  const kind = (i: number) => i < names ? undefined : "number";
  const cell = (name: "td" | "th") => (text: string, i: number) =>
    element(name, { class: kind(i), ...name === "th" && { scope: "col" } }, text);
  const table = element(
    "table",
    {},
    element("thead", {}, element("tr", {}, head.map(cell("th")))),
    element("tbody", {}, rows.map((row) => element("tr", {}, row.map(cell("td"))))),
  );
  // What is wider than the page is moved by the keys too.
  return element("div", { class: "table", tabindex: 0 }, table);
}

function picture({ name, wide, narrow }: RunsPicture): Html {
  const source = (svg: string) =>
    `data:image/svg+xml;base64,${new TextEncoder().encode(svg).toBase64()}`;
  return element(
    "figure",
    {},
    element(
      "picture",
      {},
      asHtml(`<source media="(max-width: 640px)" srcset="${source(narrow)}">`),
      element("img", { src: source(wide), alt: pictureNames[name] }),
    ),
  );
}

const style = `
:root { color-scheme: light dark; --ink: #1f2933; --muted: #5b6770; --page: #ffffff; --line: #d8dde3; --faint: #f5f6f8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e7eb; --muted: #9aa5b1; --page: #16191d; --line: #343b44; --faint: #1e2227; }
}
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; } h3 { font-size: 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .75rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { background: var(--faint); } td.number, th.number { text-align: right; white-space: nowrap; }
td:first-child, th:first-child { position: sticky; left: 0; background: var(--page); }
.caption { color: var(--muted); font-size: .875rem; max-width: 48rem; }
summary { cursor: pointer; font-weight: 600; padding: .5rem 0; }
figure { margin: 1rem 0; } img { max-width: 100%; height: auto; display: block; }
@media (max-width: 640px) { td:first-child, th:first-child { min-width: 8rem; max-width: 10rem; } th, td { padding: .3rem .5rem; } }
@media print { :root { color-scheme: light; } details { break-inside: avoid; } }
`;
