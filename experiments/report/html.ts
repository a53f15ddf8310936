/** HTML that cannot be mistaken for text: whatever is not made here is escaped. @module */

import { escapeHtml } from "../../lib/escape_html.ts";

const markup = Symbol("markup");

/** A piece of HTML. Only this module makes one, so no text from a file can pass for it. */
export interface Html {
  readonly [markup]: string;
}

/** What an element may hold; `undefined` and `false` stand for nothing. */
export type Content = string | number | Html | undefined | false | readonly Content[];

/** Attributes by name: `true` has no value, `undefined` and `false` leave one out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element with its contents, escaped where they are text. */
export function element(name: string, attributes: Attributes = {}, ...contents: Content[]): Html {
  const given = Object.entries(attributes)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([key, value]) => value === true ? ` ${key}` : ` ${key}="${escapeHtml(String(value))}"`);
  const end = voids.has(name) ? "" : `</${name}>`;
  const line = inline.has(name) ? "" : "\n";
  return asHtml(`<${name}${given.join("")}>${printHtml(contents)}${end}${line}`);
}

/**
 * A table in a box of its own, which scrolls where it is too wide; `caption` is for those who can't see
 * what stands above it. `numbers` tells which columns are numbers, by their places from 0.
 */
export function tableElement(
  { caption, head, rows, numbers = [] }: {
    readonly caption: string;
    readonly head: readonly Content[];
    readonly rows: readonly (readonly Content[])[];
    readonly numbers?: readonly number[];
  },
): Html {
  const kind = (column: number) => numbers.includes(column) ? "number" : undefined;
  const heads = head.map((own, i) => element("th", { scope: "col", class: kind(i) }, own));
  const lines = rows.map((row) =>
    element("tr", {}, row.map((own, i) => element("td", { class: kind(i) }, own)))
  );
  const table = element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, heads)),
    element("tbody", {}, lines),
  );
  // In reach of the keyboard, so that it can be scrolled by it.
  const box = { class: "table", role: "region", tabindex: 0, "aria-label": `Table: ${caption}` };
  return element("div", box, table);
}

/** Takes text for HTML: for what this project wrote, or escaped before. */
export function asHtml(text: string): Html {
  return { [markup]: text };
}

/** Contents as they stand in a file. */
export function printHtml(content: Content): string {
  if (content === undefined || content === false) return "";
  if (isList(content)) return content.map(printHtml).join("");
  return typeof content === "object" ? content[markup] : escapeHtml(String(content));
}

// Without an end tag.
const voids: ReadonlySet<string> = new Set(["meta", "img", "source"]);

// A line break after these would show as a space.
const inline: ReadonlySet<string> = new Set(["a", "cite", "code", "span", "strong"]);

function isList(content: Content): content is readonly Content[] {
  return Array.isArray(content);
}
