/** Where every system stands on every test: one dot a system and test, beside one that all are compared with. @module */

import * as style from "./house_style.ts";
import { inks, modalityColours } from "./palette.ts";
import type { Figure } from "./render.ts";

/** How one system did on one test. */
export interface StandingRow {
  /** Its name, a line of every panel that it was tested in. */
  readonly system: string;
  /** The panel: what was judged. */
  readonly test: string;
  /** In [0, 1]. */
  readonly accuracy: number;
  /** The ends of the interval of the difference to the reference, set around this accuracy; both or none. */
  readonly low?: number;
  /** See `low`. */
  readonly high?: number;
  /** Whether the difference to the reference is significant, by the rule of the table that it is from. */
  readonly significant?: boolean;
  /** What others reported for this system, on their data: a score, or the ends of a range. */
  readonly reported?: number | readonly [low: number, high: number];
}

/** What stands above the figure, and what differs. */
export interface StandingsOptions extends style.FigureOptions {
  /** The system that all others are compared with. */
  readonly reference: string;
  /** What the crosses are. */
  readonly reported: string;
  /**
   * Whether for a phone: panels below each other.
   *
   * @default false
   */
  readonly narrow?: boolean;
}

const rowHeight = 21;
const chance = 0.5;
const wine = modalityColours.unified;

/**
 * A panel a test and a line a system, the same line in all panels. Systems are in the order of how
 * far they are above the reference on average, the best first; in a narrow figure, whose panels
 * stand below each other, each has an order of its own.
 *
 * The reference is wine, with a rule of its colour through the panel. Another dot is full if its difference is
 * significant, else hollow, and its line is the interval of that difference: one that reaches the rule
 * is not told apart. Crosses are what others reported. All panels have one axis, from 0.4 or
 * further down.
 *
 * @throws {RangeError} No rows, a test without the reference, a number outside [0, 1], or an accuracy
 * outside its interval.
 */
export function standingsFigure(
  rows: readonly StandingRow[],
  { reference, reported, ...options }: StandingsOptions,
): Figure {
  style.requireSome(rows, "standings");
  rows.forEach(check);
  const { narrow = false } = options;
  const tests = style.inOrder(rows.map(({ test }) => test));
  const lowest = Math.min(...rows.flatMap(({ accuracy, low = accuracy }) => [accuracy, low]));
  const shared = {
    reference,
    domain: [Math.min(0.4, Math.floor(10 * lowest) / 10), 1] as const,
    width: narrow ? 186 : Math.floor((720 - 14 * (tests.length - 1)) / tests.length),
  };
  const order = orderOf(rows, reference);
  const panels = tests.map((test, i) => {
    const own = rows.filter((row) => row.test === test);
    const systems = narrow ? orderOf(own, reference) : order;
    return panel(test, own, { ...shared, systems, named: narrow || i === 0 });
  });
  return style.figure(options, { key: keyOf(rows, { reference, reported }), width: 860 }, {
    bounds: "flush",
    spacing: narrow ? 54 : 14,
    [narrow ? "vconcat" : "hconcat"]: panels,
  });
}

function keyOf(
  rows: readonly StandingRow[],
  { reference, reported }: Pick<StandingsOptions, "reference" | "reported">,
): string {
  const some = (of: (row: StandingRow) => unknown) => rows.some((row) => of(row) !== undefined);
  return [
    `Wine: ${reference}.`,
    "Full dot: significantly different from it; hollow: not.",
    ...some(({ low }) => low) ? ["Line: 95 % interval of that difference."] : [],
    ...some((row) => row.reported) ? [`Cross: ${reported}.`] : [],
    "Dashed: chance.",
  ].join(" ");
}

// By the mean of how far each is above the reference on the tests that it takes.
function orderOf(rows: readonly StandingRow[], reference: string): string[] {
  const above = ({ system, accuracy, test }: StandingRow) =>
    system === reference ? 0 : accuracy - referenceOf(rows, { reference, test }).accuracy;
  const mean = (own: readonly StandingRow[]) =>
    own.reduce((sum, row) => sum + above(row), 0) / own.length;
  return [...Map.groupBy(rows, ({ system }) => system)]
    .map(([system, own]) => ({ system, mean: mean(own) }))
    .toSorted((a, b) => b.mean - a.mean).map(({ system }) => system);
}

function referenceOf(
  rows: readonly StandingRow[],
  { reference, test }: { readonly reference: string; readonly test: string },
): StandingRow {
  const found = rows.find((row) => row.system === reference && row.test === test);
  if (found) return found;
  throw new RangeError(`Cannot draw ${test}: expected a row of ${reference}, got none`);
}

function panel(
  test: string,
  rows: readonly StandingRow[],
  { reference, systems, domain, width, named }: {
    readonly reference: string;
    readonly systems: readonly string[];
    readonly domain: readonly [number, number];
    readonly width: number;
    readonly named: boolean;
  },
): style.Panel {
  const axis = { title: null, format: ".1f", values: [0.5, 0.7, 0.9], labelOverlap: false };
  const x = (field: string) => style.quantity(field, domain, axis);
  const isReference = { test: `datum.value === ${JSON.stringify(reference)}`, value: wine };
  const y = {
    ...style.nameOf("system", systems, {
      ...style.namesAxis,
      labelColor: { condition: isReference, value: inks.text },
      // A guide for the eye from the names to the last panel.
      ...{ labels: named, grid: true, tickBand: "center" },
    }),
    scale: { domain: [...systems] },
  };
  const at = referenceOf(rows, { reference, test });
  const others = rows.filter((row) => row !== at).map(toMark);
  const rule = { type: "rule", strokeWidth: 1.5, strokeCap: "round", color: inks.muted };
  const size = 42;
  return {
    title: style.panelTitle(test),
    data: { values: [] },
    width,
    height: { step: rowHeight },
    layer: [
      style.layer(style.dashed, { x: style.atDatum(x("accuracy"), chance) }, [{}]),
      style.layer(
        { type: "rule", color: wine, strokeWidth: 1, opacity: 0.6 },
        { x: style.atDatum(x("accuracy"), at.accuracy) },
        [{}],
      ),
      style.layer(
        rule,
        { x: x("low"), x2: { field: "high" }, y },
        others.filter(({ low }) => low !== undefined),
      ),
      ...reportedLayers(rows, { x, y }),
      style.layer(
        { ...style.dot(size), fill: "#ffffff", stroke: inks.muted, strokeWidth: 1.5 },
        { x: x("accuracy"), y },
        others.filter(({ significant }) => !significant),
      ),
      style.layer(
        { ...style.dot(size), color: inks.text },
        { x: x("accuracy"), y },
        others.filter(({ significant }) => significant),
      ),
      style.layer({ ...style.dot(64), color: wine }, { x: x("accuracy"), y }, [toMark(at)]),
    ],
  } as style.Panel;
}

function toMark({ system, accuracy, low, high, significant = false }: StandingRow) {
  return { system, accuracy, ...low !== undefined && { low, high }, significant };
}

// A cross for a score, and for a range one at each end with a line between them.
function reportedLayers(
  rows: readonly StandingRow[],
  { x, y }: { readonly x: (field: string) => object; readonly y: object },
): style.Layer[] {
  const marks = rows.flatMap(({ system, reported }) =>
    reported === undefined ? [] : [{ system, ends: [reported].flat() }]
  );
  if (marks.length === 0) return [];
  const cross = {
    ...{ type: "point", shape: "M-1,-1L1,1M-1,1L1,-1", size: 15, opacity: 1 },
    ...{ filled: false, stroke: inks.muted, strokeWidth: 1.5 },
  };
  const ranges = marks.filter(({ ends }) => ends.length > 1)
    .map(({ system, ends: [from, to] }) => ({ system, from, to }));
  const crosses = marks.flatMap(({ system, ends }) =>
    ends.map((reported) => ({ system, reported }))
  );
  return [
    style.layer(
      { type: "rule", color: inks.muted },
      { x: x("from"), x2: { field: "to" }, y },
      ranges,
    ),
    style.layer(cross, { x: x("reported"), y }, crosses),
  ];
}

function check({ system, test, accuracy, low = accuracy, high = accuracy, reported }: StandingRow) {
  const name = `${system} on ${test}`;
  for (const value of [low, accuracy, high]) style.requireShare(value, name, "an accuracy");
  for (const value of reported === undefined ? [] : [reported].flat()) {
    style.requireShare(value, name, "a reported score");
  }
  if (!(low <= accuracy && accuracy <= high)) {
    throw new RangeError(
      `Cannot draw ${name}: expected an accuracy within its interval, got ${accuracy} and ` +
        `${low} to ${high}`,
    );
  }
}
