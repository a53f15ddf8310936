/** Figures in a page: on white, described in words, with links to their files. @module */

import { Buffer } from "node:buffer";
import { element, type Html } from "./html.ts";
import type { Picture } from "./read_results.ts";

// Wider ones, in pixels, have a row of the grid for themselves: half a page would make them too small to read.
const widestOfTwo = 800;

/**
 * The figures of a result in a grid. Each is an image of its
 * own rather than part of the page, so that names within one can't clash with
 * another's, and none can run a script or load anything. `files` are those that the
 * result's folder has.
 */
export function pictureGrid(
  pictures: readonly Picture[],
  { folder, files }: { readonly folder: string; readonly files: readonly string[] },
): Html | undefined {
  if (pictures.length === 0) return undefined;
  return element(
    "div",
    { class: "pictures" },
    pictures.map((one) => pictureHtml(one, { folder, files })),
  );
}

function pictureHtml(
  { name, svg, specification }: Picture,
  { folder, files }: { readonly folder: string; readonly files: readonly string[] },
): Html {
  const { title, subtitle } = headlineOf(specification);
  const width = widthOf(svg);
  const links = [".svg", ".png", ".csv", ".vl.json"].map((end) => `${name}${end}`)
    .filter((path) => files.includes(path))
    .map((path) => [" ", fileLink(folder, path)]);
  return element(
    "figure",
    { class: width > widestOfTwo && "wide" },
    element("img", {
      src: `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`,
      alt: [title || name, subtitle].filter((text) => text !== "").join(". "),
      width,
    }),
    element("figcaption", {}, title || name, element("span", { class: "files" }, links)),
  );
}

/** A link to a file of a result, from the report beside its folder. */
export function fileLink(folder: string, path: string): Html {
  const href = [folder, ...path.split("/")].map(encodeURIComponent).join("/");
  return element("a", { href }, path);
}

function widthOf(svg: string): number {
  const [, width] = /<svg\b[^>]*\swidth="([\d.]+)/.exec(svg) ?? [];
  return width === undefined ? widestOfTwo : Math.round(Number(width));
}

/** The title and what stands below it; Vega-Lite has them as text, as lines, or in an object. */
function headlineOf(specification: unknown): { title: string; subtitle: string } {
  const { title } = (specification ?? {}) as { readonly title?: unknown };
  const isObject = typeof title === "object" && title !== null && !Array.isArray(title);
  const { text, subtitle } = (isObject ? title : { text: title }) as Record<string, unknown>;
  return { title: joinLines(text), subtitle: joinLines(subtitle) };
}

// Lines were broken to fit the figure.
function joinLines(lines: unknown): string {
  return [lines].flat().filter((line) => typeof line === "string").join(" ");
}
