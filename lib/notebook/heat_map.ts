/** A picture of many numbers, such as a spectrogram, where a mark for each would be too much. @module */

import { sharp } from "../deps/sharp.ts";
import { escapeHtml } from "../escape_html.ts";
import { inks } from "../figures/palette.ts";
import { jupyterDisplay, type Shown } from "./display.ts";

/** What an axis of {@linkcode heatMap} says. */
export interface HeatAxis {
  /** With its unit: `time (s)`. */
  readonly title: string;
  /** At the first and at the last edge of the picture. */
  readonly ends: readonly [string | number, string | number];
}

/** What stands around the picture. */
export interface HeatMapOptions {
  /** Above the picture; plain text. */
  readonly title: string;
  /** Along the rows of the table, to the right. */
  readonly across: HeatAxis;
  /** Along its columns, upwards. */
  readonly up: HeatAxis;
  /** The values of the lightest and the darkest colour; the least and the greatest by default. */
  readonly range?: readonly [number, number];
}

// From the least to the greatest: light to dark, one hue, so that grey prints tell the same.
const stops = ["#ffffff", "#b9e3d4", "#3fae8c", "#00664b", "#00241b"];
const width = 560, height = 224, left = 62, top = 34, bottom = 44, right = 16;

/**
 * Numbers `[columns, rows]` as a picture: moments (columns) to the right, the first
 * row of numbers at the foot. A number is a pixel, enlarged without smoothing.
 *
 * @throws {RangeError} A count of values that is not `columns` times a whole number of rows.
 */
export function heatMap(
  values: Float32Array,
  { columns, ...options }: HeatMapOptions & { readonly columns: number },
): Shown {
  const rows = values.length / columns;
  if (!(Number.isInteger(rows) && rows > 0)) {
    throw new RangeError(
      `Cannot draw a heat map: expected rows of ${columns} values, got ${values.length} values`,
    );
  }
  return {
    [jupyterDisplay]: async () => ({
      "image/svg+xml": svg(await picture(values, { columns, rows, range: options.range }), options),
      "text/plain": `Picture: ${options.title}`,
    }),
  };
}

interface Sizes {
  readonly columns: number;
  readonly rows: number;
  readonly range: readonly [number, number] | undefined;
}

/** A PNG as a data URI. */
async function picture(values: Float32Array, { columns, rows, range }: Sizes): Promise<string> {
  const [low, high] = range ?? extent(values);
  const pixels = new Uint8Array(3 * values.length);
  values.forEach((value, i) => {
    const column = Math.floor(i / rows), row = rows - 1 - i % rows;
    pixels.set(colour((value - low) / Math.max(1e-9, high - low)), 3 * (row * columns + column));
  });
  const raw = { width: columns, height: rows, channels: 3 } as const;
  const png = await (await sharp())(pixels, { raw }).png().toBuffer();
  return `data:image/png;base64,${png.toBase64()}`;
}

function extent(values: Float32Array): [number, number] {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** Red, green and blue of a share in [0, 1]; what is beyond has the colour of the end. */
function colour(share: number): number[] {
  const at = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const first = Math.min(stops.length - 2, Math.floor(at));
  return [1, 3, 5].map((digit) => {
    const of = (stop: string) => parseInt(stop.slice(digit, digit + 2), 16);
    const [from, to] = [of(stops[first]!), of(stops[first + 1]!)];
    return Math.round(from + (at - first) * (to - from));
  });
}

function svg(source: string, { title, across, up }: HeatMapOptions): string {
  const [w, h] = [left + width + right, top + height + bottom];
  const text = (x: number, y: number, words: string | number, more = "") =>
    `<text x="${x}" y="${y}" font-size="11" fill="${inks.muted}" ${more}>${
      escapeHtml(String(words))
    }</text>`;
  const foot = top + height;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
    `width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" ` +
    `font-family="DejaVu Sans, Helvetica, Arial, sans-serif">`,
    `<rect width="${w}" height="${h}" fill="white"/>`,
    `<text x="${left}" y="20" font-size="13" font-weight="bold" fill="${inks.text}">` +
    `${escapeHtml(title)}</text>`,
    `<image x="${left}" y="${top}" width="${width}" height="${height}" ` +
    `preserveAspectRatio="none" style="image-rendering: pixelated" ` +
    `xlink:href="${source}"/>`,
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="none" ` +
    `stroke="${inks.axis}"/>`,
    text(left, foot + 16, across.ends[0]),
    text(left + width, foot + 16, across.ends[1], 'text-anchor="end"'),
    text(left + width / 2, foot + 32, across.title, 'text-anchor="middle"'),
    text(left - 6, foot, up.ends[0], 'text-anchor="end"'),
    text(left - 6, top + 9, up.ends[1], 'text-anchor="end"'),
    text(
      0,
      0,
      up.title,
      `text-anchor="middle" transform="translate(18 ${top + height / 2}) rotate(-90)"`,
    ),
    "</svg>",
  ].join("\n");
}
