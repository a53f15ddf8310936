/** What the figures have in common: what stands above them, their axes and legends, their checks. @module */

import { coloursOf, inks, modalityColours, modalityInks } from "./palette.ts";
import type { Figure } from "./render.ts";
import { linesOf } from "./text_width.ts";

/** For which width a figure is laid out. */
export interface Form {
  /**
   * Whether for a phone, about 340 pixels wide: panels below each other, names above their rows. Else
   * for a page, as wide as it takes.
   *
   * @default false
   */
  readonly narrow?: boolean;
}

/** Makes a figure in either form. */
export type Draw = (form: Form) => Figure;

/** What stands above a figure, and for which width it is. */
export interface FigureOptions extends Form {
  /** One line: what is shown. */
  readonly title: string;
  /** The caption: which data, how many seeds. Long ones are broken into lines. */
  readonly subtitle: string;
}

/** A part of a figure that stands side by side with others. */
export type Panel = Extract<Figure, { hconcat: unknown }>["hconcat"][number];

/** One layer of a panel. */
export type Layer = Extract<Panel, { layer: unknown }>["layer"][number];

// The version of the language that figures are written in.
const schema = "https://vega.github.io/schema/vega-lite/v6.json";

/** An axis without a line of its own: the grid says where its values are. */
export const plainAxis = {
  domain: false,
  ticks: false,
  grid: true,
  labelPadding: 6,
  labelFlush: false,
  titlePadding: 8,
} as const;

/** An axis of names: no title, no grid, in full ink. */
export const namesAxis = {
  title: null,
  domain: false,
  ticks: false,
  grid: false,
  labelColor: inks.text,
  labelPadding: 10,
  labelLimit: 320,
} as const;

const plainLegend = {
  title: null,
  titleColor: inks.muted,
  titleFontSize: 11,
  titleFontWeight: "normal",
  labelColor: inks.text,
  labelFontSize: 11,
  labelLimit: 300,
  rowPadding: 5,
  // Else it takes that of the faintest layer.
  symbolOpacity: 1,
} as const;

/** A panel's own heading, above the left edge of its plot or `dx` pixels to the right of it. */
export function panelTitle(text: string, color: string = inks.text, dx = 0) {
  return { text, color, fontSize: 13, anchor: "start", frame: "group", offset: 10, dx } as const;
}

/** Pixels of a narrow figure, without its padding. */
export const narrowWidth = 328;

/**
 * The title, the caption and the key to the marks, over a figure that is
 * `width` pixels wide.
 */
function headline(
  { title, subtitle, narrow = false }: FigureOptions,
  { key, width }: { readonly key?: string | undefined; readonly width: number },
) {
  const wide = narrow ? narrowWidth : Math.max(420, width);
  const fontSize = narrow ? 14 : 16, subtitleFontSize = narrow ? 10 : 11;
  const lines = [subtitle, ...(key === undefined ? [] : [key])]
    .flatMap((text) => linesOf(text, wide, { size: subtitleFontSize }));
  const heading = linesOf(title, wide, { size: fontSize, bold: true });
  return {
    text: heading.length === 1 ? title : heading,
    subtitle: lines,
    fontSize,
    subtitleFontSize,
    subtitlePadding: 6,
    subtitleLineHeight: narrow ? 14 : 16,
    frame: "bounds" as const,
    offset: narrow ? 14 : 20,
  };
}

/** One colour a name, in the order given: a modality's, a system's, or a spare one. */
export function coloursOfSeries(names: readonly string[]): string[] {
  const others = coloursOf(names.filter((name) => !Object.hasOwn(modalityColours, name)));
  let next = 0;
  return names.map((name) =>
    Object.hasOwn(modalityColours, name)
      ? modalityColours[name as keyof typeof modalityColours]
      : others[next++]!
  );
}

/** The colour of a modality or of `unified` for words, and ink for any other name. */
export function inkOfModality(name: string): string {
  const colours: Readonly<Record<string, string>> = modalityInks;
  return Object.hasOwn(colours, name) ? colours[name]! : inks.text;
}

/** The colour of a modality or of `unified`, and ink for any other name. */
export function colourOfModality(name: string): string {
  const colours: Readonly<Record<string, string>> = modalityColours;
  return Object.hasOwn(colours, name) ? colours[name]! : inks.text;
}

/** A figure: `content` below its heading, `width` pixels wide unless it is narrow. */
export function figure(
  options: FigureOptions,
  { key, width }: { readonly key?: string | undefined; readonly width: number },
  content: object,
): Figure {
  return {
    $schema: schema,
    ...options.narrow && { padding: 8 },
    title: headline(options, { key, width }),
    ...content,
  } as Figure;
}

/** A layer: a mark by the channels of `encoding`, for each of `values`, by default those of its panel. */
export function layer(
  mark: { readonly type: string; readonly [property: string]: unknown },
  encoding: object,
  values?: readonly object[],
): Layer {
  return { ...values && { data: { values: [...values] } }, mark, encoding } as Layer;
}

/** A dashed line, for what would be chance or without preference. */
export const dashed = { type: "rule", color: inks.axis, strokeDash: [4, 3] } as const;

/** A filled dot. */
export function dot(
  size: number,
): { readonly type: "point"; readonly [property: string]: unknown } {
  return { type: "point", filled: true, size, opacity: 1 };
}

/** The texts of a field in a line of their own, `x` pixels from the left edge of the plot. */
export function textsAt(
  x: number,
  y: object,
  field: string,
  { color = inks.text, values }: { readonly color?: string; readonly values?: readonly object[] } =
    {},
): Layer {
  const mark = { type: "text", align: "left", baseline: "middle", fontSize: 11, color };
  return layer(mark, { x: { value: x }, y, text: { field } }, values);
}

/**
 * What stands beside the marks of each row: its name on the axis of `y` and its `label` at the right
 * of the plot; in a narrow figure both above the row's marks, and `y` needs no axis.
 */
export function rowTexts(
  y: { readonly field: string },
  { width, narrow = false, label = "label", color = inks.text, values }:
    & Form
    & {
      /** Of the plot. */
      readonly width: number;
      readonly label?: string;
      readonly color?: string;
      readonly values?: readonly object[];
    },
): Layer[] {
  if (!narrow) return [textsAt(width + 14, y, label, { color, ...values && { values } })];
  const above = { type: "text", baseline: "middle", fontSize: 10.5, dy: -narrowRow / 3 };
  // What lies behind the words is kept off them.
  const halo = { color: inks.ground, stroke: inks.ground, strokeWidth: 3, aria: false };
  const at = (x: number, mark: object, field: string) =>
    [halo, {}].map((kind) =>
      layer({ ...above, ...mark, ...kind }, { x: { value: x }, y, text: { field } }, values)
    );
  return [
    ...at(0, { align: "left", color: inks.text }, y.field),
    ...at(width, { align: "right", color }, label),
  ];
}

/** Pixels of a row whose name stands above its marks. */
export const narrowRow = 36;

/** Panels beside each other, in a narrow figure below each other. */
export function sideBySide(panels: readonly object[], { narrow = false }: Form): object {
  return narrow ? { vconcat: panels } : { hconcat: panels };
}

/** The texts of a field at the pixels of `y`, `x` pixels from the left, as wide as they are drawn. */
export function clippedTexts(
  x: number,
  field: string,
  mark: object,
  values?: readonly object[],
): Layer {
  // Clipped: Vega reckons with wider letters, and would widen the picture.
  const text = { type: "text", align: "left", baseline: "middle", fontSize: 11, clip: true };
  return layer({ ...text, ...mark }, { x: { value: x }, y: pixel("y"), text: { field } }, values);
}

/** The band from `low` to `high` around lines, of the rows that have one. */
export function bandLayer(
  { x, y, color }: { readonly x: object; readonly y: object; readonly color: object },
  mark: { readonly opacity: number; readonly xOffset?: number },
  values?: readonly object[],
): Layer {
  const ends = { y: { ...y, field: "low" }, y2: { field: "high" } };
  const area = layer({ type: "area", ...mark }, { x, ...ends, color }, values);
  return { ...area, transform: [{ filter: "isValid(datum.low)" }] };
}

/** The channel of a number, on an axis from the first to the second of `domain`. */
export function quantity(field: string, domain: readonly number[], axis: object) {
  const type = "quantitative" as const;
  return { field, type, scale: { domain: [...domain] }, axis: { ...plainAxis, ...axis } };
}

/** A channel at one value of its axis, whatever the rows. */
export function atDatum(
  { field: _, ...channel }: { readonly field: string },
  datum: number,
): object {
  return { ...channel, datum };
}

/** The vertical channel of a name, in the order of `sort`. */
export function nameOf(field: string, sort: readonly string[], axis: object | null = namesAxis) {
  return { field, type: "nominal" as const, sort: [...sort], axis };
}

/** The legend of a channel, at the right of the plot unless told otherwise. */
function legendOf(legend: object): object {
  return { ...plainLegend, ...legend };
}

/** Shapes that tell apart what has colours of one kind. */
export const shapes = [
  "circle",
  "square",
  "diamond",
  "triangle-up",
  "cross",
  "triangle-down",
] as const;

/** Dashes that tell lines apart where colours do not. */
export const dashes = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 1], [1, 3]] as const;

/** The channel of a name that has one of `range`, from its start again for names of a higher number. */
export function cycled(
  field: string,
  [domain, range]: readonly [readonly string[], readonly unknown[]],
  legend: object,
) {
  return {
    field,
    type: "nominal" as const,
    scale: { domain: [...domain], range: domain.map((_, i) => range[i % range.length]) },
    legend: legendOf(legend),
  };
}

/** The channel of the colour and, of several names, of the dashes of lines, in one legend. */
export function lineOf(
  field: string,
  [domain, colours]: readonly [readonly string[], readonly string[]],
  legend: object,
) {
  const several = domain.length > 1;
  // A symbol is as long as the longest dashes.
  const symbols = { ...strokes, ...several && { symbolSize: 400, rowPadding: 0 }, ...legend };
  return {
    color: colourOf(field, [domain, colours], symbols),
    ...several && { strokeDash: cycled(field, [domain, dashes], symbols) },
  };
}

/** The channel of a name that has a colour: that of `range` at the name's place in `domain`. */
export function colourOf(
  field: string,
  [domain, range]: readonly [readonly string[], readonly string[]],
  legend: object | null = null,
) {
  return {
    field,
    type: "nominal" as const,
    scale: { domain: [...domain], range: [...range] },
    legend: legend && legendOf(legend),
  };
}

/**
 * The channel of a number that is told by how much of the ground is seen through a mark: from 0 to
 * `most`. Where words stand on the marks, they can be read on the densest too.
 */
export function heatOf(field: string, most: number, { words = false } = {}) {
  return {
    field,
    type: "quantitative",
    scale: { domain: [0, most], range: [0.05, words ? 0.5 : 1] },
    legend: null,
  } as const;
}

/** A legend is at the right of the plot, of a narrow figure above it. */
export function legendFor({ narrow = false }: Form): object {
  return narrow ? { orient: "top", direction: "vertical", columns: 1, offset: 8 } : {};
}

/** What a legend of lines has for each of them. */
export const strokes = { symbolType: "stroke", symbolStrokeWidth: 3 } as const;

/** The channel of a field that is a place in pixels already: no scale, no axis. */
export function pixel(field: string) {
  return { field, type: "quantitative", scale: null, axis: null } as const;
}

/** The names in the order in which they are first met. */
export function inOrder<T>(names: Iterable<T>): T[] {
  return [...new Set(names)];
}

/** A whole number with commas: `12,800`. */
export function grouped(value: number): string {
  return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

/** @throws {RangeError} An empty list. */
export function requireSome(list: readonly unknown[], what: string, of = "row"): void {
  if (list.length === 0) {
    throw new RangeError(`Cannot draw ${what}: expected at least one ${of}, got none`);
  }
}

/** @throws {RangeError} A value that is not a number from 0 to 1. */
export function requireShare(value: number, what: string, name: string): void {
  if (!(value >= 0 && value <= 1)) {
    throw new RangeError(`Cannot draw ${what}: expected ${name} from 0 to 1, got ${value}`);
  }
}

/** @throws {RangeError} Quantiles that fall. */
export function requireRising(quantiles: readonly number[], what: string): void {
  if (quantiles.every((value, i) => i === 0 || value >= quantiles[i - 1]!)) return;
  throw new RangeError(
    `Cannot draw ${what}: expected rising quantiles, got ${quantiles.join(", ")}`,
  );
}

/** @throws {RangeError} A value that is not finite. */
export function requireFinite(value: number, what: string, name: string): void {
  if (!Number.isFinite(value)) {
    throw new RangeError(`Cannot draw ${what}: expected a finite ${name}, got ${value}`);
  }
}

/** @throws {RangeError} A value that is not 0, 1, 2, … */
export function requireCount(value: number, what: string, name: string): void {
  if (!(Number.isInteger(value) && value >= 0)) {
    throw new RangeError(`Cannot draw ${what}: expected a whole ${name} from 0, got ${value}`);
  }
}
