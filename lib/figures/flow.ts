/** Boxes and arrows on a grid: the drawing that the architecture and the training process share. @module */

import * as style from "./house_style.ts";
import { inks } from "./palette.ts";
import type { Figure } from "./render.ts";

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

interface Placed extends FlowBox {
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

const headingHeight = 17, detailHeight = 14, boxPadding = 9;
// The pointed sides of a decision, and how far from the boxes an arrow goes around them.
const point = 14, margin = 26, arrivalGap = 20;

/**
 * Draws boxes in their columns and rows, and arrows between them with their
 * labels. A row is as tall as its tallest box. An arrow down is straight where
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
  const placed = place(boxes, { columnWidth, rowGap, columnGap });
  const parts = [...placed.values()];
  const rightmost = Math.max(...parts.map(({ right }) => right));
  const arrows = routesOf(edges, placed, rightmost);
  const lanes = arrows.filter(({ around }) => around).length;
  const width = rightmost + lanes * margin + 4;
  return style.figure(head, { key, width: Math.max(width, 480) }, {
    width,
    height: Math.max(...parts.map(({ bottom }) => bottom)) + 2,
    layer: [...arrowLayers(arrows), ...outlines(parts), ...textLayers(parts, arrows)],
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

function textLayers(boxes: readonly Placed[], arrows: readonly Route[]): style.Layer[] {
  // Clipped: Vega reckons with wider letters, and would widen the picture.
  const text = { type: "text", baseline: "middle", clip: true };
  const texts = (mark: object, values: readonly object[]) =>
    style.layer({ ...text, ...mark }, { ...position, text: { field: "text" } }, values);
  return [
    texts({ fontSize: 10.5, color: inks.muted }, boxes.flatMap(detailsOf)),
    texts({ fontSize: 12, fontWeight: "bold", color: inks.text }, boxes.map(headingOf)),
    texts({ fontSize: 10.5, align: "left", color: inks.muted }, arrows.flatMap(labelOf)),
  ];
}

const position = { x: style.pixel("x"), y: style.pixel("y") };

function place(boxes: readonly FlowBox[], layout: FlowLayout): Map<string, Placed> {
  const heights = new Map<number, number>();
  for (const box of boxes) {
    heights.set(box.row, Math.max(heights.get(box.row) ?? 0, heightOf(box)));
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
    const tall = heightOf(box) / 2;
    const sides = { left: x - half, right: x + half, top: y - tall, bottom: y + tall };
    placed.set(box.id, { ...box, x, y, ...sides });
  }
  return placed;
}

function heightOf({ details = [] }: FlowBox): number {
  return 2 * boxPadding + headingHeight + detailHeight * details.length;
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
    outline({ fill: "white", stroke: "white" }, { detail: { field: "id", type: "nominal" } }),
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

function headingOf({ x, top, label }: Placed) {
  return { x, y: top + boxPadding + headingHeight / 2, text: label };
}

function detailsOf({ x, top, details = [] }: Placed) {
  const first = top + boxPadding + headingHeight + detailHeight / 2;
  return details.map((text, i) => ({ x, y: first + detailHeight * i, text }));
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
  rightmost: number,
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
