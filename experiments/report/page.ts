/** The report as an HTML document: its head, its notices, a section per result. @module */

import { findings } from "./findings.ts";
import { asHtml, element, type Html, printHtml } from "./html.ts";
import { markdownToHtml } from "./markdown.ts";
import { differences, isQuick, isSynthetic, originDetails, originList } from "./origin.ts";
import { script, scriptHash } from "./interaction.ts";
import { fileLink, pictureGrid } from "./pictures.ts";
import type { SavedResult } from "./read_results.ts";
import { style } from "./style.ts";

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
    ...foundSection(made),
    ...made.map(resultSection),
    ...missingSection(missing, commandFor),
  ];
  const page = element(
    "html",
    { lang: "en" },
    head(),
    element(
      "body",
      {},
      header(made),
      element("nav", { "aria-label": "Contents" }, element("ol", {}, sections.map(entry))),
      element("main", {}, sections.map(({ html }) => html)),
      element("script", {}, asHtml(script)),
    ),
  );
  return "<!doctype html>\n" + printHtml(page);
}

const title = "Trivalence: results";

// Whatever may slip through: nothing is fetched, and no other script runs.
const policy =
  `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src ${scriptHash}`;

function head(): Html {
  return element(
    "head",
    {},
    element("meta", { charset: "utf-8" }),
    element("meta", { "http-equiv": "Content-Security-Policy", content: policy }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("title", {}, title),
    element("style", {}, asHtml(style)),
  );
}

function header(results: readonly SavedResult[]): Html {
  const doi = "10.1038/s41598-025-09000-3";
  const work =
    "Hierarchical cross-modal attention and dual audio pathways for enhanced multimodal sentiment analysis";
  const lead = element(
    "p",
    { class: "lead" },
    "Sentiment from text, image and speech: the model of Vamsidhar et al., ",
    element("cite", {}, work),
    ", Scientific Reports 15, 25440 (2025), ",
    element("a", { href: `https://doi.org/${doi}` }, `doi:${doi}`),
    ", with the paper’s tables and figures and the checks that they need.",
  );
  const notices = [syntheticNotice(results), quickNotice(results), mixedNotice(results)];
  const origins = results.length > 0 && originList(results);
  return element("header", {}, element("h1", {}, title), lead, notices, origins);
}

function syntheticNotice(results: readonly SavedResult[]): Html | undefined {
  const synthetic = results.filter(isSynthetic);
  if (synthetic.length === 0) return undefined;
  return notice(
    "Synthetic data.",
    `${whichOf(synthetic, results)} made on the embedded corpus: generated sentences, faces ` +
      "composed of emoji, synthetic voices. The scores show that the code learns. They are no " +
      "evidence about people or the paper’s data, and no gap to the paper’s numbers is claimed.",
  );
}

function quickNotice(results: readonly SavedResult[]): Html | undefined {
  const quick = results.filter(isQuick);
  if (quick.length === 0) return undefined;
  return notice(
    "Quick settings.",
    `${whichOf(quick, results)} made in little time, to see that everything runs: ` +
      "the scores mean little.",
  );
}

function mixedNotice(results: readonly SavedResult[]): Html | undefined {
  const aspects = differences(results);
  if (aspects.length === 0) return undefined;
  return notice("Not made alike.", `These results differ in their ${aspects.join(", ")}.`);
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

function foundSection(made: readonly SavedResult[]): Section[] {
  const found = findings(made);
  if (found.length === 0) return [];
  const [id, title] = ["found", "What was found"];
  return [{ id, title, html: element("section", { id }, element("h2", {}, title), found) }];
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
  const [id, title] = ["missing", "Not made"];
  const lines = missing.map((name) => {
    const command = element("code", {}, commandFor(name));
    return element("div", {}, element("dt", {}, name), element("dd", {}, command));
  });
  const list = element("dl", { class: "missing" }, lines);
  return [{ id, title, html: element("section", { id }, element("h2", {}, title), list) }];
}
