/** What a notebook cell may end with: a figure, a table, a sound, pictures, a page. @module */

import { escapeHtml } from "../escape_html.ts";
import { type Figure, renderSvg } from "../figures/render.ts";
import { printNumber } from "../numbers.ts";
import { encodeWav } from "../signal/encode_wav.ts";

/** The method that Jupyter's kernels call to show a value. */
export const jupyterDisplay: unique symbol = Symbol.for("Jupyter.display");

/** One thing in several formats, by MIME type; a notebook shows the richest that it knows. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** A value that a notebook shows as more than text. */
export interface Shown {
  /** What a notebook shows of it. */
  [jupyterDisplay](): Promise<MimeBundle>;
}

/** A value that is shown as `bundle` says. */
function shown(bundle: () => MimeBundle | Promise<MimeBundle>): Shown {
  return { [jupyterDisplay]: async () => await bundle() };
}

/**
 * A Vega-Lite figure: live where a notebook knows Vega-Lite, and as the picture
 * that `renderSvg` draws of it where none does, such as on a code host's pages.
 *
 * @throws {Error} When shown: a specification that cannot be drawn as it is written.
 */
export function figure(spec: Figure): Shown {
  return shown(async () => ({
    "application/vnd.vegalite.v5+json": spec,
    "image/svg+xml": await renderSvg(spec, { theme: "light" }),
    "text/plain": `Figure: ${titleOf(spec)}`,
  }));
}

function titleOf({ title }: Figure): string {
  const text = title && typeof title === "object" && "text" in title ? title.text : title;
  return typeof text === "string" ? text : Array.isArray(text) ? text.join(" ") : "untitled";
}

/** A row of {@linkcode table}: values by column. */
export type TableRow = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * Rows as a table, its columns in the order in which the rows first name them.
 * A column of whole numbers stands as it is, one of others has `digits`
 * decimals, 3 by default; what a row lacks is left blank.
 *
 * @throws {RangeError} No rows.
 */
export function table(
  rows: readonly TableRow[],
  { digits = 3 }: { readonly digits?: number } = {},
): Shown {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (columns.length === 0) {
    throw new RangeError("Cannot show a table: expected at least one row, got none");
  }
  const numeric = columns.map((c) => rows.every((row) => typeof (row[c] ?? 0) === "number"));
  const decimals = columns.map((c) => rows.every((row) => isWhole(row[c])) ? 0 : digits);
  const cells = rows.map((row) => columns.map((c, i) => cellText(row[c], decimals[i]!)));
  return shown(() => ({
    "text/html": htmlTable({ columns, numeric, cells }),
    "text/markdown": markdownTable({ columns, numeric, cells }),
    "text/plain": [columns, ...cells].map((line) => line.join("\t")).join("\n"),
  }));
}

interface Cells {
  readonly columns: readonly string[];
  /** Whether a column holds numbers, which stand at the right. */
  readonly numeric: readonly boolean[];
  readonly cells: readonly (readonly string[])[];
}

function isWhole(value: TableRow[string]): boolean {
  return typeof value !== "number" || Number.isInteger(value);
}

function cellText(value: TableRow[string], decimals: number): string {
  if (value === undefined || value === null) return "";
  return typeof value === "number" ? printNumber(value, decimals) : String(value);
}

function htmlTable({ columns, numeric, cells }: Cells): string {
  const line = (tag: "th" | "td", texts: readonly string[]) => {
    const side = (i: number) => numeric[i] ? "right" : "left";
    const all = texts.map((text, i) =>
      `<${tag} style="text-align: ${side(i)}">${escapeHtml(text)}</${tag}>`
    );
    return `<tr>${all.join("")}</tr>`;
  };
  const body = cells.map((texts) => line("td", texts)).join("\n");
  return `<table>\n<thead>${line("th", columns)}</thead>\n<tbody>\n${body}\n</tbody>\n</table>`;
}

function markdownTable({ columns, numeric, cells }: Cells): string {
  const line = (texts: readonly string[]) =>
    `| ${texts.map((text) => text.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [columns, numeric.map((right) => right ? "---:" : "---"), ...cells].map(line).join("\n");
}

/**
 * A player for mono samples in [−1, 1), as a 16-bit WAV file inside the notebook:
 * 2.7 bytes per sample, so keep clips short and rates low.
 *
 * @throws {RangeError} When shown: a sample that is not finite, or a rate that is no whole number.
 */
export function audio(
  samples: Float32Array,
  { sampleRateHz, caption = "" }: { readonly sampleRateHz: number; readonly caption?: string },
): Shown {
  const seconds = (samples.length / sampleRateHz).toFixed(1);
  return shown(() => {
    const source = dataUri("audio/wav", encodeWav(samples, { sampleRate: sampleRateHz }));
    const player = `<audio controls src="${source}"></audio>`;
    return {
      "text/html": inFigure(player, caption),
      "text/plain": `Sound${caption && `: ${caption}`} (${seconds} s at ${sampleRateHz} Hz)`,
    };
  });
}

/** One picture of {@linkcode images}. */
export interface CaptionedImage {
  /** A PNG, JPEG, GIF or WebP file. */
  readonly bytes: Uint8Array;
  /** Below the picture; plain text. */
  readonly caption?: string;
}

/**
 * A picture as it lies on disk: a PNG, JPEG, GIF or WebP file.
 *
 * @throws {RangeError} When shown: bytes of none of these formats.
 */
export function image(bytes: Uint8Array): Shown {
  return shown(() => {
    const type = imageType(bytes);
    return { [type]: bytes.toBase64(), "text/plain": `Picture (${type.slice("image/".length)})` };
  });
}

/**
 * Pictures side by side, each over its caption, `widthPixels` wide, 112 by default.
 *
 * @throws {RangeError} When shown: bytes that are no picture.
 */
export function images(
  pictures: readonly CaptionedImage[],
  { widthPixels = 112 }: { readonly widthPixels?: number } = {},
): Shown {
  return shown(() => ({
    "text/html": `<div style="display: flex; flex-wrap: wrap; gap: 8px">${
      pictures.map(({ bytes, caption = "" }) => {
        const source = dataUri(imageType(bytes), bytes);
        const alt = escapeHtml(caption);
        return inFigure(`<img src="${source}" width="${widthPixels}" alt="${alt}">`, caption);
      }).join("\n")
    }</div>`,
    "text/plain": `Pictures: ${pictures.map(({ caption = "untitled" }) => caption).join(", ")}`,
  }));
}

const imageTypes: Readonly<Record<string, (head: string) => boolean>> = {
  "image/png": (head) => head.startsWith("\x89PNG"),
  "image/jpeg": (head) => head.startsWith("\xff\xd8\xff"),
  "image/gif": (head) => head.startsWith("GIF8"),
  "image/webp": (head) => head.startsWith("RIFF") && head.startsWith("WEBP", 8),
};

function imageType(bytes: Uint8Array): string {
  const head = String.fromCharCode(...bytes.subarray(0, 12));
  const type = Object.keys(imageTypes).find((name) => imageTypes[name]!(head));
  if (type !== undefined) return type;
  const got = bytes.length === 0 ? "no bytes" : "other bytes";
  throw new RangeError(`Cannot show a picture: expected PNG, JPEG, GIF or WebP, got ${got}`);
}

/** Markdown, rendered. */
export function markdown(text: string): Shown {
  return shown(() => ({ "text/markdown": text, "text/plain": text }));
}

/** A whole HTML page in a frame of its own, so that its style stays inside. */
export function page(
  html: string,
  { heightPixels = 600, caption }: { readonly heightPixels?: number; readonly caption: string },
): Shown {
  return shown(() => ({
    "text/html": `<iframe srcdoc="${escapeHtml(html)}" title="${escapeHtml(caption)}" ` +
      `style="width: 100%; height: ${heightPixels}px; border: 0"></iframe>`,
    "text/plain": `Page: ${caption}`,
  }));
}

function inFigure(content: string, caption: string): string {
  const below = caption && `<figcaption>${escapeHtml(caption)}</figcaption>`;
  return `<figure style="margin: 0; text-align: center">${content}${below}</figure>`;
}

function dataUri(type: string, bytes: Uint8Array): string {
  return `data:${type};base64,${bytes.toBase64()}`;
}
