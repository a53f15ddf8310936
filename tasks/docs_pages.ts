/** What `deno doc --html` leaves out of its pages: a list of modules, names of destructured parameters. @module */

/** A module of the reference. */
export interface DocumentedModule {
  /** As in the exports of `deno.json`, without `./`; empty for the root. */
  readonly name: string;
  /** Of its page, from the first page. */
  readonly page: string;
  /** What its first comment says first. */
  readonly summary: string;
}

/**
 * The first page with a list of the modules at its head.
 *
 * @throws {RangeError} The page has no place for it.
 */
export function withModuleList(page: string, modules: readonly DocumentedModule[]): string {
  const items = modules.map(({ name, page, summary }) =>
    `<div class="namespaceItem"><div class="namespaceItemContent">` +
    `<a href="${page}" title="${name || "root"}"><span>${name || "Trivalence"}</span></a>` +
    `<div class="namespaceItemContentDoc"><div class="markdown_summary"><p>${
      codeOf(summary)
    }</p></div></div></div></div>`
  );
  const list = `<section class="section" id="modules"><div><h2>Modules</h2></div>` +
    `<div class="namespaceSection">${items.join("\n")}</div></section>`;
  if (!page.includes("<main>")) {
    throw new RangeError("Cannot list the modules: expected a page with <main>, got one without");
  }
  return page.replace("<main>", () => `<main>${list}`);
}

/** The first sentence of a comment, on one line. */
export function firstSentence(doc: string): string {
  const [paragraph] = doc.trim().split(/\n\s*\n/) as [string];
  const line = paragraph.replace(/\s+/g, " ");
  return line.match(/^.*?[^A-Z]\.(?= [A-Z]|$)/)?.[0] ?? line;
}

function codeOf(markdown: string): string {
  return escaped(markdown).replace(/`([^`]*)`/g, "<code>$1</code>").replace(
    /\*([^*]+)\*/g,
    "<em>$1</em>",
  );
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

/** A page whose usage imports from the package `name`, where `deno doc` has the name of the module alone. */
export function withImports(page: string, name: string): string {
  return page.replace(
    /(import (?:\{ (?:type )?\w+ \}|\* as \w+) from &quot;)([\w/]+|\.)(?=&quot;;)/g,
    (_, start, module) => start + (module === "." ? name : `${name}/${module}`),
  );
}

/**
 * A page on which a destructured parameter, which `deno doc` calls `arg_1`,
 * has the name that its type gives: `options` for `…Options`, `scored` for
 * `Scored`, and for a type without a name the fields, `{ text, image }`.
 */
export function withParameterNames(page: string): string {
  const names = new Map<string, string>();
  // The entry of a parameter has its type; the navigation, which names it again, has not.
  for (const [, id, type] of page.matchAll(entry)) names.set(id!, nameOf(type!));
  return page
    .replace(link, (_, id: string) => {
      const name = escaped(names.get(id) ?? "parameter");
      return `<a href="#${id}" title="${name}"><span class="italic">${name}</span>`;
    })
    .replace(
      typed,
      (_, type: string) => `<span class="italic">${escaped(nameOf(type))}</span>`,
    )
    .replace(/_parameter_arg_(\d+)/g, "_parameter_$1");
}

const parameter = String.raw`<span class="italic">arg_\d+</span>`;
const entry = new RegExp(
  String.raw`id="(\w+_parameter_arg_\d+)"(?:(?!docEntry")[^])*?${parameter}([^]*?)</code>`,
  "g",
);
const link = new RegExp(
  String.raw`<a href="#(\w+_parameter_arg_\d+)" title="[^"]*">${parameter}`,
  "g",
);
// Enough of what follows for a name: up to the next parameter, or to the end of the line.
const typed = new RegExp(`${parameter}(?=(.*))`, "g");

function nameOf(html: string): string {
  const text = html.replace(/<[^>]*>/g, "").replaceAll("&lt;", "<").replaceAll("&gt;", ">");
  const type = text.replace(/^\s*\??:?\s*(readonly )?/, "");
  if (type.startsWith("{")) return `{ ${fields(type).join(", ")} }`;
  const name = type.match(/^(?:(?:Pick|Omit|Partial|Required|Readonly)<)*([A-Za-z]\w*)/)?.[1];
  if (name === undefined) return "values";
  const kind = name.match(/(?:Params|Options|Settings|Config)$/)?.[0] ?? name;
  return kind[0]!.toLowerCase() + kind.slice(1);
}

/** The fields of a literal type, three at most. */
function fields(type: string): string[] {
  const found: string[] = [];
  let depth = 0;
  for (const [token, field] of type.matchAll(/=>|[{([<]|[})\]>]|(\w+)\??(?=\s*:)/g)) {
    if (field !== undefined) {
      if (depth === 1) found.push(field);
    } else if ("{([<".includes(token)) depth++;
    else if (token !== "=>" && --depth === 0) break;
  }
  return found.length > 3 ? [...found.slice(0, 3), "…"] : found;
}
