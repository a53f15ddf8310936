/** What the figures have in common: what stands above them, their axes and legends, their checks. @module */

import { coloursOf, inks, modalityColours } from "./palette.ts";
import type { Figure } from "./render.ts";

/** What stands above a figure. */
export interface FigureOptions {
  /** One line: what is shown. */
  readonly title: string;
  /** The caption: which data, how many seeds. Long ones are broken into lines. */
  readonly subtitle: string;
}

/** A part of a figure that stands side by side with others. */
export type Panel = Extract<Figure, { hconcat: unknown }>["hconcat"][number];

/** One layer of a panel. */
export type Layer = Extract<Panel, { layer: unknown }>["layer"][number];

/** A heading, of a figure or of a panel. */
export interface Heading {
  readonly text: string;
  readonly color?: string;
  /** Lines of their own below it. */
  readonly subtitle?: string[];
  readonly fontSize: number;
  readonly subtitleFontSize?: number;
  readonly subtitlePadding?: number;
  readonly subtitleLineHeight?: number;
  readonly anchor?: "start";
  /** What it is aligned with: the plot, or the plot and all that is around it. */
  readonly frame: "group" | "bounds";
  readonly offset: number;
  readonly dx?: number;
}

/** A channel whose field is a place in pixels already: no scale, no axis. */
export interface PixelChannel {
  readonly field: string;
  readonly type: "quantitative";
  readonly scale: null;
  readonly axis: null;
}

/** The version of the language that figures are written in. */
export const schema = "https://vega.github.io/schema/vega-lite/v6.json";

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

/** A legend at the right of the plot. */
export const plainLegend = {
  title: null,
  titleColor: inks.muted,
  titleFontSize: 11,
  titleFontWeight: "normal",
  labelColor: inks.text,
  labelFontSize: 11,
  labelLimit: 320,
  rowPadding: 5,
  // Else it takes that of the faintest layer.
  symbolOpacity: 1,
} as const;

/** A panel's own heading, above the left edge of its plot or `dx` pixels to the right of it. */
export function panelTitle(text: string, color: string = inks.text, dx = 0): Heading {
  return { text, color, fontSize: 13, anchor: "start", frame: "group", offset: 10, dx };
}

// What Vega reckons with for a letter of 11 pixels. Fonts have less, but a line that Vega holds to be
// wider than the plot makes the picture wider.
export const letterWidth = 8.8;

/**
 * The title, the caption and the key to the marks, over a figure that is
 * `width` pixels wide.
 */
export function headline(
  { title, subtitle }: FigureOptions,
  { key, width }: { readonly key?: string; readonly width: number },
): Heading & { readonly subtitle: string[] } {
  const letters = Math.max(40, Math.floor(width / letterWidth));
  return {
    text: title,
    subtitle: [subtitle, ...(key === undefined ? [] : [key])].flatMap((t) => linesOf(t, letters)),
    fontSize: 16,
    subtitleFontSize: 11,
    subtitlePadding: 6,
    subtitleLineHeight: 16,
    frame: "bounds",
    offset: 20,
  };
}

/** Lines of at most `letters`, broken at spaces; a longer word has a line of its own. */
export function linesOf(text: string, letters: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > letters) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line];
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

/** The colour of a modality or of `unified`, and ink for any other name. */
export function colourOfModality(name: string): string {
  const colours: Readonly<Record<string, string>> = modalityColours;
  return Object.hasOwn(colours, name) ? colours[name]! : inks.text;
}

/** The channel of a field that is a place in pixels already. */
export function pixel(field: string): PixelChannel {
  return { field, type: "quantitative", scale: null, axis: null };
}

/** From `low` to `high`: the domain of a scale. */
export function interval(low: number, high: number): number[] {
  return [low, high];
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
