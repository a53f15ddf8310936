/** The field from one modality to three, a line a work (paper, Fig. 1). @module */

import type { FieldEntry } from "./field_timeline.ts";
import * as style from "./house_style.ts";
import { inks, modalityColours, modalityInks } from "./palette.ts";
import type { Figure } from "./render.ts";
import { linesOf } from "./text_width.ts";

const columns = ["text", "image", "audio"] as const;
const headings = { text: "text", image: "image, video", audio: "audio" };
const kinds = ["method", "data set", "encoder"] as const;
const shapes = { "method": "circle", "data set": "square", "encoder": "triangle-up" };

/** Pixels: where the columns stand, and the lines of the list. */
interface Places {
  readonly columnAt: Readonly<Record<(typeof columns)[number], number>>;
  readonly nameAt: number;
  /** Where a narrow list has the source is below the name. */
  readonly sourceAt: number;
  readonly width: number;
  /** Of the letters. */
  readonly size: number;
}

const wide: Places = {
  columnAt: { text: 80, image: 160, audio: 240 },
  ...{ nameAt: 290, sourceAt: 580, width: 900, size: 11 },
};
const narrow: Places = {
  columnAt: { text: 46, image: 82, audio: 118 },
  ...{ nameAt: 142, sourceAt: 142, width: style.narrowWidth, size: 9.5 },
};
const lineHeight = 22, yearGap = 10, shortLine = 12;

/**
 * A list of works from the first year to the last; each has a mark in the
 * column of every modality that it works on, joined by a line, so that the way
 * from one modality to three is seen going down. The mark's shape says whether
 * it is a method, a data set or an encoder.
 *
 * Entries are sorted by year; those of one year stay in the order given.
 *
 * @throws {RangeError} No entries, a year that is no number, or an entry without a modality.
 */
export function timelineFigure(
  entries: readonly FieldEntry[],
  options: style.FigureOptions,
): Figure {
  style.requireSome(entries, "a timeline", "entry");
  const places = options.narrow ? narrow : wide;
  const { columnAt, nameAt, sourceAt, width, size } = places;
  const lines = placed(entries, places);
  const marks = lines.flatMap(({ modalities, kind, y }) =>
    modalities.map((modality) => ({ x: columnAt[modality], y, modality, kind }))
  );
  const rules = lines.map(({ modalities, y }) => {
    const at = modalities.map((modality) => columnAt[modality]);
    return { x: Math.min(...at), x2: Math.max(...at), y };
  });
  const years = lines.filter(({ year }, i) => year !== lines[i - 1]?.year);
  const bottom = lines.at(-1)!.y;
  const height = Math.max(
    ...lines.flatMap(({ names, sources }) => [...names, ...sources])
      .map(({ y }) => y),
  ) + lineHeight / 2;
  const key =
    "A mark in each modality that a work uses. Number: in the paper's list of references.";
  const x = style.pixel("x"), y = style.pixel("y");
  const rule = { type: "rule", color: inks.grid };
  return style.figure(options, { key, width }, {
    width,
    height,
    data: { values: lines },
    layer: [
      style.layer(
        rule,
        { x, y, y2: { field: "y2" } },
        columns.map((modality) => ({ x: columnAt[modality], y: 24, y2: bottom })),
      ),
      style.layer(
        rule,
        { x: { value: 0 }, x2: { value: width }, y },
        years.slice(1).map(({ top }) => ({ y: top - yearGap / 2 })),
      ),
      style.layer(
        {
          type: "text",
          fontSize: places === wide ? 11 : 9,
          fontWeight: "bold",
          baseline: "middle",
        },
        { x, y, text: { field: "label" }, color: headingColor },
        columns.map((m) => ({
          ...{ x: columnAt[m], y: 8, modality: m },
          label: places === wide ? headings[m] : m,
          ink: modalityInks[m],
        })),
      ),
      style.layer(
        { ...rule, color: inks.axis, strokeWidth: 2 },
        { x, x2: { field: "x2" }, y },
        rules,
      ),
      style.layer(
        { ...style.dot(80), stroke: inks.ground, strokeWidth: 1 },
        { x, y, color, shape },
        marks,
      ),
      style.clippedTexts(0, "yearLabel", { fontWeight: "bold", color: inks.text }, years),
      style.clippedTexts(
        nameAt,
        "text",
        { color: inks.text, fontSize: size },
        lines.flatMap(({ names }) => names),
      ),
      style.clippedTexts(
        sourceAt,
        "text",
        { color: inks.muted, fontSize: size },
        lines.flatMap(({ sources }) => sources),
      ),
    ],
  });
}

const color = style.colourOf("modality", [columns, columns.map((m) => modalityColours[m])]);
const headingColor = { ...color, scale: null, field: "ink" };

const shape = {
  field: "kind",
  type: "nominal",
  scale: { domain: [...kinds], range: kinds.map((kind) => shapes[kind]) },
  legend: {
    orient: "top",
    title: null,
    labelFontSize: 11,
    labelColor: inks.text,
    symbolFillColor: inks.muted,
    symbolStrokeWidth: 0,
    symbolSize: 80,
    offset: 14,
  },
} as const;

interface Line {
  readonly year: number;
  readonly yearLabel: string;
  readonly name: string;
  readonly source: string;
  readonly names: readonly Text[];
  readonly sources: readonly Text[];
  readonly modalities: FieldEntry["modalities"];
  readonly kind: FieldEntry["kind"];
  /** Of the marks. */
  readonly y: number;
  /** Where the line begins. */
  readonly top: number;
}

interface Text {
  readonly text: string;
  readonly y: number;
}

function placed(
  entries: readonly FieldEntry[],
  { nameAt, sourceAt, width, size }: Places,
): Line[] {
  let bottom = 36 - lineHeight / 2, before: number | undefined;
  return entries.toSorted((a, b) => a.year - b.year).map((entry) => {
    const { year, name, authors, modalities, kind, venue, reference } = entry;
    style.requireFinite(year, `"${name}"`, "year");
    style.requireSome(modalities, `"${name}"`, "modality");
    const top = bottom + (before === undefined || before === year ? 0 : yearGap);
    before = year;
    const number = reference === undefined ? "" : ` [${reference}]`;
    const source = `${authors}, ${venue}${number}`;
    const y = top + lineHeight / 2;
    const below = (text: string, at: number, first: number) =>
      linesOf(text, width - at, { size }).map((text, i) => ({ text, y: first + shortLine * i }));
    const names = below(name, nameAt, y);
    const sources = sourceAt === nameAt
      ? below(source, sourceAt, y + shortLine * names.length)
      : below(source, sourceAt, y);
    bottom = Math.max(names.at(-1)!.y, sources.at(-1)!.y) + lineHeight / 2;
    return {
      year,
      yearLabel: String(year),
      name,
      source,
      names,
      sources,
      modalities,
      kind,
      y,
      top,
    };
  });
}
