/** The parts of the page: a section for each question, and one for each group of results. @module */

import type { Answer } from "./answers/answer.ts";
import { whenAttentionHelps } from "./attention.ts";
import { captionOf, type Captions } from "./captions.ts";
import { besideOthers, besidePaper, partsThatAdd } from "./findings.ts";
import { type Content, element, type Html } from "./html.ts";
import { markdownToHtml } from "./markdown.ts";
import { isSynthetic, originDetails } from "./origin.ts";
import { figureElement, fileLink, pictureGrid } from "./pictures.ts";
import type { Picture, SavedResult } from "./read_results.ts";
import type { Chapter, Group, Shown } from "./story.ts";

/** A part of the page, and its entry in the table of contents. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly html: Html;
  /** What is folded in it. */
  readonly entries: readonly { readonly id: string; readonly title: string }[];
}

/** What sections are told beside their results. */
export interface Surroundings {
  readonly captions: Captions;
  /** Pictures that the story shows: they are not shown again. */
  readonly shown: readonly Picture[];
  /** Whether each synthetic result says so: where others stand beside it. */
  readonly badges: boolean;
}

/** A question: its answer, a figure, and below them, folded, what they are made of. */
export function chapterSection(
  { id, question, answer, figure, results }: Chapter,
  { all, ...surroundings }: Surroundings & { readonly all: readonly SavedResult[] },
): Section {
  const html = element(
    "section",
    { id, class: "chapter" },
    element("h2", {}, question),
    answer && element("p", { class: "answer" }, answer.sentence),
    figure && shownFigure(figure),
    evidence[id]?.(all),
    results.map((result) => resultDetails(result, surroundings)),
  );
  return { id, title: question, html, entries: [] };
}

/** Results that no question takes. */
export function groupSection({ id, title, results }: Group, surroundings: Surroundings): Section {
  const html = element(
    "section",
    { id, class: "group" },
    element("h2", {}, title),
    results.map((result) => resultDetails(result, surroundings)),
  );
  const entries = results.map((result) => ({ id: result.name, title: titleOf(result) }));
  return { id, title, html, entries };
}

/** A picture that stands by itself. */
export function shownFigure({ picture, result }: Shown): Html {
  return figureElement(picture, { folder: result?.name ?? "", files: result?.files ?? [] });
}

/** The questions in a line each, with what was found in a few words. */
export function atAGlance(chapters: readonly Chapter[]): Html | undefined {
  const told = chapters.filter((one): one is Chapter & { answer: Answer } =>
    one.answer !== undefined
  );
  if (told.length === 0) return undefined;
  const lines = told.map(({ id, question, answer }) =>
    element(
      "div",
      {},
      element("dt", {}, element("a", { href: `#${id}` }, question)),
      element("dd", {}, answer.brief),
    )
  );
  return element("dl", { class: "glance" }, lines);
}

// What several results say together, by the question that it is of.
const evidence: Readonly<
  Record<string, (all: readonly SavedResult[]) => readonly (Html | undefined)[]>
> = {
  "asked-ahead": (all) => [
    folded("Beside the paper’s numbers", besidePaper(all)),
    folded("Who is as good or better, and who says always the same", besideOthers(all)),
  ],
  "asked-attention": (all) => [
    folded("What each result says of fusion", whenAttentionHelps(all)),
    folded("What each part adds, by all ablations", partsThatAdd(all)),
  ],
};

function folded(title: string, content: readonly Html[]): Html | undefined {
  if (content.length === 0) return undefined;
  return element(
    "details",
    { class: "result" },
    element("summary", {}, element("h3", {}, title)),
    content,
  );
}

function resultDetails(
  result: SavedResult,
  { captions, shown, badges }: Surroundings,
): Html {
  const { name, markdown, pictures, files } = result;
  const title = titleOf(result);
  const caption = captions.own.get(name) ?? "";
  const others = pictures.filter((one) => !shown.includes(one));
  return element(
    "details",
    { class: "result", id: name },
    element(
      "summary",
      {},
      element("h3", {}, title),
      badges && isSynthetic(result) && element("span", { class: "badge" }, "synthetic data"),
    ),
    caption !== "" && element("p", { class: "caption" }, caption),
    markdownToHtml(withoutHead(markdown, captionOf(result)), { title }),
    pictureGrid(others, { folder: name, files }),
    element("p", { class: "files" }, "Files: ", fileLinks(name, files)),
    originDetails(result),
  );
}

function titleOf({ name, data: { title } }: SavedResult): string {
  return typeof title === "string" ? title : name;
}

// The title and the caption stand above it already.
function withoutHead(markdown: string, caption: string): string {
  const body = markdown.replace(/^\s*## .*\n+/, "");
  return body.startsWith(caption) ? body.slice(caption.length) : body;
}

// Figures have their links with them; of folders within, such as that of predictions, one link does.
function fileLinks(name: string, files: readonly string[]): Content {
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
