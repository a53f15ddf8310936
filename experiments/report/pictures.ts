/** Figures in a page: for wide windows and narrow ones, described in words, with links to their files. @module */

import { Buffer } from "node:buffer";
import { withoutCaveat } from "./captions.ts";
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
    pictures.map((one) => figureElement(one, { folder, files })),
  );
}

const fileKinds: Readonly<Record<string, string>> = {
  ".svg": "SVG",
  ".png": "PNG",
  ".csv": "CSV",
  ".vl.json": "Vega-Lite",
};

/** A figure, drawn for the width at hand where the result has both. */
export function figureElement(
  { name, svg, narrow, specification }: Picture,
  { folder, files }: { readonly folder: string; readonly files: readonly string[] },
): Html {
  const { title, subtitle } = headlineOf(specification);
  const { width, height } = sizeOf(svg);
  const links = Object.entries(fileKinds)
    .filter(([end]) => files.includes(name + end))
    .map(([end, kind]) => [" ", fileLink(folder, name + end, kind)]);
  return element(
    "figure",
    { class: width > widestOfTwo && "wide" },
    element(
      "picture",
      {},
      narrow !== undefined &&
        element("source", {
          media: "(max-width: 640px)",
          srcset: dataUrl(narrow),
          ...sizeOf(narrow),
        }),
      element("img", {
        src: dataUrl(svg),
        alt: [title || name, withoutCaveat(subtitle)].filter((text) => text !== "").join(". "),
        width,
        height,
      }),
    ),
    element(
      "figcaption",
      {},
      // The picture itself bears it, for who can see it.
      element("span", { class: "unseen" }, title || name),
      links.length > 0 && element("span", { class: "files" }, links),
    ),
  );
}

function dataUrl(svg: string): string {
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
}

/** A link to a file of a result, from the report beside its folder. */
export function fileLink(folder: string, path: string, text = path): Html {
  const href = [folder, ...path.split("/")].map(encodeURIComponent).join("/");
  return element("a", { href }, text);
}

// In whole pixels; a picture that does not say is as wide as half a page may be.
function sizeOf(svg: string): { width: number; height: number | undefined } {
  const [start = ""] = /<svg\b[^>]*/.exec(svg) ?? [];
  const side = (name: string) => {
    const [, value] = new RegExp(`\\s${name}="([\\d.]+)`).exec(start) ?? [];
    return value === undefined ? undefined : Math.round(Number(value));
  };
  return { width: side("width") ?? widestOfTwo, height: side("height") };
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
