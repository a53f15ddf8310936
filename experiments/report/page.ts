/** The report as an HTML document: its head, its notices, a section per result. @module */

import { whenAttentionHelps } from "./attention.ts";
import { findings } from "./findings.ts";
import { asHtml, type Content, element, type Html, printHtml } from "./html.ts";
import { markdownToHtml } from "./markdown.ts";
import { differences, isQuick, isSynthetic, originDetails, originList } from "./origin.ts";
import { fileLink, pictureGrid } from "./pictures.ts";
import type { SavedResult } from "./read_results.ts";
import { script, scriptHash, style } from "./assets.ts";
import template from "./page.html" with { type: "text" };

/** What the report says of results that are not there. */
export interface ReportContext {
  /** Every experiment by name, in the order of the report. */
  readonly experiments: readonly string[];
  /** The command that makes an experiment. */
  readonly commandFor: (name: string) => string;
}

/**
 * The report as an HTML document. It belongs beside the results' folders, to
 * which its links lead, and is the same for the same results.
 *
 * Text of results is never taken for HTML, figures are images that hold their
 * own data, and the page forbids browsers to load or run anything.
 */
export function makeReport(
  results: readonly SavedResult[],
  { experiments, commandFor }: ReportContext,
): string {
  const place = ({ name }: SavedResult) => experiments.indexOf(name);
  const made = results.toSorted((a, b) => place(a) - place(b));
  const missing = experiments.filter((name) => made.every((result) => result.name !== name));
  const sections = [
    ...sectionOf("found", "What was found", findings(made)),
    ...sectionOf("attention", "When does attention help?", whenAttentionHelps(made)),
    ...made.map(resultSection),
    ...missingSection(missing, commandFor),
  ];
  const contents: Readonly<Record<string, Content>> = {
    // Whatever may slip through: nothing is fetched, and no other script runs.
    policy:
      `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src ${scriptHash}`,
    style: element("style", {}, asHtml(style)),
    notices: notices(made),
    origins: made.length > 0 && originList(made),
    contents: sections.map(entry),
    sections: sections.map(({ html }) => html),
    script: element("script", {}, asHtml(script)),
  };
  return template.replaceAll(/\{\{ (\w+) \}\}/g, (_, name: string) => printHtml(contents[name]));
}

function notices(results: readonly SavedResult[]): Content {
  const synthetic = results.filter(isSynthetic), quick = results.filter(isQuick);
  const aspects = differences(results);
  return [
    synthetic.length > 0 && notice(
      "Synthetic data.",
      `${whichOf(synthetic, results)} made on the embedded corpus: generated sentences, faces ` +
        "composed of emoji, synthetic voices. The scores show that the code learns. They are no " +
        "evidence about people or the paper’s data, and no gap to the paper’s numbers is claimed.",
    ),
    quick.length > 0 && notice(
      "Quick settings.",
      `${whichOf(quick, results)} made in little time, to see that everything runs: ` +
        "the scores mean little.",
    ),
    aspects.length > 0 &&
    notice("Not made alike.", `These results differ in their ${aspects.join(", ")}.`),
  ];
}

function whichOf(some: readonly SavedResult[], all: readonly SavedResult[]): string {
  if (some.length === all.length) return "Everything here is";
  const names = some.map(({ name }) => name).join(", ");
  return `${names} ${some.length === 1 ? "is" : "are"}`;
}

function notice(title: string, text: string): Html {
  return element("p", { class: "notice" }, element("strong", {}, title), " ", text);
}

/** A part of the page, and its entry in the table of contents. */
interface Section {
  readonly id: string;
  readonly title: string;
  readonly html: Html;
}

function entry({ id, title }: Section): Html {
  return element("li", {}, element("a", { href: `#${id}` }, title));
}

function section(id: string, title: string, content: Content): Section {
  return { id, title, html: element("section", { id }, element("h2", {}, title), content) };
}

function sectionOf(id: string, title: string, found: readonly Html[]): Section[] {
  return found.length === 0 ? [] : [section(id, title, found)];
}

function resultSection(result: SavedResult): Section {
  const { name, data, markdown, pictures, files } = result;
  const title = typeof data.title === "string" ? data.title : name;
  const caption = typeof data.caption === "string" ? data.caption : "";
  const badge = isSynthetic(result) && element("span", { class: "badge" }, "synthetic data");
  const contents = element(
    "details",
    { open: true },
    element("summary", {}, element("h2", {}, title), badge),
    caption !== "" && element("p", { class: "caption" }, caption),
    markdownToHtml(withoutHead(markdown, caption)),
    pictureGrid(pictures, { folder: name, files }),
    element("p", { class: "files" }, "Files: ", fileLinks(name, files)),
    originDetails(result),
  );
  return { id: name, title, html: element("section", { id: name }, contents) };
}

// The title and the caption stand above it already.
function withoutHead(markdown: string, caption: string): string {
  const body = markdown.replace(/^\s*## .*\n+/, "");
  return body.startsWith(caption) ? body.slice(caption.length) : body;
}

// Figures have their links with them; of folders within, such as that of predictions, one link does.
function fileLinks(name: string, files: readonly string[]): Html[][] {
  const folders = Map.groupBy(files, (path) => path.slice(0, path.indexOf("/") + 1));
  const { "": own = [], ...others } = Object.fromEntries(folders);
  const isOfPicture = (path: string) =>
    path.endsWith(".csv") && path !== `${name}.csv` &&
    own.includes(path.replace(/csv$/, "svg"));
  return [
    own.filter((path) => !/\.(svg|png|vl\.json)$/.test(path) && !isOfPicture(path))
      .map((path) => fileLink(name, path)),
    Object.keys(others).map((folder) => fileLink(name, folder)),
  ];
}

function missingSection(
  missing: readonly string[],
  commandFor: ReportContext["commandFor"],
): Section[] {
  if (missing.length === 0) return [];
  const lines = missing.map((name) => {
    const command = element("code", {}, commandFor(name));
    return element("div", {}, element("dt", {}, name), element("dd", {}, command));
  });
  return [section("missing", "Not made", element("dl", { class: "missing" }, lines))];
}
