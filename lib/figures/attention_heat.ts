/** Who attends to whom: attention weights as heat maps. @module */

import * as style from "./house_style.ts";
import { printNumber } from "../numbers.ts";
import { inks } from "./palette.ts";
import type { Figure } from "./render.ts";

/** A place that attends or is attended to: a modality, or one of its segments. */
export interface AttentionPlace {
  /** Places of one modality stand together, with a gap before the next. */
  readonly modality: string;
  /** Counted from 1; none for the summary of a modality. */
  readonly segment?: number;
}

/** One weight. */
export interface AttentionRow {
  /** The heat map: a level or a head. */
  readonly panel: string;
  /** The query. */
  readonly from: AttentionPlace;
  /** The key. */
  readonly to: AttentionPlace;
  /** In [0, 1]; the weights of one query add up to 1, or to 0 where it is absent. */
  readonly weight: number;
}

/**
 * The weights of one map, a list of them a query, as rows: query i and key i are `places[i]`.
 *
 * @throws {RangeError} Weights that are no square of as many rows and columns as there are places.
 */
export function attentionRows(
  weights: readonly (readonly number[])[],
  { panel, places }: Pick<AttentionRow, "panel"> & { readonly places: readonly AttentionPlace[] },
): AttentionRow[] {
  const size = places.length;
  if (weights.length !== size || weights.some(({ length }) => length !== size)) {
    throw new RangeError(
      `Cannot draw attention, ${panel}: expected ${size} lists of ${size} weights, ` +
        `got lists of ${weights.map(({ length }) => length).join(", ") || "nothing"}`,
    );
  }
  return weights.flatMap((list, i) =>
    list.map((weight, j) => ({ panel, from: places[i]!, to: places[j]!, weight }))
  );
}

const cells = { wide: { small: 17, large: 58 }, narrow: { small: 11, large: 58 } };
// Up to so many keys a cell has room for its number.
const mostNumbers = 6;
const modalityGap = 5;

/**
 * A heat map per panel: a row per query, a column per key, darker for more weight,
 * with a gap between modalities. Maps of few places have the weights written
 * in them. Each map has its own scale, from 0 to its largest weight, which is
 * given: over 24 segments an even weight is 0.042 already.
 *
 * @throws {RangeError} No rows, or a weight outside [0, 1].
 */
export function attentionHeat(rows: readonly AttentionRow[], options: style.FigureOptions): Figure {
  const { narrow = false } = options;
  style.requireSome(rows, "attention", "weight");
  rows.forEach(({ panel, weight }) =>
    style.requireShare(weight, `attention, ${panel}`, "a weight")
  );
  const names = style.inOrder(rows.map(({ panel }) => panel));
  const maps = names.map((name) => mapOf(rows.filter((row) => row.panel === name), narrow));
  const width = maps.reduce((sum, map) => sum + map.width + 110, 0);
  const key =
    "Row: who attends. Column: to whom. The densest colour is the largest weight of a map.";
  return style.figure(options, { key, width }, {
    spacing: narrow ? 24 : 40,
    align: "none",
    ...style.sideBySide(maps.map((map, i) => panelOf(names[i]!, map)), { narrow }),
  });
}

interface Axis {
  /** Pixels from the first cell, by place. */
  readonly at: ReadonlyMap<string, number>;
  readonly segments: readonly { readonly text: string; readonly at: number }[];
  readonly modalities: readonly { readonly modality: string; readonly at: number }[];
  readonly length: number;
}

interface HeatMap {
  readonly rows: readonly AttentionRow[];
  readonly cell: number;
  /** Whether a cell has room for its number. */
  readonly numbered: boolean;
  readonly queries: Axis;
  readonly keys: Axis;
  readonly width: number;
}

function mapOf(rows: readonly AttentionRow[], narrow: boolean): HeatMap {
  const places = (side: "from" | "to") => rows.map((row) => row[side]);
  const numbered = style.inOrder(places("to").map(idOf)).length <= mostNumbers;
  const { small, large } = cells[narrow ? "narrow" : "wide"];
  const cell = numbered ? large : small;
  const queries = axisOf(places("from"), cell), keys = axisOf(places("to"), cell);
  return { rows, cell, numbered, queries, keys, width: keys.length };
}

function idOf({ modality, segment }: AttentionPlace): string {
  return segment === undefined ? modality : `${modality} ${segment}`;
}

function axisOf(places: readonly AttentionPlace[], cell: number): Axis {
  const at = new Map<string, number>();
  const segments: { text: string; at: number }[] = [];
  const modalities: { modality: string; at: number }[] = [];
  let length = 0;
  for (const modality of style.inOrder(places.map((place) => place.modality))) {
    if (length > 0) length += modalityGap;
    const start = length;
    for (const place of places.filter((own) => own.modality === modality)) {
      if (at.has(idOf(place))) continue;
      at.set(idOf(place), length);
      if (place.segment !== undefined) {
        segments.push({ text: String(place.segment), at: length + cell / 2 });
      }
      length += cell;
    }
    modalities.push({ modality, at: (start + length) / 2 });
  }
  return { at, segments, modalities, length };
}

function panelOf(name: string, { rows, cell, numbered, queries, keys }: HeatMap): style.Panel {
  const largest = Math.max(...rows.map(({ weight }) => weight));
  const values = rows.map(({ from, to, weight }) => {
    const x = keys.at.get(idOf(to))!, y = queries.at.get(idOf(from))!;
    const edges = { x, y, x2: x + cell, y2: y + cell, xc: x + cell / 2, yc: y + cell / 2 };
    return { from: idOf(from), to: idOf(to), weight, ...edges, label: printNumber(weight, 2) };
  });
  const segmented = keys.segments.length > 0;
  // Names below the map stand at `y` pixels, those beside it at `x`.
  const below = (y: number) => ({ x: style.pixel("at"), y: { value: y } });
  const beside = (x: number) => ({ x: { value: x }, y: style.pixel("at") });
  const numbers = ({ segments }: Axis, at: object) =>
    style.layer(
      { type: "text", fontSize: 9, color: inks.muted, baseline: "middle" },
      { ...at, text: { field: "text" } },
      segments,
    );
  const modalities = ({ modalities }: Axis, at: object, align: "center" | "right") =>
    style.layer(
      { type: "text", fontSize: 11, fontWeight: "bold", baseline: "middle", align },
      {
        ...at,
        text: { field: "modality" },
        color: { field: "color", type: "nominal", scale: null },
      },
      modalities.map((own) => ({ ...own, color: style.inkOfModality(own.modality) })),
    );
  return {
    title: {
      ...style.panelTitle(name),
      subtitle: [`largest ${printNumber(largest)}`],
      subtitleFontSize: 11,
    },
    width: keys.length,
    height: queries.length,
    resolve: { scale: { fillOpacity: "independent" } },
    data: { values },
    layer: [
      style.layer({
        type: "rect",
        color: style.colourOfModality("unified"),
        stroke: inks.ground,
        strokeWidth: 1,
      }, {
        x: style.pixel("x"),
        x2: { field: "x2" },
        y: style.pixel("y"),
        y2: { field: "y2" },
        fillOpacity: style.heatOf("weight", largest || 1, { words: numbered }),
      }),
      ...numbered
        ? [style.layer({ type: "text", fontSize: 11, baseline: "middle" }, {
          x: style.pixel("xc"),
          y: style.pixel("yc"),
          text: { field: "label" },
        })]
        : [],
      numbers(keys, below(queries.length + 10)),
      numbers(queries, beside(-10)),
      modalities(keys, below(queries.length + (segmented ? 27 : 14)), "center"),
      modalities(queries, beside(segmented ? -24 : -10), "right"),
    ],
  } as style.Panel;
}
