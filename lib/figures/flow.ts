/** Boxes and arrows on a grid: the drawing that the architecture and the training process share. @module */

import * as style from "./house_style.ts";
import { inks } from "./palette.ts";
import type { Figure } from "./render.ts";
import { linesOf } from "./text_width.ts";

/** A box. Flows run downwards: row 0 is the first step. */
export interface FlowBox {
  readonly id: string;
  /** Its heading. */
  readonly label: string;
  /** Lines below the heading. */
  readonly details?: readonly string[];
  /** Of the box's centre; fractions stand between two columns. */
  readonly column: number;
  readonly row: number;
  /**
   * How many columns it is wide.
   *
   * @default 1
   */
  readonly span?: number;
  /** Of the outline; the ground is a tint of it. */
  readonly color: string;
  /** A decision has pointed sides; what is frozen, not trained, has a dashed outline. */
  readonly kind?: "step" | "decision" | "frozen";
}

/** An arrow from the foot of one box to the head of another. */
export interface FlowEdge {
  readonly from: string;
  readonly to: string;
  readonly label?: string;
  /**
   * `around` leaves and enters at the right-hand sides, by way of the margin:
   * for arrows back up, and for arrows that skip a step.
   *
   * @default "down"
   */
  readonly path?: "down" | "around";
}

/** The size of the grid, in pixels. */
export interface FlowLayout {
  readonly columnWidth: number;
  readonly rowGap: number;
  /** What the boxes of a column leave free between them. */
  readonly columnGap: number;
}

/** A box, and its words in the lines that its width leaves them. */
interface Worded extends FlowBox {
  readonly headings: readonly string[];
  readonly lines: readonly string[];
}

interface Placed extends Worded {
  readonly x: number;
  readonly y: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Sizes {
  readonly heading: number;
  readonly detail: number;
  readonly headingHeight: number;
  readonly detailHeight: number;
  readonly padding: number;
  /** How far from the boxes an arrow goes around them. */
  readonly margin: number;
}

const wideSizes: Sizes = {
  ...{ heading: 12, detail: 10.5, headingHeight: 17, detailHeight: 14, padding: 9, margin: 26 },
};
const narrowSizes: Sizes = {
  ...{ heading: 9.5, detail: 9, headingHeight: 12, detailHeight: 11.5, padding: 6, margin: 20 },
};
// The pointed sides of a decision.
const point = 14, arrivalGap = 20;

/**
 * Draws boxes in their columns and rows, and arrows between them with their
 * labels. Words are broken into lines where a box is too narrow for them. A row is as tall as its tallest box. An arrow down is straight where
 * the boxes overlap, else it turns twice between the rows.
 *
 * @throws {RangeError} No boxes, two of one id, or an arrow from or to a box that is not there.
 */
export function flow(
  { boxes, edges }: { readonly boxes: readonly FlowBox[]; readonly edges: readonly FlowEdge[] },
  options: style.FigureOptions & { readonly key?: string } & Partial<FlowLayout>,
): Figure {
  const { columnWidth = 190, rowGap = 34, columnGap = 18, key, ...head } = options;
  style.requireSome(boxes, "a flow", "box");
  const sizes = head.narrow ? narrowSizes : wideSizes;
  const placed = place(boxes, { columnWidth, rowGap, columnGap, sizes });
  const parts = [...placed.values()];
  const rightmost = Math.max(...parts.map(({ right }) => right));
  const arrows = routesOf(edges, placed, { rightmost, margin: sizes.margin });
  const lanes = arrows.filter(({ around }) => around).length;
  const width = rightmost + lanes * sizes.margin + 4;
  return style.figure(head, { key, width }, {
    width,
    height: Math.max(...parts.map(({ bottom }) => bottom)) + 2,
    layer: [...arrowLayers(arrows), ...outlines(parts), ...textLayers(parts, arrows, sizes)],
  });
}

function arrowLayers(arrows: readonly Route[]): style.Layer[] {
  const corners = arrows.flatMap(({ id, points }) => points.map((p, i) => ({ id, i, ...p })));
  const head = { type: "point", shape: "triangle", filled: true, size: 50, opacity: 1 };
  return [
    style.layer(
      { type: "line", color: inks.muted, strokeWidth: 1.3, strokeJoin: "round" },
      { ...position, detail: { field: "id", type: "nominal" }, order: { field: "i" } },
      corners,
    ),
    style.layer(
      { ...head, color: inks.muted },
      { ...position, angle: { field: "angle", type: "quantitative", scale: null } },
      arrows.map(headOf),
    ),
  ];
}

function textLayers(
  boxes: readonly Placed[],
  arrows: readonly Route[],
  sizes: Sizes,
): style.Layer[] {
  // Clipped: Vega reckons with wider letters, and would widen the picture.
  const text = { type: "text", baseline: "middle", clip: true };
  const texts = (mark: object, values: readonly object[]) =>
    style.layer({ ...text, ...mark }, { ...position, text: { field: "text" } }, values);
  return [
    texts(
      { fontSize: sizes.detail, color: inks.muted },
      boxes.flatMap((box) => detailsOf(box, sizes)),
    ),
    texts(
      { fontSize: sizes.heading, fontWeight: "bold", color: inks.text },
      boxes.flatMap((box) => headingsOf(box, sizes)),
    ),
    texts({ fontSize: sizes.detail, align: "left", color: inks.muted }, arrows.flatMap(labelOf)),
  ];
}

const position = { x: style.pixel("x"), y: style.pixel("y") };

function worded(box: FlowBox, { columnWidth, columnGap, sizes }: Layout): Worded {
  const { label, details = [], kind, span = 1 } = box;
  const sides = kind === "decision" ? point : 10;
  const pixels = span * columnWidth - columnGap - sides;
  const options = { size: sizes.detail, within: true };
  return {
    ...box,
    headings: linesOf(label, pixels, { ...options, size: sizes.heading, bold: true }),
    lines: details.flatMap((text) => linesOf(text, pixels, options)),
  };
}

interface Layout extends FlowLayout {
  readonly sizes: Sizes;
}

function place(plain: readonly FlowBox[], layout: Layout): Map<string, Placed> {
  const boxes = plain.map((box) => worded(box, layout));
  const heights = new Map<number, number>();
  for (const box of boxes) {
    heights.set(box.row, Math.max(heights.get(box.row) ?? 0, heightOf(box, layout.sizes)));
  }
  const tops = new Map<number, number>();
  let top = 2;
  for (const row of [...heights.keys()].sort((a, b) => a - b)) {
    tops.set(row, top);
    top += heights.get(row)! + layout.rowGap;
  }
  const leftmost = Math.min(...boxes.map(({ column, span = 1 }) => column - span / 2));
  const placed = new Map<string, Placed>();
  for (const box of boxes) {
    if (placed.has(box.id)) {
      throw new RangeError(`Cannot draw a flow: expected one box of each id, got two "${box.id}"`);
    }
    const x = (box.column - leftmost) * layout.columnWidth;
    const half = ((box.span ?? 1) * layout.columnWidth - layout.columnGap) / 2;
    const y = tops.get(box.row)! + heights.get(box.row)! / 2;
    const tall = heightOf(box, layout.sizes) / 2;
    const sides = { left: x - half, right: x + half, top: y - tall, bottom: y + tall };
    placed.set(box.id, { ...box, x, y, ...sides });
  }
  return placed;
}

function heightOf({ headings, lines }: Worded, sizes: Sizes): number {
  const { padding, headingHeight, detailHeight } = sizes;
  return 2 * padding + headingHeight * headings.length + detailHeight * lines.length;
}

function outlines(boxes: readonly Placed[]): style.Layer[] {
  const corners = boxes.flatMap((box) => outlineOf(box).map((p, i) => ({ ...p, i, id: box.id })));
  const domain = boxes.map(({ id }) => id);
  const byBox = (range: readonly unknown[]) =>
    ({ field: "id", type: "nominal", scale: { domain, range }, legend: null }) as const;
  const color = byBox(boxes.map(({ color }) => color));
  const strokeDash = byBox(boxes.map(({ kind }) => kind === "frozen" ? [5, 3] : [1, 0]));
  const outline = (mark: object, channels: object) =>
    style.layer(
      { type: "line", interpolate: "linear-closed", ...mark },
      { ...position, order: { field: "i" }, ...channels },
      corners,
    );
  return [
    // White first: tints are transparent, and arrows pass behind the boxes.
    outline({ fill: inks.ground, stroke: inks.ground }, {
      detail: { field: "id", type: "nominal" },
    }),
    outline({ fillOpacity: 0.09, strokeWidth: 0 }, { fill: color }),
    outline({ strokeWidth: 1.4 }, { stroke: color, strokeDash }),
  ];
}

function outlineOf({ kind, left, right, top, bottom, y }: Placed): Point[] {
  if (kind !== "decision") {
    const upper = [{ x: left, y: top }, { x: right, y: top }];
    return [...upper, { x: right, y: bottom }, { x: left, y: bottom }];
  }
  return [
    { x: left, y },
    { x: left + point, y: top },
    { x: right - point, y: top },
    { x: right, y },
    { x: right - point, y: bottom },
    { x: left + point, y: bottom },
  ];
}

function headingsOf({ x, top, headings }: Placed, { padding, headingHeight }: Sizes) {
  const first = top + padding + headingHeight / 2;
  return headings.map((text, i) => ({ x, y: first + headingHeight * i, text }));
}

function detailsOf(
  { x, top, headings, lines }: Placed,
  { padding, headingHeight, detailHeight }: Sizes,
) {
  const first = top + padding + headingHeight * headings.length + detailHeight / 2;
  return lines.map((text, i) => ({ x, y: first + detailHeight * i, text }));
}

interface Route {
  readonly id: string;
  readonly label: string | undefined;
  readonly around: boolean;
  readonly points: readonly Point[];
}

function routesOf(
  edges: readonly FlowEdge[],
  placed: ReadonlyMap<string, Placed>,
  { rightmost, margin }: { readonly rightmost: number; readonly margin: number },
): Route[] {
  const box = (id: string) => {
    const found = placed.get(id);
    if (found) return found;
    throw new RangeError(
      `Cannot draw an arrow: expected one of ${[...placed.keys()].join(", ")}, got "${id}"`,
    );
  };
  const lanes = edges.filter(({ path }) => path === "around");
  return edges.map((edge) => {
    const { from, to, label } = edge;
    const lane = lanes.indexOf(edge) + 1;
    // Arrows around that end at one box arrive one above the other.
    const arriving = lanes.filter((other) => other.to === to);
    const shift = arrivalGap * (arriving.indexOf(edge) - (arriving.length - 1) / 2);
    const points = lane > 0
      ? around(box(from), box(to), { x: rightmost + margin * lane, shift })
      : down(box(from), box(to));
    return { id: `${from} to ${to}`, label, around: lane > 0, points };
  });
}

function down(from: Placed, to: Placed): Point[] {
  const left = Math.max(from.left, to.left), right = Math.min(from.right, to.right);
  if (left < right) {
    // The narrower box's centre, if it is above or below the other.
    const narrow = from.right - from.left <= to.right - to.left ? from : to;
    const x = Math.min(Math.max(narrow.x, left), right);
    return [{ x, y: from.bottom }, { x, y: to.top }];
  }
  const middle = (from.bottom + to.top) / 2;
  return [
    { x: from.x, y: from.bottom },
    { x: from.x, y: middle },
    { x: to.x, y: middle },
    { x: to.x, y: to.top },
  ];
}

function around(
  from: Placed,
  to: Placed,
  { x, shift }: { readonly x: number; readonly shift: number },
): Point[] {
  const end = to.y + shift;
  return [{ x: from.right, y: from.y }, { x, y: from.y }, { x, y: end }, { x: to.right, y: end }];
}

// The tip touches the box; the triangle's own centre is a little before it.
function headOf({ points, around }: Route) {
  const { x, y } = points.at(-1)!;
  return around ? { x: x + 4, y, angle: 270 } : { x, y: y - 4, angle: 180 };
}

function labelOf({ label, points, around }: Route) {
  if (label === undefined) return [];
  const [first, second] = points as [Point, Point];
  if (around) return [{ x: first.x + 5, y: first.y - 9, text: label }];
  const end = points.at(-1)!;
  // Beside the last leg of an arrow that turns, where no other arrow starts.
  const y = points.length === 2 ? (first.y + second.y) / 2 : end.y - 11;
  return [{ x: end.x + 7, y, text: label }];
}
