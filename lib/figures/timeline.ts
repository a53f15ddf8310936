/** The field from one modality to three, a line a work (paper, Fig. 1). @module */

import type { FieldEntry } from "./field_timeline.ts";
import * as style from "./house_style.ts";
import { inks, modalityColours } from "./palette.ts";
import type { Figure } from "./render.ts";

const columns = ["text", "image", "audio"] as const;
const headings = { text: "text", image: "image, video", audio: "audio" };
const kinds = ["method", "data set", "encoder"] as const;
const shapes = { "method": "circle", "data set": "square", "encoder": "triangle-up" };

// Pixels: where the columns stand, and the lines of the list.
const columnAt = { text: 80, image: 160, audio: 240 };
const nameAt = 290, sourceAt = 580, width = 900;
const lineHeight = 22, yearGap = 10;

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
  const lines = placed(entries);
  const marks = lines.flatMap(({ modalities, kind, y }) =>
    modalities.map((modality) => ({ x: columnAt[modality], y, modality, kind }))
  );
  const rules = lines.map(({ modalities, y }) => {
    const at = modalities.map((modality) => columnAt[modality]);
    return { x: Math.min(...at), x2: Math.max(...at), y };
  });
  const years = lines.filter(({ year }, i) => year !== lines[i - 1]?.year);
  const bottom = lines.at(-1)!.y;
  const key =
    "A mark in each modality that a work uses. Number: in the paper's list of references.";
  const x = style.pixel("x"), y = style.pixel("y");
  const rule = { type: "rule", color: inks.grid };
  return style.figure(options, { key, width }, {
    width,
    height: bottom + lineHeight / 2,
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
        years.slice(1).map(({ y }) => ({ y: y - (lineHeight + yearGap) / 2 })),
      ),
      style.layer(
        { type: "text", fontSize: 11, fontWeight: "bold", baseline: "middle" },
        { x, y, text: { field: "label" }, color },
        columns.map((m) => ({ x: columnAt[m], y: 8, modality: m, label: headings[m] })),
      ),
      style.layer(
        { ...rule, color: inks.axis, strokeWidth: 2 },
        { x, x2: { field: "x2" }, y },
        rules,
      ),
      style.layer(
        { ...style.dot(80), stroke: "white", strokeWidth: 1 },
        { x, y, color, shape },
        marks,
      ),
      style.clippedTexts(0, "yearLabel", { fontWeight: "bold", color: inks.text }, years),
      style.clippedTexts(nameAt, "name", { color: inks.text }),
      style.clippedTexts(sourceAt, "source", { color: inks.muted }),
    ],
  });
}

const color = style.colourOf("modality", [columns, columns.map((m) => modalityColours[m])]);

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
  readonly modalities: FieldEntry["modalities"];
  readonly kind: FieldEntry["kind"];
  readonly y: number;
}

function placed(entries: readonly FieldEntry[]): Line[] {
  let y = 36 - lineHeight, before: number | undefined;
  return entries.toSorted((a, b) => a.year - b.year).map((entry) => {
    const { year, name, authors, modalities, kind, venue, reference } = entry;
    style.requireFinite(year, `"${name}"`, "year");
    style.requireSome(modalities, `"${name}"`, "modality");
    y += lineHeight + (before === undefined || before === year ? 0 : yearGap);
    before = year;
    const number = reference === undefined ? "" : ` [${reference}]`;
    const source = `${authors}, ${venue}${number}`;
    return { year, yearLabel: String(year), name, source, modalities, kind, y };
  });
}
