/** The report as an HTML document: its opening, its story, and all results below it. @module */

import { divideCaptions } from "./captions.ts";
import { asHtml, type Content, element, type Html, printHtml } from "./html.ts";
import { differences, isQuick, isSynthetic, originList } from "./origin.ts";
import type { SavedResult } from "./read_results.ts";
import { script, scriptHash, style } from "./assets.ts";
import { atAGlance, chapterSection, groupSection, type Section, shownFigure } from "./sections.ts";
import { groupsOf, openingOf, storyOf } from "./story.ts";
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
export async function makeReport(
  results: readonly SavedResult[],
  { experiments, commandFor }: ReportContext,
): Promise<string> {
  const place = ({ name }: SavedResult) => experiments.indexOf(name);
  const made = results.toSorted((a, b) => place(a) - place(b));
  const missing = experiments.filter((name) => made.every((result) => result.name !== name));
  const chapters = await storyOf(made);
  const opening = await openingOf(made);
  const captions = divideCaptions(made);
  const surroundings = {
    captions,
    shown: [opening, ...chapters.map(({ figure }) => figure)].flatMap((one) => one?.picture ?? []),
    badges: !made.every(isSynthetic),
  };
  const story = chapters.map((one) => chapterSection(one, { ...surroundings, all: made }));
  const groups = groupsOf(made).map((group) => groupSection(group, surroundings));
  const found = chapters.find(({ id }) => id === "asked-ahead")?.answer;
  const contents: Readonly<Record<string, Content>> = {
    // Whatever may slip through: nothing is fetched, and no other script runs.
    policy:
      `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src ${scriptHash}`,
    style: element("style", {}, asHtml(style)),
    found: found && element("p", { class: "found" }, found.sentence),
    notices: notices(made),
    opening: opening && shownFigure(opening),
    glance: atAGlance(chapters),
    contents: tableOfContents(story, groups),
    sections: [...story, ...groups].map(({ html }) => html),
    origins: origins(made, { shared: captions.shared, missing, commandFor }),
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

function tableOfContents(story: readonly Section[], groups: readonly Section[]): Content {
  const link = ({ id, title }: Section["entries"][number]) =>
    element("a", { href: `#${id}` }, title);
  const list = (name: "ol" | "ul", entries: readonly Section["entries"][number][]) =>
    element(name, {}, entries.map((entry) => element("li", {}, link(entry))));
  return [
    story.length > 0 && list("ol", story),
    groups.map(({ id, title, entries }) =>
      element(
        "details",
        {},
        element("summary", {}, title),
        list("ul", [{ id, title: "All of them" }, ...entries]),
      )
    ),
    element("p", {}, link({ id: "origins", title: "How this was made" })),
  ];
}

function origins(
  results: readonly SavedResult[],
  { shared, missing, commandFor }: Pick<ReportContext, "commandFor"> & {
    readonly shared: readonly string[];
    readonly missing: readonly string[];
  },
): Html {
  const fold = (title: string, content: Content) =>
    element(
      "details",
      { class: "result" },
      element("summary", {}, element("h3", {}, title)),
      content,
    );
  return element(
    "section",
    { id: "origins", class: "group" },
    element("h2", {}, "How this was made"),
    results.length > 0 && fold("Data, encoders, seeds, code and time", [
      shared.length > 0 &&
      element("p", { class: "caption" }, "Of most results: ", shared.join(" ")),
      originList(results),
    ]),
    missing.length > 0 && fold(
      `Not made: ${missing.length} of ${missing.length + results.length} results`,
      element(
        "dl",
        { class: "missing" },
        missing.map((name) =>
          element(
            "div",
            {},
            element("dt", {}, name),
            element("dd", {}, element("code", {}, commandFor(name))),
          )
        ),
      ),
    ),
  );
}
